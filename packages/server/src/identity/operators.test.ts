import { describe, expect, it } from "vitest";
import { MemoryJournal } from "../testing/memory-journal.ts";
import { sha256 } from "./digest.ts";
import {
  addOperatorKey,
  authorizeOperator,
  loadOperatorKeys,
  OPERATOR_ERRORS,
  removeOperatorKey,
} from "./operators.ts";

const KEY = "k".repeat(40);
const reader = { id: "reader", keyHash: sha256(KEY), scopes: ["sessions:read"] as const };
const nothing = { id: "nothing", keyHash: sha256("n".repeat(40)), scopes: [] };

describe("an operator's request", () => {
  const authorize = (header?: string) => authorizeOperator([nothing, reader], header, "sessions:read");

  it("is let in by a key with the scope", () => {
    expect(authorize(`Bearer ${KEY}`)).toEqual({ operator: reader });
    expect(authorize(`bearer ${KEY}`)).toEqual({ operator: reader });
  });

  it.each([
    [undefined, OPERATOR_ERRORS.missing],
    ["", OPERATOR_ERRORS.missing],
    [KEY, OPERATOR_ERRORS.missing],
    [`Basic ${KEY}`, OPERATOR_ERRORS.missing],
    ["Bearer ", OPERATOR_ERRORS.missing],
    [`Bearer ${KEY} ${KEY}`, OPERATOR_ERRORS.missing],
    [`Bearer ${KEY}k`, OPERATOR_ERRORS.unknown],
    [`Bearer ${KEY.toUpperCase()}`, OPERATOR_ERRORS.unknown],
    [`Bearer ${reader.keyHash}`, OPERATOR_ERRORS.unknown],
    [`Bearer ${"n".repeat(40)}`, OPERATOR_ERRORS.forbidden],
  ])("with %j is refused: %o", (header, fault) => {
    expect(authorize(header)).toEqual({ fault });
  });

  it("is refused where there are no operators", () => {
    expect(authorizeOperator([], `Bearer ${KEY}`, "sessions:read")).toEqual({
      fault: OPERATOR_ERRORS.unknown,
    });
  });
});

describe("stored operator keys", () => {
  const ada = { id: "ada", scopes: ["sessions:read"] as const, createdAt: 2 };

  it("open what their scopes say, and only their hash is stored", async () => {
    const journal = new MemoryJournal();
    const key = await addOperatorKey(journal, ada);
    expect(JSON.stringify(await journal.records("operator_key"))).not.toContain(key);
    const operators = await loadOperatorKeys(journal);
    expect(operators).toEqual([{ ...ada, keyHash: sha256(key) }]);
    expect(authorizeOperator(operators, `Bearer ${key}`, "sessions:read")).toHaveProperty(
      "operator.id",
      "ada",
    );
  });

  it("are listed by age", async () => {
    const journal = new MemoryJournal();
    await addOperatorKey(journal, ada);
    await addOperatorKey(journal, { ...ada, id: "zoe", createdAt: 1 });
    expect((await loadOperatorKeys(journal)).map(({ id }) => id)).toEqual(["zoe", "ada"]);
  });

  it("are gone once removed", async () => {
    const journal = new MemoryJournal();
    await addOperatorKey(journal, ada);
    expect(await removeOperatorKey(journal, "ada")).toBe(true);
    expect(await removeOperatorKey(journal, "ada")).toBe(false);
    expect(await loadOperatorKeys(journal)).toEqual([]);
  });

  it("keep no scope that this release does not know", async () => {
    const journal = new MemoryJournal();
    const data = { keyHash: sha256(KEY), scopes: ["sessions:write", "sessions:read"], createdAt: 1 };
    await journal.putRecord("operator_key", "later", JSON.stringify(data));
    expect((await loadOperatorKeys(journal))[0]?.scopes).toEqual(["sessions:read"]);
  });

  it.each([["{"], ["null"], ['{"keyHash":"short","scopes":[],"createdAt":1}']])(
    "say which one is damaged: %s",
    async (data) => {
      const journal = new MemoryJournal();
      await journal.putRecord("operator_key", "ada", data);
      await expect(loadOperatorKeys(journal)).rejects.toThrow("parley operator remove ada");
    },
  );
});
