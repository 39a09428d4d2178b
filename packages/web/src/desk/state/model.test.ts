import { expect, it } from "vitest";
import { ManualClock } from "../../../../client/src/testing/manual-clock.ts";
import type { LinkSocket } from "../connection/link.ts";
import { conversation, hello, lists, ME, memory, StagedSocket } from "../testing/stage.ts";
import type { DeskFrame } from "../wire.ts";
import { DeskModel } from "./model.ts";

/** A page; another one with the same memory is what a reload makes of it. */
function page(storage = memory()) {
  const clock = new ManualClock();
  const sockets: StagedSocket[] = [];
  let count = 0;
  const prefix = `${storage.size}`;
  const model = new DeskModel({
    me: ME,
    open(query) {
      const socket = new StagedSocket(query);
      sockets.push(socket);
      return socket as unknown as LinkSocket;
    },
    isSignedIn: async () => true,
    newKey: () => `key-${prefix}-${++count}`,
    clock,
    random: () => 0,
    storage: () => storage,
  });
  model.start();
  return { model, clock, storage, sockets, socket: () => sockets.at(-1) as StagedSocket };
}

const mine = conversation("h", { state: "joined", person: "robin", user_messages: 2 });
const details = (session: string): DeskFrame => ({
  type: "details",
  details: {
    session,
    created_at: 0,
    connector: "demo",
    host: "",
    platform: "web",
    device_type: null,
    locale: null,
    page: null,
    attributes: {},
    verified: null,
    summary: null,
    context: null,
  },
});
const said = (position: number, text: string, person = "robin"): DeskFrame => ({
  type: "entries",
  session: mine.session,
  entries: [
    {
      position,
      kind: "event",
      event: {
        id: `e${position}`,
        sequence: position,
        timestamp: new Date(position).toISOString(),
        type: "EVENT_TYPE_LIVE_AGENT_MESSAGE",
        payload: {
          message_id: `m${position}`,
          text,
          attachments: [],
          response_suggestions: [],
          agent_id: person,
          agent_name: "Robin",
          avatar_url: "",
        },
      },
    },
  ] as never,
  through: position,
  live: true,
});

function atWork(storage = memory()) {
  const one = page(storage);
  one.socket().says(hello(), lists({ conversations: [mine] }), details(mine.session));
  return one;
}

it("follows what the person has, from the first word, and goes on behind what was read", async () => {
  const { clock, socket } = atWork();
  expect(socket().of("watch")).toMatchObject([{ session: mine.session, after: 0 }]);
  socket().says(said(7, "Hello"));
  socket().breaks();
  await clock.advance(0);
  expect(socket().query).toBe("?epoch=first&revision=1");
  socket().says(hello());
  expect(socket().of("watch")).toMatchObject([{ session: mine.session, after: 7 }]);
});

it("says again what was not answered, by the same keys and in order, on the next socket", async () => {
  const { clock, model, socket } = atWork();
  model.wish({ type: "say", handoff: "h", text: "one" });
  model.wish({ type: "say", handoff: "h", text: "two" });
  const [first] = socket().of("say");
  expect(socket().of("say")).toHaveLength(1);
  socket().breaks();
  await clock.advance(0);
  socket().says(hello());
  expect(socket().of("say")).toEqual([first]);
  socket().says({ type: "done", key: first?.key ?? "", sequence: 3 });
  expect(
    socket()
      .of("say")
      .map(({ text }) => text),
  ).toEqual(["one", "two"]);
});

it("loses nothing over a reload: what was not answered goes out of the next page", () => {
  const before = atWork();
  before.model.select("h");
  before.model.wish({ type: "say", handoff: "h", text: "one" });
  before.model.wish({ type: "say", handoff: "h", text: "two" });
  const [sent] = before.socket().of("say");
  const after = atWork(before.storage);
  expect(after.model.state.selected).toBe("h");
  expect(after.socket().of("say")).toEqual([sent]);
  after.socket().says({ type: "done", key: sent?.key ?? "", sequence: 5 });
  expect(after.socket().of("say").at(-1)?.text).toBe("two");
  const third = atWork(after.storage);
  expect(
    third
      .socket()
      .of("say")
      .map(({ text }) => text),
  ).toEqual(["two"]);
});

