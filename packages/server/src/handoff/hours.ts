/** The days of a week as hours name them, Monday first. */
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** From a minute of the day up to another, without that. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a queue is staffed, in the time of one place. */
export interface Hours {
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Ascending; a day that is missing has none. */
  readonly week: Readonly<Partial<Record<Day, readonly Span[]>>>;
  /** Days with hours of their own, by their date as `2026-12-25`. */
  readonly exceptions: ReadonlyMap<string, readonly Span[]>;
}

/** When a closed queue opens again. */
export interface Opening {
  /** As `2026-12-25`. */
  readonly date: string;
  /** 0 is today. */
  readonly inDays: number;
  /** Minutes of the day. */
  readonly minute: number;
}

/** How far ahead an opening is looked for, days: who is closed for longer does not say when. */
const HORIZON_DAYS = 30;
const DAY_MS = 86_400_000;

/** @param now milliseconds since 1970 */
export function isOpen(hours: Hours, now: number): boolean {
  const { day, minute } = localTime(hours.timeZone, now);
  return spansOf(hours, day).some(({ from, to }) => from <= minute && minute < to);
}

/** The next opening behind now; null where there is none within a month. */
export function nextOpening(hours: Hours, now: number): Opening | null {
  const { day: today, minute } = localTime(hours.timeZone, now);
  for (let inDays = 0; inDays <= HORIZON_DAYS; inDays += 1) {
    const day = today + inDays * DAY_MS;
    const next = spansOf(hours, day).find(({ from }) => inDays > 0 || from > minute);
    if (next !== undefined) return { date: dateOf(day), inDays, minute: next.from };
  }
  return null;
}

/** An opening in words: `today at 14:00`, `on Monday at 09:00`, `on 2027-01-04 at 09:00`. */
export function sayOpening({ date, inDays, minute }: Opening): string {
  const time = `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
  if (inDays === 0) return `today at ${time}`;
  if (inDays === 1) return `tomorrow at ${time}`;
  const day = inDays < 7 ? WEEKDAY.format(Date.parse(date)) : date;
  return `on ${day} at ${time}`;
}

/** `09:00-12:30` as minutes; null where it is none. It may end at 24:00, and does not go past midnight. */
export function parseSpan(text: string): Span | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(text);
  if (found === null) return null;
  const from = Number(found[1]) * 60 + Number(found[2]);
  const to = found[3] === undefined ? 1_440 : Number(found[3]) * 60 + Number(found[4]);
  return from < to ? { from, to } : null;
}

const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });

/** @param day the day as milliseconds since 1970 of its midnight in UTC, whatever the zone */
function spansOf({ week, exceptions }: Hours, day: number): readonly Span[] {
  // 1 January 1970 was a Thursday.
  const weekday = DAYS[(Math.floor(day / DAY_MS) + 3) % 7] ?? "mon";
  return exceptions.get(dateOf(day)) ?? week[weekday] ?? [];
}

const dateOf = (day: number): string => new Date(day).toISOString().slice(0, 10);

const pad = (value: number): string => String(value).padStart(2, "0");

/** Making one takes longer than all the rest. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a place show. */
function localTime(timeZone: string, now: number): { day: number; minute: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    day: Date.UTC(get("year"), get("month") - 1, get("day")),
    minute: get("hour") * 60 + get("minute"),
  };
}
