import type { HttpFault } from "@parley/protocol";
import type { Handler } from "hono";
import type { HandoffRefusal } from "../../conversation/handoff.ts";
import { commandSchema } from "../../handoff/command-schema.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";
import { invalidBody, KEY_REUSED, readRequest } from "./operator-body.ts";

const conflict = (code: string, message: string): HttpFault => ({ status: 409, code, message });

export const HANDOFF_NOT_FOUND: HttpFault = {
  status: 404,
  code: "HANDOFF_NOT_FOUND",
  message: "Handoff not found",
};

/** Why a command is not taken. */
export const COMMAND_ERRORS = {
  unknown: HANDOFF_NOT_FOUND,
  over: conflict("HANDOFF_OVER", "The handoff has ended"),
  not_joined: conflict("NOBODY_JOINED", "Nobody has joined the handoff"),
  joined: conflict("ALREADY_JOINED", "Somebody has joined the handoff"),
  not_yours: conflict("JOINED_BY_ANOTHER", "Somebody else has joined the handoff"),
  key_conflict: KEY_REUSED,
  too_many: { status: 429, code: "TOO_MANY_COMMANDS", message: "Too many commands for this session" },
} as const satisfies Record<HandoffRefusal, HttpFault>;

/**
 * `POST /api/v1/handoffs/{handoff_id}/commands`, for programs that take conversations over: one command. 200 when it is
 * on disk. A second request with the same `Idempotency-Key` is the first one again: the same answer, and nothing happens.
 */
export const commandHandoff =
  ({ journal, handoffs }: HttpDeps): Handler<HttpEnv, "/:id"> =>
  async (c) => {
    const read = await readRequest(c, commandSchema);
    if ("fault" in read) return refuse(c, read.fault);
    const { key, body: command } = read;
    if (command.kind === "transfer" && command.queue !== undefined && !handoffs.hasQueue(command.queue)) {
      return refuse(c, invalidBody("queue_name: is none of the queues that are configured"));
    }
    const found = await journal.handoff(c.req.param("id"));
    if (found === null) return refuse(c, HANDOFF_NOT_FOUND);
    const answer = await handoffs.door.command({ id: found.id, session: found.session }, command, key);
    if ("refusal" in answer) return refuse(c, COMMAND_ERRORS[answer.refusal]);
    return c.json({ sequence: answer.sequence, repeated: answer.isRepeat });
  };
