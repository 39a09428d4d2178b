import { EVENT } from "@parley/protocol";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { functionAgent } from "../../agents/function.ts";
import { handoff } from "../../agents/helpers.ts";
import type { Clock } from "../../clock.ts";
import { NO_HANDOFFS } from "../../conversation/handoffs.ts";
import type { Journal } from "../../journal/journal.ts";
import { type Logger, silentLogger } from "../../logger.ts";
import { end, House, say } from "../../testing/house.ts";
import { MemoryJournal } from "../../testing/memory-journal.ts";
import { actsBy, providerContract } from "../contract.ts";
import type { HandoffDoor } from "../provider.ts";
import type { Attempt } from "./endpoint.ts";
import { UNREACHABLE } from "./line.ts";
import { WebhookProvider } from "./provider.ts";

const GIVE_UP_MS = 120_000;
const DAY_MS = 86_400_000;
const OK: Attempt = { isDelivered: true };
const DOWN: Attempt = { isDelivered: false, why: "ECONNREFUSED", isGone: false };

interface Told {
  id: string;
  type: string;
  data: Record<string, unknown>;
}

/** Who is told, without a network between. */
class Desk {
  readonly told: Told[] = [];
  answer: (told: Told) => Attempt = () => OK;

  async post(id: string, body: string): Promise<Attempt> {
    const told = { id, ...JSON.parse(body) } as Told;
    this.told.push(told);
    return this.answer(told);
  }

  /** Those that have been asked for and have not ended. */
  get open(): string[] {
    const open = new Set<string>();
    for (const { type, data } of this.told) {
      if (type === "handoff.requested") open.add(String(data.handoff_id));
      if (type === "handoff.ended") open.delete(String(data.handoff_id));
    }
    return [...open];
  }

  get types(): string[] {
    return this.told.map(({ type }) => type);
  }
}

const openProvider = (
  desk: Desk,
  parts: { door: HandoffDoor; journal: Journal; clock: Clock; logger?: Logger; giveUpMs?: number },
) =>
  WebhookProvider.open({
    endpoint: desk,
    giveUpMs: GIVE_UP_MS,
    publicUrl: "https://chat.example",
    newId: () => crypto.randomUUID(),
    logger: silentLogger,
    random: () => 1,
    ...parts,
  });

// The centre outlives the server: what was told before a crash is known behind it.
let centre = new Desk();
beforeEach(() => {
  centre = new Desk();
});

providerContract("webhooks", async ({ door, journal, clock }) => {
  const provider = await openProvider(centre, { door, journal, clock });
  provider.start();
  return {
    provider,
    open: async () => centre.open,
    ...actsBy(door),
  };
});

const agent = functionAgent({
  name: "Ada",
  async *respond({ messages }) {
    if (messages.some(({ text }) => text.includes("human"))) yield handoff({ reason: "asked" });
    else yield "Hello.";
  },
});

/** A house whose people are behind a webhook. */
async function setup(
  journal = new MemoryJournal(),
  now?: number,
  desk = new Desk(),
  giveUpMs: number = GIVE_UP_MS,
) {
  const logged: object[] = [];
  const logger = { ...silentLogger, error: (fields: object) => logged.push(fields) };
  let provider: WebhookProvider | undefined;
  const house: House = new House(journal, {
    source: agent,
    policy: { handoffs: { ...NO_HANDOFFS, provider: "webhook" } },
    providers: {
      webhook: {
        request: async (request) => await provider?.request(request),
        tell: (...told) => provider?.tell(...told),
      },
    },
  });
  if (now !== undefined) house.clock.advance(now - house.clock.now());
  const door: HandoffDoor = { command: (...given) => house.sessions.command(...given) };
  provider = await openProvider(desk, { door, journal, clock: house.clock, logger, giveUpMs });
  await house.sessions.start();
  provider.start();
  await house.settle();
  return { house, desk, provider, logged };
}

async function asks({ house }: { house: House }) {
  const user = await house.joined();
  say(user, "a human, please");
  await house.settle();
  return user;
}

