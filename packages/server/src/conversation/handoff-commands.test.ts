import { EVENT } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { short } from "../testing/conversation-driver.ts";
import { alan, grace, refusal, talking, waiting } from "../testing/handed-off.ts";
import type { KeptCommand } from "./commands.ts";
import { judgeCommand } from "./live.ts";
import { freeze, thaw } from "./state.ts";

describe("a provider's command", () => {
  const commands: Record<string, KeptCommand> = {
    accept: { kind: "accept" },
    queue: { kind: "queue", status: { position: 1 } },
    "join of the same": { kind: "join", person: grace },
    "join of another": { kind: "join", person: alan },
    message: { kind: "message", text: "Hello." },
    "message of another": { kind: "message", text: "Hello.", person: "p2" },
    note: { kind: "note", text: "A regular." },
    transfer: { kind: "transfer" },
    "transfer by another": { kind: "transfer", person: "p2" },
    return: { kind: "return" },
    end: { kind: "end" },
    fail: { kind: "fail" },
    time_out: { kind: "time_out" },
  };

  it.each([
    ["nobody has joined", waiting, { message: 1, "message of another": 1, return: 1, end: 1 }, "not_joined"],
    ["somebody has", talking, { queue: 1, time_out: 1 }, "joined"],
    [
      "somebody else has",
      talking,
      { "join of another": 1, "message of another": 1, "transfer by another": 1 },
      "not_yours",
    ],
  ] as const)("where %s", (_, make, refused, why) => {
    for (const [name, command] of Object.entries(commands)) {
      const chat = make();
      const rows = chat.rows.length;
      const expected = Object.hasOwn(refused, name) ? why : null;
      if (expected === null) {
        expect(refusal(chat, command) === why, name).toBe(false);
        continue;
      }
      expect(refusal(chat, command), name).toBe(expected);
      expect(chat.provider(command)).toEqual([]);
      expect(chat.rows.length, `${name} changes nothing`).toBe(rows);
    }
  });

  it("of a key is carried out once, for the session's life, and answered with the same event", () => {
    const chat = talking();
    const hello: KeptCommand = { kind: "message", text: "Hello." };
    const [event] = chat.provider(hello, "d1");
    const id = chat.state.handoff?.id ?? "";
    const again = () => judgeCommand(chat.state, { handoff: id, key: "d1", command: hello });
    const repeat = { sequence: event?.sequence, isRepeat: true };
    expect(again()).toEqual(repeat);
    expect(chat.provider(hello, "d1")).toEqual([]);
    chat.crash();
    expect(again()).toEqual(repeat);
    chat.state = thaw(freeze(chat.state));
    expect(again()).toEqual(repeat);
    chat.provider({ kind: "end" }, "d2");
    expect(again()).toEqual(repeat);
    expect(judgeCommand(chat.state, { handoff: id, key: "d2", command: { kind: "end" } })).toEqual({
      sequence: null,
      isRepeat: true,
    });
    expect(judgeCommand(chat.state, { handoff: id, key: "d1", command: { kind: "end" } })).toEqual({
      refusal: "key_conflict",
    });
    expect(chat.events.filter(({ type }) => type === EVENT.LIVE_AGENT_MESSAGE)).toHaveLength(1);
  });

  it("that was refused has not used up its key", () => {
    const chat = waiting();
    const hello: KeptCommand = { kind: "message", text: "Hello." };
    chat.provider(hello, "d1");
    chat.provider({ kind: "join", person: grace }, "d0");
    expect(short(chat.provider(hello, "d1"))).toEqual(["LIVE_AGENT_MESSAGE"]);
  });
});
