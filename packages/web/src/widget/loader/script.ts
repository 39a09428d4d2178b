/** Where the script came from, and what its element says. */
export interface Script {
  readonly token: string;
  /** Where the server is. */
  readonly url: string;
  /** The address of the panel. */
  readonly frame: string;
  readonly dataset: Record<string, string | undefined>;
}

/** @throws TypeError where the address is no widget's */
export function readScript(src: string, dataset: Script["dataset"]): Script {
  const [, url = "", token = ""] = /^([^?#]*\/)widget\/([^/?#]+)\.js(?:[?#]|$)/.exec(src) ?? [];
  if (!token) throw new TypeError(`${src} is no address of a widget`);
  return { token: decodeURIComponent(token), url, frame: `${url}widget/${token}`, dataset };
}

/** Where its settings are: the server puts the attributes in their place. @param locales what the user reads, the best first */
export const settingsAddress = ({ frame, dataset }: Script, locales: readonly string[]): string =>
  `${frame}.json?${new URLSearchParams({ ...(dataset as Record<string, string>), locales: `${locales}` })}`;