it.each<[string, boolean]>([
  ["before its event", true],
  ["behind its event", false],
])("has a message in the outbox until its event is there, answered %s", (_, isAnsweredFirst) => {
  const { model, socket } = atWork();
  model.wish({ type: "say", handoff: "h", text: "one" });
  const key = socket().of("say")[0]?.key ?? "";
  const done: DeskFrame = { type: "done", key, sequence: 4 };
  const event = said(4, "one");
  socket().says(isAnsweredFirst ? done : event);
  expect(model.state.outbox).toHaveLength(1);
  socket().says(isAnsweredFirst ? event : done);
  expect(model.state.outbox).toEqual([]);
});

it("keeps the text of what is refused until somebody has seen why, over a reload, too", () => {
  const { model, socket, storage } = atWork();
  model.wish({ type: "say", handoff: "h", text: "Too late" });
  const key = socket().of("say")[0]?.key ?? "";
  socket().says({ type: "refused", key, code: "not_yours", message: "You do not have this conversation" });
  expect(model.state.outbox).toEqual([]);
  const [refusal] = atWork(storage).model.state.refusals;
  expect(refusal?.outgoing.command).toMatchObject({ text: "Too late" });
  if (refusal) model.dismiss(model.state.refusals[0] as typeof refusal);
  expect(atWork(storage).model.state.refusals).toEqual([]);
});

it("tries again what the server could not keep, and does not hurry", async () => {
  const { clock, model, socket } = atWork();
  model.wish({ type: "say", handoff: "h", text: "one" });
  const key = socket().of("say")[0]?.key ?? "";
  socket().says({ type: "refused", key, code: "unavailable", message: "" });
  expect(socket().of("say")).toHaveLength(1);
  await clock.advance(2_000);
  expect(
    socket()
      .of("say")
      .map((one) => one.key),
  ).toEqual([key, key]);
});

it("shows what became of the open conversation, and lets go of it with another", () => {
  const { model, socket } = atWork();
  model.select("h");
  socket().says(
    lists({ full: false, revision: 2, over: [{ handoff: "h", outcome: "user_ended" }], people: [] }),
  );
  expect(model.state.over).toMatchObject({ ending: "user_ended", conversation: { handoff: "h" } });
  expect(model.state.talks.has(mine.session)).toBe(true);
  model.select(null);
  expect(model.state.over).toBeNull();
  expect(model.state.talks.has(mine.session)).toBe(false);
  expect(socket().of("unwatch")).toEqual([{ type: "unwatch", session: mine.session }]);
});

it("takes no rows of an earlier watch for those of the next one", () => {
  const { model, socket } = atWork();
  const other = conversation("o", { state: "joined", person: "sam" });
  socket().says(lists({ full: false, revision: 2, conversations: [other], people: [] }));
  const entries = (through: number): DeskFrame => ({
    type: "entries",
    session: other.session,
    entries: [],
    through,
    live: true,
  });
  model.select("o");
  socket().says(details(other.session), entries(500));
  model.select("h");
  model.select("o");
  expect(socket().of("watch").at(-1)).toMatchObject({ session: other.session, after: 0 });
  // Was on its way when the watching ended.
  socket().says(entries(501));
  expect(model.state.talks.get(other.session)?.through ?? 0).toBe(0);
  socket().says(details(other.session), entries(501));
  expect(model.state.talks.get(other.session)?.through).toBe(501);
});

it("follows a conversation again that was not back yet when the server was", async () => {
  const { clock, model, socket } = atWork();
  model.select("h");
  socket().says(said(7, "Hello"));
  socket().breaks();
  await clock.advance(0);
  // Another process, whose sessions come back one after the other.
  socket().says(hello("second"), lists());
  const [watch] = socket().of("watch");
  expect(watch).toMatchObject({ session: mine.session, after: 7 });
  socket().says({ type: "refused", key: watch?.key ?? "", code: "gone", message: "" });
  socket().says(lists({ revision: 2, full: false, people: [] }));
  expect(socket().of("watch")).toHaveLength(1);
  socket().says(lists({ revision: 3, full: false, conversations: [mine] }));
  expect(
    socket()
      .of("watch")
      .map(({ after }) => after),
  ).toEqual([7, 7]);
  expect(model.state.over).toBeNull();
});

it("has read what somebody looks at, once the past is there", () => {
  const { model, socket, storage } = atWork();
  model.select("h");
  model.look();
  expect(model.state.reads).toEqual({});
  socket().says(said(4, "Hello"));
  model.look();
  expect(model.state.reads).toEqual({ h: 2 });
  expect(atWork(storage).model.state.reads).toEqual({ h: 2 });
});
