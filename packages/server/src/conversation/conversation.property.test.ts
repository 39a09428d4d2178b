import { EVENT, SYSTEM_MESSAGES } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { property } from "../testing/conversation-run.ts";
import { replayed, view } from "../testing/conversation-view.ts";

describe("a conversation under any interleaving", () => {
  it("numbers its events without a hole, and nothing follows the end", () => {
    property(({ chat }) => {
      expect(chat.events.map(({ sequence }) => sequence)).toEqual(chat.events.map((_, i) => i + 1));
      expect(new Set(chat.events.map(({ id }) => id)).size).toBe(chat.events.length);
      const end = chat.types.indexOf("SESSION_END");
      if (end >= 0) expect(end).toBe(chat.events.length - 1);
    });
  });

  it("takes every message once, in order", () => {
    property(({ chat, model }) => {
      const texts = chat.events.flatMap((event) =>
        event.type === EVENT.USER_MESSAGE ? [event.payload.text] : [],
      );
      expect(texts).toEqual(model.texts);
    });
  });

  it("streams one message at a time, with one completing chunk each", () => {
    property((each) => {
      each.settle();
      let open: string | null = null;
      let index = 0;
      const complete = new Set<string>();
      for (const event of each.chat.events) {
        if (event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) {
          if (event.type === EVENT.POLY_AGENT_MESSAGE) expect(open).toBeNull();
          continue;
        }
        const { message_id, chunk_index, is_complete } = event.payload;
        expect(open === null || open === message_id).toBe(true);
        expect(complete.has(message_id)).toBe(false);
        index = open === null ? 1 : index + 1;
        expect(chunk_index).toBe(index);
        open = is_complete ? null : message_id;
        if (is_complete) complete.add(message_id);
      }
      expect(open).toBeNull();
    });
  });

  it("answers every message or tells its failure, once everything has come to its end", () => {
    property((each) => {
      each.settle();
      const { state } = each.chat;
      if (state.ended === null) {
        expect(state.turn).toBeNull();
        expect(state.answered).toBe(state.asked);
      }
      // Behind the end nobody is told what the agent's last turn came to.
      if (state.ended !== null) return;
      const failed = each.chat.rows.filter(
        ({ kind, data }) => kind === "turn_ended" && data.includes('"failed"'),
      ).length;
      const { brokeOff, failedBeforeWords, handoffNotStarted } = SYSTEM_MESSAGES;
      const texts: readonly string[] = [brokeOff, failedBeforeWords, handoffNotStarted];
      expect(each.told.filter((text) => texts.includes(text))).toHaveLength(failed);
    });
  });

  it("gives every prompt that was taken its turn, once, and says an operator's words as they are", () => {
    property((each) => {
      each.settle();
      const { chat, model } = each;
      if (chat.state.ended !== null) return;
      const started = chat.rows.flatMap(({ kind, data }) => {
        const turn = kind === "turn_started" ? JSON.parse(data) : { promptId: null };
        return turn.promptId !== null && turn.attempt === 1 ? [turn.promptId] : [];
      });
      expect(started).toEqual([...model.prompts.keys()]);
      const said = view(chat.events).filter((shown) => JSON.stringify(shown).includes('"text":"prompt '));
      expect(said).toHaveLength([...model.prompts.values()].filter(({ literal }) => literal).length);
    });
  });

  it("remembers what the agent last asked to", () => {
    property(({ chat, model }) => {
      expect(chat.state.memory).toEqual(model.remembered === 0 ? {} : { times: model.remembered });
    });
  });

  it("ends every turn but the last before the next begins, or tries it again", () => {
    property(({ chat }) => {
      let running: { number: number } | null = null;
      for (const { kind, data } of chat.rows) {
        const fact = kind.startsWith("turn_") ? JSON.parse(data) : null;
        if (kind === "turn_started") {
          expect(running === null || fact.attempt === 2).toBe(true);
          running = fact;
        }
        if (kind === "turn_ended") {
          expect(fact.number).toBe(running?.number);
          running = null;
        }
      }
    });
  });

  it("starts no turn behind a failure that nobody has heard of", () => {
    property(({ chat }) => {
      let isHidden = false;
      for (const { kind, data } of chat.rows) {
        if (kind === "turn_started") expect(isHidden).toBe(false);
        if (kind === "failure_told") isHidden = false;
        if (kind === "turn_ended" && data.includes('"failed"')) isHidden = true;
      }
    });
  });

  it("greets once, and says nothing of the agent's while the agent is away", () => {
    property(({ chat }) => {
      const greetings = chat.rows.filter(
        ({ kind, data }) =>
          kind === "turn_started" && data.includes('"greeting"') && data.includes('"attempt":1'),
      );
      expect(greetings.length).toBeLessThanOrEqual(1);
      expect(
        chat.rows.some(({ kind, data }) => kind === "turn_started" && data.includes('"attempt":3')),
      ).toBe(false);
      let isThere = false;
      for (const { type } of chat.events) {
        if (type === EVENT.POLY_AGENT_JOINED) isThere = true;
        if (type === EVENT.POLY_AGENT_TRIGGERED_HANDOFF) isThere = false;
        if (type === EVENT.POLY_AGENT_MESSAGE || type === EVENT.POLY_AGENT_MESSAGE_CHUNK)
          expect(isThere).toBe(true);
      }
    });
  });

  it("gives a client that was cut at any cursor what one has that never was", () => {
    property(({ chat }) => {
      const { events } = chat;
      for (let cursor = 0; cursor <= events.length; cursor += 1) {
        const seen = events.slice(0, cursor);
        expect(view([...seen, ...replayed(events, cursor)])).toEqual(view(events));
      }
    });
  });
});
