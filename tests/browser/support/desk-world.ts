import type { Page, WebSocketRoute } from "playwright-core";
import type {
  DeskCommand,
  DeskConversation,
  DeskDetails,
  DeskEntry,
  DeskFrame,
  DeskPerson,
  DeskToday,
} from "../../../packages/server/src/desk/wire.ts";

const NOW = Date.now();
const MINUTE = 60_000;

const ROBIN: DeskPerson = {
  id: "robin",
  name: "Robin Hale",
  avatar_url: "",
  role: "supervisor",
  skills: ["spanish"],
  queues: [],
  status: "available",
  status_since: NOW - 95 * MINUTE,
  connected: true,
  capacity: 4,
  load: 2,
};

const PEOPLE: DeskPerson[] = [
  ROBIN,
  { ...ROBIN, id: "sam", name: "Sam Okafor", role: "agent", skills: [], queues: ["orders"], load: 1 },
  { ...ROBIN, id: "ines", name: "Inês Duarte", role: "agent", status: "away", skills: [], load: 0 },
  { ...ROBIN, id: "lee", name: "Lee Park", role: "agent", connected: false, skills: [], load: 1 },
  { ...ROBIN, id: "noor", name: "Noor Haddad", role: "agent", status: "offline", skills: [], load: 0 },
];

function conversation(
  handoff: string,
  name: string | null,
  changes: Partial<DeskConversation>,
): DeskConversation {
  return {
    handoff,
    session: `session-${handoff}`,
    state: "waiting",
    queue: "orders",
    skills: [],
    reason: null,
    requested_at: NOW - 3 * MINUTE,
    since: NOW - 2 * MINUTE,
    person: null,
    until: null,
    user: { name, presence: "there", presence_since: NOW - 6 * MINUTE, typing: false },
    last: { from: "user", text: "Is anybody there?", at: NOW - MINUTE, sequence: 9 },
    user_messages: 2,
    locale: "en-GB",
    platform: "web",
    ...changes,
  };
}

export const OPEN = conversation("maria", "Maria López", {
  state: "joined",
  person: "robin",
  reason: "A parcel that did not arrive; the refund needs a person",
  last: { from: "user", text: "Tomorrow before noon would be perfect.", at: NOW - 20_000, sequence: 14 },
  user_messages: 4,
});

const SOME: DeskConversation[] = [
  OPEN,
  conversation("jonas", "Jonas Weber", {
    state: "joined",
    person: "robin",
    queue: "billing",
    user: { name: "Jonas Weber", presence: "reconnecting", presence_since: NOW - 8_000, typing: false },
    last: { from: "user", text: "The invoice of October is still wrong.", at: NOW - 60_000, sequence: 12 },
    user_messages: 3,
  }),
  conversation("amara", "Amara Nwosu", {
    state: "offered",
    person: "robin",
    until: NOW + 16_000,
    since: NOW - 4_000,
    last: { from: "user", text: "Can I change the address of my order?", at: NOW - 30_000, sequence: 6 },
  }),
  conversation("luis", "Luis Ortega", {
    requested_at: NOW - 4.2 * MINUTE,
    skills: ["spanish"],
    last: { from: "user", text: "¿Hay alguien que hable español?", at: NOW - 200_000, sequence: 7 },
  }),
  conversation("unknown", null, {
    queue: "billing",
    requested_at: NOW - 40_000,
    reason: "Two answers failed",
    last: { from: "agent", text: "I'll see who is free.", at: NOW - 40_000, sequence: 5 },
  }),
  conversation("chen", "Chen Wei", {
    state: "joined",
    person: "sam",
    since: NOW - 9 * MINUTE,
    last: { from: "person", text: "I have sent you the label by e-mail.", at: NOW - 15_000, sequence: 21 },
  }),
];

const body = (id: number, text: string, more: object = {}) => ({
  message_id: `m${id}`,
  text,
  attachments: [],
  response_suggestions: [],
  ...more,
});
const ada = { agent_name: "Ada", agent_avatar_url: "" };
const robin = { agent_id: "robin", agent_name: "Robin Hale", avatar_url: "" };

