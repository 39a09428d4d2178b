import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { makeTurn, messagesTurn } from "../testing/turn.ts";
import type { Agent, AgentPart, Turn } from "./agent.ts";
import { readPart } from "./parts.ts";

const nobody = new AbortController().signal;

/** The parts of one whole answer. */
export async function partsOf(agent: Agent, turn: Turn, signal: AbortSignal = nobody): Promise<AgentPart[]> {
  return await Array.fromAsync(agent.respond(turn, signal));
}

/** The text of each message of an answer. */
export function textsOf(parts: readonly AgentPart[]): string[] {
  const texts = [""];
  for (const part of parts) {
    if (part.type === "text") texts.push(texts.pop() + part.text);
    if (part.type === "message_end") texts.push("");
  }
  return texts;
}

/**
 * What the server counts on with every agent.
 *
 * @param make an agent that greets, answers `ping` with `pong`, fails at `fail`, and at `wait` says nothing until a
 *   minute of its clock has passed
 */
export function agentContract(name: string, make: (clock: ManualClock) => Agent): void {
  describe(`${name}, as an agent`, () => {
    const agent = make(new ManualClock());

    it("has a name, and an avatar that is a URL or empty", () => {
      expect(agent.name).not.toBe("");
      expect(agent.avatarUrl === "" || URL.canParse(agent.avatarUrl)).toBe(true);
    });

    it.each([
      ["greets", makeTurn({ reason: "greeting" })],
      ["answers", messagesTurn("ping")],
      [
        "answers what waited while nobody took over",
        { ...messagesTurn("ping"), reason: "returned" as const },
      ],
    ])("%s, with parts that can be used as they are", async (_name, turn) => {
      const parts = await partsOf(agent, turn);
      expect(textsOf(parts).join("")).not.toBe("");
      for (const part of parts) expect(readPart(part)).toEqual({ part, problems: [] });
    });

    it("answers each of several messages, in order, in messages of their own", async () => {
      const texts = textsOf(await partsOf(agent, messagesTurn("ping", "hello", "ping")));
      expect(texts.map((text) => text.includes("pong"))).toEqual([true, false, true]);
    });

    it("leaves the turn as it was", async () => {
      const turn = messagesTurn("ping", "ping");
      const before = structuredClone({ ...turn, transcript: null });
      await partsOf(agent, turn);
      expect({ ...turn, transcript: null }).toEqual(before);
    });

    it("answers two turns at the same time, each its own", async () => {
      const turns = [messagesTurn("ping"), messagesTurn("ping", "ping")];
      const answers = await Promise.all(turns.map((turn) => partsOf(agent, turn)));
      expect(answers.map((parts) => textsOf(parts).length)).toEqual([1, 2]);
    });

    it("throws where it fails, and answers the next turn", async () => {
      await expect(partsOf(agent, messagesTurn("fail"))).rejects.toThrow();
      expect(textsOf(await partsOf(agent, messagesTurn("ping")))).toHaveLength(1);
    });

    it("stops when nobody listens any more, and leaves no timer behind", async () => {
      const clock = new ManualClock();
      const waiting = make(clock);
      const stop = new AbortController();
      const answer = partsOf(waiting, messagesTurn("wait"), stop.signal);
      answer.catch(() => {});
      for (let i = 0; i < 5; i += 1) await setImmediate();
      expect(clock.size).toBe(1);
      stop.abort(new Error("gone"));
      await expect(answer).rejects.toThrow("gone");
      expect(clock.size).toBe(0);
    });

    it("says nothing where nobody listens from the start", async () => {
      const parts = partsOf(agent, messagesTurn("wait"), AbortSignal.abort(new Error("gone")));
      await expect(parts).rejects.toThrow("gone");
    });

    it("goes on after its time of thought", async () => {
      const clock = new ManualClock();
      const answer = partsOf(make(clock), messagesTurn("wait"));
      for (let i = 0; i < 5; i += 1) await setImmediate();
      clock.advance(60_000);
      expect(textsOf(await answer).join("")).not.toBe("");
    });

    it("can be left in the middle", async () => {
      const iterator = agent.respond(messagesTurn("ping", "ping"), nobody)[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
      expect((await iterator.next()).done).toBe(true);
    });
  });
}
