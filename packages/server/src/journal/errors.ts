import { JournalError, type JournalFaultCode } from "./journal.ts";

/** SQLite's primary result codes [https://sqlite.org/rescode.html]. */
const FAULTS = new Map<number, JournalFaultCode>([
  [1, "damaged"], // SQLITE_ERROR: a table or a form of file that the statements do not expect
  [3, "read_only"], // SQLITE_PERM
  [5, "locked"], // SQLITE_BUSY
  [6, "locked"], // SQLITE_LOCKED
  [8, "read_only"], // SQLITE_READONLY
  [11, "damaged"], // SQLITE_CORRUPT
  [13, "disk_full"], // SQLITE_FULL
  [14, "read_only"], // SQLITE_CANTOPEN
  [26, "damaged"], // SQLITE_NOTADB
]);

/** TOOBIG, CONSTRAINT, MISMATCH, RANGE: what was to be written is at fault, and not the file. */
const FAULTS_OF_THE_VALUES = new Set([18, 19, 20, 25]);

const SYSTEM_FAULTS = new Map<string, JournalFaultCode>([
  ["EACCES", "read_only"],
  ["EPERM", "read_only"],
  ["EROFS", "read_only"],
  ["ENOTDIR", "read_only"],
  ["EEXIST", "read_only"],
  ["ENOSPC", "disk_full"],
  ["EDQUOT", "disk_full"],
]);

const ADVICE: Record<JournalFaultCode, string> = {
  disk_full: "The disk or its quota is full. Free some space; nothing else needs to be done.",
  read_only: "It cannot be written. Check the path, and that the user who runs Parley may write there.",
  locked: "Another program has it locked. Close what else has the file open, such as a database shell.",
  damaged:
    "The file is damaged, or is not a journal. Put a backup in its place, or move it away to start anew.",
  newer_version: "A newer Parley has written it. Install that version or a later one.",
  in_use: "Another process is using it. Stop that one first, or choose another directory.",
  io_error: "The disk could not be read or written. Check the disk and the system's log.",
  closed: "The journal is closed.",
};

/** @param about what is concerned, with its path */
export function journalFault(
  code: JournalFaultCode,
  about: string,
  detail: string,
  options?: ErrorOptions,
): JournalError {
  return new JournalError(code, `${about}: ${ADVICE[code]} (${detail})`, options);
}

/** What went wrong with a file, as an error that a person can act on. A `JournalError` stays as it is. */
export function asJournalError(error: unknown, about: string): JournalError {
  if (error instanceof JournalError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = FAULTS.get(primaryCode(error) ?? 0) ?? SYSTEM_FAULTS.get(systemCode(error)) ?? "io_error";
  return journalFault(code, about, detail, { cause: error });
}

/** Whether a single write is to blame, so that the others of its batch can still be carried out. */
export function isFaultOfTheValues(error: unknown): boolean {
  const code = primaryCode(error);
  return code === null ? systemCode(error).startsWith("ERR_INVALID_ARG") : FAULTS_OF_THE_VALUES.has(code);
}

/** SQLite's primary result code, or null where the error is not SQLite's. */
export function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