const failures = (user: Awaited<ReturnType<typeof asks>>) =>
  user.socket.events.flatMap((event) => (event.type === EVENT.HANDOFF_FAILED ? [event.payload.reason] : []));

describe("a webhook that fails", () => {
  it("is tried again after 1, 2, 4, 8, 16 and then every 30 s, and given up behind its limit", async () => {
    const stage = await setup();
    const { house, desk } = stage;
    desk.answer = () => DOWN;
    const user = await asks(stage);
    const times = [house.clock.now()];
    for (let step = 0; step < 2_000 && failures(user).length === 0; step += 1) {
      const seen = desk.told.length;
      await house.advance(100);
      if (desk.told.length > seen) times.push(house.clock.now());
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // A step of the clock is a quarter of a second with what happens in it.
    for (const [index, gap] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      expect(Math.abs((gaps[index] ?? 0) - gap * 1_000)).toBeLessThanOrEqual(600);
    }
    expect(gaps.length).toBe(8);
    expect(failures(user)).toEqual([UNREACHABLE]);
    expect(new Set(desk.told.map(({ id }) => id)).size).toBe(1);
  });

  it("is told of the failed handoff for a day, and then is not", async () => {
    const stage = await setup();
    const { house, desk } = stage;
    desk.answer = () => DOWN;
    const user = await asks(stage);
    await house.advance(GIVE_UP_MS);
    await house.advance(GIVE_UP_MS);
    expect(failures(user)).toEqual([UNREACHABLE]);
    end(user);
    await house.settle();
    const [record] = await house.journal.records("webhook_cursor");
    expect(record).toBeDefined();
    for (let hour = 0; hour < 26; hour += 1) {
      for (let i = 0; i < 12; i += 1) await house.advance(DAY_MS / 24 / 12);
    }
    expect(await house.journal.records("webhook_cursor")).toEqual([]);
    expect(stage.logged.length).toBe(2);
  });

  it("gets all in order when it is back, also what came after it was given up", async () => {
    const stage = await setup();
    const { house, desk } = stage;
    desk.answer = () => DOWN;
    const user = await asks(stage);
    say(user, "Hello?");
    await house.advance(GIVE_UP_MS);
    await house.advance(GIVE_UP_MS);
    expect(failures(user)).toEqual([UNREACHABLE]);
    desk.told.length = 0;
    desk.answer = () => OK;
    await house.advance(300_000);
    expect(desk.types).toEqual(["handoff.requested", "user.message", "handoff.ended"]);
    expect(desk.told.at(-1)?.data).toMatchObject({ outcome: "failed", agent_is_back: true });
    expect(await house.journal.records("webhook_cursor")).toEqual([]);
  });

  it("is given up at once where it says that it is gone", async () => {
    const stage = await setup();
    stage.desk.answer = () => ({ ...DOWN, isGone: true });
    const user = await asks(stage);
    expect(failures(user)).toEqual([UNREACHABLE]);
  });

  it("is left alone for as long as it asks, at most for the longest pause", async () => {
    const stage = await setup();
    const { house, desk } = stage;
    desk.answer = () => ({ ...DOWN, retryAfterMs: 20_000 });
    await asks(stage);
    const before = desk.told.length;
    await house.advance(19_000);
    expect(desk.told.length).toBe(before);
    await house.advance(2_000);
    expect(desk.told.length).toBe(before + 1);
  });

  it("tells what a connector's backend vouches for, before and since", async () => {
    const { house, desk } = await setup();
    const user = await house.joined();
    await house.sessions.setContext(user.id, { tier: "silver" }, 100);
    say(user, "a human, please");
    await house.settle();
    await house.sessions.setContext(user.id, { tier: "gold" }, 200);
    await house.settle();
    expect(desk.told.map(({ data }) => [data.user, data.verified_context])).toEqual([
      [expect.objectContaining({ verified_context: { tier: "silver" }, attributes: {} }), undefined],
      [undefined, { tier: "gold" }],
    ]);
    expect(desk.told[0]?.data.commands_url).toMatch(
      /^https:\/\/chat\.example\/api\/v1\/handoffs\/.+\/commands$/,
    );
  });

  it("holds back the user's typing, which is not told late", async () => {
    const stage = await setup();
    const { house, desk } = stage;
    const user = await asks(stage);
    desk.answer = ({ type }) => (type === "user.message" ? DOWN : OK);
    say(user, "Hello?");
    user.session.receive(user.reader, {
      type: EVENT.USER_TYPING,
      payload: { state: "TYPING_STATE_STARTED" },
    });
    await house.settle();
    desk.answer = () => OK;
    await house.advance(1_500);
    expect(desk.types.filter((type) => type === "user.typing")).toEqual([]);
  });
});

describe("a crash", () => {
  it("between the request's row and its cursor leaves it to be asked again", async () => {
    const stage = await setup();
    stage.desk.answer = () => DOWN;
    await asks(stage);
    const journal = stage.house.journal.crash();
    for (const { id } of await journal.records("webhook_cursor"))
      await journal.deleteRecord("webhook_cursor", id);
    const next = await setup(journal, stage.house.clock.now());
    expect(next.desk.types).toContain("handoff.requested");
    expect(next.desk.told[0]?.id).toBe(stage.desk.told[0]?.id);
  });

  it("between the delivery and the acceptance accepts it all the same", async () => {
    const stage = await setup();
    const user = await asks(stage);
    const heard = user.socket.events.filter(({ type }) => type === EVENT.HANDOFF_ACCEPTED);
    expect(heard).toHaveLength(1);
    await stage.provider.request({
      handoff: JSON.parse((await stage.house.journal.handoffs({ limit: 1 }))[0]?.data ?? ""),
      session: user.session.info,
      verified: null,
      presence: "there",
    });
    await stage.house.settle();
    expect(stage.desk.types.filter((type) => type === "handoff.requested")).toHaveLength(1);
  });
});

/** What may happen to a talk and its webhooks, in any order. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "say" } as const) },
  // The next attempts fail: before the centre has them, or behind it.
  fc.record({
    kind: fc.constant("fail" as const),
    times: fc.integer({ min: 1, max: 4 }),
    isLost: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 100, max: 20_000 }) }),
  fc.constant({ kind: "crash" } as const),
);

it("whatever fails and crashes, a centre that remembers ids has each thing once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
      const desk = new Desk();
      let stage = await setup(new MemoryJournal(), undefined, desk, DAY_MS);
      const { id } = await asks(stage);
      let user = await stage.house.connect(id);
      let said = 0;
      const taken: Told[] = [];
      const take = (told: Told) => {
        taken.push(told);
        return OK;
      };
      desk.answer = take;
      for (const one of happenings) {
        if (one.kind === "say") {
          said += 1;
          say(user, `message ${said}`);
        } else if (one.kind === "wait") await stage.house.advance(one.ms);
        else if (one.kind === "fail") {
          let left = one.times;
          desk.answer = (told) => {
            left -= 1;
            if (left < 0 || one.isLost) taken.push(told);
            return left < 0 ? OK : DOWN;
          };
        } else {
          const { house } = stage;
          await house.settle();
          stage = await setup(house.journal.crash(), house.clock.now(), desk, DAY_MS);
          user = await stage.house.connect(id);
        }
      }
      await stage.house.settle();
      end(user);
      desk.answer = take;
      await stage.house.advance(30_000);
      await stage.house.advance(300_000);
      const once = new Map(
        [...desk.told.slice(0, 1), ...taken]
          .filter(({ type }) => type !== "user.presence")
          .map((told) => [told.id, told.data.text ?? told.type]),
      );
      const messages = Array.from({ length: said }, (_, index) => `message ${index + 1}`);
      expect([...once.values()]).toEqual(["handoff.requested", ...messages, "handoff.ended"]);
      const bodies = new Map(desk.told.map((told) => [told.id, JSON.stringify(told)]));
      for (const told of desk.told) expect(JSON.stringify(told)).toBe(bodies.get(told.id));
      expect(await stage.house.journal.records("webhook_cursor")).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
