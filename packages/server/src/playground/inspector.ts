import type { Environment } from "@parley/client";

/** What passes between this page and the server, as it passes. No whole token is in it. */
export interface Sightings {
  /** A request is over. @param status `failed` where no answer came */
  request(path: string, data: object, status: number | "failed", ms: number): void;
  connecting(url: string): void;
  frame(direction: "in" | "out", frame: unknown): void;
  closed(code: number, reason: string, wasOpen: boolean): void;
}

/** How long the server may take to say goodbye, milliseconds. */
const GOODBYE = 3_000;

const SECRET = /token$|^authorization$|^x-resume$/i;
export const shortened = (secret: string): string =>
  secret.length > 24 ? `${secret.slice(0, 10)}…${secret.slice(-4)}` : secret;
const withoutSecrets = (data: object): object =>
  JSON.parse(
    JSON.stringify(data, (key, value) =>
      SECRET.test(key) && typeof value === "string" ? shortened(value) : value,
    ),
  );

/** The browser's own `fetch` and `WebSocket`, with somebody who looks on: what the client is handed as its environment. */
export class Inspector {
  readonly environment: Pick<Environment, "fetch" | "WebSocket">;
  /** Whether the frame that came last is history. */
  isReplay = false;
  #socket: WebSocket | null = null;

  constructor(sightings: Sightings) {
    this.environment = {
      fetch: watchedFetch(sightings),
      WebSocket: this.#watchedSocket(sightings) as unknown as Environment["WebSocket"],
    };
  }

  /** Whether there is a socket to drop. */
  get isOpen(): boolean {
    return this.#socket !== null;
  }

  /** Closes the socket behind the client's back. */
  drop(): void {
    this.#socket?.close();
  }

  #watchedSocket(sightings: Sightings): typeof WebSocket {
    const inspector = this;
    return class extends WebSocket {
      #isEnding = false;

      constructor(url: string | URL) {
        super(url);
        let wasOpen = false;
        sightings.connecting(String(url));
        this.addEventListener("open", () => {
          wasOpen = true;
          inspector.#socket = this;
        });
        this.addEventListener("message", ({ data }) => {
          const frame = parsed(data);
          inspector.isReplay = frame?.type === "EVENT_TYPE_EVENT_BATCH";
          if (frame?.type === "EVENT_TYPE_SESSION_END") this.#isEnding = true;
          sightings.frame("in", frame ?? data);
        });
        this.addEventListener("close", ({ code, reason }) => {
          if (inspector.#socket === this) inspector.#socket = null;
          sightings.closed(code, reason, wasOpen);
        });
      }

      override send(text: string): void {
        super.send(text);
        const frame = parsed(text);
        if (frame?.type === "EVENT_TYPE_USER_END_SESSION") this.#isEnding = true;
        sightings.frame("out", frame);
      }

      /** The server closes behind an end. Once this side closes, a browser hides what still comes. */
      override close(): void {
        if (this.#isEnding) setTimeout(() => super.close(), GOODBYE);
        else super.close();
      }
    };
  }
}

function watchedFetch(sightings: Sightings): typeof fetch {
  return async (input, init) => {
    const started = performance.now();
    const { pathname } = new URL(input instanceof Request ? input.url : input, location.href);
    const request = { headers: init?.headers, body: parsed(init?.body) };
    const saw = (status: number | "failed", response: unknown) =>
      sightings.request(
        pathname,
        withoutSecrets({ request, status, response }),
        status,
        performance.now() - started,
      );
    try {
      const response = await fetch(input, init);
      const text = await response.clone().text();
      saw(response.status, parsed(text) ?? text);
      return response;
    } catch (error) {
      saw("failed", String(error));
      throw error;
    }
  };
}

/** A JSON object, or null for what is none. */
function parsed(text: unknown): { type?: unknown } | null {
  try {
    const value = JSON.parse(String(text));
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