/** What was said in the open conversation. */
const TALK: [type: string, payload: object][] = [
  ["POLY_AGENT_JOINED", { ...ada, agent_id: "ada" }],
  ["POLY_AGENT_MESSAGE", body(2, "Hello, I am **Ada**. What can I do for you?", ada)],
  ["USER_MESSAGE", body(3, "My parcel says delivered, but nothing came.")],
  [
    "POLY_AGENT_MESSAGE",
    body(
      4,
      "I am sorry to hear that. This is what the carrier reports:\n\n- handed over on Monday\n- delivered on Wednesday, 10:42",
      {
        ...ada,
        attachments: [
          {
            title: "Parcel 00340434",
            preview_image_url: "",
            content_url: "https://example.com/parcel/00340434",
            content_type: "ATTACHMENT_CONTENT_TYPE_URL",
            call_to_action_text: "Follow it",
          },
        ],
      },
    ),
  ],
  ["USER_MESSAGE", body(5, "It is not here. I want my money back.")],
  ["POLY_AGENT_TRIGGERED_HANDOFF", {}],
  ["HANDOFF_ACCEPTED", { queue_name: "orders" }],
  ["LIVE_AGENT_JOINED", { ...robin, agent: { id: "robin", name: "Robin Hale", avatar_url: "" } }],
  [
    "LIVE_AGENT_MESSAGE",
    body(9, "Hello Maria, Robin here. I can send it **again today**, or refund it – as you like.", robin),
  ],
  ["USER_MESSAGE", body(10, "Then please send it again")],
  ["note", {}],
  ["LIVE_AGENT_MESSAGE", body(12, "Done. When are you at home?", robin)],
  ["USER_MESSAGE", body(13, "Tomorrow before noon would be perfect.")],
];

const ENTRIES = TALK.map(([type, payload], index) => {
  const position = index + 1;
  const at = NOW - (TALK.length - index) * 20_000;
  if (type === "note") {
    const text = "Second parcel this month that this carrier has lost. Use the *other* one.";
    return { position, kind: "note", note: { author: "Sam Okafor", text, at } };
  }
  const timestamp = new Date(at).toISOString();
  return {
    position,
    kind: "event",
    event: { id: `e${position}`, sequence: position, timestamp, type: `EVENT_TYPE_${type}`, payload },
  };
}) as unknown as DeskEntry[];

const details = (session: string): DeskDetails => ({
  session,
  created_at: NOW - 12 * MINUTE,
  connector: "shop",
  host: "shop.example",
  platform: "web",
  device_type: "mobile",
  locale: "es-ES",
  page: "https://shop.example/account/orders",
  attributes: { name: "Maria L.", newsletter: true, cart_value: 42.5 },
  verified: { name: "Maria López", customer_id: "C-20871", tier: "gold" },
  summary: "Order **4711** is marked as delivered, but has not arrived. Maria asks for a refund.",
  context: { order: { number: "4711", value: "€ 59.90" }, sentiment: "upset" },
});

const CANNED = [
  { id: "1", shortcut: "hello", title: "Greeting", text: "Hello {{name}}, this is {{me}}. How can I help?" },
  {
    id: "2",
    shortcut: "refund",
    title: "Refund on its way",
    text: "Your refund is on its way: three to five days.",
  },
  { id: "3", shortcut: "resend", title: "Sent again", text: "We send it again today, with another carrier." },
];

const midnight = new Date().setHours(0, 0, 0, 0);
const TODAY: DeskToday = {
  since: midnight,
  now: NOW,
  requested: 184,
  joined: 167,
  outcomes: { completed: 96, returned: 41, user_ended: 22, user_abandoned: 5, failed: 4, timed_out: 11 },
  wait_seconds: { median: 38, p90: 142, longest: 311 },
  talk_seconds: { median: 412, p90: 1_140, longest: 2_730 },
  hours: [0, 0, 0, 0, 0, 1, 3, 9, 18, 26, 24, 22, 17, 21, 23, 15, 5].map((requested, hour) => ({
    from: midnight + hour * 60 * MINUTE,
    requested,
    joined: Math.round(requested * 0.9),
    lost: Math.round(requested * 0.12),
  })),
  queues: [
    { name: "orders", requested: 121, joined: 112, lost: 8, median_wait_seconds: 34 },
    { name: "billing", requested: 63, joined: 55, lost: 7, median_wait_seconds: 51 },
  ],
  people: [
    { id: "robin", name: "Robin Hale", joined: 48, median_talk_seconds: 380 },
    { id: "sam", name: "Sam Okafor", joined: 61, median_talk_seconds: 402 },
  ],
};

