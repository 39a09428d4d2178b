/**
 * What went wrong on a provider's side.
 * - `overloaded`: it says that it has too much to do (429, 503, 529).
 * - `passing`: asked again, it may well answer (500, a cut connection, an answer that cannot be read).
 * - `final`: it will say the same again (401, a request that it does not understand).
 */
export type FaultKind = "overloaded" | "passing" | "final";

/** A provider's fault. The message is for the log and for a turn's record; it holds no key and nothing that was said. */
export class ProviderFault extends Error {
  override name = "ProviderFault";
  readonly kind: FaultKind;
  /** How long the provider wants to be left alone, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FaultKind,
    message: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** 529 is what some providers of models answer when they are overloaded. */
const OVERLOADED = [429, 503, 529];
/** A request that took too long, one that came too early, and one that was in another's way. */
const PASSING = [408, 409, 425];

export function kindOfStatus(status: number): FaultKind {
  if (OVERLOADED.includes(status)) return "overloaded";
  return PASSING.includes(status) || status >= 500 ? "passing" : "final";
}

/**
 * How long a provider asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds, not below 0; undefined where nothing that can be read was said
 */
export function readRetryAfter(
  header: (name: "retry-after" | "retry-after-ms") => string | null | undefined,
  now: number,
): number | undefined {
  const ms = number(header("retry-after-ms"));
  if (ms !== undefined) return ms;
  const text = header("retry-after");
  const seconds = number(text);
  if (seconds !== undefined) return seconds * 1_000;
  // `Date.parse` makes something of almost any number.
  const date = text?.trim().endsWith("GMT") ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const number = (text: string | null | undefined): number | undefined =>
  text && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
