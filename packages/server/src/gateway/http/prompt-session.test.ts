import { describe, expect, it } from "vitest";
import { faultOf, OPERATOR_KEY, SPEAKER_KEY, setup } from "./fixture.ts";
import { PROMPT_ERRORS } from "./prompt-session.ts";

const PATH = "/api/v1/sessions/some-id/turns";
const speaker = { Authorization: `Bearer ${SPEAKER_KEY}` };

describe("POST /api/v1/sessions/{id}/turns", () => {
  it.each([
    ["a prompt", { prompt: "The order was shipped." }, { prompt: "The order was shipped.", text: null }],
    ["a text", { text: "Your order was shipped." }, { prompt: null, text: "Your order was shipped." }],
    ["half a character", { text: "a\u{d800}" }, { prompt: null, text: "a\u{fffd}" }],
  ])("hands on %s", async (_, body, request) => {
    const { send, sessions } = setup();
    const response = await send("POST", PATH, { ...speaker, "Idempotency-Key": "order-7" }, body);
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ prompt_id: "prompt-1" });
    expect(sessions.prompts).toEqual([["some-id", { key: "order-7", ...request }]]);
  });

  it("needs no key", async () => {
    const { send, sessions } = setup();
    await send("POST", PATH, speaker, { text: "Hi." });
    expect(sessions.prompts).toEqual([["some-id", { key: null, prompt: null, text: "Hi." }]]);
  });

  it("takes the longest text, however it is written", async () => {
    const { send, sessions } = setup();
    const escaped = `{"text":"${"\\u0061".repeat(65_536)}"}`;
    expect((await send("POST", PATH, speaker, escaped)).status).toBe(202);
    expect(sessions.prompts).toHaveLength(1);
  });

  it.each([
    ["no JSON", "{", "Error parsing request"],
    ["neither", {}, "Invalid body: exactly one of prompt and text is expected"],
    ["nothing", "", "Invalid body: exactly one of prompt and text is expected"],
    ["both", { prompt: "a", text: "b" }, "Invalid body: exactly one of prompt and text is expected"],
    ["another key", { text: "a", texts: "b" }, "Invalid body: texts: not known here"],
    ["a list", [], "Invalid body: Invalid input: expected object, received array"],
    ["a number", { text: 7 }, "Invalid body: text: must be a text"],
    ["a blank text", { text: " \n" }, "Invalid body: text: must not be empty"],
    ["a text too long", { text: "é".repeat(32_769) }, "Invalid body: text: must not exceed 65536 bytes"],
    [
      "a prompt too long",
      { prompt: "x".repeat(16_385) },
      "Invalid body: prompt: must not exceed 16384 bytes",
    ],
  ])("refuses %s", async (_, body, message) => {
    const { send, sessions } = setup();
    expect(await faultOf(await send("POST", PATH, speaker, body))).toMatchObject({ status: 400, message });
    expect(sessions.prompts).toEqual([]);
  });

  it("refuses a body that is too large, and a key that is none", async () => {
    const { send } = setup();
    const large = await faultOf(await send("POST", PATH, speaker, { text: "x".repeat(500_000) }));
    expect(large).toMatchObject({ status: 413 });
    const headers = { ...speaker, "Idempotency-Key": "x".repeat(129) };
    expect(await faultOf(await send("POST", PATH, headers, { text: "a" }))).toMatchObject({
      status: 400,
      code: "INVALID_IDEMPOTENCY_KEY",
    });
  });

  it.each(Object.keys(PROMPT_ERRORS) as (keyof typeof PROMPT_ERRORS)[])(
    "says why not where it is %s",
    async (refusal) => {
      const { send, sessions } = setup();
      sessions.promptAnswer = { refusal };
      const { status, code, message } = PROMPT_ERRORS[refusal];
      const answer = await faultOf(await send("POST", PATH, speaker, { text: "a" }));
      expect(answer).toEqual({ status, code, message });
    },
  );

  it("says that it cannot be served where the journal fails", async () => {
    const { send, sessions } = setup();
    sessions.before = () => Promise.reject(new Error("the disk is full"));
    expect(await faultOf(await send("POST", PATH, speaker, { text: "a" }))).toMatchObject({ status: 503 });
  });

  it("lets in nobody whose key is for reading alone", async () => {
    const { send } = setup();
    const reader = { Authorization: `Bearer ${OPERATOR_KEY}` };
    expect(await faultOf(await send("POST", PATH, reader, { text: "a" }))).toMatchObject({ status: 403 });
    expect(await faultOf(await send("POST", PATH, {}, { text: "a" }))).toMatchObject({ status: 401 });
    expect(await faultOf(await send("GET", PATH, speaker))).toMatchObject({ status: 403 });
  });
});
