import { setTimeout as sleep } from "node:timers/promises";
import { EVENT } from "@parley/protocol";
import { Random } from "../chaos/random.ts";
import { Client, type Habits } from "./client.ts";
import { PHRASES, type Phrase } from "./phrases.ts";
import type { Kept } from "./record.ts";
import { readReplay } from "./replay.ts";
import { isJoined, problemsOf, type Replays } from "./rules.ts";
import { MortalServer } from "./server.ts";

/** How many clients talk at once; the rate of the handshake admits them all after any start. */
const CLIENTS = 8;
/** Within this time of a round clients act, and a little later the server is dead at the latest, milliseconds. */
const ROUND_MS = 900;
/** Kills in a round, so that an answer is broken off more than once and a start is broken off too. */
const MAX_KILLS = 4;
/** The longest answer takes two seconds, and is given twice. */
const PATIENCE_MS = 30_000;
/** How long until a session that was not at rest is looked at again, milliseconds. */
const REST_MS = 200;
/** A session that has said so much makes room for another. */
const TALKATIVE = 40;

/** As shipped clients, but thirty times as fast. */
const HABITS: Habits = { resendMs: [100, 200, 300], reconnectMs: 30 };

export interface Summary {
  rounds: number;
  kills: number;
  sessions: number;
  messages: number;
  events: number;
  /** How often a message was sent again. */
  copies: number;
}

/** A round after which something was not as promised. */
export class CampaignFailure extends Error {
  override name = "CampaignFailure";
}

export interface CampaignOptions {
  /** The data directory. */
  data: string;
  /** How often the server is killed, at least. */
  kills: number;
  /** Of the first round; the next rounds count on from it. */
  seed: number;
  onRound?: (summary: Summary, seed: number) => void;
}

/**
 * Lets clients talk to a server that is killed again and again, and compares after each round what they saw with what is
 * kept.
 *
 * @throws CampaignFailure with the seed of the round
 */
export async function runCampaign({ data, kills, seed, onRound }: CampaignOptions): Promise<Summary> {
  const campaign = new Campaign(data);
  try {
    for (let round = 0; campaign.summary.kills < kills; round += 1) {
      const summary = await campaign.round(seed + round);
      onRound?.(summary, seed + round);
    }
    return campaign.summary;
  } finally {
    await campaign.stop();
  }
}

class Campaign {
  readonly #server: MortalServer;
  #clients: Client[] = [];
  #rounds = 0;
  #gone = { sessions: 0, messages: 0, events: 0, copies: 0 };
  #events = new Map<Client, number>();

  constructor(data: string) {
    this.#server = new MortalServer(data);
  }

  get summary(): Summary {
    return {
      rounds: this.#rounds,
      kills: this.#server.kills,
      sessions: this.#gone.sessions + this.#clients.length,
      messages: this.#gone.messages + sum(this.#clients.map(({ said }) => said.size)),
      events: this.#gone.events + sum([...this.#events.values()]),
      copies: this.#gone.copies + sum(this.#clients.map(repeated)),
    };
  }

