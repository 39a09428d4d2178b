import {
  Channel,
  HELLO,
  HERE,
  type Hello,
  type PageMethods,
  type PanelMethods,
  webchatError,
  withResolvers,
} from "../channel.ts";

/** The panel says that it is there within so long, milliseconds, or it did not load. */
const PATIENCE = 15_000;

export interface PanelFrame {
  readonly element: HTMLIFrameElement;
  /** Rejected with a WebchatError `unavailable` where the panel does not load. */
  readonly channel: Promise<Channel<PanelMethods>>;
  remove(): void;
}

/** The panel, in a frame of the server's own origin: neither can look into the other. */
export function createFrame(
  address: string,
  title: string,
  hello: () => Omit<Hello, "type">,
  own: PageMethods,
): PanelFrame {
  const { origin } = new URL(address);
  const element = document.createElement("iframe");
  element.src = address;
  element.title = title;
  // No other permission of the page's goes in.
  element.allow = "autoplay";
  const { promise, resolve, reject } = withResolvers<Channel<PanelMethods>>();
  let open: Channel<PanelMethods> | undefined;
  const timer = setTimeout(() => reject(webchatError("unavailable", `${address} did not load`)), PATIENCE);
  const listen = ({ source, origin: from, data }: MessageEvent) => {
    const { contentWindow } = element;
    if (!contentWindow || source !== contentWindow || from !== origin || data !== HERE) return;
    clearTimeout(timer);
    // A frame that was loaded again begins anew.
    open?.close();
    const { port1, port2 } = new MessageChannel();
    open = new Channel<PanelMethods>(port1, own);
    const message: Hello = { type: HELLO, ...hello() };
    contentWindow.postMessage(message, origin, [port2]);
    resolve(open);
  };
  addEventListener("message", listen);
  return {
    element,
    channel: promise,
    remove() {
      clearTimeout(timer);
      removeEventListener("message", listen);
      open?.close();
      element.remove();
    },
  };
}
