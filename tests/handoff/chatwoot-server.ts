import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { Changes } from "../../packages/server/src/testing/changes.ts";

const INBOX = {
  id: 3,
  name: "Parley",
  channel_type: "Channel::Api",
  inbox_identifier: "wnG7VGTGLLhpeDGGr54DKcKY",
};
const ACCOUNT = { id: 1, name: "Acme Inc" };

export const CHATWOOT_TOKEN = "an-access-token-of-an-agent";
export const CHATWOOT_SECRET = "a-secret-of-the-webhook";

export interface Agent {
  id: number;
  name: string;
}

interface Contact {
  id: number;
  identifier: string;
  name: string;
  source_id: string;
}

interface Message {
  id: number;
  content: string;
  message_type: 0 | 1 | 2;
  private: boolean;
  source_id: string | null;
  sender?: { id: number; name: string; type: "contact" | "user"; avatar_url?: string };
}

interface Conversation {
  id: number;
  contact: Contact;
  status: "open" | "resolved" | "pending";
  custom_attributes: Record<string, unknown>;
  messages: Message[];
}

/** What happens to a request: it is answered, refused, or carried out without the caller's learning of it. */
export type Fault = "none" | "refuse" | "lose the answer";

const TYPES = ["incoming", "outgoing", "activity"] as const;

/**
 * An account of Chatwoot with an inbox of the channel *API*, on 127.0.0.1: the application API, version 1, and webhooks, as
 * https://developers.chatwoot.com documents them, as far as a bridge needs them. People work in it by `says` and `sets`.
 */
export class ChatwootServer implements AsyncDisposable {
  readonly #http: Server;
  url = "";
  /** Where webhooks go. */
  webhookUrl = "";
  /** How often each webhook is sent; 0: all are lost. */
  copies = 1;
  readonly conversations: Conversation[] = [];
  readonly #contacts: Contact[] = [];
  readonly typing: { conversation: number; status: string }[] = [];
  /** Looked at before each request that changes something. */
  fault: (path: string, body: Record<string, unknown>) => Fault = () => "none";
  #ids = 100;
  readonly #changes = new Changes(() => JSON.stringify(this.conversations, null, 1));

  private constructor() {
    this.#http = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<ChatwootServer> {
    const server = new ChatwootServer();
    await new Promise<void>((resolve) => server.#http.listen(0, "127.0.0.1", resolve));
    server.url = `http://127.0.0.1:${(server.#http.address() as AddressInfo).port}`;
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** An agent writes in a conversation. */
  says(conversation: number, agent: Agent, content: string, { isPrivate = false } = {}): void {
    const sender = { ...agent, type: "user" as const, avatar_url: "" };
    this.#add(this.#find(conversation), {
      content,
      message_type: 1,
      private: isPrivate,
      source_id: null,
      sender,
    });
  }

  /** An agent sets a conversation's status. */
  sets(conversation: number, status: Conversation["status"]): void {
    const found = this.#find(conversation);
    found.status = status;
    this.#hook("conversation_status_changed", { ...view(found), changed_attributes: [{ status: {} }] });
  }

