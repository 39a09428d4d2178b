import type { HttpFault } from "@parley/protocol";
import type { Handshake } from "../client/handshake.ts";
import type { Answer } from "../client/http.ts";
import { ensure, same } from "../failure.ts";

/** An answer that refuses: its status, its text under both keys byte for byte, its code and its correlation id. */
export function expectFault(
  answer: Pick<Answer | Handshake, "status" | "headers" | "text" | "json">,
  { status, message }: Pick<HttpFault, "status" | "message">,
): void {
  const seen = { status: answer.status, body: answer.text };
  ensure(answer.status === status, `${status} "${message}"`, seen);
  const body = answer.json;
  ensure(typeof body === "object" && body !== null, `${status} with a JSON body`, seen);
  const { error, message: text, code, correlation_id } = body as Record<string, unknown>;
  ensure(error === message && text === message, `"${message}" as error and as message`, seen);
  ensure(typeof code === "string" && /^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/.test(code), "a code in UPPER_SNAKE", seen);
  same(
    correlation_id,
    answer.headers["x-polyai-correlation-id"],
    "the correlation id of the header in the body",
  );
}

/** An answer that is not a refusal. */
export function expectStatus(answer: Pick<Answer, "status" | "text">, status: number): void {
  ensure(answer.status === status, String(status), { status: answer.status, body: answer.text });
}
