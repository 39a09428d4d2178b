import { EVENT, type ServerEvent } from "@parley/protocol";
import fc from "fast-check";
import { it } from "vitest";
import { DeskHouse, type TestPage } from "../testing/desk-house.ts";
import { say } from "../testing/house.ts";
import { DESK_TIMES } from "./floor/times.ts";

const who = fc.constantFrom("robin", "sam");
const which = fc.constantFrom(0, 1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("take", "say", "sayAgain", "user"), who, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("transfer", "decline", "note"), who, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("giveBack", "end"), who, which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("drop", "come", "away", "available"), who, which }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), who, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("crash", "diskFails"), who, which }) },
);

/** Messages that were answered with `done`, by their text; and those whose answer nobody got. */
interface Said {
  done: Set<string>;
  all: Map<string, { person: string; key: string; handoff: string }>;
}

it("whatever people, disks and processes do, each conversation has one speaker, and each word is said once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      let at = await DeskHouse.open();
      const pages = new Map<string, TestPage>();
      for (const login of ["robin", "sam"]) pages.set(login, await at.available(login));
      const users = [await at.userWhoAsks(), await at.userWhoAsks()];
      const said: Said = { done: new Set(), all: new Map() };
      let count = 0;
      for (const { do: what, who: login, which: index } of steps) {
        count += 1;
        const user = users[index];
        if (user === undefined) throw new Error("there are two users");
        const { handoff } = user;
        const page = pages.get(login);
        switch (what) {
          case "crash":
            at = await at.crash();
            pages.clear();
            continue;
          case "diskFails":
            at.house.journal.fail("disk_full", 1);
            continue;
          case "wait":
            await at.house.advance(index === 0 ? DESK_TIMES.offerMs : DESK_TIMES.graceMs);
            continue;
          case "user": {
            const session = await at.house.sessions.open(user.id).catch(() => null);
            if (session !== null) say({ ...user, session }, `user ${count}`);
            break;
          }
          case "drop":
            page?.drop();
            pages.delete(login);
            break;
          case "come":
            if (page === undefined) pages.set(login, at.page(login));
            break;
          case "away":
          case "available":
            await page?.ask({ type: "status", status: what });
            break;
          case "take":
          case "decline":
            await page?.ask({ type: what, handoff });
            break;
          case "say": {
            if (page === undefined) break;
            const [text, key] = [`words ${count}`, `key-${count}`];
            said.all.set(text, { person: page.id, key, handoff });
            if ((await page.ask({ type: "say", handoff, text, key })) === "done") said.done.add(text);
            break;
          }
          case "sayAgain": {
            // The outbox: the last words of this person once more, whatever became of them.
            const last = [...said.all].findLast(([, one]) => one.person === page?.id);
            if (page === undefined || last === undefined) break;
            const [text, { key, handoff }] = last;
            if ((await page.ask({ type: "say", handoff, text, key })) === "done") said.done.add(text);
            break;
          }
          case "transfer": {
            const person = at.idOf(login === "robin" ? "sam" : "robin");
            await page?.ask({ type: "transfer", handoff, to: index === 0 ? { person } : { queue: "desk" } });
            break;
          }
          case "note":
            await page?.ask({ type: "note", handoff, text: `secret ${count}` });
            break;
          case "giveBack":
            await page?.ask({ type: "give_back", handoff });
            break;
          case "end":
            await page?.ask({ type: "end", handoff });
            break;
        }
        await at.house.settle();
      }
      at.house.journal.heal();
      for (const { id, handoff } of users) await check(at, id, handoff, said);
    }),
    { numRuns: 60 },
  );
}, 120_000);

async function check(at: DeskHouse, id: string, handoff: string, said: Said): Promise<void> {
  const record = await at.house.journal.find(id);
  if (record === null) throw new Error("a session is lost");
  const events = at.house.journal
    .rows(record.key)
    .filter(({ kind }) => kind === "event")
    .map(({ data }) => JSON.parse(data) as ServerEvent);
  const heard = new Map<string, number>();
  let speaker: string | null = "agent";
  for (const event of events) {
    if (JSON.stringify(event).includes("secret")) throw new Error("a note reached the user");
    switch (event.type) {
      case EVENT.LIVE_AGENT_JOINED:
        // Passing on is in no event: whoever joins next has the word.
        if (speaker === "agent") throw new Error("nobody had asked for a person");
        speaker = event.payload.agent_id;
        break;
      case EVENT.POLY_AGENT_TRIGGERED_HANDOFF:
        speaker = null;
        break;
      case EVENT.POLY_AGENT_JOINED:
        speaker = "agent";
        break;
      case EVENT.POLY_AGENT_MESSAGE:
        if (speaker !== "agent") throw new Error("the agent speaks over a person");
        break;
      case EVENT.LIVE_AGENT_MESSAGE: {
        const { text, agent_id } = event.payload;
        if (said.all.get(text)?.person !== agent_id) throw new Error("somebody else's words");
        if (speaker !== agent_id) throw new Error(`${agent_id} speaks over ${speaker}`);
        heard.set(text, (heard.get(text) ?? 0) + 1);
        break;
      }
    }
  }
  for (const [text, times] of heard) if (times !== 1) throw new Error(`${text} was said ${times} times`);
  for (const text of said.done) {
    if (said.all.get(text)?.handoff === handoff && !heard.has(text)) throw new Error(`${text} was lost`);
  }
  const { stage, person } = await latest(at, handoff);
  const shown = at.conversation(handoff);
  if (stage === "joined" && shown?.state === "joined" && shown.person !== person?.id) {
    throw new Error(`the desk shows ${shown.person}, and the record has ${person?.id}`);
  }
}

async function latest(at: DeskHouse, handoff: string) {
  const stored = await at.house.journal.handoff(handoff);
  if (stored === null) throw new Error("a handoff is lost");
  return JSON.parse(stored.data) as { stage: string; person: { id: string } | null };
}
