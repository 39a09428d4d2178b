import { describe, expect, it } from "vitest";
import { Channel, webchatError } from "./channel.ts";

interface Desk {
  add(a: number, b: number): number;
  fail(): void;
  never(): Promise<void>;
}

/** Two ends of one port, the far one with these methods. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  const near = new Channel<Desk>(port1, {});
  new Channel<Record<string, never>>(port2, {
    add: (a: number, b: number) => a + b,
    fail: async () => {
      throw webchatError("no_session", "no conversation runs");
    },
    never: () => new Promise(() => {}),
  });
  return near;
}

describe("a channel", () => {
  it("calls, and answers each call with its own", async () => {
    const near = connected();
    expect(await Promise.all([near.call("add", 1, 2), near.call("add", 3, 4)])).toEqual([3, 7]);
    near.close();
  });

  it("carries an error with its code", async () => {
    const near = connected();
    await expect(near.call("fail")).rejects.toMatchObject({
      name: "WebchatError",
      code: "no_session",
      message: "no conversation runs",
    });
    near.close();
  });

  it("answers what waits when it is closed", async () => {
    const near = connected();
    const waiting = near.call("never");
    near.close();
    await expect(waiting).rejects.toMatchObject({ code: "destroyed" });
  });

  it("answers with nothing what the other end does not know", async () => {
    const near = connected() as unknown as Channel<{ unknown(): void }>;
    expect(await near.call("unknown")).toBe(undefined);
    near.close();
  });
});
