import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { LIMITS } from "@parley/protocol";
import type { Bench, Measure } from "../bench.ts";
import type { ReplayOptions } from "../load/replay.ts";
import { goal, type Row } from "../report.ts";
import { type History, seed } from "../seed.ts";
import type { Server } from "../servers/server.ts";

/** Ten events a question: about 1,000 and about 100,000. */
const SHORT = { sessions: 100, questions: 100 };
const LONG = { sessions: 10, questions: 10_000 };
/** A session takes five upgrades at once, and then five a second: the first visit, one for the times, and these. */
const TIMES = 3;
/** Until it takes as many again, and a little, milliseconds. */
const BETWEEN_MS = 700;
const AT_ONCE = 20;

/** What it takes to bring a client up to date that has missed a thousand events. */
export const replay: Measure = async (bench) => {
  if (!bench.options.columns.includes("parley")) return [];
  const data = await mkdtemp(join(tmpdir(), "parley-bench-histories-"));
  try {
    const { resume, histories } = await seed(data, { histories: [SHORT, LONG], others: 0, log: () => {} });
    const [short = [], long = []] = histories;
    const server = await bench.startAlone("parley", data);
    const accessToken = await bench.load.call("accessToken", server.target, "prompt", resume);
    const reader = new Reader(bench, server, accessToken);
    const missed = lastOf(short);
    const ofShort = await reader.read(short, 0);
    // As many events as the short histories have, at the end of long ones.
    const ofLong = await reader.read(long, lastOf(long) - missed);
    const connect = await reader.connectOnly(short);
    await bench.stopAlone(server);
    return [
      { what: "connecting with nothing missed: server's CPU", unit: "ms", values: { parley: connect } },
      ...rows(`${missed} events of ${missed}`, ofShort, connect),
      ...rows(`${missed} events of ${lastOf(long)}`, ofLong, connect),
    ];
  } finally {
    await rm(data, { recursive: true });
  }
};

const lastOf = ([history]: History[]): number => history?.last ?? 0;

interface Figures {
  /** With what connecting costs, milliseconds. */
  cpu: number;
  first: number;
  /** Without the pauses that the protocol prescribes between batches, milliseconds. */
  whole: number;
}

class Reader {
  readonly #bench: Bench;
  readonly #server: Server;
  readonly #accessToken: string;

  constructor(bench: Bench, server: Server, accessToken: string) {
    this.#bench = bench;
    this.#server = server;
    this.#accessToken = accessToken;
  }

  async read(histories: History[], cursor: number): Promise<Figures> {
    const last = lastOf(histories);
    // The first visit brings the sessions into memory, which is not what is measured here.
    await this.#replay(histories, { cursor, last, times: 1, atOnce: 1 });
    const alone = await this.#replay(histories, { cursor, last, times: 1, atOnce: 1 });
    return {
      cpu: await this.#cpu(histories, { cursor, last }),
      first: alone.first.p50,
      whole: alone.whole.p50 - (alone.frames - 1) * LIMITS.batchPauseMs,
    };
  }

  /** @returns the server's CPU, milliseconds */
  connectOnly(histories: History[]): Promise<number> {
    return this.#cpu(histories, { cursor: lastOf(histories), last: null });
  }

  /** Of one replay, many at a time, in the best round. */
  async #cpu(histories: History[], missed: Pick<ReplayOptions, "cursor" | "last">): Promise<number> {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < this.#bench.options.rounds; round += 1) {
      const { cpu, replays } = await this.#replay(histories, { ...missed, times: TIMES, atOnce: AT_ONCE });
      best = Math.min(best, cpu / replays / 1_000);
      await setTimeout(BETWEEN_MS);
    }
    return best;
  }

  #replay(histories: History[], options: Omit<ReplayOptions, "target" | "places">) {
    const places = histories.map(({ session }) => ({ session, accessToken: this.#accessToken }));
    return this.#bench.measured(
      this.#server,
      `replay-${options.cursor}-${options.atOnce}`,
      () => this.#bench.load.call("replay", { ...options, target: this.#server.target, places }),
      { watchLoop: false },
    );
  }
}

function rows(name: string, { cpu, first, whole }: Figures, connect: number): Row[] {
  const beyond = cpu - connect;
  return [
    {
      what: `${name}: CPU beyond connecting`,
      unit: "ms",
      values: { parley: beyond },
      ...goal("≤ 2 ms", beyond <= 2),
    },
    { what: "from the upgrade to the first batch", unit: "ms", values: { parley: first } },
    { what: "to the last event, less the pauses", unit: "ms", values: { parley: whole } },
  ];
}
