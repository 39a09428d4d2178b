import type { IncomingHttpHeaders } from "node:http";
import type { Link } from "./link.ts";

/** An event on the wire; faults may make anything of it. */
export interface Event {
  id: string;
  sequence: number | null;
  timestamp: string;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: faults reach into payloads of every type
  payload: any;
  metadata?: { custom?: object };
}

export interface Request {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a broken server does to what passes through it. What is absent is left as it is. */
export interface Mischief {
  /** Answers a request, upgrades too, in the server's place; undefined lets it pass. */
  intercept?(request: Request): Answer | undefined;
  /** Changes a request, upgrades too. */
  request?(request: Request): Request;
  /** Changes the server's answer; refusals of upgrades too. */
  answer?(answer: Answer, request: Request): Answer;
  /** Headers that are added to a 101. */
  accepts?(headers: IncomingHttpHeaders): [name: string, value: string][];
  /** Accepts upgrades without asking the server first. */
  early?: boolean;
  /** Changes the frames to a client, for each socket anew. */
  toClient?(link: Link): (frame: Event) => Event[];
  /** Changes the text frames to the server, for each socket anew. */
  toServer?(link: Link): (text: string) => string[];
  /** Changes the code with which a client's socket is closed. */
  closeCode?(code: number): number;
  /** Sends binary frames. */
  binary?: boolean;
}

/** Changes every event to a client, those in batches too. */
export const events = (make: (link: Link) => (event: Event, batched: boolean) => Event[]): Mischief => ({
  toClient(link) {
    const change = make(link);
    return (frame) => {
      if (!isBatch(frame)) return change(frame, false);
      const inside = (frame.payload.events as Event[]).flatMap((event) => change(event, true));
      return [{ ...frame, payload: { events: inside } }];
    };
  },
});

/** Changes every event of a type. */
export const each = (type: string, change: (event: Event) => Event): Mischief =>
  events(() => (event) => [event.type === type ? change(event) : event]);

/** Never sends what fits. */
export const without = (fits: (event: Event) => boolean): Mischief =>
  events(() => (event) => (fits(event) ? [] : [event]));

/** Sends a sequenced event that fits only behind the next one. */
export const late = (fits: (event: Event) => boolean): Mischief =>
  events(() => {
    let held: Event | null = null;
    return (event) => {
      if (fits(event) && held === null) {
        held = event;
        return [];
      }
      if (held === null || event.sequence === null) return [event];
      const both = [event, held];
      held = null;
      return both;
    };
  });

export const isBatch = ({ type }: Event): boolean => type === "EVENT_TYPE_EVENT_BATCH";

/** The same event with parts of its payload replaced. */
export const paying = (event: Event, payload: object): Event => ({
  ...event,
  payload: { ...event.payload, ...payload },
});

/** An event that the server never sent. */
export const made = (type: string, payload = {}, sequence: number | null = null): Event => ({
  id: crypto.randomUUID(),
  sequence,
  timestamp: new Date().toISOString(),
  type,
  payload,
});

/** Changes the JSON body of answers that have one. */
export const bodies =
  (change: (body: Record<string, unknown>, answer: Answer) => object): NonNullable<Mischief["answer"]> =>
  (answer) => {
    if (!answer.body.startsWith("{")) return answer;
    const body = JSON.parse(answer.body) as Record<string, unknown>;
    return { ...answer, body: JSON.stringify(change(body, answer)) };
  };

/** Changes headers of every answer; undefined takes one away. */
export const headers =
  (change: (answer: Answer) => IncomingHttpHeaders): NonNullable<Mischief["answer"]> =>
  (answer) => {
    const changed = Object.entries({ ...answer.headers, ...change(answer) });
    return { ...answer, headers: Object.fromEntries(changed.filter(([, value]) => value !== undefined)) };
  };

/** A refusal of the handshake. */
export function refusal(status: number, message: string, correlationId = "made-up"): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "x-polyai-correlation-id": correlationId },
    body: JSON.stringify({ error: message, message, code: "REFUSED", correlation_id: correlationId }),
  };
}

export const queryOf = ({ path }: Request): URLSearchParams => new URL(path, "http://any").searchParams;

export const isUpgrade = ({ path }: Request): boolean => path.startsWith("/ws");
