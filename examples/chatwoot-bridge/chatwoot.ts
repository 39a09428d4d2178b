/** A message as `GET …/messages` has it. */
export interface Message {
  id: number;
  content: string | null;
  /** 0 incoming, 1 outgoing, 2 activity, 3 template. */
  message_type: number;
  private: boolean;
  source_id: string | null;
  sender?: { id: number; name: string; type?: string; thumbnail?: string; avatar_url?: string };
  attachments?: { data_url?: string; file_type?: string }[];
}

/** A conversation as `GET …/conversations/{id}` has it. */
export interface Conversation {
  id: number;
  status: "open" | "resolved" | "pending" | "snoozed";
  custom_attributes?: Record<string, unknown>;
}

/** An answer that is no success; `status` tells whether it is worth another try. */
export class ChatwootError extends Error {
  override name = "ChatwootError";
  readonly status: number;

  constructor(status: number, path: string) {
    super(`Chatwoot answered ${status} to ${path}`);
    this.status = status;
  }
}

export interface ChatwootOptions {
  /** Where Chatwoot is. */
  url: string;
  account: number;
  /** The id of an inbox of the channel *API*. */
  inbox: number;
  /** The access token of an agent of that inbox, or of an agent bot. */
  token: string;
}

/** What the bridge needs of Chatwoot's application API, version 1, and of its client API for typing. */
export class Chatwoot {
  readonly #options: ChatwootOptions;
  #identifier: Promise<string> | undefined;

  constructor(options: ChatwootOptions) {
    this.#options = { ...options, url: options.url.replace(/\/+$/, "") };
  }

  /** The contact of this identifier in the inbox, made where there is none. */
  async contact(identifier: string, name: string): Promise<{ id: number; sourceId: string }> {
    const inbox_id = this.#options.inbox;
    try {
      const { payload } = await this.#call<{
        payload: { contact: { id: number }; contact_inbox: { source_id: string } };
      }>("POST", "/contacts", { inbox_id, identifier, name });
      return { id: payload.contact.id, sourceId: payload.contact_inbox.source_id };
    } catch (error) {
      // The identifier is taken: it was made before.
      if (!(error instanceof ChatwootError) || error.status !== 422) throw error;
    }
    const { payload } = await this.#call<{
      payload: {
        id: number;
        identifier: string;
        contact_inboxes: { source_id: string; inbox: { id: number } }[];
      }[];
    }>("GET", `/contacts/search?q=${encodeURIComponent(identifier)}`);
    const contact = payload.find((one) => one.identifier === identifier);
    const sourceId = contact?.contact_inboxes.find(({ inbox }) => inbox.id === inbox_id)?.source_id;
    if (contact === undefined || sourceId === undefined)
      throw new Error(`Chatwoot's contact ${identifier} is not in inbox ${inbox_id}`);
    return { id: contact.id, sourceId };
  }

  /** The contact's conversation for this handoff, made where there is none. */
  async conversation(contact: { id: number; sourceId: string }, handoff: string): Promise<number> {
    const { payload } = await this.#call<{ payload: Conversation[] }>(
      "GET",
      `/contacts/${contact.id}/conversations`,
    );
    const known = payload.find(({ custom_attributes }) => custom_attributes?.parley_handoff === handoff);
    if (known !== undefined) return known.id;
    const { id } = await this.#call<{ id: number }>("POST", "/conversations", {
      source_id: contact.sourceId,
      inbox_id: this.#options.inbox,
      contact_id: contact.id,
      status: "open",
      custom_attributes: { parley_handoff: handoff },
    });
    return id;
  }

  /** @param sourceId marks the message, so that one that was made can be found */
  async say(
    conversation: number,
    content: string,
    as: "incoming" | "private",
    sourceId: string,
  ): Promise<void> {
    await this.#call("POST", `/conversations/${conversation}/messages`, {
      content,
      message_type: as === "incoming" ? "incoming" : "outgoing",
      private: as === "private",
      source_id: sourceId,
    });
  }

  /** Messages behind one, oldest first. */
  async *messages(conversation: number, after: number): AsyncGenerator<Message> {
    for (let last = after; ; ) {
      const { payload } = await this.#call<{ payload: Message[] }>(
        "GET",
        `/conversations/${conversation}/messages?after=${last}`,
      );
      const page = payload.filter(({ id }) => id > last).sort((a, b) => a.id - b.id);
      yield* page;
      if (page.length === 0) return;
      last = page.at(-1)?.id ?? last;
    }
  }

  find(conversation: number): Promise<Conversation> {
    return this.#call<Conversation>("GET", `/conversations/${conversation}`);
  }

  async resolve(conversation: number): Promise<void> {
    await this.#call("POST", `/conversations/${conversation}/toggle_status`, { status: "resolved" });
  }

  /** The user writes, or has stopped; by the client API, so that it is the contact who types. */
  async typing(conversation: number, sourceId: string, isTyping: boolean): Promise<void> {
    this.#identifier ??= this.#call<{ inbox_identifier: string }>(
      "GET",
      `/inboxes/${this.#options.inbox}`,
    ).then(({ inbox_identifier }) => inbox_identifier);
    const path = `/public/api/v1/inboxes/${await this.#identifier}/contacts/${sourceId}/conversations/${conversation}`;
    await this.#send("POST", `${path}/toggle_typing`, { typing_status: isTyping ? "on" : "off" });
  }

  async #call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.#send(method, `/api/v1/accounts/${this.#options.account}${path}`, body);
    return (await answer.json()) as Answer;
  }

  async #send(method: string, path: string, body?: object): Promise<Response> {
    const { url, token } = this.#options;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { api_access_token: token, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(15_000),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer;
    await answer.arrayBuffer();
    throw new ChatwootError(answer.status, path);
  }
}
