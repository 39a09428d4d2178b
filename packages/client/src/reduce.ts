import { addPart, type Part } from "./chunks.ts";
import { NOT_JOINED } from "./phrases.ts";
import { EMPTY_VIEW, type Happening, type Message, newMessage, type Participant, type View } from "./view.ts";
import type { EventOf, ServerEvent } from "./wire.ts";

/** What is known of a conversation: its history, and what follows from it. */
export interface State {
  /** The sequenced events, ascending, each once. */
  readonly history: readonly ServerEvent[];
  readonly view: View;
  /** The chunks of each streamed message. */
  readonly parts: ReadonlyMap<string, readonly Part[]>;
}

export const INITIAL: State = { history: [], view: EMPTY_VIEW, parts: new Map() };

/** What is true only for a while, and told again by the server after a reconnect if it still is. */
export const PASSING = { isThinking: false, isTyping: false, queue: null } as const satisfies Partial<View>;

/**
 * Adds events to what is known. Pure; the same events in any order, repeated, folded or not, give the same messages:
 * an event counts once by its sequence, takes its place by it, and one that comes late is seen as if it had not.
 */
export function reduce(state: State, events: readonly ServerEvent[]): State {
  const history = [...state.history];
  let draft = new Draft(state);
  let isStale = false;
  for (const event of events) {
    const { sequence } = event;
    if (!sequence) draft.hear(event);
    else if (sequence > (history.at(-1)?.sequence ?? 0)) {
      history.push(event);
      draft.apply(event);
    } else {
      const at = history.findLastIndex((other) => (other.sequence ?? 0) <= sequence);
      if (history[at]?.sequence === sequence) continue;
      history.splice(at + 1, 0, event);
      isStale = true;
    }
  }
  if (isStale) {
    const { isThinking, isTyping, queue, notice } = draft.view;
    draft = new Draft(INITIAL);
    for (const event of history) draft.apply(event);
    if (draft.view.ended === null) Object.assign(draft.view, { isThinking, isTyping, queue, notice });
  }
  return { history, parts: draft.parts, view: { ...draft.view, timeline: draft.timeline } };
}

/** What else becomes of a view: the agent's sign of life was too long ago, the connection is gone. */
export const patch = (state: State, changes: Partial<View>): State => ({
  ...state,
  view: { ...state.view, ...changes },
});

/** The key by which a client knows its own message again, or null. */
export const localIdOf = ({ metadata }: ServerEvent): string | null => {
  const id = (metadata?.custom as { local_id?: unknown } | undefined)?.local_id;
  return typeof id === "string" ? id : null;
};

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** The one place where a view is changed: a copy that nobody else has seen. */
class Draft {
  readonly view: Mutable<View>;
  readonly timeline: (Message | Happening)[];
  readonly parts: Map<string, readonly Part[]>;

  constructor({ view, parts }: State) {
    this.view = { ...view };
    this.timeline = [...view.timeline];
    this.parts = new Map(parts);
  }

  /** An event that is not of the history. */
  hear(event: ServerEvent): void {
    const { view } = this;
    if (view.ended !== null) return;
    if (event.type === "EVENT_TYPE_POLY_AGENT_THINKING") view.isThinking = true;
    if (event.type === "EVENT_TYPE_LIVE_AGENT_TYPING")
      view.isTyping = event.payload.state === "TYPING_STATE_STARTED";
    if (event.type === "EVENT_TYPE_HANDOFF_QUEUE_STATUS") view.queue = event.payload;
    if (event.type === "EVENT_TYPE_SYSTEM_MESSAGE") {
      const { level, message: text, code = null } = event.payload;
      view.isThinking = false;
      // Where nobody is there the connection asks to join. A reconnect tells the error of the last turn again.
      if (!NOT_JOINED.test(text) && view.notice?.text !== text)
        view.notice = { id: event.id, level, text, code };
    }
  }

