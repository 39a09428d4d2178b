import { describe, expect, it } from "vitest";
import { MAX_ROWS } from "./batcher.ts";
import { fitting, type Request } from "./serve.ts";

describe("fitting", () => {
  const joint = { name: "join", rows: (rows: number) => rows };
  const call = (name: string, rows: number): Request => [name, [rows]];

  it.each([
    ["nothing", [], 0],
    ["all that fits", [1, MAX_ROWS - 1], 2],
    ["not what would be too much", [1, MAX_ROWS], 1],
    ["one that is too large by itself", [MAX_ROWS + 1, 1], 1],
    ["nothing behind it", [1, MAX_ROWS, 1], 1],
  ])("takes %s", (_, rows, count) => {
    const waiting = rows.map((each) => call("join", each));
    expect(fitting(joint, waiting)).toBe(count);
  });

  it("takes nothing from behind another call", () => {
    expect(fitting(joint, [call("join", 1), call("join", 2), call("add", 1), call("join", 3)])).toBe(2);
  });
});
