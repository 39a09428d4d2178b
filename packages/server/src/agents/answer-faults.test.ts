import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../logger.ts";
import {
  chunk,
  done,
  failed,
  limits,
  message,
  type Respond,
  run,
  Stage,
  stepped,
  text,
} from "../testing/answer-stage.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { makeTurn } from "../testing/turn.ts";
import { answer } from "./answer.ts";

describe("what an agent should not yield", () => {
  it.each<[string, unknown, string]>([
    ["nothing", null, "null is no part"],
    ["a number", 7, "number is no part"],
    ["a string", "Hi", "string is no part"],
    ["an unknown type", { type: "video" }, "unknown type"],
    ["a text that is none", { type: "text", text: 7 }, "text"],
    ["a language that is none", { type: "language", language: "fr_FR!" }, "BCP-47"],
    ["a list that is none", { type: "suggestions", suggestions: "Yes" }, "suggestions"],
    [
      "a suggestion without a text",
      { type: "suggestions", suggestions: [{ payload: "x" }] },
      "suggestions[0].message_text",
    ],
    [
      "a call without a number",
      { type: "call_actions", actions: [{ title: "x", contact_number: "" }] },
      "contact_number",
    ],
    [
      "an attachment that leads nowhere",
      {
        type: "attachments",
        attachments: [
          {
            title: "x",
            preview_image_url: "",
            content_url: "javascript:alert(1)",
            content_type: "ATTACHMENT_CONTENT_TYPE_URL",
            call_to_action_text: "x",
          },
        ],
      },
      "attachments[0].content_url",
    ],
  ])("%s is left out with a warning, and the answer goes on", async (_name, part, warning) => {
    const stage = await run([part, text("Hi.")]);
    expect(stage.commands).toEqual([message("Hi."), done]);
    expect(stage.logged.join()).toContain(warning);
  });

  it.each([
    ["a blank", "https://example.com/a b.png", "https://example.com/a%20b.png"],
    ["no URL at all", "a.png", ""],
  ])(
    "an attachment's picture with %s in its URL does not cost the attachment",
    async (_name, given, preview_image_url) => {
      const attachment = {
        title: "Card",
        content_url: "https://example.com/",
        content_type: "ATTACHMENT_CONTENT_TYPE_URL",
        call_to_action_text: "Read",
      };
      const attachments = [{ ...attachment, preview_image_url: given }];
      const stage = await run([{ type: "attachments", attachments }]);
      expect(stage.commands).toEqual([
        message("", { attachments: [{ ...attachment, preview_image_url }] }),
        done,
      ]);
    },
  );

  it.each([
    ["a handoff to nowhere", { type: "handoff", handoff: { managed: "client", reason: "POLICY" } }],
    ["a handoff that is none", { type: "handoff" }],
    [
      "a part that throws when it is read",
      {
        get type() {
          throw new Error("boom");
        },
      },
    ],
  ])("%s is a failure", async (_name, part) => {
    expect((await run([part, text("Hi.")])).commands).toEqual([failed()]);
  });

  const unreadable: IteratorResult<never> = {
    value: undefined,
    get done(): true {
      throw new Error("boom");
    },
  };

  it.each<[string, Respond]>([
    [
      "respond throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["respond gives nothing to iterate", () => undefined as never],
    ["respond gives a promise", (async () => {}) as never],
    [
      "the iterator throws at once",
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("boom")) }) }),
    ],
    [
      "the iterator gives no result",
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(undefined as never) }) }),
    ],
    [
      "the iterator's result cannot be read",
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(unreadable) }) }),
    ],
  ])("%s: a failure", async (_name, respond) => {
    const stage = new Stage(respond);
    await stage.ended;
    expect(stage.commands).toEqual([failed()]);
  });

  it("does not fill the log", async () => {
    const stage = await run(Array.from({ length: 1000 }, () => 7));
    expect(stage.logged).toHaveLength(10);
    expect(stage.logged.at(-1)).toContain("not logged");
  });

  it("a flood that never waits leaves the event loop its turn, and says nothing in the end", async () => {
    const stage = new Stage(async function* () {
      for (;;) yield text("");
    });
    await stage.pass(limits.firstWordMs);
    await stage.ended;
    expect(stage.commands).toEqual([failed({ overloaded: true })]);
  });
});

