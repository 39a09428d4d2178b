import { EVENT, TYPING_STATE } from "@parley/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { functionAgent } from "../agents/function.ts";
import { handoff } from "../agents/helpers.ts";
import type { HandoffCommand } from "../conversation/handoff.ts";
import { NO_HANDOFFS } from "../conversation/handoffs.ts";
import { FakeProvider } from "../testing/fake-provider.ts";
import type { FakeSocket } from "../testing/fake-socket.ts";
import { type Connection, end, House, say } from "../testing/house.ts";
import { TYPING_MS } from "./handover.ts";

const WAIT_MS = 60_000;

const agent = functionAgent({
  name: "Ada",
  async *respond({ messages }) {
    if (messages.some(({ text }) => text === "human")) yield handoff();
    else yield "Answer.";
  },
});

type Step = HandoffCommand | { kind: "human" | "say" | "leave" | "come" } | { kind: "wait"; ms: number };

const person = (id: string) => ({ id, name: id, avatarUrl: "" });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>({ kind: "typing", isTyping: true }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "typing", isTyping: false }) },
    { weight: 4, arbitrary: fc.constant<Step>({ kind: "join", person: person("p1") }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "join", person: person("p2") }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "typing", isTyping: true, person: "p2" }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "message", text: "Hello." }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "transfer" }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: "return" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "fail" }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "human" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "say" }) },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "leave" }, { kind: "come" }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(1_000, TYPING_MS, WAIT_MS).map((ms): Step => ({ kind: "wait", ms })),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

/** Follows a socket: who has joined, and who types. */
function follow(socket: FakeSocket): void {
  let floor: string | null = null;
  let typing: string | null = null;
  for (const event of socket.events) {
    switch (event.type) {
      case EVENT.LIVE_AGENT_JOINED:
        expect(typing, "nobody types on while another comes").toBeNull();
        floor = event.payload.agent_id;
        break;
      case EVENT.LIVE_AGENT_TYPING:
        expect(event.payload.agent_id, "who types has joined").toBe(floor);
        typing = event.payload.state === TYPING_STATE.started ? floor : null;
        break;
      case EVENT.LIVE_AGENT_MESSAGE:
      case EVENT.HANDOFF_QUEUE_STATUS:
      case EVENT.POLY_AGENT_JOINED:
      case EVENT.LIVE_AGENT_LEFT:
      case EVENT.USER_END_SESSION:
      case EVENT.SESSION_END:
        expect(typing, `typing has stopped before ${event.type}`).toBeNull();
        break;
    }
  }
  expect(typing, "in the end nobody types").toBeNull();
}

/** What is done at once, without waiting for what came before, and what is done after that. */
async function play(list: readonly Step[], isHasty: boolean): Promise<void> {
  const house = new House(undefined, {
    source: agent,
    policy: { handoffs: { ...NO_HANDOFFS, provider: "fake", waitMs: () => WAIT_MS } },
    providers: { fake: new FakeProvider() },
  });
  const user = await house.joined();
  const sockets: Connection[] = [user];
  const act = (step: Step): void => {
    switch (step.kind) {
      case "human":
      case "say":
        say(user, step.kind);
        break;
      case "leave":
        if (sockets.length > 1) user.session.detach((sockets.pop() as Connection).reader);
        break;
      case "come":
      case "wait":
        break;
      default: {
        const { id = "none" } = user.session.state.handoff ?? {};
        void house.sessions.command({ id, session: user.id }, step, null);
      }
    }
  };
  for (const step of list) {
    act(step);
    if (step.kind === "come") sockets.push(await house.connect(user.id));
    else if (step.kind === "wait") await house.advance(step.ms);
    else if (!isHasty) await house.settle();
    user.session.live();
  }
  await house.settle();
  end(user);
  await house.settle();
  follow(user.socket);
}

it("a person's typing that has begun has ended, before anything that ends it, whatever happens", async () => {
  await fc.assert(fc.asyncProperty(steps, fc.boolean(), play), { numRuns: 60 });
});
