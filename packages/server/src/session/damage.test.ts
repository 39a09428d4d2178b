import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { LaterRelease } from "../conversation/entries.ts";
import type { LoadedSession, Row } from "../journal/journal.ts";
import type { Logger } from "../logger.ts";
import { House, IDLE_MS, REST_MS, SWEEP_MS, say } from "../testing/house.ts";
import { MemoryJournal } from "../testing/memory-journal.ts";

/** A journal whose rows have come to harm. */
class HarmedJournal extends MemoryJournal {
  harm: (loaded: LoadedSession) => LoadedSession = (loaded) => loaded;
  loads = 0;

  override async load(id: string, snapshotVersion: number): Promise<LoadedSession | null> {
    this.loads += 1;
    const loaded = await super.load(id, snapshotVersion);
    return loaded && this.harm(loaded);
  }
}

/** A house with one session asleep, and what it logs. */
async function asleep() {
  const journal = new HarmedJournal();
  const errors: string[] = [];
  const log = () => {};
  const logger: Logger = { debug: log, info: log, warn: log, error: (_, line) => errors.push(line) };
  const house = new House(journal, { logger });
  await house.sessions.start();
  const { id, session, reader } = await house.joined();
  session.detach(reader);
  await house.advance(REST_MS);
  expect(house.sessions.size).toBe(0);
  return { house, journal, id, errors };
}

const withRows = (change: (rows: Row[]) => Row[]) => (loaded: LoadedSession) => ({
  ...loaded,
  snapshot: null,
  rows: change(loaded.rows.length > 0 ? loaded.rows : [{ ...NO_ROW }]),
});
const NO_ROW: Row = { position: 9, sequence: 9, kind: "event", version: 1, data: "{}" };

describe("a session that cannot be folded", () => {
  it.each<[string, (loaded: LoadedSession) => LoadedSession]>([
    ["a row is missing", withRows((rows) => rows.filter(({ position }) => position !== 1))],
    ["a row is no JSON", withRows((rows) => rows.map((row) => ({ ...row, data: "{" })))],
    ["there is no row at all", withRows(() => [])],
  ])("%s: it is gone, which is logged once", async (_, harm) => {
    const { house, journal, id, errors } = await asleep();
    journal.harm = harm;
    expect(await house.sessions.open(id)).toBeNull();
    const { loads } = journal;
    expect(await house.sessions.open(id)).toBeNull();
    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    expect(journal.loads).toBe(loads);
    expect(errors).toEqual(["a session is damaged, and gone"]);
  });

  it("because of its snapshot alone is folded from its first row", async () => {
    const { house, journal, id, errors } = await asleep();
    journal.harm = (loaded) =>
      loaded.snapshot === null ? loaded : { ...loaded, snapshot: { ...loaded.snapshot, data: "{" } };
    const user = await house.connect(id);
    say(user, "hi");
    await house.settle();
    expect(user.socket.sequences).toEqual([1, 2, 3, 4, 5]);
    expect(errors).toEqual([]);
  });

  it("since a later release wrote into it is not gone: that one may be back", async () => {
    const { house, journal, id } = await asleep();
    const later = { kind: "tomorrow", version: 1, sequence: null, data: "{}" };
    journal.harm = (loaded) => ({
      ...loaded,
      rows: [
        ...loaded.rows,
        { ...later, position: (loaded.snapshot?.position ?? 0) + loaded.rows.length + 1 },
      ],
    });
    await expect(house.sessions.open(id)).rejects.toThrow(LaterRelease);
    const { loads } = journal;
    await house.advance(SWEEP_MS);
    expect(journal.loads, "no sweep tries again what cannot be").toBe(loads);
    journal.harm = (loaded) => loaded;
    expect(await house.sessions.open(id)).not.toBeNull();
  });
});

describe("a session whose connector was removed", () => {
  it("is found by nobody, and ended when its time is over, without an agent", async () => {
    const before = new House();
    const user = await before.joined();
    say(user, "hi");
    await before.settle();
    const house = new House(before.journal.crash(), { connectors: [] });
    await house.sessions.start();
    await house.settle();
    expect(await house.sessions.open(user.id)).toBeNull();
    const [{ key = 0, endedAt } = {}] = await house.journal.list({ limit: 1 });
    expect(endedAt).toBeNull();

    await house.advance(IDLE_MS);
    await house.advance(SWEEP_MS);
    expect((await house.journal.list({ limit: 1 }))[0]?.endedAt).not.toBeNull();
    const last = house.journal.rows(key).at(-1);
    expect(JSON.parse(last?.data ?? "")).toMatchObject({
      type: EVENT.SESSION_END,
      payload: { reason: "REASON_USER_ABANDONED" },
    });
    expect(house.agent.turns).toEqual([]);
  });

  it("goes on where the connector comes back in time", async () => {
    const before = new House();
    const user = await before.joined();
    say(user, "hi");
    await before.settle();
    const without = new House(before.journal.crash(), { connectors: [] });
    await without.sessions.start();
    await without.settle();
    const house = new House(without.journal.crash());
    await house.sessions.start();
    await house.settle();
    expect(house.agent.turns).toMatchObject([{ attempt: 2, messages: [{ text: "hi" }] }]);
  });
});
