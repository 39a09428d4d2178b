import type {
  Attributes,
  ContextFailure,
  ContextOutcome,
  ContextRequest,
  SentMessage,
  Theme,
  WebchatConfig,
  WebchatEvents,
} from "./api.ts";

/*
 * How the page and the frame talk. The frame says that it is there; the page answers with its settings and a port, and the
 * browser with the page's origin. From then on either calls the other over the port.
 */

/** The frame's first word, to whoever holds it: it gives nothing away. */
export const HERE = "parley:here";
/** The page's answer. */
export const HELLO = "parley:hello";

/** What the frame is told at the start. */
export interface Hello {
  readonly type: typeof HELLO;
  readonly config: WebchatConfig;
  /** What the user reads, the best first: BCP-47. */
  readonly locales: readonly string[];
  /** What the page has said of its user so far. */
  readonly attributes: Attributes;
  readonly state: PanelState;
}

/** What the page decides about the panel, as it changes. */
export interface PanelState {
  readonly isOpen: boolean;
  /** It fills the window, and the launcher is behind it. */
  readonly isFull: boolean;
  readonly theme: Exclude<Theme, "system">;
}

/** What the page asks of the frame. */
export interface PanelMethods {
  state(state: PanelState): void;
  /** The panel was opened by the user: it takes the focus. */
  focus(): void;
  send(text: string): Promise<SentMessage>;
  end(): Promise<void>;
  restart(): Promise<{ sessionId: string }>;
  setLocale(locale: string): Promise<void>;
  setAttributes(attributes: Attributes): void;
  refreshContext(): Promise<ContextOutcome>;
}

/** What the frame asks of the page. */
export interface PageMethods {
  close(): unknown;
  /** @param count of messages that nobody has seen @param text what a title says of them */
  unread(count: number, text: string): void;
  emit<Name extends keyof WebchatEvents>(name: Name, event: WebchatEvents[Name]): void;
  /** Asks the page's handler for a token. */
  contextToken(
    request: ContextRequest,
  ): Promise<{ token: string } | { reason: ContextFailure; message: string }>;
}

/** What a call was refused with, on its way. */
interface Fault {
  readonly code: string;
  readonly message: string;
}

type Frame =
  | { id: number; call: string; args: unknown[] }
  | { id: number; value: unknown }
  | { id: number; fault: Fault };

type Methods<Type> = { [Name in keyof Type]: (...args: never[]) => unknown };

/** An error of the API. */
export const webchatError = (code: string, message: string) =>
  Object.assign(new Error(message), { name: "WebchatError" as const, code });

/** One end of the port: calls what the other end has, and answers with what this one has. */
export class Channel<Remote extends Methods<Remote>> {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(port: MessagePort, own: object) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Frame>) => {
      if ("call" in data) void this.#answer(data, own as Record<string, (...args: unknown[]) => unknown>);
      else {
        const waiting = this.#waiting.get(data.id);
        this.#waiting.delete(data.id);
        if ("fault" in data) waiting?.reject(webchatError(data.fault.code, data.fault.message));
        else waiting?.resolve(data.value);
      }
    };
  }

  /** @throws WebchatError what the other end refused with */
  call<Name extends keyof Remote & string>(
    name: Name,
    ...args: Parameters<Remote[Name]>
  ): Promise<Awaited<ReturnType<Remote[Name]>>> {
    const id = ++this.#last;
    const waiting = withResolvers();
    this.#waiting.set(id, waiting);
    this.#port.postMessage({ id, call: name, args });
    return waiting.promise as Promise<Awaited<ReturnType<Remote[Name]>>>;
  }

  /** What waits for an answer gets none. */
  close(): void {
    this.#port.close();
    for (const { reject } of this.#waiting.values())
      reject(webchatError("destroyed", "the widget was destroyed"));
    this.#waiting.clear();
  }

  async #answer(
    { id, call, args }: { id: number; call: string; args: unknown[] },
    own: Record<string, (...args: unknown[]) => unknown>,
  ) {
    try {
      this.#port.postMessage({ id, value: await own[call]?.(...args) });
    } catch (error) {
      const { code = "internal", message } = error as Partial<Fault>;
      this.#port.postMessage({ id, fault: { code, message: message ?? String(error) } });
    }
  }
}

/** `Promise.withResolvers` came to Safari with 17.4. */
export function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: PromiseWithResolvers<Value>["resolve"] = () => {};
  let reject: PromiseWithResolvers<Value>["reject"] = () => {};
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
