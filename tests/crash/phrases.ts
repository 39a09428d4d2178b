import { EVENT, type ServerEvent } from "@parley/protocol";

/** What a history comes to for one who reads it: a whole message of the agent's, or an event of another kind. */
export interface Item {
  sequence: number;
  type: ServerEvent["type"];
  /** Of a message, joined. */
  text: string;
  callActions: number;
  attachments: number;
}

/** Something to say to the demo agent, and how one knows that it was answered. */
export interface Phrase {
  words: string;
  /** Null where the agent is meant to fail. */
  isAnswer: ((item: Item, said: string) => boolean) | null;
  /** How often it is said, beside the others. */
  weight: number;
}

const isMessage = (item: Item) =>
  item.type === EVENT.POLY_AGENT_MESSAGE || item.type === EVENT.POLY_AGENT_MESSAGE_CHUNK;

/** Whether a text begins so, and does not begin again in its midst, as one would that goes on with a broken-off one. */
const isOnce = (text: string, beginning: string) => text.lastIndexOf(beginning) === 0;

/** The triggers of the demo agent [docs/agents.md], with the first or last words of its answers. */
export const PHRASES = {
  hello: {
    words: "good day",
    weight: 5,
    isAnswer: (item, said) =>
      isMessage(item) && isOnce(item.text, `You said: ${said}\n`) && item.text.endsWith("*human*."),
  },
  story: {
    words: "story",
    weight: 3,
    isAnswer: (item) =>
      isMessage(item) &&
      isOnce(item.text, "## How the light") &&
      item.text.endsWith("(https://example.com/lume)."),
  },
  menu: {
    words: "menu",
    weight: 2,
    isAnswer: (item) => isMessage(item) && item.text.startsWith("This evening") && item.attachments === 2,
  },
  call: {
    words: "call me",
    weight: 1,
    isAnswer: (item) => item.callActions === 2,
  },
  wait: {
    words: "wait 1",
    weight: 1,
    isAnswer: (item) => isMessage(item) && item.text.endsWith("the answer is **yes**."),
  },
  human: {
    words: "human",
    weight: 1,
    isAnswer: (item) => isMessage(item) && item.text.startsWith("I'm sorry, nobody could come"),
  },
  elsewhere: {
    words: "elsewhere",
    weight: 1,
    isAnswer: (item) => item.type === EVENT.CLIENT_HANDOFF_REQUIRED,
  },
  failMidway: { words: "fail midway", weight: 1, isAnswer: null },
  failNow: { words: "fail now", weight: 1, isAnswer: null },
  goodbye: {
    words: "goodbye",
    weight: 0,
    isAnswer: (item) => item.type === EVENT.SESSION_END,
  },
} as const satisfies Record<string, Phrase>;

/** What is being said in a text that holds the words of a phrase. */
export function phraseIn(text: string): Phrase {
  const phrase = Object.values(PHRASES).find(({ words }) => text.startsWith(words));
  if (phrase === undefined) throw new Error(`no phrase is in ${JSON.stringify(text)}`);
  return phrase;
}