  async round(seed: number): Promise<Summary> {
    const random = new Random(seed);
    try {
      if (this.#rounds === 0) {
        await this.#server.start();
        await this.#fill(random);
      }
      const acting = this.#act(random);
      await this.#die(random);
      await acting;
      await this.#fill(random);
      await Promise.all(this.#clients.map((client) => client.settle(PATIENCE_MS)));
      const problems = (await Promise.all(this.#clients.map((client) => this.#check(client)))).flat();
      if (problems.length > 0) throw new Error(problems.join("\n"));
    } catch (error) {
      const { output } = this.#server;
      const message = error instanceof Error ? error.message : String(error);
      throw new CampaignFailure(`seed ${seed}: ${message}\nthe server's output:\n${output}`, {
        cause: error,
      });
    }
    this.#rounds += 1;
    this.#retire();
    return this.summary;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.stop();
    await this.#server.kill();
  }

  /** Kills the server once or several times, and starts it again. */
  async #die(random: Random): Promise<void> {
    await sleep(random.between(0, ROUND_MS + 200));
    await this.#server.kill();
    for (let kills = 1; kills < MAX_KILLS && random.chance(0.5); kills += 1) {
      await this.#server.startInVain(random.between(0, 2_000));
    }
    await this.#server.start();
  }

  /** Lets clients do what people and networks do. */
  async #act(random: Random): Promise<void> {
    const started = performance.now();
    const at = (ms: number) => sleep(Math.max(0, started + ms - performance.now()));
    const acts = this.#clients.flatMap((client) => this.#habitsOf(client, random));
    const fork = random.fork();
    acts.push([random.between(0, ROUND_MS), () => void this.#fill(fork, 1)]);
    await Promise.all(
      acts.map(async ([ms, act]) => {
        await at(ms);
        act();
      }),
    );
  }

  #habitsOf(client: Client, random: Random): [ms: number, act: () => void][] {
    const acts: [number, () => void][] = [];
    const add = (share: number, act: () => void) => {
      const ms = random.between(0, ROUND_MS);
      if (random.chance(share)) acts.push([ms, act]);
    };
    const talk = () => {
      const phrase = choose(random);
      return () => client.say(`${phrase.words} ${client.said.size + 1}`);
    };
    const overlap = random.between(10, 1_500);
    for (const share of [0.8, 0.5, 0.3]) add(share, talk());
    add(0.3, () => client.replaceSocket(overlap));
    add(0.2, () => client.drop());
    add(0.3, () => client.beat());
    add(0.04, () => client.say(`${PHRASES.goodbye.words} ${client.said.size + 1}`));
    add(0.04, () => client.end());
    return acts;
  }

  /** Brings in as many new clients as there is room for. */
  async #fill(random: Random, atMost = CLIENTS): Promise<void> {
    for (let i = 0; i < atMost && this.#clients.length < CLIENTS; i += 1) {
      const id = await this.#server.createSession(random.chance(0.6));
      if (id === null) return;
      const client = new Client(id, this.#server, HABITS);
      this.#clients.push(client);
      client.connect();
      client.say(`${choose(random).words} 1`);
    }
  }

  async #check(client: Client): Promise<string[]> {
    const replays = await this.#readAtRest(client);
    this.#events.set(client, replays.verbatim.length);
    return problemsOf(client, replays).map((problem) => `${client.sessionId}: ${problem}`);
  }

  /**
   * A client may take for settled what is not: an answer may still be given that another would do for, and behind a handoff
   * it asks the agent in again by itself. So it is read until that is over, and has been seen to the same end; where that
   * never is, the rules say what is wrong.
   */
  async #readAtRest(client: Client): Promise<Replays> {
    for (let waited = 0; ; waited += REST_MS) {
      const { isBusy, ...replays } = await this.#read(client.sessionId);
      const { length } = replays.verbatim;
      const isLast = waited >= PATIENCE_MS;
      if (isBusy && isLast) throw new Error(`${client.sessionId}: the agent does not come to an end`);
      if (!isBusy) {
        await client.hasSeen(length, PATIENCE_MS);
        if (isLast || (client.cursor === length && isJoined(replays.verbatim))) return replays;
      }
      await sleep(REST_MS);
    }
  }

  /** Only a replay from the beginning has the first event, and only one with a cursor has each chunk. */
  async #read(sessionId: string): Promise<Replays & { isBusy: boolean }> {
    const [{ events: folded, isThinking }, rest] = await Promise.all([
      readReplay(this.#server, sessionId, 0),
      readReplay(this.#server, sessionId, 1),
    ]);
    const verbatim = [...folded.slice(0, 1), ...rest.events];
    const isSaying = isThinking || rest.isThinking || isSpeaking(folded) || isSpeaking(verbatim);
    return { folded, verbatim, isBusy: isSaying || folded.at(-1)?.id !== verbatim.at(-1)?.id };
  }

  /** Those whose sessions are over, or have become long, leave. */
  #retire(): void {
    const leaving = this.#clients.filter(({ isEnded, said }) => isEnded || said.size > TALKATIVE);
    for (const client of leaving) {
      client.stop();
      this.#gone.sessions += 1;
      this.#gone.messages += client.said.size;
      this.#gone.events += this.#events.get(client) ?? 0;
      this.#gone.copies += repeated(client);
      this.#events.delete(client);
    }
    this.#clients = this.#clients.filter((client) => !leaving.includes(client));
  }
}

/** How often a client sent a message again. */
const repeated = ({ said }: Client): number =>
  sum([...said.values()].map(({ copies }) => Math.max(0, copies - 1)));

/** Whether a message is being streamed. */
function isSpeaking(history: readonly Kept[]): boolean {
  const last = history.findLast(({ type }) => type === EVENT.POLY_AGENT_MESSAGE_CHUNK);
  return last?.type === EVENT.POLY_AGENT_MESSAGE_CHUNK && !last.payload.is_complete;
}

/** A phrase, the frequent ones more often. */
function choose(random: Random): Phrase {
  const phrases: readonly Phrase[] = Object.values(PHRASES);
  let left = random.between(0, sum(phrases.map(({ weight }) => weight)));
  for (const phrase of phrases) {
    left -= phrase.weight;
    if (left < 0) return phrase;
  }
  return PHRASES.hello;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
