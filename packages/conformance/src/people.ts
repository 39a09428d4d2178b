import { randomUUID } from "node:crypto";
import type { Answer } from "./client/http.ts";
import { sleep } from "./client/pace.ts";
import type { Context, Session } from "./context.ts";
import { ensure, Failure } from "./failure.ts";

const HANDOFFS = "/api/v1/handoffs";
/** A handoff that the user has been told of is in the list at once; between two looks, and for how long, milliseconds. */
const LOOK_MS = 20;
const PATIENCE_MS = 5_000;

/** A person of the suite's, as users get to know them. */
export const GRACE = { id: "conformance-1", name: "Grace", avatar_url: "https://example.com/grace.png" };
export const ALAN = { id: "conformance-2", name: "Alan", avatar_url: "" };

/** The side of the people who take one handoff over, played by the suite. */
export class People {
  readonly #context: Context;
  readonly #key: string;
  readonly id: string;

  private constructor(context: Context, key: string, id: string) {
    this.#context = context;
    this.#key = key;
    this.id = id;
  }

  /** Takes the handoff of a session that is open. */
  static async of(context: Context, session: Session): Promise<People> {
    const { people } = context.profile;
    if (people === undefined) throw new Error("the check plays a person without needing one");
    const path = `${HANDOFFS}?${new URLSearchParams({ session_id: session.id, state: "open" })}`;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await context.operate("GET", path, people.key);
      ensure(answer.status === 200, "the list of handoffs", { status: answer.status, body: answer.text });
      const { handoffs } = (answer.json ?? {}) as { handoffs?: { handoff_id: string }[] };
      const id = handoffs?.[0]?.handoff_id;
      if (id !== undefined) return new People(context, people.key, id);
      if (performance.now() > until) throw new Failure("an open handoff of the session", answer.text);
      await sleep(LOOK_MS);
    }
  }

  /** Carries out a command. @throws Failure unless it is taken */
  async do(type: string, more: object = {}, key: string = randomUUID()): Promise<Answer> {
    const answer = await this.ask(type, more, key);
    ensure(answer.status === 200, `200 to ${type}`, { status: answer.status, body: answer.text });
    return answer;
  }

  /** The same, whatever becomes of it. */
  ask(type: string, more: object = {}, key: string = randomUUID()): Promise<Answer> {
    const path = `${HANDOFFS}/${this.id}/commands`;
    return this.#context.operate("POST", path, this.#key, { type, ...more }, { "idempotency-key": key });
  }
}
