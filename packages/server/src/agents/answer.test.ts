import { LIMITS } from "@parley/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunk, done, failed, message, run, Stage, stepped, text } from "../testing/answer-stage.ts";
import { AgentOverloaded } from "./agent.ts";

describe("a streamed answer", () => {
  it("sends the first chunk at once, and collects the others", async () => {
    const { respond, next } = stepped(
      text("One two"),
      undefined,
      text(" three "),
      text("four "),
      undefined,
      text("five"),
    );
    const stage = new Stage(respond);
    await stage.settle();
    expect(stage.emitted).toEqual([[chunk("One ")]]);
    next();
    await stage.pass(LIMITS.chunkCollectMs - 1);
    expect(stage.emitted).toHaveLength(1);
    await stage.pass(1);
    expect(stage.emitted.slice(1)).toEqual([[chunk("two three four ")]]);
    next();
    await stage.ended;
    expect(stage.emitted.slice(2)).toEqual([[message("five"), done]]);
  });

  it("sends the first chunk of every message at once", async () => {
    const { respond } = stepped(text("One two"), { type: "message_end" }, text("Three four"), undefined);
    const stage = new Stage(respond);
    await stage.settle();
    expect(stage.emitted).toEqual([[chunk("One ")], [message("two"), chunk("Three ")]]);
  });

  it("completes a message of which all was sent", async () => {
    const stage = await run([text("All of it ")]);
    expect(stage.emitted).toEqual([[chunk("All of it ")], [message(""), done]]);
  });

  it("waits for the second half of a surrogate pair", async () => {
    const stage = await run([text("a \u{d83d}"), text("\u{de00} b \u{d83d}"), text("c")]);
    expect(stage.commands.map((one) => ("text" in one ? one.text : "")).join("")).toBe("a 😀 b \u{fffd}c");
  });
});

describe("an answer without streaming", () => {
  it("is one message, with the end of the turn in the same append", async () => {
    const stage = await run([text("One "), text("two.")], { streaming: false });
    expect(stage.emitted).toEqual([[message("One two."), done]]);
  });

  it("says nothing of a message before it is whole, however long it takes", async () => {
    const { respond } = stepped(text("One two "), undefined);
    const stage = new Stage(respond, { streaming: false });
    await stage.pass(LIMITS.chunkCollectMs * 10);
    expect(stage.emitted).toEqual([]);
  });

  it("sends a message that is over while the agent goes on", async () => {
    const { respond } = stepped(text("One."), { type: "message_end" }, undefined);
    const stage = new Stage(respond, { streaming: false });
    await stage.pass(LIMITS.chunkCollectMs);
    expect(stage.emitted).toEqual([[message("One.")]]);
  });
});

