import type { WebchatAPI } from "../api.ts";
import { readScript } from "./script.ts";
import { Widget } from "./widget.ts";

/** What a page may have put in the place of the API before this script came [docs/widget.md]. */
interface Early {
  queue?: [
    name: keyof WebchatAPI,
    args: never[],
    resolve?: (value: unknown) => void,
    reject?: (error: unknown) => void,
  ][];
}

const element =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/widget/"]');
const early = window.WebchatAPI as (WebchatAPI & Early) | undefined;

if (!element) console.error("Parley widget: its script element was not found");
else if (early && !early.queue) console.warn("Parley widget: there is one on this page already");
else {
  const { api } = new Widget(readScript(element.src, { ...element.dataset }));
  window.WebchatAPI = api;
  for (const [name, args, resolve, reject] of early?.queue ?? []) {
    Promise.resolve()
      .then(() => (api[name] as (...args: never[]) => unknown)(...args))
      .then(resolve, reject);
  }
}
