import type { Message } from "@parley/client";

/** What one says within so long is shown together, milliseconds. */
const BREATH = 5 * 60_000;

type Shown = { readonly kind: string } | undefined;

const isMessage = (item: Shown): item is Message => item?.kind === "message";

/** Whether the second of two in a list belongs to the same breath as the first. */
export const continues = (first: Shown, second: Shown): boolean =>
  isMessage(first) &&
  isMessage(second) &&
  first.author === second.author &&
  first.name === second.name &&
  second.at - first.at < BREATH;
