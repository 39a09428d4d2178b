import type { Write } from "./calls.ts";
import type { Row } from "./journal.ts";

/**
 * A batch on its way to the writer's thread. Appends, nearly all of what travels, lie in one list of numbers and one of
 * texts: an array for each of them and for each row would take three times as long to be cloned, on both sides.
 */
export interface Packed {
  /** How many writes. */
  readonly size: number;
  /** How many rows they write: those of the appends, and one for each other write. */
  readonly rows: number;
  /**
   * For each append its place in the batch, the session, the position before it, when the session ended and how many
   * rows; behind that, for each row, position, sequence and version. NaN stands for null.
   */
  readonly numbers: Float64Array;
  /** For each row its kind and its data. */
  readonly texts: readonly string[];
  /** All other writes, and the few appends that change a handoff, with their place in the batch. */
  readonly others: readonly (readonly [place: number, write: Write])[];
}

const PER_APPEND = 5;
const PER_ROW = 3;
const TEXTS_OF_ROW = 2;

export function pack(batch: readonly Write[]): Packed {
  const numbers = new Float64Array(sizeOf(batch));
  const texts: string[] = [];
  const others: [number, Write][] = [];
  let next = 0;
  for (const [place, write] of batch.entries()) {
    if (!isPlain(write)) {
      others.push([place, write]);
      continue;
    }
    const [, session, after, rows, endedAt] = write;
    numbers[next++] = place;
    numbers[next++] = session;
    numbers[next++] = after;
    numbers[next++] = endedAt ?? Number.NaN;
    numbers[next++] = rows.length;
    for (const { position, sequence, kind, version, data } of rows) {
      numbers[next++] = position;
      numbers[next++] = sequence ?? Number.NaN;
      numbers[next++] = version;
      texts.push(kind, data);
    }
  }
  const rows = texts.length / TEXTS_OF_ROW + others.length;
  return { size: batch.length, rows, numbers, texts, others };
}

const isPlain = (write: Write): write is Extract<Write, ["append", ...unknown[]]> =>
  write[0] === "append" && write[5] === undefined;

function sizeOf(batch: readonly Write[]): number {
  let size = 0;
  for (const write of batch) if (isPlain(write)) size += PER_APPEND + PER_ROW * write[3].length;
  return size;
}

export function unpack({ size, numbers, texts, others }: Packed): Write[] {
  const batch = new Array<Write>(size);
  for (const [place, write] of others) batch[place] = write;
  let next = 0;
  let text = 0;
  while (next < numbers.length) {
    const place = numbers[next++] as number;
    const session = numbers[next++] as number;
    const after = numbers[next++] as number;
    const endedAt = orNull(numbers[next++]);
    const rows: Row[] = [];
    for (let left = numbers[next++] as number; left > 0; left -= 1) {
      const position = numbers[next++] as number;
      const sequence = orNull(numbers[next++]);
      const version = numbers[next++] as number;
      const kind = texts[text++] as string;
      rows.push({ position, sequence, kind, version, data: texts[text++] as string });
    }
    batch[place] = ["append", session, after, rows, endedAt];
  }
  return batch;
}

const orNull = (value = Number.NaN): number | null => (Number.isNaN(value) ? null : value);
