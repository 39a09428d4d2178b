import type { WebchatEvents } from "../api.ts";

type Name = keyof WebchatEvents | "onContextRequired";
type Handler = (event: never) => unknown;

/** The methods a page listens with. */
export const EVENTS = [
  "onReady",
  "onOpen",
  "onClosed",
  "onMessageSent",
  "onMessageReceived",
  "onSessionEnded",
  "onError",
  "onContextSet",
  "onContextFailed",
  "onContextRequired",
] as const satisfies Name[];

/** Who listens to what. */
export class Handlers {
  #all: (readonly [name: Name, handler: Handler])[] = [];

  /** @throws TypeError where it is no function */
  add(name: Name, handler: Handler): void {
    if (typeof handler !== "function") throw new TypeError(`${name} expects a function`);
    this.#all.push([name, handler]);
  }

  /** In the order in which they were added. */
  of(name: Name): Handler[] {
    return this.#all.filter(([of]) => of === name).map(([, handler]) => handler);
  }

  /** One everywhere, all of an event, or one of an event. */
  remove(what: Name | Handler, handler?: Handler): void {
    this.#all = this.#all.filter(
      ([name, one]) => one !== what && (name !== what || (handler !== undefined && one !== handler)),
    );
  }

  /** A handler that throws is its own page's fault, and nobody else's. */
  emit<Event extends keyof WebchatEvents>(name: Event, event: WebchatEvents[Event]): void {
    for (const handler of this.of(name)) {
      try {
        handler(event as never);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
