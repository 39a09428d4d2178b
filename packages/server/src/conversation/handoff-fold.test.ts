import { describe, expect, it } from "vitest";
import { waiting } from "../testing/handed-off.ts";
import { decode } from "./entries.ts";
import { fold } from "./state.ts";

describe("rows of earlier releases", () => {
  it("fold: a request without an id, that nobody took and the agent came back from", () => {
    const chat = waiting();
    chat.provider({ kind: "fail", reason: "Nobody." });
    const old = chat.rows.flatMap((row) => {
      if (row.kind === "handoff_ended") return [];
      if (row.kind === "handoff_requested") {
        return [{ ...row, version: 1, data: JSON.stringify({ reason: "asked", queue: null }) }];
      }
      if (row.kind !== "turn_started") return [row];
      const { returned, ...data } = JSON.parse(row.data);
      return [{ ...row, version: 2, data: JSON.stringify({ ...data, because: returned?.reason ?? null }) }];
    });
    const rows = old.map((row, index) => ({ ...row, position: index + 1 }));
    const state = fold(rows.map(decode));
    expect(state.turn).toMatchObject({
      reason: "returned",
      returned: { outcome: "failed", reason: "Nobody.", person: null },
    });
    expect(state.handoff).toMatchObject({ provider: "none", stage: "failed" });
    const before = rows.findIndex(({ data }) => data.includes("HANDOFF_FAILED"));
    const open = fold(rows.slice(0, before).map(decode));
    expect(open).toMatchObject({ speaker: "handoff", handoff: { stage: "requested", reason: "asked" } });
  });
});
