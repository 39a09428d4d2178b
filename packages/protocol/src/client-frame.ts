import type { z } from "zod";
import { invalidPayload, notAllowed, SYSTEM_MESSAGES } from "./errors.ts";
import { CLIENT_EVENT_TYPES, type ClientEventType, EVENT, SERVER_ONLY_TYPES } from "./event-types.ts";
import { type ClientEvent, clientPayloadSchemas } from "./events.ts";
import { LIMITS } from "./limits.ts";

/** Why a frame was refused: the text for its sender, and the `metadata.custom` to echo with it. */
export interface FrameRefusal {
  message: string;
  custom?: object;
}

const known: ReadonlySet<string> = new Set(CLIENT_EVENT_TYPES);

/**
 * Reads one text frame of a client [sections 3 and 4]. Total: every input is an event or a refusal whose
 * text is from the catalogue.
 */
export function parseClientFrame(text: string): { event: ClientEvent } | { refusal: FrameRefusal } {
  const frame = parseObject(text);
  if (frame === undefined || typeof frame.type !== "string") return refuse(SYSTEM_MESSAGES.unknownEvent);
  const { type } = frame;

  const metadata = readCustom(frame.metadata);
  const custom = "custom" in metadata ? metadata.custom : undefined;
  if (!known.has(type)) {
    return refuse(SERVER_ONLY_TYPES.has(type) ? notAllowed(type) : SYSTEM_MESSAGES.unknownEvent, custom);
  }
  if ("problem" in metadata) return refuse(invalidPayload(type, metadata.problem));

  const payload = clientPayloadSchemas[type as ClientEventType].safeParse(frame.payload ?? {});
  if (!payload.success) return refuse(invalidPayload(type, describe(payload.error)), custom);
  if (type === EVENT.USER_MESSAGE && !fits((payload.data as { text: string }).text, LIMITS.messageBytes)) {
    return refuse(SYSTEM_MESSAGES.messageTooLarge, custom);
  }
  const event = { type, payload: payload.data, ...(custom && { custom }) } as ClientEvent;
  return { event };
}

function refuse(message: string, custom?: object): { refusal: FrameRefusal } {
  return { refusal: { message, ...(custom && { custom }) } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `null` counts as absent throughout: some encoders print missing fields so. */
function readCustom(metadata: unknown): { custom?: object } | { problem: string } {
  if (metadata === undefined || metadata === null) return {};
  if (!isObject(metadata)) return { problem: "metadata must be an object" };
  const { custom } = metadata;
  if (custom === undefined || custom === null) return {};
  if (!isObject(custom)) return { problem: "metadata.custom must be an object" };
  if (deeperThan(custom, LIMITS.customDepth)) {
    return { problem: `metadata.custom is nested deeper than ${LIMITS.customDepth}` };
  }
  if (!fits(JSON.stringify(custom), LIMITS.customBytes)) {
    return { problem: `metadata.custom exceeds ${LIMITS.customBytes} bytes` };
  }
  return { custom };
}

/** Stops at the bound, so that a bomb of brackets costs no stack. */
function deeperThan(value: object, depth: number): boolean {
  if (depth === 0) return true;
  return Object.values(value).some(
    (inner) => typeof inner === "object" && inner !== null && deeperThan(inner, depth - 1),
  );
}

const encoder = new TextEncoder();

/** Whether the UTF-8 form of a text fits, without making it where the length alone decides. */
function fits(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return true;
  return text.length <= bytes && encoder.encode(text).length <= bytes;
}

/** Names the field and what was expected; never shows what the client sent. */
function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "payload is not valid";
  const field = issue.path.length === 0 ? "payload" : issue.path.join(".");
  switch (issue.code) {
    case "invalid_type":
      return `${field} must be ${issue.expected === "object" ? "an" : "a"} ${issue.expected}`;
    case "too_small":
      return `${field} must not be empty`;
    case "invalid_value":
      return `${field} must be one of ${issue.values.join(", ")}`;
    default:
      return `${field} is not valid`;
  }
}
