import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INITIAL, reduce } from "./reduce.ts";
import { chunk, event, fold, said } from "./testing/events.ts";
import type { View } from "./view.ts";
import type { ServerEvent } from "./wire.ts";

/** What a conversation shows, without the objects' identities. */
const seen = (view: View) => JSON.parse(JSON.stringify(view));

/** A history: turns of users and agents, streamed, whole and broken off, with handoffs and languages between. */
const histories = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant("user" as const), text: fc.string({ minLength: 1 }) }),
      fc.record({ kind: fc.constant("agent" as const), text: fc.string() }),
      fc.record({
        kind: fc.constant("stream" as const),
        texts: fc.array(fc.string(), { minLength: 1, maxLength: 6 }),
        split: fc.nat(5),
      }),
      fc.record({
        kind: fc.constantFrom("joined" as const, "language" as const, "handoff" as const, "person" as const),
      }),
    ),
    { maxLength: 12 },
  )
  .map((turns) => {
    const history: ServerEvent[] = [event("EVENT_TYPE_SESSION_START", 1, {})];
    const add = (type: ServerEvent["type"], payload: object, metadata?: object) =>
      history.push(event(type, history.length + 1, payload, metadata));
    turns.forEach((turn, index) => {
      if (turn.kind === "user")
        add(
          "EVENT_TYPE_USER_MESSAGE",
          { message_id: `u${index}`, text: turn.text },
          { local_id: `l${index}` },
        );
      else if (turn.kind === "agent") add("EVENT_TYPE_POLY_AGENT_MESSAGE", said(`a${index}`, turn.text));
      else if (turn.kind === "stream")
        turn.texts.forEach((text, at) => {
          // A user's echo may stand between two chunks.
          if (at > 0 && at === turn.split)
            add("EVENT_TYPE_USER_MESSAGE", { message_id: `i${index}`, text: "!" }, { local_id: `i${index}` });
          add(
            "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK",
            chunk(`s${index}`, text, at + 1, at + 1 === turn.texts.length),
          );
        });
      else if (turn.kind === "joined")
        add("EVENT_TYPE_POLY_AGENT_JOINED", { agent_name: `A${index}`, agent_avatar_url: "" });
      else if (turn.kind === "language") add("EVENT_TYPE_LANGUAGE_CHANGED", { language_code: `l${index}` });
      else if (turn.kind === "handoff") add("EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF", {});
      else add("EVENT_TYPE_LIVE_AGENT_JOINED", { agent: { id: "1", name: `P${index}`, avatar_url: "" } });
    });
    return history;
  });

describe("any way a history may arrive", () => {
  it("gives the same view: live, replayed folded or verbatim, in pieces, repeated, overtaken", () => {
    fc.assert(
      fc.property(
        histories,
        fc.nat(),
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 10 }),
        fc.boolean(),
        (history, cut, cut2, repeats, isOvertaken) => {
          const live = reduce(INITIAL, history);
          // Folded up to one moment, verbatim from another that may lie before it.
          const middle = cut % (history.length + 1);
          const from = middle === 0 ? 0 : cut2 % (middle + 1);
          // What is overtaken was not folded: a server folds what it has, and sends it in order.
          const start = history.slice(0, middle);
          const arrived = [...(isOvertaken ? start : fold(start)), ...history.slice(from)];
          for (const at of repeats) {
            const first = at % arrived.length;
            const one = arrived[first];
            if (one) arrived.splice(first + 1 + (cut % (arrived.length - first)), 0, one);
          }
          if (isOvertaken) arrived.push(...arrived.splice(0, cut2 % arrived.length));
          const once = arrived.reduce((state, one) => reduce(state, [one]), INITIAL);
          expect(seen(once.view)).toEqual(seen(live.view));
          expect(seen(reduce(INITIAL, arrived).view)).toEqual(seen(live.view));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("leaves what was there before as it was", () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, cut) => {
        const state = reduce(INITIAL, history.slice(0, cut % history.length));
        const before = structuredClone(state);
        const after = reduce(state, history);
        expect(state).toEqual(before);
        // An unchanged message stays the same object: that is what user interfaces compare.
        state.view.timeline.forEach((item, index) => {
          if (item.kind === "message" && item.state !== "streaming")
            expect(after.view.timeline[index]).toBe(item);
        });
      }),
    );
  });
});

