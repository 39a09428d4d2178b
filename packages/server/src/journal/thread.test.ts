import { afterEach, describe, expect, it } from "vitest";
import { outcome } from "./contract-subject.ts";
import { Thread } from "./thread.ts";

interface Calls {
  add(a: number, b: number): number;
  refuse(): void;
  crash(): void;
  leave(): void;
  hang(): void;
}

const SERVE = new URL("./serve.ts", import.meta.url);
const JOURNAL = new URL("./journal.ts", import.meta.url);
const SCRIPT = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { serve } from ${JSON.stringify(SERVE.href)};
    import { JournalError } from ${JSON.stringify(JOURNAL.href)};
    serve({
      add: (a, b) => a + b,
      refuse() { throw new JournalError("conflict", "its reason"); },
      crash() { throw new Error("its end"); },
      leave() { process.exit(3); },
      hang() { for (;;); },
    });
  `)}`,
);

describe("Thread", () => {
  const thread = new Thread<Calls>("test's thread", SCRIPT, null);
  afterEach(() => thread.stop());

  it("answers calls in their order", async () => {
    const sums: number[] = [];
    await Promise.all([1, 2, 3].map((a) => thread.call("add", a, 1).then((sum) => sums.push(sum))));
    expect(sums).toEqual([2, 3, 4]);
  });

  it("rejects with what the call threw, and goes on", async () => {
    await expect(thread.call("refuse")).rejects.toMatchObject({ code: "conflict", message: "its reason" });
    expect(await thread.call("add", 1, 1)).toBe(2);
  });

  it.each([
    ["crash", "its end"],
    ["leave", "code 3"],
  ] as const)("rejects all that is pending when it dies (%s), and starts anew", async (how, reason) => {
    // Waited for: a thread that dies may take an answer with it that was on its way.
    expect(await thread.call("add", 1, 1)).toBe(2);
    const fatal = thread.call(how);
    const behindIt = outcome(thread.call("add", 2, 2));
    await expect(fatal).rejects.toMatchObject({ code: "io_error", message: expect.stringContaining(reason) });
    expect(await behindIt).toBe("io_error");
    expect(await thread.call("add", 3, 3)).toBe(6);
  });

  it("rejects what a thread owes that is stopped", async () => {
    const hanging = outcome(thread.call("hang"));
    await thread.stop();
    expect(await hanging).toBe("io_error");
  });

  it("rejects what cannot be sent, and nothing else", async () => {
    await expect(thread.call("add", 1, (() => 1) as never)).rejects.toThrow("could not be cloned");
    expect(await thread.call("add", 1, 1)).toBe(2);
  });
});
