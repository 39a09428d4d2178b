import { expect, it } from "vitest";
import { ManualClock } from "../../../../client/src/testing/manual-clock.ts";
import { TypingSignal } from "./typing-signal.ts";

function stage() {
  const sent: string[] = [];
  const clock = new ManualClock();
  const signal = new TypingSignal(
    (handoff, isTyping) => sent.push(`${handoff} ${isTyping ? "on" : "off"}`),
    clock,
  );
  return { sent, clock, signal };
}

it("is said at the first key, again while somebody goes on, and ended when they stop", async () => {
  const { clock, sent, signal } = stage();
  for (let key = 0; key < 20; key++) {
    signal.typed("a");
    await clock.advance(200);
  }
  expect(sent).toEqual(["a on", "a on"]);
  await clock.advance(4_000);
  expect(sent).toEqual(["a on", "a on", "a off"]);
  await clock.advance(60_000);
  expect(sent).toHaveLength(3);
});

it("is ended in one conversation before it begins in another", () => {
  const { sent, signal } = stage();
  signal.typed("a");
  signal.typed("b");
  signal.stop();
  signal.stop();
  expect(sent).toEqual(["a on", "a off", "b on", "b off"]);
});

it("is not spoken of on a socket that knows nothing of it", async () => {
  const { clock, sent, signal } = stage();
  signal.typed("a");
  signal.forget();
  await clock.advance(10_000);
  signal.stop();
  expect(sent).toEqual(["a on"]);
});
