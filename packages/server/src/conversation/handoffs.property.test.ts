import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { property } from "../testing/conversation-run.ts";
import { decode } from "./entries.ts";
import { fold } from "./state.ts";

describe("a conversation under any interleaving", () => {
  it("has one speaker at a time, and hears nobody who has not joined", () => {
    property(({ chat }) => {
      let speaker: string | null = null;
      for (const entry of chat.rows.map(decode)) {
        if (entry.kind === "handoff_joined") {
          expect(speaker).toBeNull();
          speaker = entry.data.person.id;
        } else if (entry.kind === "handoff_transferred" || entry.kind === "handoff_ended") speaker = null;
        if (entry.kind === "turn_started") expect(speaker).toBe("agent");
        if (entry.kind !== "event") continue;
        const { type, payload } = entry.event;
        if (type === EVENT.POLY_AGENT_JOINED) {
          expect(speaker).toBeNull();
          speaker = "agent";
        } else if (type === EVENT.POLY_AGENT_TRIGGERED_HANDOFF) {
          expect(speaker).toBe("agent");
          speaker = null;
        } else if (type === EVENT.POLY_AGENT_MESSAGE || type === EVENT.POLY_AGENT_MESSAGE_CHUNK) {
          expect(speaker).toBe("agent");
        } else if (type === EVENT.LIVE_AGENT_JOINED || type === EVENT.LIVE_AGENT_MESSAGE) {
          expect(speaker).toBe(payload.agent_id);
        }
      }
    });
  });

  it("ends every handoff before the next begins, and says each step of it in the protocol's order", () => {
    property((each) => {
      each.settle();
      let open: string | null = null;
      const ids = new Set<string>();
      for (const entry of each.chat.rows.map(decode)) {
        if (entry.kind === "handoff_requested") {
          expect(open).toBeNull();
          open = entry.data.id;
          expect(ids.has(open)).toBe(false);
          ids.add(open);
        } else if (entry.kind !== "event" && "handoff" in entry.data) {
          expect(entry.data.handoff).toBe(open);
          if (entry.kind === "handoff_ended") open = null;
        }
      }
      expect(open).toBeNull();
      const steps = each.chat.types.filter((type) => /HANDOFF|LIVE_AGENT_JOINED|POLY_AGENT_LEFT/.test(type));
      const told = steps.join(" ").replaceAll(/ ?LIVE_AGENT_JOINED/g, "");
      const client = "POLY_AGENT_TRIGGERED_HANDOFF CLIENT_HANDOFF_REQUIRED POLY_AGENT_LEFT ?";
      const server =
        "POLY_AGENT_TRIGGERED_HANDOFF POLY_AGENT_LEFT ?(HANDOFF_ACCEPTED ?)?(HANDOFF_(FAILED|TIMEOUT) ?)?";
      expect(told).toMatch(new RegExp(`^(${client}|${server})*$`));
    });
  });

  it("has the agent that is back answer what no person has seen, and nothing else", () => {
    property(({ chat }) => {
      const rows = chat.rows.map(decode);
      for (const [at, entry] of rows.entries()) {
        if (entry.kind !== "turn_started" || entry.data.reason !== "returned" || entry.data.attempt > 1)
          continue;
        const before = rows.slice(0, at);
        const joined = before.findLastIndex(({ kind }) => kind === "handoff_joined");
        const requested = before.findLastIndex(({ kind }) => kind === "handoff_requested");
        const moved = before.findLastIndex(
          ({ kind }) => kind === "handoff_transferred" || kind === "handoff_ended",
        );
        const said = (from: number, to = before.length) =>
          before
            .slice(from, to)
            .flatMap((row) =>
              row.kind === "event" && row.event.type === EVENT.USER_MESSAGE ? [row.event.sequence] : [],
            );
        const { answered } = fold(before);
        const { through } = entry.data;
        const isOwed = (sequence: number) => sequence > answered && sequence <= through;
        if (joined > requested) {
          // All that was there when somebody joined has been seen, and what was written behind the last move has not.
          expect(said(0, joined).filter(isOwed)).toEqual([]);
          expect(said(moved).every(isOwed)).toBe(true);
          // What was said to a person who gave the conversation back was said to them.
          const move = before[moved];
          if (move?.kind === "handoff_ended" && move.data.outcome === "returned") {
            expect(said(joined, moved).filter(isOwed)).toEqual([]);
          }
        } else expect(said(requested).every(isOwed)).toBe(true);
      }
    });
  });

  it("gives the journal a record of each handoff that is what the rows say", () => {
    property(({ chat }) => {
      const { handoff } = chat.folded;
      if (handoff !== null) expect(chat.records.get(handoff.id)).toEqual(handoff);
      const ended = chat.rows.filter(({ kind }) => kind === "handoff_ended").length;
      expect([...chat.records.values()].filter(({ endedAt }) => endedAt !== null)).toHaveLength(ended);
    });
  });
});