describe("a view", () => {
  const view = (...events: ServerEvent[]) => reduce(INITIAL, events).view;
  const joined = event("EVENT_TYPE_POLY_AGENT_JOINED", 2, { agent_name: "Ada", agent_avatar_url: "a.png" });

  it("assembles a message from chunks, and is streaming until the last", () => {
    const [one, two] = [
      chunk("m", "One ", 1),
      chunk("m", "two.", 2, true, { response_suggestions: [{ message_text: "Yes" }] }),
    ];
    const first = view(joined, event("EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK", 3, one));
    expect(first.timeline.at(-1)).toMatchObject({
      text: "One ",
      state: "streaming",
      name: "Ada",
      avatarUrl: "a.png",
    });
    const whole = view(
      joined,
      event("EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK", 3, one),
      event("EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK", 4, two),
      event("EVENT_TYPE_POLY_AGENT_MESSAGE", 5, {
        ...said("c", ""),
        chat_call_actions: [{ title: "T", contact_number: "1" }],
      }),
    );
    expect(whole.timeline.slice(1)).toMatchObject([
      { text: "One two.", state: "complete" },
      { text: "", callActions: [{ title: "T" }] },
    ]);
    expect(whole.suggestions).toEqual([{ message_text: "Yes" }]);
  });

  it("says who talks, through a handoff and back", () => {
    const steps: [ServerEvent["type"], object, View["presence"]][] = [
      ["EVENT_TYPE_REQUEST_POLY_AGENT_JOIN", {}, "joining"],
      ["EVENT_TYPE_POLY_AGENT_JOINED", { agent_name: "Ada", agent_avatar_url: "" }, "agent"],
      ["EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF", {}, "queue"],
      ["EVENT_TYPE_POLY_AGENT_LEFT", {}, "queue"],
      ["EVENT_TYPE_HANDOFF_ACCEPTED", { queue_name: "desk" }, "queue"],
      ["EVENT_TYPE_LIVE_AGENT_JOINED", { agent: { id: "1", name: "Sam", avatar_url: "" } }, "person"],
      ["EVENT_TYPE_POLY_AGENT_JOINED", { agent_name: "Ada", agent_avatar_url: "" }, "agent"],
      ["EVENT_TYPE_CLIENT_HANDOFF_REQUIRED", { reason: "POLICY", queue_name: "q", route: "+1" }, "away"],
      ["EVENT_TYPE_REQUEST_POLY_AGENT_JOIN", {}, "joining"],
    ];
    let state = INITIAL;
    steps.forEach(([type, payload, presence], index) => {
      state = reduce(state, [event(type, index + 1, payload)]);
      expect(state.view.presence, type).toBe(presence);
    });
  });

  it("shows what is true for a while until something else is true", () => {
    const thinking = event("EVENT_TYPE_POLY_AGENT_THINKING", null, {});
    const status = event("EVENT_TYPE_HANDOFF_QUEUE_STATUS", null, { position_in_queue: 2 });
    const error = event("EVENT_TYPE_SYSTEM_MESSAGE", null, {
      level: "SYSTEM_MESSAGE_LEVEL_ERROR",
      message: "Sorry",
    });
    expect(view(joined, thinking).isThinking).toBe(true);
    expect(
      view(joined, thinking, event("EVENT_TYPE_POLY_AGENT_MESSAGE", 3, said("m", "Hi"))).isThinking,
    ).toBe(false);
    expect(view(joined, status).queue).toEqual({ position_in_queue: 2 });
    expect(view(joined, error).notice).toMatchObject({ text: "Sorry", level: "SYSTEM_MESSAGE_LEVEL_ERROR" });
    expect(view(joined, error, event("EVENT_TYPE_POLY_AGENT_MESSAGE", 3, said("m", "Hi"))).notice).toBeNull();
    const end = event("EVENT_TYPE_SESSION_END", 3, { reason: "REASON_NATURAL_END" });
    expect(view(joined, thinking, status, error, end)).toMatchObject({
      ended: "REASON_NATURAL_END",
      isThinking: false,
      queue: null,
      notice: null,
    });
  });

  it("does not show errors that the client answers by itself", () => {
    const message = "Error: Conversation not found";
    const error = event("EVENT_TYPE_SYSTEM_MESSAGE", null, { level: "SYSTEM_MESSAGE_LEVEL_ERROR", message });
    expect(view(joined, error).notice).toBeNull();
  });

  it("is not troubled by what only newer servers say", () => {
    const strange = event("EVENT_TYPE_OF_TOMORROW" as never, 3, { anything: 1 });
    expect(view(joined, strange).presence).toBe("agent");
  });
});
