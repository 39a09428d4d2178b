import { builtPages } from "@parley/web/built";

/** Once, before any test: servers that start at once would each build them. */
export async function setup(): Promise<void> {
  await builtPages();
}
