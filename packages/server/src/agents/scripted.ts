import { type Clock, systemClock } from "../clock.ts";
import type { Agent, AgentPart, Turn } from "./agent.ts";
import { findWord } from "./match.ts";
import { pause } from "./pause.ts";
import {
  LONGEST_DELAY_SECONDS,
  parseScript,
  type Reply,
  readScript,
  type Script,
  type ScriptSource,
} from "./script.ts";

/** What stands for `{text}`, `{reason}`, `{person}` and `{1}` to `{9}` in a reply. */
type Values = Readonly<Record<string, string | undefined>>;

/**
 * An agent that a file describes; docs/agents.md shows what can be in it.
 *
 * @param source the path of a JSON file (a relative one from the working directory), or what would be in it
 * @throws ScriptError with every fault and where it stands
 */
export function scriptedAgent(source: string | URL | ScriptSource, clock: Clock = systemClock): Agent {
  const isPath = typeof source === "string" || source instanceof URL;
  const script = isPath ? readScript(source) : parseScript(source);
  return {
    name: script.name,
    avatarUrl: script.avatar_url,
    async *respond(turn, signal) {
      const said = [...turn.said];
      let isFirst = true;
      for (const { reply, values, answered } of repliesTo(script, turn)) {
        const text = fill(reply.text ?? "", values);
        if (wasSaid(text, said)) continue;
        if (!isFirst) yield { type: "message_end" };
        isFirst = false;
        for await (const part of perform(reply, text, values, clock, signal)) {
          yield part.type === "handoff" ? { ...part, answered } : part;
        }
      }
    },
  };
}

/** What a turn calls for: several waiting messages are answered one by one. */
function* repliesTo(
  script: Script,
  turn: Turn,
): Generator<{ reply: Reply; values: Values; answered: number }> {
  if (turn.reason === "greeting") yield { reply: script.greeting, values: {}, answered: 0 };
  if (turn.reason === "returned") {
    const { outcome, reason, person } = turn.returned ?? {};
    const values = { reason: reason ?? "", person: person ?? "" };
    const wasHere = outcome === "returned";
    yield { reply: wasHere ? script.given_back : script.returned, values, answered: 0 };
  }
  for (const { text, sequence } of turn.messages) yield { ...replyTo(script, text), answered: sequence };
}

function replyTo(script: Script, text: string): { reply: Reply; values: Values } {
  // An é may come as one character or as two.
  const composed = text.normalize("NFC");
  for (const { words, pattern, reply } of script.rules) {
    const groups = pattern?.exec(composed);
    if (groups) return { reply, values: { ...Object.fromEntries(groups.entries()), text } };
    if (words && findWord(text, words) !== null) return { reply, values: { text } };
  }
  return { reply: script.fallback, values: { text } };
}

const fill = (template: string, values: Values): string =>
  template.replace(/\{(text|reason|person|[1-9])\}/g, (placeholder, name: string) =>
    name in values ? (values[name] ?? "") : placeholder,
  );

/**
 * Whether an earlier attempt said this text to its end; takes it off the list. One text may have become several
 * messages. What broke off is said again, whole.
 */
function wasSaid(text: string, said: string[]): boolean {
  let joined = "";
  for (const [i, message] of said.entries()) {
    joined += message;
    if (!text.startsWith(joined)) break;
    if (joined === text) {
      said.splice(0, i + 1);
      return true;
    }
  }
  return false;
}

async function* perform(
  reply: Reply,
  text: string,
  values: Values,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<AgentPart> {
  const { language, attachments, suggestions, call_actions: actions, handoff, fail } = reply;
  await pause(clock, delayMs(reply, values), signal);
  if (fail === "before") throw new Error("the script says to fail before the first word");
  if (language !== undefined) yield { type: "language", language };
  yield* speak(reply, text, clock, signal);
  if (fail === "midway") throw new Error("the script says to fail in the middle");
  if (attachments !== undefined) yield { type: "attachments", attachments };
  if (suggestions !== undefined) yield { type: "suggestions", suggestions };
  if (actions !== undefined) yield { type: "call_actions", actions };
  if (handoff !== undefined) yield { type: "handoff", handoff };
  if (reply.end) yield { type: "end" };
}

async function* speak(
  { pace_ms: pace = 0, fail }: Reply,
  text: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<AgentPart> {
  const words = text.match(/\s*\S+\s*/g) ?? [];
  const heard = fail === "midway" ? words.slice(0, Math.ceil(words.length / 2)) : words;
  if (pace === 0) {
    if (heard.length > 0) yield { type: "text", text: heard.join("") };
    return;
  }
  for (const [i, word] of heard.entries()) {
    if (i > 0) await pause(clock, pace, signal);
    yield { type: "text", text: word };
  }
}

function delayMs({ delay_seconds: delay = 0 }: Reply, values: Values): number {
  const seconds = Number(typeof delay === "number" ? delay : fill(delay, values));
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS) * 1_000 : 0;
}
