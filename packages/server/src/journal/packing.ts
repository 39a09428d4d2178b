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
  let number = 0;
  const put = (value: number | null) => {
    numbers[number++] = value ?? Number.NaN;
  };
  for (const [place, write] of batch.entries()) {
    if (!isPlain(write)) {
      others.push([place, write]);
      continue;
    }
    const [, session, after, rows, endedAt] = write;
    for (const value of [place, session, after, endedAt, rows.length]) put(value);
    for (const { position, sequence, kind, version, data } of rows) {
      for (const value of [position, sequence, version]) put(value);
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
  let number = 0;
  let text = 0;
  const next = () => numbers[number++] as number;
  const nextOrNull = () => {
    const value = next();
    return Number.isNaN(value) ? null : value;
  };
  while (number < numbers.length) {
    const [place, session, after, endedAt, count] = [next(), next(), next(), nextOrNull(), next()];
    const rows = Array.from({ length: count }, (): Row => {
      const [position, sequence, version] = [next(), nextOrNull(), next()];
      return { position, sequence, kind: texts[text++] as string, version, data: texts[text++] as string };
    });
    batch[place] = ["append", session, after, rows, endedAt];
  }
  return batch;
}
