/** Sequenced events in what was sent to sockets, as `strace` tells it, and whether they were on disk by then. */
export interface Findings {
  /** Ids of events that were handed to the network. */
  sent: Set<string>;
  /** Those of them whose first sending began before a sync of the log had ended that came after they were written. */
  early: Set<string>;
}

/** A call of a thread that is under way. */
interface Call {
  name: string;
  text: string;
  /** What was written to the log when the call began; only for syncs. */
  covers: readonly string[];
}

const LINE = /^(\d+) +(.*)$/;
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)$/s;
const BEGUN = /^(\w+)\((.*)$/s;
const UNFINISHED = "<unfinished ...>";
/** An id as `strace` prints the text of an event, which is the same in the log and on the wire. */
const EVENT_IDS = /\{\\"id\\":\\"([0-9a-f-]{36})\\",\\"sequence\\":\d/g;
const LOG_FILE = /^\d+<[^>]*\.db-wal>/;
const SOCKET = /^\d+<(?:TCP|socket):/;

/**
 * Reads a trace of `strace -f -y` with strings in full. Its lines are in the order in which calls begin; the end of one
 * that others came between has a line of its own.
 */
export function readTrace(lines: Iterable<string>): Findings {
  const sent = new Set<string>();
  const early = new Set<string>();
  /** Handed to the log's file, in the order in which the calls ended. */
  const written: string[] = [];
  const durable = new Set<string>();
  const underWay = new Map<string, Call>();

  const begin = (name: string, text: string): Call => {
    if (SOCKET.test(text)) {
      for (const id of idsIn(text)) {
        if (!sent.has(id) && !durable.has(id)) early.add(id);
        sent.add(id);
      }
    }
    return { name, text, covers: isSync(name) && LOG_FILE.test(text) ? [...written] : [] };
  };
  const end = ({ name, text, covers }: Call, result: string) => {
    if (LOG_FILE.test(text) && !isSync(name)) written.push(...idsIn(text));
    if (/= 0$/.test(result.trim())) for (const id of covers) durable.add(id);
  };

  for (const line of lines) {
    const [, thread = "", rest = ""] = LINE.exec(line) ?? [];
    const resumed = RESUMED.exec(rest);
    if (resumed !== null) {
      const call = underWay.get(thread);
      underWay.delete(thread);
      if (call !== undefined) end(call, resumed[2] ?? "");
      continue;
    }
    const [, name = "", text = ""] = BEGUN.exec(rest) ?? [];
    if (name === "") continue;
    const call = begin(name, text);
    if (text.endsWith(UNFINISHED)) underWay.set(thread, call);
    else end(call, text);
  }
  return { sent, early };
}

const isSync = (name: string): boolean => name === "fsync" || name === "fdatasync";

const idsIn = (text: string): string[] => [...text.matchAll(EVENT_IDS)].map(([, id = ""]) => id);
