import { EVENT, LIMITS } from "@parley/protocol";
import { badCut } from "../audit/cutting.ts";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { type Answer, ask, textOf, trigger } from "../conversation.ts";
import { ensure, same } from "../failure.ts";

async function streamed(context: Context, text: string): Promise<Answer> {
  const { socket } = await context.joined({ streaming_enabled: true });
  return (await ask(socket, text)).answer;
}

const story = (context: Context) => streamed(context, trigger(context.profile, "story"));

const chunkTexts = ({ parts }: Answer): string[] => parts.map(({ event }) => textOf(event));

/** Texts that an agent says again, long enough to be cut, and what must stay whole in them. */
const cut: { name: string; title: string; text: string }[] = [
  { name: "words", title: "never in a word", text: "incomprehensibilities notwithstanding ".repeat(160) },
  {
    name: "links",
    title: "never in a link",
    text: "see [the whole evening card](https://example.com/card?a=1&b=2) and then ".repeat(80),
  },
  {
    name: "fences",
    title: "never in a code fence",
    text: `so:\n\n\`\`\`js\n${"const table = for (two) at (eight);\n".repeat(10)}\`\`\`\n\nand then, `.repeat(
      20,
    ),
  },
  {
    name: "markup",
    title: "never in a markup token",
    text: "**very bold words** and __others__ and ~~gone~~ ".repeat(120),
  },
  {
    name: "japanese",
    title: "without white space, behind punctuation or between words",
    text: "本日のおすすめは、季節の野菜を使ったパスタと、自家製のパンでございます。".repeat(60),
  },
  { name: "thai", title: "in Thai, between words", text: "สวัสดีครับยินดีต้อนรับสู่ร้านอาหารของเราวันนี้".repeat(60) },
  { name: "unbroken", title: "at 2 KB anyway", text: "x".repeat(3 * LIMITS.chunkBytes) },
];

export const streaming: Check[] = [
  {
    id: "5.stream.story",
    needs: ["trigger:story"],
    title: "A long answer comes in many chunks of one message, numbered from 1, the last one complete",
    async run(context) {
      const { parts } = await story(context);
      ensure(parts.length >= 10, "at least ten chunks", parts.length);
      const indexes = parts.map(({ event }) => event.payload.chunk_index);
      same(
        indexes,
        Array.from(parts, (_, index) => index + 1),
        "chunk_index",
      );
      const complete = parts.map(({ event }) => event.payload.is_complete);
      same(
        complete,
        Array.from(parts, (_, index) => index === parts.length - 1),
        "is_complete",
      );
    },
  },
  {
    id: "5.stream.cut-story",
    needs: ["trigger:story"],
    title: "Text is cut only behind white space",
    async run(context) {
      const bad = badCut(chunkTexts(await story(context)));
      ensure(bad === null, "cuts behind white space only", bad);
    },
  },
  ...cut.map(
    ({ name, title, text }): Check => ({
      id: `5.stream.cut-${name}`,
      needs: ["trigger:echo"],
      title: `Text is cut ${title}, and concatenation gives the exact message`,
      async run(context) {
        const answer = await streamed(context, text);
        // An agent may trim what it says again.
        ensure(answer.text.includes(text.trim()), "the exact text in the chunks together", answer.text);
        const bad = badCut(chunkTexts(answer));
        ensure(bad === null, `a text cut ${title}`, bad);
        const largest = Math.max(...chunkTexts(answer).map((chunk) => Buffer.byteLength(chunk)));
        ensure(largest <= LIMITS.chunkBytes, `chunks of at most ${LIMITS.chunkBytes} bytes`, largest);
      },
    }),
  ),
  {
    id: "5.stream.collected",
    order: "alone",
    needs: ["trigger:story"],
    title: "Text is collected for about 40 ms before it is sent",
    async run(context) {
      const { parts } = await story(context);
      const gaps = parts.slice(1).map(({ at }, index) => at - (parts[index]?.at ?? 0));
      const short = gaps.filter((gap) => gap < LIMITS.chunkCollectMs / 2);
      // The completing chunk need not wait, and a busy machine may deliver two together.
      const expected = `about ${LIMITS.chunkCollectMs} ms between most chunks`;
      ensure(
        short.length <= gaps.length / 3,
        expected,
        gaps.map((gap) => Math.round(gap)),
      );
    },
  },
  {
    id: "5.stream.off",
    needs: ["trigger:story"],
    title: "Without streaming the same answer is one POLY_AGENT_MESSAGE",
    async run(context) {
      const { socket } = await context.joined();
      const { answer } = await ask(socket, trigger(context.profile, "story"));
      same(
        answer.parts.map(({ event }) => event.type),
        [EVENT.POLY_AGENT_MESSAGE],
        "the parts of the answer",
      );
      ensure(answer.text.length >= 1_000, "the whole of a long answer", answer.text.length);
    },
  },
];