describe.each([{ streaming: true }, { streaming: false }])("with streaming $streaming", (options) => {
  it("the end of the last message and of the turn are one append", async () => {
    const stage = await run(
      [text("One."), { type: "message_end" }, text("Two."), { type: "message_end" }],
      options,
    );
    expect(
      stage.emitted
        .at(-1)
        ?.map(({ kind }) => kind)
        .slice(-2),
    ).toEqual(["agent_message", "agent_done"]);
  });

  it("attachments and the like ride with their message", async () => {
    const attachment = {
      title: "Card",
      preview_image_url: "",
      content_url: "https://example.com/our card",
      content_type: "ATTACHMENT_CONTENT_TYPE_URL",
      call_to_action_text: "Read",
    };
    const action = { title: "Call", contact_number: "+442079460142" };
    const stage = await run(
      [
        { type: "attachments", attachments: [attachment] },
        text("Here."),
        { type: "suggestions", suggestions: [{ message_text: "Yes", extra: 1 }, { message_text: " " }] },
        { type: "message_end" },
        { type: "call_actions", actions: [action] },
      ],
      options,
    );
    expect(stage.commands).toEqual([
      message("Here.", {
        attachments: [{ ...attachment, content_url: "https://example.com/our%20card" }],
        suggestions: [{ message_text: "Yes" }],
      }),
      message("", { callActions: [action] }),
      done,
    ]);
  });

  it("a language holds from its message on, and ends one that has begun", async () => {
    const language = (tag: string) => ({ type: "language", language: tag });
    const stage = await run(
      [language("fr-fr"), text("Oui."), language("en"), text("Yes."), language("de")],
      options,
    );
    expect(stage.commands).toEqual([
      message("Oui.", { language: "fr-FR" }),
      message("Yes.", { language: "en" }),
      done,
    ]);
    expect(stage.logged.join()).toContain("a language with no message after it");
  });

  it("a language goes with the first chunk of its message alone", async () => {
    const stage = await run([{ type: "language", language: "fr" }, text("Oui, bien sûr")], options);
    const withLanguage = stage.commands.filter((command) => "language" in command);
    expect(withLanguage).toEqual([stage.commands[0]]);
  });

  it.each([
    [
      "handoff",
      { type: "handoff", handoff: { managed: "server" } },
      { kind: "agent_handoff", turn: 7, handoff: { managed: "server" } },
    ],
    ["end", { type: "end" }, { kind: "agent_end", turn: 7 }],
  ])(
    "a %s comes behind all that was said, in one append, and nothing after it",
    async (_name, part, command) => {
      let closed = false;
      const stage = new Stage(async function* () {
        try {
          yield text("One two.");
          yield part;
          yield part;
          yield text("Never.");
        } finally {
          closed = true;
        }
      }, options);
      await stage.ended;
      await stage.settle();
      const [rest, last] = stage.emitted.at(-1) ?? [];
      expect(rest).toMatchObject({ kind: "agent_message" });
      expect(last).toEqual(command);
      expect(stage.commands.map((one) => ("text" in one ? one.text : "")).join("")).toBe("One two.");
      expect([closed, stage.agentSignal?.aborted]).toEqual([true, true]);
      // What a request that an agent has left running rejects with.
      expect(stage.agentSignal?.reason).toMatchObject({ name: "AbortError" });
    },
  );

  it("an answer with nothing in it is an end of the turn alone", async () => {
    const parts = [text(""), { type: "message_end" }, { type: "suggestions", suggestions: [] }];
    expect((await run(parts, options)).emitted).toEqual([[done]]);
  });

  it("a line break behind the last message is not another one", async () => {
    const parts = [text("Hello."), { type: "message_end" }, text("\n"), { type: "message_end" }, text(" ")];
    const texts = (await run(parts, options)).commands.flatMap((one) => ("text" in one ? [one.text] : []));
    expect(texts.join("|")).toBe("Hello.");
  });

  it("an error is a failure, and takes what was not yet said with it", async () => {
    const stage = new Stage(async function* () {
      yield text("Unfinished");
      throw new Error("boom");
    }, options);
    await stage.ended;
    expect(stage.emitted).toEqual([[failed({ spoke: true })]]);
    expect(stage.logged.join()).toContain("an agent failed");
  });

  it("an error after a whole message leaves that whole", async () => {
    const stage = new Stage(async function* () {
      yield text("Whole.");
      yield { type: "message_end" };
      throw new AgentOverloaded("full");
    }, options);
    await stage.ended;
    expect(stage.emitted).toEqual([[message("Whole."), failed({ overloaded: true, spoke: true })]]);
  });

  it("5 MB become messages of at most 64 KB, taken no faster than they are committed", async () => {
    const word = "Lorem ipsum dolor sit amet. ";
    const whole = word.repeat(5_000_000 / word.length);
    let yielded = 0;
    const stage = new Stage(async function* () {
      for (let at = 0; at < whole.length; at += 1000) {
        yielded += 1;
        yield text(whole.slice(at, at + 1000));
      }
    }, options);
    let open = () => {};
    stage.gate = new Promise((resolve) => {
      open = resolve;
    });
    await stage.settle();
    await stage.settle();
    expect(yielded * 1000).toBeLessThan(LIMITS.agentMessageBytes * 1.5);
    open();
    await stage.ended;
    const messages = [""];
    for (const command of stage.commands) {
      if ("text" in command) messages.push(messages.pop() + command.text);
      if (command.kind === "agent_message") messages.push("");
      if (command.kind === "agent_chunk")
        expect(Buffer.byteLength(command.text)).toBeLessThanOrEqual(LIMITS.chunkBytes);
    }
    expect(messages.pop()).toBe("");
    expect(messages.join("")).toBe(whole);
    expect(messages.length).toBeLessThan((whole.length / LIMITS.agentMessageBytes) * 1.05);
    for (const one of messages) expect(one.length).toBeLessThanOrEqual(LIMITS.agentMessageBytes);
    for (const append of stage.emitted) expect(JSON.stringify(append).length).toBeLessThan(200_000);
  });

  it("one part of 1 MB is cut into appends of a bounded size as well", async () => {
    const whole = "word ".repeat(200_000);
    const stage = await run([text(whole)], options);
    expect(stage.commands.map((one) => ("text" in one ? one.text : "")).join("")).toBe(whole);
    for (const append of stage.emitted) expect(JSON.stringify(append).length).toBeLessThan(200_000);
  });

  it("a word too much begins another message, with all that goes beside the text", async () => {
    const suggestions = [{ message_text: "Yes" }];
    const full = "x".repeat(LIMITS.agentMessageBytes);
    const stage = await run([{ type: "suggestions", suggestions }, text(`${full}y`)], options);
    const messages = stage.commands.filter(({ kind }) => kind === "agent_message");
    expect(messages).toMatchObject([{ suggestions: [] }, { text: "y", suggestions }]);
  });

  it("a half of a surrogate pair that stays alone is replaced", async () => {
    const stage = await run([text("a \u{d83d}")], options);
    expect(stage.commands.map((one) => ("text" in one ? one.text : "")).join("")).toBe("a \u{fffd}");
  });

  it("attachments without end do not make a message without end", async () => {
    const stage = await run(
      [
        text("Here."),
        ...Array.from({ length: 100 }, () => ({
          type: "suggestions",
          suggestions: Array.from({ length: 100 }, () => ({ message_text: "x".repeat(100) })),
        })),
      ],
      options,
    );
    expect(JSON.stringify(stage.commands).length).toBeLessThan(400_000);
    expect(stage.logged.length).toBeLessThanOrEqual(10);
  });

  it("any text in any parts comes out as it went in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "grapheme", maxLength: 60 })), async (parts) => {
        fc.pre(parts.join("").trim() !== "");
        const stage = await run(parts.map(text), options);
        const said = stage.commands.map((one) => ("text" in one ? one.text : "")).join("");
        // White space alone is no message.
        if (said !== "" || parts.join("").trim() !== "") expect(said).toBe(parts.join(""));
        expect(stage.commands.at(-1)).toEqual(done);
      }),
    );
  });
});