  /** The next event of the history. */
  apply(event: ServerEvent): void {
    const { view } = this;
    switch (event.type) {
      case "EVENT_TYPE_SESSION_START":
        view.capabilities = event.payload.capabilities;
        view.contextId = event.payload.context_id ?? null;
        return;
      case "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN":
        if (view.presence === "nobody" || view.presence === "away") view.presence = "joining";
        return;
      case "EVENT_TYPE_USER_END_SESSION":
        return;
      case "EVENT_TYPE_USER_MESSAGE":
        this.#own(event);
        return;
      case "EVENT_TYPE_POLY_AGENT_MESSAGE":
        this.#said(event, "agent", view.agent);
        return;
      case "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK":
        this.#said(event, "agent", view.agent, this.#add(event));
        return;
      case "EVENT_TYPE_LIVE_AGENT_MESSAGE":
        view.isTyping = false;
        this.#said(event, "person", view.person);
        return;
      case "EVENT_TYPE_POLY_AGENT_JOINED":
        view.agent = { name: event.payload.agent_name, avatarUrl: event.payload.agent_avatar_url };
        view.presence = "agent";
        view.queue = view.handoff = view.notice = null;
        break;
      case "EVENT_TYPE_POLY_AGENT_TRIGGERED_HANDOFF":
        view.presence = "queue";
        view.isThinking = false;
        view.suggestions = [];
        break;
      case "EVENT_TYPE_HANDOFF_ACCEPTED":
        view.queue ??= event.payload;
        break;
      case "EVENT_TYPE_CLIENT_HANDOFF_REQUIRED":
        view.handoff = event.payload;
        view.presence = "away";
        break;
      case "EVENT_TYPE_LIVE_AGENT_JOINED": {
        const { agent, agent_name, avatar_url } = event.payload;
        view.person = { name: agent?.name ?? agent_name, avatarUrl: agent?.avatar_url ?? avatar_url };
        view.presence = "person";
        view.queue = null;
        break;
      }
      case "EVENT_TYPE_LIVE_AGENT_LEFT":
        view.isTyping = false;
        break;
      case "EVENT_TYPE_LANGUAGE_CHANGED":
        view.language = event.payload.language_code;
        break;
      case "EVENT_TYPE_SESSION_END":
        view.ended = event.payload.reason;
        Object.assign(view, PASSING, { suggestions: [], notice: null });
    }
    this.timeline.push({ kind: "event", id: event.id, at: Date.parse(event.timestamp), event });
  }

  #own(event: EventOf<"EVENT_TYPE_USER_MESSAGE">): void {
    const custom = event.metadata?.custom;
    this.view.suggestions = [];
    this.#put({
      ...newMessage(
        localIdOf(event) ?? event.payload.message_id,
        "user",
        event.payload.text,
        Date.parse(event.timestamp),
      ),
      state: "sent",
      ...(custom && { custom }),
    });
  }

  /** @returns all there is of the message by now */
  #add({ payload }: EventOf<"EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK">): readonly Part[] {
    const parts = addPart(this.parts.get(payload.message_id) ?? [], payload);
    this.parts.set(payload.message_id, parts);
    return parts;
  }

  /** Somebody wrote. @param parts of a message that came in several */
  #said(
    {
      payload,
      timestamp,
    }: EventOf<
      | "EVENT_TYPE_POLY_AGENT_MESSAGE"
      | "EVENT_TYPE_POLY_AGENT_MESSAGE_CHUNK"
      | "EVENT_TYPE_LIVE_AGENT_MESSAGE"
    >,
    author: "agent" | "person",
    who: Participant | null,
    parts: readonly Spoken[] = [payload],
  ): void {
    const {
      message_id = "",
      response_suggestions: suggestions = [],
      chat_call_actions = [],
      agent_name,
      avatar_url,
      is_complete = true,
    }: Spoken = payload;
    const text = parts.map((part) => part.text).join("");
    this.#put({
      ...newMessage(message_id, author, text, Date.parse(timestamp)),
      state: is_complete ? "complete" : "streaming",
      name: agent_name || who?.name || "",
      avatarUrl: avatar_url || who?.avatarUrl || "",
      language: this.view.language,
      attachments: parts.flatMap(({ attachments = [] }) => attachments),
      callActions: chat_call_actions,
    });
    // Call actions follow their answer as a message without text, which does not take its suggestions away.
    if (payload.text || suggestions.length > 0) this.view.suggestions = suggestions;
    this.view.isThinking = false;
  }

  /** Whoever speaks, the conversation goes on: what the server said beside it is past. */
  #put(message: Message): void {
    this.view.notice = null;
    const at = this.timeline.findLastIndex(({ id }) => id === message.id);
    if (at < 0) this.timeline.push(message);
    else this.timeline[at] = message;
  }
}

/** What the payloads of messages have, each some of it. */
type Spoken = Partial<EventOf<"EVENT_TYPE_POLY_AGENT_MESSAGE">["payload"] & Part>;
