import { LIMITS } from "@parley/protocol";
import { type Agent, type AgentPart, disposeAgents, type Turn } from "./agent.ts";

/**
 * Sees a text before it goes out, and gives what goes out in its place. It must be a function of the text alone: the same
 * words are shown to it several times, in windows that grow. What it throws fails the turn, and nothing more goes out.
 */
export type TextFilter = (text: string, turn: Turn) => string | Promise<string>;

export interface FilterAgentOptions {
  agent: Agent;
  filter: TextFilter;
  /**
   * UTF-16 units that are held back until more is known: what is to be found is found up to this length, however it comes
   * in. 200 by default. `Infinity` holds back whole messages, and shows each to the filter once.
   */
  lookBehind?: number;
}

/** Cuts that are tried before more text is waited for. */
const TRIES = 4;
/** So many look-behinds are held at most, where the filter finds something that does not end. */
const MOST_HELD = 8;
/** No more text can be waited for then: the further cuts go back by half a look-behind each, to the beginning. */
const TRIES_WHEN_FULL = TRIES + 2 * MOST_HELD;

/** An agent whose every text passes a filter: moderation, redaction. What goes beside a message passes it too. */
export function filterAgent({ agent, filter, lookBehind = 200 }: FilterAgentOptions): Agent {
  if (!(lookBehind >= 0)) throw new RangeError("lookBehind must be a number of characters");
  return {
    name: agent.name,
    avatarUrl: agent.avatarUrl,
    async *respond(turn, signal) {
      let isRefused = false;
      const see = async (text: string) => {
        try {
          return await filter(text, turn);
        } catch (error) {
          isRefused = true;
          throw error;
        }
      };
      const window = new Window(see, lookBehind);
      try {
        for await (const part of agent.respond(turn, signal)) {
          // Nothing to see, but handed on: whoever takes the parts keeps an endless agent from blocking the process.
          if (part?.type === "text" && typeof part.text === "string" && part.text !== "") {
            yield* texts(window.add(part.text));
            continue;
          }
          if (endsText(part?.type)) yield* texts(window.finish());
          yield await filtered(part, see);
        }
      } catch (error) {
        if (!isRefused) yield* texts(window.finish());
        throw error;
      }
      yield* texts(window.finish());
    },
    [Symbol.asyncDispose]: () => disposeAgents([agent]),
  };
}

/** A filter that replaces what patterns find, one after the other. Patterns without the flag `g` find the first alone. */
export const redact =
  (...rules: readonly (readonly [pattern: RegExp, replacement: string])[]): TextFilter =>
  (text) =>
    rules.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text);

async function* texts(pieces: AsyncIterable<string>): AsyncGenerator<AgentPart> {
  for await (const text of pieces) if (text !== "") yield { type: "text", text };
}

/**
 * The end of a message that is coming in. Text leaves it where a cut changes nothing: where the filter makes of both sides
 * what it makes of the whole.
 */
class Window {
  readonly #see: (text: string) => Promise<string>;
  readonly #lookBehind: number;
  readonly #most: number;
  #held = "";

  constructor(see: (text: string) => Promise<string>, lookBehind: number) {
    this.#see = see;
    this.#lookBehind = lookBehind;
    this.#most = Math.min(Math.max(lookBehind, 1) * MOST_HELD, LIMITS.agentMessageBytes);
  }

  /** @returns what may go out */
  async *add(text: string): AsyncGenerator<string> {
    for (let start = 0; start < text.length; ) {
      const piece = text.slice(start, start + this.#most - this.#held.length);
      start += piece.length;
      this.#held += piece;
      yield await this.#leave();
      // Without a place to cut it goes as it stands, so that what is held is bounded.
      if (this.#held.length >= this.#most) yield* this.finish();
    }
  }

  /** The message is over. */
  async *finish(): AsyncGenerator<string> {
    const held = this.#held;
    this.#held = "";
    if (held !== "") yield await this.#see(held);
  }

  async #leave(): Promise<string> {
    const most = this.#held.length - this.#lookBehind;
    if (most <= 0) return "";
    let whole: string | undefined;
    let cut = most;
    const isFull = this.#held.length >= this.#most;
    for (let tries = 0; tries < (isFull ? TRIES_WHEN_FULL : TRIES) && cut > 0; tries += 1) {
      cut = lastBreak(this.#held, cut);
      whole ??= await this.#see(this.#held);
      const before = await this.#see(this.#held.slice(0, cut));
      if (before + (await this.#see(this.#held.slice(cut))) === whole) {
        this.#held = this.#held.slice(cut);
        return before;
      }
      cut -= tries < TRIES ? 1 : Math.max(1, Math.floor(this.#lookBehind / 2));
    }
    return "";
  }
}

/** Behind the last white space at or before a position; where there is none, between two characters. */
function lastBreak(text: string, position: number): number {
  for (let at = position; at > 0; at -= 1) if (/\s/.test(text.charAt(at - 1))) return at;
  const before = text.charCodeAt(position - 1);
  return before >= 0xd800 && before <= 0xdbff ? position - 1 : position;
}

const endsText = (type: AgentPart["type"] | undefined): boolean =>
  type === "message_end" || type === "language" || type === "handoff" || type === "end";

/** What goes beside a message is whole, so each text of it is seen alone. What is not valid is left to who checks it. */
async function filtered(part: AgentPart, see: (text: string) => Promise<string>): Promise<AgentPart> {
  switch (part?.type) {
    case "suggestions":
      return { ...part, suggestions: await seenIn(part.suggestions, ["message_text"], see) };
    case "attachments":
      return { ...part, attachments: await seenIn(part.attachments, ["title", "call_to_action_text"], see) };
    case "call_actions":
      return { ...part, actions: await seenIn(part.actions, ["title"], see) };
    default:
      return part;
  }
}

/** Copies of items whose texts under these keys were seen. */
async function seenIn<T extends object>(
  items: T[],
  keys: readonly (keyof T)[],
  see: (text: string) => Promise<string>,
): Promise<T[]> {
  if (!Array.isArray(items)) return items;
  return await Promise.all(
    items.map(async (item) => {
      const texts = keys.filter((key) => typeof item?.[key] === "string");
      if (texts.length === 0) return item;
      const seen = texts.map(async (key) => [key, await see(item[key] as string)] as const);
      return { ...item, ...Object.fromEntries(await Promise.all(seen)) };
    }),
  );
}
