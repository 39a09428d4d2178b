import type { LinkSocket } from "../connection/link.ts";
import type { DeskCommand, DeskConversation, DeskFrame, DeskPerson, ListsFrame } from "../wire.ts";

/** A socket of which a test is the other end. */
export class StagedSocket {
  readonly query: string;
  readonly sent: DeskCommand[] = [];
  isClosed = false;
  onmessage: LinkSocket["onmessage"] = null;
  onclose: LinkSocket["onclose"] = null;

  constructor(query: string) {
    this.query = query;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  says(...frames: DeskFrame[]): void {
    for (const frame of frames) {
      this.onmessage?.call(null as never, { data: JSON.stringify(frame) } as MessageEvent);
    }
  }

  /** The other end is gone. */
  breaks(code = 1006): void {
    this.onclose?.call(null as never, { code } as CloseEvent);
  }

  /** What was sent of a type, oldest first. */
  of<Type extends DeskCommand["type"]>(type: Type): Extract<DeskCommand, { type: Type }>[] {
    return this.sent.filter((one): one is Extract<DeskCommand, { type: Type }> => one.type === type);
  }
}

/** A tab's memory that outlives its pages. */
export function memory(): Pick<Storage, "getItem" | "setItem"> & { size: number } {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    get size() {
      return items.size;
    },
  };
}

export const ME = {
  id: "robin",
  login: "robin",
  name: "Robin",
  avatar_url: "",
  role: "agent" as const,
  skills: [],
  queues: [],
  capacity: 4,
  has_password: true,
};

export const person = (changes: Partial<DeskPerson> = {}): DeskPerson => ({
  ...ME,
  status: "available",
  status_since: 0,
  connected: true,
  load: 0,
  ...changes,
});

/** A conversation that waits, unless told otherwise. */
export const conversation = (handoff: string, changes: Partial<DeskConversation> = {}): DeskConversation => ({
  handoff,
  session: `session of ${handoff}`,
  state: "waiting",
  queue: "sales",
  skills: [],
  reason: null,
  requested_at: 1_000,
  since: 1_000,
  person: null,
  until: null,
  user: { name: "Maria", presence: "there", presence_since: 0, typing: false },
  last: null,
  user_messages: 0,
  locale: null,
  platform: "web",
  ...changes,
});

export const hello = (epoch = "first"): DeskFrame => ({
  type: "hello",
  now: Date.UTC(2026, 0, 1),
  me: ME,
  epoch,
  limits: { offer_seconds: 20, grace_seconds: 60, message_bytes: 65_536, note_bytes: 16_384, watched: 64 },
  canned: [],
});

export const lists = (changes: Partial<ListsFrame> = {}): ListsFrame => ({
  type: "desk",
  revision: 1,
  full: true,
  conversations: [],
  over: [],
  hidden: [],
  people: [person()],
  gone: [],
  queues: [],
  ...changes,
});
