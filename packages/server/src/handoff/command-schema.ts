import { type HandoffCommandBody, handoffCommandSchema } from "@parley/protocol/schemas";
import type { z } from "zod";
import { toUri } from "../agents/uri.ts";
import type { HandoffCommand } from "../conversation/handoff.ts";

const URI = "must be an absolute URL, percent-encoded (RFC 3986)";

/** A command as programs write it in JSON, in the words of the protocol's events; what it becomes is what a door takes. */
export const commandSchema = handoffCommandSchema
  .superRefine(hasUris)
  .transform((body) => toCommand(wellFormed(body)));

function hasUris(body: HandoffCommandBody, context: z.RefinementCtx): void {
  const check = (uri: string, path: PropertyKey[]) => {
    if (toUri(uri) !== uri) context.addIssue({ code: "custom", message: URI, path });
  };
  if (body.type === "join" && body.agent.avatar_url !== "")
    check(body.agent.avatar_url, ["agent", "avatar_url"]);
  if (body.type !== "message") return;
  for (const [index, { content_url, preview_image_url }] of (body.attachments ?? []).entries()) {
    check(content_url, ["attachments", index, "content_url"]);
    if (preview_image_url !== "") check(preview_image_url, ["attachments", index, "preview_image_url"]);
  }
}

function toCommand(body: HandoffCommandBody): HandoffCommand {
  switch (body.type) {
    case "accept":
      return { kind: "accept", ...given({ queue: body.queue_name }) };
    case "queue": {
      const { queue_name: queue, position_in_queue: position } = body;
      const { estimated_wait_seconds: estimatedWaitSeconds, display_message: message } = body;
      return { kind: "queue", status: given({ queue, position, estimatedWaitSeconds, message }) };
    }
    case "join": {
      const { id, name, avatar_url: avatarUrl } = body.agent;
      return { kind: "join", person: { id, name, avatarUrl } };
    }
    case "typing":
      return { kind: "typing", isTyping: body.state === "started", ...given({ person: body.agent_id }) };
    case "message": {
      const { attachments, agent_id: person } = body;
      const suggestions = body.response_suggestions?.map(({ message_text, payload }) => ({
        message_text,
        ...(payload !== undefined && { payload }),
      }));
      return {
        kind: "message",
        text: body.text,
        ...given({ attachments, suggestions, person }),
      };
    }
    case "note":
      return { kind: "note", text: body.text, ...given({ author: body.author }) };
    case "transfer": {
      const { queue_name: queue, display_message: message, seen, agent_id: person } = body;
      return { kind: "transfer", ...given({ queue, message, seen, person }) };
    }
    case "return":
      return { kind: "return", ...given({ reason: body.reason, seen: body.seen, person: body.agent_id }) };
    case "end":
      return { kind: "end", ...given({ reason: body.reason, person: body.agent_id }) };
    default:
      return { kind: body.type, ...given({ reason: body.reason }) };
  }
}

/** Half of a character is no text, and strict clients refuse a frame that holds it. */
function wellFormed<Value>(value: Value): Value {
  const read = (given: unknown): unknown => {
    if (typeof given === "string") return given.toWellFormed();
    if (Array.isArray(given)) return given.map(read);
    if (typeof given !== "object" || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([name, inner]) => [name, read(inner)]));
  };
  return read(value) as Value;
}

type Given<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** Without what was not said. */
const given = <Values extends object>(values: Values): Given<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
