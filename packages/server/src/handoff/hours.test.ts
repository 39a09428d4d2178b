import { describe, expect, it } from "vitest";
import { type Hours, isOpen, nextOpening, parseSpan, sayOpening } from "./hours.ts";

const span = (text: string) => parseSpan(text) ?? { from: 0, to: 0 };
const spans = (...texts: string[]) => texts.map(span);

/** Berlin: weekdays with a pause at noon, the whole of Saturday, closed on Christmas, short on New Year's Eve. */
const berlin: Hours = {
  timeZone: "Europe/Berlin",
  week: {
    mon: spans("09:00-12:00", "13:00-17:30"),
    tue: spans("09:00-12:00", "13:00-17:30"),
    wed: spans("09:00-17:00"),
    thu: spans("09:00-17:00"),
    fri: spans("09:00-17:00"),
    sat: spans("00:00-24:00"),
  },
  exceptions: new Map([
    ["2026-12-25", []],
    ["2026-12-31", spans("10:00-11:00")],
  ]),
};

describe("a span", () => {
  it.each([
    ["09:00-12:30", { from: 540, to: 750 }],
    ["00:00-24:00", { from: 0, to: 1_440 }],
    ["23:59-24:00", { from: 1_439, to: 1_440 }],
    ["12:00-12:00", null],
    ["17:00-09:00", null],
    ["9:00-12:00", null],
    ["24:00-24:00", null],
    ["09:60-12:00", null],
    ["09:00-24:01", null],
    ["09:00", null],
    ["", null],
  ])("%s", (text, expected) => {
    expect(parseSpan(text)).toEqual(expected);
  });
});

describe("hours", () => {
  it.each([
    // Winter: Berlin is an hour ahead of UTC.
    ["Monday, a minute before", "2026-11-30T07:59:59Z", false, "today at 09:00"],
    ["Monday at nine", "2026-11-30T08:00:00Z", true, "today at 13:00"],
    ["Monday at noon", "2026-11-30T11:00:00Z", false, "today at 13:00"],
    ["Monday's last minute", "2026-11-30T16:29:59Z", true, "tomorrow at 09:00"],
    ["Monday evening", "2026-11-30T16:30:00Z", false, "tomorrow at 09:00"],
    // Summer: two hours.
    ["summer at nine", "2026-07-06T07:00:00Z", true, "today at 13:00"],
    ["summer, an hour too early by winter's time", "2026-07-06T06:30:00Z", false, "today at 09:00"],
    ["Saturday begins in UTC's Friday", "2026-11-27T23:00:00Z", true, "on Monday at 09:00"],
    ["Saturday's last minute", "2026-11-28T22:59:00Z", true, "on Monday at 09:00"],
    ["Sunday", "2026-11-29T12:00:00Z", false, "tomorrow at 09:00"],
    ["Christmas, a Friday", "2026-12-25T10:00:00Z", false, "tomorrow at 00:00"],
    ["New Year's Eve, when it is open", "2026-12-31T09:30:00Z", true, "tomorrow at 09:00"],
    ["New Year's Eve, when it would be", "2026-12-31T13:00:00Z", false, "tomorrow at 09:00"],
    // The night in which clocks go back: 02:30 comes twice, and the day is there.
    ["the night of the change", "2026-10-25T00:30:00Z", false, "tomorrow at 09:00"],
  ])("in Berlin: %s", (_, time, open, next) => {
    const now = Date.parse(time);
    expect(isOpen(berlin, now)).toBe(open);
    const opening = nextOpening(berlin, now);
    expect(opening && sayOpening(opening)).toBe(next);
  });

  it.each([
    ["Pacific/Kiritimati", "2026-11-29T20:00:00Z", true],
    ["Pacific/Pago_Pago", "2026-11-30T20:00:00Z", true],
    ["Asia/Kathmandu", "2026-11-30T03:15:00Z", true],
    ["Asia/Kathmandu", "2026-11-30T03:14:00Z", false],
    ["UTC", "2026-11-30T09:00:00Z", true],
  ])("are those of the place: %s at %s", (timeZone, time, open) => {
    const hours: Hours = { timeZone, week: { mon: spans("09:00-17:00") }, exceptions: new Map() };
    expect(isOpen(hours, Date.parse(time))).toBe(open);
  });

  it("that come once a week, or by an exception alone, are found; those that do not come within a month are not", () => {
    const now = Date.parse("2026-11-30T18:00:00Z");
    const never: Hours = { timeZone: "UTC", week: {}, exceptions: new Map() };
    expect(nextOpening(never, now)).toBeNull();
    const weekly = { ...never, week: { mon: spans("09:00-10:00") } };
    expect(sayOpening(nextOpening(weekly, now) ?? expect.fail())).toBe("on 2026-12-07 at 09:00");
    const once = { ...never, exceptions: new Map([["2026-12-24", spans("08:15-09:00")]]) };
    expect(sayOpening(nextOpening(once, now) ?? expect.fail())).toBe("on 2026-12-24 at 08:15");
    const far = { ...never, exceptions: new Map([["2027-01-24", spans("08:15-09:00")]]) };
    expect(nextOpening(far, now)).toBeNull();
  });
});
