import { type AskResult, ask } from "./load/ask.ts";
import { type ChunksResult, listen, startChunks } from "./load/chunks.ts";
import { type Crowd, type CrowdOptions, enter, leave } from "./load/crowd.ts";
import { type DictationResult, dictation } from "./load/dictation.ts";
import { type EchoOptions, type EchoResult, echo } from "./load/echo.ts";
import { accessToken, createSessions, type Place } from "./load/handshake.ts";
import { type OfferOptions, type OfferResult, offer } from "./load/offer.ts";
import { type ReplayOptions, type ReplayResult, replay } from "./load/replay.ts";
import { answerCalls } from "./rpc.ts";
import type { Target } from "./servers/server.ts";

/** The load generator: all clients of all servers, in a process of their own. Crowds are named by numbers. */
export interface Load {
  enter(options: CrowdOptions): Promise<number>;
  leave(crowd: number): Promise<void>;
  createSessions(target: Target, connector: string, count: number): Promise<Place[]>;
  accessToken(target: Target, connector: string, resume?: string): Promise<string>;

  echo(crowd: number, options: EchoOptions): Promise<EchoResult>;
  offer(crowd: number, options: OfferOptions): Promise<OfferResult>;
  ask(crowd: number, options: OfferOptions): Promise<AskResult>;
  startChunks(crowd: number): Promise<void>;
  listen(crowd: number, ms: number): Promise<ChunksResult>;
  dictation(crowd: number, ms: number): Promise<DictationResult>;
  replay(options: ReplayOptions): Promise<ReplayResult>;

  /** Microseconds of CPU since the start. */
  cpu(): number;
}

const crowds = new Map<number, Crowd>();
let lastCrowd = 0;

function crowdOf(id: number): Crowd {
  const crowd = crowds.get(id);
  if (crowd === undefined) throw new Error(`there is no crowd ${id}`);
  return crowd;
}

answerCalls({
  async enter(options) {
    lastCrowd += 1;
    const id = lastCrowd;
    crowds.set(id, await enter(options));
    return id;
  },
  async leave(id) {
    await leave(crowdOf(id));
    crowds.delete(id);
  },
  createSessions,
  accessToken,
  echo: (id, options) => echo(crowdOf(id), options),
  offer: (id, options) => offer(crowdOf(id), options),
  ask: (id, options) => ask(crowdOf(id), options),
  startChunks: (id) => startChunks(crowdOf(id)),
  listen: (id, ms) => listen(crowdOf(id), ms),
  dictation: (id, ms) => dictation(crowdOf(id), ms),
  replay,
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
} satisfies Load);
