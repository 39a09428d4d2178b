import { describe, expect, it } from "vitest";
import { Progress, QUIET_MS } from "./progress.ts";

function progress(isTTY: boolean, total = 5) {
  const written: string[] = [];
  const clock = { now: 0 };
  const terminal = { isTTY, write: (text: string) => written.push(text) };
  return { written, clock, shown: new Progress(terminal, total, () => clock.now) };
}

describe("progress", () => {
  it("on a terminal is a last line that gives way to what is printed", () => {
    const { written, clock, shown } = progress(true);
    for (const id of ["1.a", "1.b", "1.c", "1.d"]) shown.started(id);
    shown.finished("1.a", () => written.push("pass 1.a\n"));
    clock.now = 4_200;
    shown.tick();
    expect(written).toEqual([
      "\r\u001b[K",
      "pass 1.a\n",
      "\r\u001b[K… 1 of 5 checks are over; running: 1.b (4 s), 1.c (4 s), 1.d (4 s)",
    ]);
  });

  it("elsewhere is said only where nothing else was for a while", () => {
    const { written, clock, shown } = progress(false);
    for (const id of ["1.a", "1.b", "1.c", "1.d"]) shown.started(id);
    clock.now = QUIET_MS - 1;
    shown.tick();
    shown.finished("1.a", () => {});
    clock.now = 2 * QUIET_MS - 2;
    shown.tick();
    expect(written).toEqual([]);
    clock.now = 2 * QUIET_MS - 1;
    shown.started("1.e");
    shown.tick();
    shown.tick();
    expect(written).toEqual([
      "… 1 of 5 checks are over; running: 1.b (20 s), 1.c (20 s), 1.d (20 s) and 1 more\n",
    ]);
  });
});
