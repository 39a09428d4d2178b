import type { Turn } from "../agents/agent.ts";

/** A turn as an agent gets it; what a test says nothing about is a first attempt at answering no message. */
export function makeTurn({ streaming = true, ...turn }: Partial<Turn> & { streaming?: boolean } = {}): Turn {
  return {
    session: {
      id: "00000000-0000-4000-8000-000000000000",
      connector: "demo",
      streaming,
      platform: "web",
      deviceType: null,
      locale: null,
      attributes: {},
      createdAt: Date.UTC(2026, 0, 1),
    },
    number: 7,
    reason: "messages",
    attempt: 1,
    messages: [],
    said: [],
    tools: [],
    interrupted: null,
    prompt: null,
    returned: null,
    memory: {},
    language: null,
    context: null,
    transcript: async () => [],
    ...turn,
  };
}

/** A turn that answers messages. */
export const messagesTurn = (...texts: string[]): Turn =>
  makeTurn({ messages: texts.map((text, i) => ({ sequence: i + 5, text })) });