describe("time", () => {
  it("runs out before the first word, and the agent is told", async () => {
    const stage = new Stage(stepped(undefined).respond);
    await stage.pass(limits.firstWordMs - 1);
    expect(stage.hasEnded).toBe(false);
    await stage.pass(1);
    await stage.ended;
    expect(stage.commands).toEqual([failed({ overloaded: true })]);
    expect(stage.agentSignal?.aborted).toBe(true);
  });

  it("runs out between words", async () => {
    const stage = new Stage(stepped(text("One two"), undefined).respond);
    await stage.pass(limits.betweenWordsMs - 1);
    expect(stage.hasEnded).toBe(false);
    await stage.pass(1);
    expect(stage.commands).toEqual([chunk("One "), failed({ overloaded: true, spoke: true })]);
  });

  it("starts anew with each word, not with what says nothing", async () => {
    const { respond, next } = stepped(text("One "), undefined, text("two "), undefined, text(""), undefined);
    const stage = new Stage(respond);
    await stage.pass(limits.betweenWordsMs - 1);
    next();
    await stage.pass(limits.betweenWordsMs - 1);
    expect(stage.hasEnded).toBe(false);
    next();
    await stage.pass(1);
    expect(stage.hasEnded).toBe(true);
  });

  it("is that of a first word again behind a whole message", async () => {
    const stage = new Stage(stepped(text("One."), { type: "message_end" }, undefined).respond);
    await stage.pass(limits.firstWordMs - 1);
    expect(stage.hasEnded).toBe(false);
    await stage.pass(1);
    expect(stage.hasEnded).toBe(true);
  });

  it("does not run while a commit does", async () => {
    const stage = new Stage(stepped(text("One two"), undefined).respond);
    let open = () => {};
    stage.gate = new Promise((resolve) => {
      open = resolve;
    });
    await stage.pass(limits.betweenWordsMs * 10);
    open();
    await stage.settle();
    expect(stage.commands).toEqual([chunk("One ")]);
    expect(stage.hasEnded).toBe(false);
  });

  it("is over for the clock when the answer is", async () => {
    const stage = await run([text("One two")]);
    expect(stage.clock.size).toBe(0);
    expect(getEventListeners(stage.stop.signal, "abort")).toEqual([]);
  });

  it("does not wait for an agent that hangs in its last lines", async () => {
    const stage = new Stage(async function* () {
      try {
        yield text("One.");
        yield { type: "end" };
      } finally {
        await new Promise(() => {});
      }
    });
    await stage.ended;
    expect(stage.commands.at(-1)).toEqual({ kind: "agent_end", turn: 7 });
  });

  it("logs what an agent throws when it is left", async () => {
    const stage = new Stage(async function* () {
      try {
        yield { type: "end" };
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: an agent that throws there is what is tested
        throw new Error("boom");
      }
    });
    await stage.ended;
    await stage.settle();
    expect(stage.logged.join()).toContain("failed after its turn was over");
  });
});

describe("when nobody listens any more", () => {
  it("the agent is told at once and nothing more is emitted", async () => {
    const { respond, next } = stepped(text("One two"), undefined, text(" three "));
    const stage = new Stage(respond);
    await stage.settle();
    stage.stop.abort();
    expect(stage.agentSignal?.aborted).toBe(true);
    next();
    await stage.ended;
    expect(stage.commands).toEqual([chunk("One ")]);
    expect(stage.clock.size).toBe(0);
    expect(stage.logged).toEqual([]);
  });

  it("from the start, the agent is not asked", async () => {
    let asked = false;
    await answer({
      agent: {
        name: "Ada",
        avatarUrl: "",
        respond() {
          asked = true;
          throw new Error("asked");
        },
      },
      turn: makeTurn(),
      streaming: true,
      limits,
      clock: new ManualClock(),
      logger: silentLogger,
      signal: AbortSignal.abort(),
      emit: () => Promise.reject(new Error("emitted")),
    });
    expect(asked).toBe(false);
  });

  it("because a commit failed, the agent is left and the caller learns why", async () => {
    let closed = false;
    const stage = new Stage(
      async function* () {
        try {
          for (;;) yield text("One two ");
        } finally {
          closed = true;
        }
      },
      { emitFails: true },
    );
    await expect(stage.ended).rejects.toThrow("the disk is full");
    await stage.settle();
    expect([closed, stage.agentSignal?.aborted, stage.clock.size]).toEqual([true, true, 0]);
  });
});