  /** An agent types. */
  types(conversation: number, agent: Agent, isOn: boolean): void {
    this.#hook(`conversation_typing_${isOn ? "on" : "off"}`, {
      user: { ...agent, type: "user" },
      conversation: view(this.#find(conversation)),
      is_private: false,
    });
  }

  /** What the user is seen to have said in a conversation. */
  incoming(conversation: number): string[] {
    return this.#find(conversation)
      .messages.filter(({ message_type }) => message_type === 0)
      .map(({ content }) => content);
  }

  /** What agents alone see. */
  notes(conversation: number): string[] {
    return this.#find(conversation)
      .messages.filter((message) => message.private)
      .map(({ content }) => content);
  }

  until(condition: () => boolean, what: string): Promise<void> {
    return this.#changes.until(condition, what);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.url);
    const body = request.method === "POST" ? ((await readJson(request)) as Record<string, unknown>) : {};
    const isPublic = url.pathname.startsWith("/public/api/v1/");
    const reply = (status: number, answer: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
    };
    if (!isPublic && request.headers.api_access_token !== CHATWOOT_TOKEN) {
      reply(401, { errors: ["Invalid Access Token"] });
      return;
    }
    const fault = request.method === "POST" ? this.fault(url.pathname, body) : "none";
    if (fault === "refuse") {
      reply(500, { status: 500, error: "Internal Server Error" });
      return;
    }
    const [status, answer] = this.#carryOut(request.method ?? "", url, body);
    this.#changes.tell();
    if (fault === "lose the answer") response.destroy();
    else reply(status, answer);
  }

  #carryOut(method: string, url: URL, body: Record<string, unknown>): [number, unknown] {
    const path = url.pathname.replace("/api/v1/accounts/1", "");
    const route = `${method} ${path.replace(/\d+/g, ":id")}`;
    const id = Number(/\/(\d+)/.exec(path)?.[1]);
    const missing: [number, unknown] = [404, { error: "Resource could not be found" }];
    const conversation = this.conversations.find((one) => one.id === id);
    switch (route) {
      case "POST /contacts":
        return this.#createContact(body);
      case "GET /contacts/search": {
        const q = url.searchParams.get("q") ?? "";
        const found = this.#contacts.filter(({ identifier }) => identifier.includes(q));
        return [200, { meta: { count: found.length, current_page: 1 }, payload: found.map(contactView) }];
      }
      case "GET /contacts/:id/conversations":
        return [200, { payload: this.conversations.filter(({ contact }) => contact.id === id).map(view) }];
      case "POST /conversations":
        return this.#createConversation(body);
      case "GET /inboxes/:id":
        return id === INBOX.id ? [200, INBOX] : missing;
    }
    if (/^\/public\/.*\/toggle_typing$/.test(path)) {
      const [, identifier, source, number] =
        /inboxes\/(\w+)\/contacts\/([\w-]+)\/conversations\/(\d+)\//.exec(path) ?? [];
      const found = this.conversations.find((one) => one.id === Number(number));
      if (
        found === undefined ||
        identifier !== INBOX.inbox_identifier ||
        found.contact.source_id !== source
      ) {
        return missing;
      }
      this.typing.push({ conversation: found.id, status: String(body.typing_status) });
      return [200, {}];
    }
    if (conversation === undefined) return missing;
    switch (route) {
      case "GET /conversations/:id":
        return [200, view(conversation)];
      case "GET /conversations/:id/messages": {
        const after = Number(url.searchParams.get("after"));
        const page = conversation.messages.filter((message) => message.id > after).slice(0, 100);
        return [200, { meta: {}, payload: page.map((message) => ({ ...message, conversation_id: id })) }];
      }
      case "POST /conversations/:id/messages":
        return [200, this.#say(conversation, body)];
      case "POST /conversations/:id/toggle_status":
        this.sets(id, body.status as Conversation["status"]);
        return [
          200,
          { meta: {}, payload: { success: true, current_status: body.status, conversation_id: id } },
        ];
      default:
        return missing;
    }
  }

  #createContact({ inbox_id, identifier, name }: Record<string, unknown>): [number, unknown] {
    if (this.#contacts.some((contact) => contact.identifier === identifier)) {
      return [422, { message: "Identifier has already been taken", attributes: ["identifier"] }];
    }
    if (inbox_id !== INBOX.id) return [404, { error: "Resource could not be found" }];
    const contact = {
      id: this.#next(),
      identifier: String(identifier),
      name: String(name),
      source_id: randomUUID(),
    };
    this.#contacts.push(contact);
    const shown = contactView(contact);
    return [200, { payload: { contact: shown, contact_inbox: shown.contact_inboxes[0] } }];
  }

  #createConversation(body: Record<string, unknown>): [number, unknown] {
    const contact = this.#contacts.find(({ source_id }) => source_id === body.source_id);
    if (contact === undefined) return [404, { error: "Resource could not be found" }];
    const conversation: Conversation = {
      id: this.conversations.length + 1,
      contact,
      status: "open",
      custom_attributes: (body.custom_attributes ?? {}) as Record<string, unknown>,
      messages: [],
    };
    this.conversations.push(conversation);
    return [200, view(conversation)];
  }

  #say(conversation: Conversation, body: Record<string, unknown>): Message {
    const isIncoming = body.message_type === "incoming";
    const { id, name } = conversation.contact;
    return this.#add(conversation, {
      content: String(body.content),
      message_type: isIncoming ? 0 : 1,
      private: body.private === true,
      source_id: (body.source_id as string | undefined) ?? null,
      sender: isIncoming ? { id, name, type: "contact" } : { id: 1, name: "Bridge", type: "user" },
    });
  }

  #add(conversation: Conversation, more: Omit<Message, "id">): Message {
    const message = { id: this.#next(), ...more };
    conversation.messages.push(message);
    this.#hook("message_created", {
      ...message,
      message_type: TYPES[message.message_type],
      content_type: "text",
      created_at: new Date().toISOString(),
      inbox: { id: INBOX.id, name: INBOX.name },
      conversation: view(conversation),
    });
    this.#changes.tell();
    return message;
  }

  /** As a background job does: not awaited, and in no particular order. */
  #hook(event: string, payload: object): void {
    if (this.webhookUrl === "") return;
    const body = JSON.stringify({ ...payload, account: ACCOUNT, event });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac("sha256", CHATWOOT_SECRET).update(`${timestamp}.${body}`).digest("hex");
    const delivery = randomUUID();
    for (let i = 0; i < this.copies; i += 1) {
      fetch(this.webhookUrl, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Chatwoot-Timestamp": timestamp,
          "X-Chatwoot-Signature": `sha256=${signature}`,
          "X-Chatwoot-Delivery": delivery,
        },
        body,
      })
        .then((answer) => answer.arrayBuffer())
        .catch(() => {});
    }
  }

  #find(conversation: number): Conversation {
    const found = this.conversations.find(({ id }) => id === conversation);
    if (found === undefined) throw new Error(`there is no conversation ${conversation}`);
    return found;
  }

  #next(): number {
    this.#ids += 1;
    return this.#ids;
  }
}

const contactView = ({ source_id, ...contact }: Contact) => ({
  ...contact,
  contact_inboxes: [{ source_id, inbox: INBOX }],
});

const view = ({ id, contact, status, custom_attributes, messages }: Conversation) => ({
  id,
  inbox_id: INBOX.id,
  status,
  custom_attributes,
  contact_inbox: { contact_id: contact.id, inbox_id: INBOX.id, source_id: contact.source_id },
  messages: messages.slice(-1),
  meta: { sender: { id: contact.id, name: contact.name, type: "contact" } },
});
