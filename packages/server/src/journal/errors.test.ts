import { describe, expect, it } from "vitest";
import { asJournalError, isFaultOfTheValues } from "./errors.ts";
import { JournalError } from "./journal.ts";

function sqliteError(errcode: number): Error {
  return Object.assign(new Error("SQLite's words"), { code: "ERR_SQLITE_ERROR", errcode });
}

function systemError(code: string): Error {
  return Object.assign(new Error("the system's words"), { code });
}

describe("asJournalError", () => {
  it.each<[string, Error, JournalError["code"]]>([
    ["SQLITE_BUSY", sqliteError(5), "locked"],
    ["SQLITE_BUSY_SNAPSHOT", sqliteError(517), "locked"],
    ["SQLITE_READONLY", sqliteError(8), "read_only"],
    ["SQLITE_READONLY_DBMOVED", sqliteError(1032), "read_only"],
    ["SQLITE_IOERR_FSYNC", sqliteError(1034), "io_error"],
    ["SQLITE_CORRUPT_INDEX", sqliteError(779), "damaged"],
    ["SQLITE_FULL", sqliteError(13), "disk_full"],
    ["SQLITE_CANTOPEN", sqliteError(14), "read_only"],
    ["SQLITE_NOTADB", sqliteError(26), "damaged"],
    ["SQLITE_ERROR: no such table", sqliteError(1), "damaged"],
    ["another of SQLite's", sqliteError(9), "io_error"],
    ["EACCES", systemError("EACCES"), "read_only"],
    ["EROFS", systemError("EROFS"), "read_only"],
    ["ENOSPC", systemError("ENOSPC"), "disk_full"],
    ["another of the system's", systemError("EIO"), "io_error"],
  ])("gives %s its code", (_, error, code) => {
    const translated = asJournalError(error, "The journal /data/journal.db");
    expect(translated.code).toBe(code);
    expect(translated.message).toMatch(/^The journal \/data\/journal\.db: [A-Z].*\. \(.*'s words\)$/);
    expect(translated.cause).toBe(error);
  });

  it("leaves an error of the journal's as it is", () => {
    const error = new JournalError("conflict", "words");
    expect(asJournalError(error, "elsewhere")).toBe(error);
  });
});

describe("isFaultOfTheValues", () => {
  it.each<[string, Error, boolean]>([
    ["a constraint", sqliteError(2067), true],
    ["too big", sqliteError(18), true],
    ["a value that SQLite has no type for", systemError("ERR_INVALID_ARG_TYPE"), true],
    ["a full disk", sqliteError(13), false],
    ["a damaged file", sqliteError(11), false],
    ["a mistake of our own", new TypeError("x is not a function"), false],
  ])("%s", (_, error, expected) => {
    expect(isFaultOfTheValues(error)).toBe(expected);
  });
});
