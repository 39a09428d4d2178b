import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { MAX_ROWS } from "./batcher.ts";
import { outcome } from "./contract-subject.ts";
import { Thread } from "./thread.ts";

interface Calls {
  add(a: number, b: number): number;
  size(list: number[]): number;
  refuse(): void;
  crash(): void;
  leave(): void;
  hang(): void;
  /** Until the flag is set. */
  wait(): void;
  /** Rows, of which -1 is refused. @returns those of all that were carried out with it */
  join(rows: number): number[];
}

const SERVE = new URL("./serve.ts", import.meta.url);
const JOURNAL = new URL("./journal.ts", import.meta.url);
const SCRIPT = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { workerData } from "node:worker_threads";
    import { serve } from ${JSON.stringify(SERVE.href)};
    import { JournalError } from ${JSON.stringify(JOURNAL.href)};
    serve({
      add: (a, b) => a + b,
      size: (list) => list.length,
      refuse() { throw new JournalError("conflict", "its reason"); },
      crash() { throw new Error("its end"); },
      leave() { process.exit(3); },
      hang() { for (;;); },
      wait() { Atomics.wait(workerData, 0, 0); },
    }, {
      name: "join",
      rows: (rows) => rows,
      carryOut(all) {
        if (all.includes(-1)) throw new JournalError("conflict", "its reason");
        return all.map(() => all);
      },
    });
  `)}`,
);

describe("Thread", () => {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Thread<Calls>("test's thread", SCRIPT, flag);
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

  it("lets go of a call once it is answered, so that V8's quick collections can free it", async () => {
    setFlagsFromString("--expose-gc");
    const collect: (options: { type: "minor" | "major" }) => void = runInNewContext("gc");
    const call = () => thread.call("size", new Array(1_000).fill(1.5));
    for (let warm = 0; warm < 100; warm += 1) await call();
    collect({ type: "major" });
    const before = process.memoryUsage().heapUsed;
    // Always one more on its way.
    let next = call();
    for (let calls = 0; calls < 2_000; calls += 1) {
      const last = next;
      next = call();
      await last;
      if (calls % 5 === 0) collect({ type: "minor" });
    }
    await next;
    // Of 16 MB that went through.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
  });

  describe("with calls that are carried out together", () => {
    /** What the calls are answered that have gathered while the thread was busy. */
    async function gathered(calls: () => Promise<unknown>[]): Promise<unknown[]> {
      flag[0] = 0;
      const busy = thread.call("wait");
      const answers = calls();
      flag[0] = 1;
      Atomics.notify(flag, 0);
      await busy;
      return Promise.all(answers);
    }

    it("takes as many as fit into a batch, and none from behind another call", async () => {
      const answers = await gathered(() => [
        thread.call("join", 1),
        thread.call("join", 2),
        thread.call("add", 1, 1),
        thread.call("join", 3),
        thread.call("join", MAX_ROWS - 3),
        thread.call("join", 4),
      ]);
      const [together, behind] = [
        [1, 2],
        [3, MAX_ROWS - 3],
      ];
      expect(answers).toEqual([together, together, 2, behind, behind, [4]]);
    });

    it("rejects all of them with what they threw, and goes on", async () => {
      const answers = await gathered(() => [
        outcome(thread.call("join", 1)),
        outcome(thread.call("join", -1)),
        thread.call("add", 1, 1),
      ]);
      expect(answers).toEqual(["conflict", "conflict", 2]);
    });
  });
});