/** How many more wait than the few that have names. */
export interface DeskWorldOptions {
  waiting?: number;
  /** Conversations there are none. */
  isEmpty?: boolean;
}

/** A desk with everything on it, of which the page's other end is a script: for pictures and for states. */
export class DeskWorld {
  /** What the page has asked for. */
  readonly commands: DeskCommand[] = [];
  #socket: WebSocketRoute | null = null;
  #revision = 1;
  readonly #options: DeskWorldOptions;

  constructor(options: DeskWorldOptions = {}) {
    this.#options = options;
  }

  /** For `prepare` of a tab. */
  readonly prepare = async (page: Page): Promise<void> => {
    const me = { ...ROBIN, login: "robin", has_password: true };
    await page.route("**/desk/api/account", (route) => route.fulfill({ json: me }));
    await page.route("**/desk/api/today?*", (route) => route.fulfill({ json: TODAY }));
    await page.routeWebSocket(/\/desk\/ws/, (socket) => {
      this.#socket = socket;
      socket.onMessage((text) => this.#hear(JSON.parse(String(text)) as DeskCommand));
      this.says({
        type: "hello",
        now: NOW,
        me,
        epoch: "world",
        limits: {
          offer_seconds: 20,
          grace_seconds: 60,
          message_bytes: 65_536,
          note_bytes: 16_384,
          watched: 64,
        },
        canned: CANNED,
      });
      this.#lists(true, this.#options.isEmpty ? [] : [...SOME, ...this.#crowd()]);
    });
  };

  says(frame: DeskFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Changes some of the conversations. */
  changes(...conversations: DeskConversation[]): void {
    this.#lists(false, conversations);
  }

  /** The connection is lost, and stays it. */
  async breaks(page: Page): Promise<void> {
    await page.routeWebSocket(/\/desk\/ws/, (socket) => void socket.close({ code: 1012 }));
    await this.#socket?.close({ code: 1012 });
  }

  ends(handoff: string): void {
    this.#revision += 1;
    const nothing = { conversations: [], hidden: [], people: [], gone: [], queues: [] };
    const over = [{ handoff, outcome: "user_ended" as const }];
    this.says({ type: "desk", revision: this.#revision, full: false, over, ...nothing });
  }

  refuses(key: string): void {
    this.says({ type: "refused", key, code: "not_yours", message: "You do not have this conversation" });
  }

  #lists(full: boolean, conversations: DeskConversation[]): void {
    this.#revision += 1;
    this.says({
      type: "desk",
      revision: this.#revision,
      full,
      conversations,
      over: [],
      hidden: [],
      people: PEOPLE,
      gone: [],
      queues: [
        { name: "orders", open: true, waiting: 2, oldest_at: NOW - 4.2 * MINUTE, available: 2 },
        { name: "billing", open: true, waiting: 1, oldest_at: NOW - 40_000, available: 1 },
        { name: "wholesale", open: false, waiting: 0, oldest_at: null, available: 0 },
      ],
    });
  }

  #crowd(): DeskConversation[] {
    return Array.from({ length: this.#options.waiting ?? 0 }, (_, index) =>
      conversation(`crowd-${String(index).padStart(4, "0")}`, `User ${index}`, {
        requested_at: NOW - 2 * MINUTE + index,
      }),
    );
  }

  #hear(command: DeskCommand): void {
    this.commands.push(command);
    if (command.type === "ping") this.says({ type: "pong" });
    if (command.type !== "watch") return;
    const { session, after } = command;
    this.says({ type: "details", details: details(session) });
    const entries = ENTRIES.filter(({ position }) => position > after);
    this.says({ type: "entries", session, entries, through: ENTRIES.length, live: true });
    this.says({ type: "done", key: command.key, sequence: null });
  }
}
