import { EVENT, LIMITS, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Check } from "../check.ts";
import { answerAfter, errorAfter, say, textOf } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

const texts: { name: string; title: string; json: string }[] = [
  { name: "blanks", title: "blanks and line breaks", json: '"  \\t first\\r\\n\\n second \\u00a0 "' },
  { name: "blank", title: "a single blank", json: '" "' },
  { name: "emoji", title: "emoji in several code points", json: '"👩‍👩‍👧‍👦 🇫🇷 👍🏽 ❤️"' },
  { name: "decomposed", title: "no normalisation", json: '"e\\u0301 é ﬁ Å Å"' },
  { name: "right-to-left", title: "scripts from right to left", json: '"שלום ‏مرحبا\\u202e‬"' },
  { name: "control", title: "control characters", json: '"\\u0000\\u0001\\b\\f\\u001b[31m\\u007f"' },
  {
    name: "separators",
    title: "separators and a byte order mark",
    json: '"\\ufeffa\\u2028b\\u2029c\\u0085"',
  },
  { name: "surrogates", title: "lone surrogates", json: '"\\ud83d and \\udf5d\\ud83c"' },
  { name: "markup", title: "markup and quotes", json: '"</script><b>&amp;\\"\'`#{x}\\\\n {{y}} %s"' },
  { name: "escapes", title: "characters that were escaped", json: '"\\u0048\\u00e9\\/\\ud83c\\udf5d"' },
  { name: "json", title: "JSON in the text", json: '"{\\"type\\":\\"EVENT_TYPE_HEARTBEAT\\"}"' },
];

const long: { name: string; title: string; json: string }[] = [
  { name: "ascii", title: "128 KB of letters", json: `"${"x".repeat(LIMITS.messageBytes)}"` },
  { name: "four-bytes", title: "128 KB of emoji", json: `"${"🍝".repeat(LIMITS.messageBytes / 4)}"` },
  {
    name: "escapes",
    title: "128 KB that are six times as much as JSON",
    json: `"${"\\u0001".repeat(LIMITS.messageBytes)}"`,
  },
];

const frame = (json: string): string => `{"type":"${EVENT.USER_MESSAGE}","payload":{"text":${json}}}`;

const tooLong: { name: string; title: string; json: string }[] = [
  { name: "ascii", title: "one letter above 128 KB", json: `"${"x".repeat(LIMITS.messageBytes + 1)}"` },
  { name: "bytes", title: "128 KB counted in UTF-8", json: `"${"é".repeat(LIMITS.messageBytes / 2 + 1)}"` },
  { name: "near-frame", title: "nearly 1 MiB", json: `"${"x".repeat(LIMITS.frameBytes - 200)}"` },
];

export const messageTexts: Check[] = [
  ...texts.map(
    ({ name, title, json }): Check => ({
      id: `4.text.${name}`,
      title: `The text is echoed exactly as received: ${title}`,
      async run(context) {
        const { socket } = await context.connected();
        socket.sendText(frame(json));
        const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
        same(event.payload.text, JSON.parse(json), "the text");
      },
    }),
  ),
  ...long.map(
    ({ name, title, json }): Check => ({
      id: `4.text.long-${name}`,
      title: `A text of exactly 128 KB is taken: ${title}`,
      async run(context) {
        const { socket } = await context.joined();
        socket.sendText(frame(json));
        const { event } = await socket.waitFor(EVENT.USER_MESSAGE);
        ensure(event.payload.text === JSON.parse(json), "the text exactly as sent", event.payload.text);
      },
    }),
  ),
  ...tooLong.map(
    ({ name, title, json }): Check => ({
      id: `4.text.too-long-${name}`,
      title: `A longer text is an error, and the connection stays open: ${title}`,
      async run(context) {
        const { socket } = await context.joined();
        const before = socket.last;
        socket.sendText(frame(json));
        const { event } = await errorAfter(socket, before);
        same(event.payload.message, SYSTEM_MESSAGES.messageTooLarge, "the error");
        same(event.payload.level, SYSTEM_LEVEL.error, "its level");
        await say(socket, "still open");
      },
    }),
  ),
  ...[false, true].map(
    (streaming_enabled): Check => ({
      id: `5.message.64-kb${streaming_enabled ? "-stream" : ""}`,
      needs: ["trigger:echo"],
      seconds: 60,
      title: `A message of the agent holds at most 64 KB${streaming_enabled ? " in all its chunks" : ""}; a longer answer becomes several`,
      async run(context) {
        const { socket } = await context.joined({ streaming_enabled });
        const text = "lorem ipsum ".repeat(8_000).trimEnd();
        socket.send(EVENT.USER_MESSAGE, { text });
        let answer = await answerAfter(socket, await socket.waitFor(EVENT.USER_MESSAGE));
        let whole = "";
        for (;;) {
          const bytes = Buffer.byteLength(answer.text);
          const most = LIMITS.agentMessageBytes;
          ensure(bytes <= most, `at most ${most} bytes`, `${bytes} bytes`);
          whole += answer.text;
          if (whole.includes(text)) return;
          answer = await answerAfter(socket, answer.last);
        }
      },
    }),
  ),
  {
    id: "4.text.in-agent",
    needs: ["trigger:echo"],
    title: "The agent gets the text as it was sent",
    async run(context) {
      const { socket } = await context.joined();
      const text = "crème brûlée 🍮 & <tiramisù>";
      socket.send(EVENT.USER_MESSAGE, { text });
      const answer = await answerAfter(socket, await socket.waitFor(EVENT.USER_MESSAGE));
      ensure(answer.text.includes(text), "the text in the answer", answer.text);
      same(textOf((await socket.waitFor(EVENT.USER_MESSAGE)).event), text, "the echo");
    },
  },
];
