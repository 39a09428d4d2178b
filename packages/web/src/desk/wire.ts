/* What the server and this page say to each other; the server's file says what it means. */
export type * from "../../../server/src/desk/wire.ts";

import type * as wire from "../../../server/src/desk/wire.ts";

/** The close code behind which there is no coming back. Held to the server's by its type: the page loads no code of it. */
export const SIGNED_OUT: typeof wire.CLOSE_SIGNED_OUT = 4401;

/** A command that is answered, by its key. */
export type KeyedCommand = Extract<wire.DeskCommand, { key: string }>;

/** What somebody wants done, before it has a key. `watch` is the link's own business. */
export type Wish =
  Exclude<KeyedCommand, { type: "watch" }> extends infer One
    ? One extends { key: string }
      ? Omit<One, "key">
      : never
    : never;

export type ListsFrame = Extract<wire.DeskFrame, { type: "desk" }>;
export type HelloFrame = Extract<wire.DeskFrame, { type: "hello" }>;
export type EntriesFrame = Extract<wire.DeskFrame, { type: "entries" }>;
export type RefusedFrame = Extract<wire.DeskFrame, { type: "refused" }>;
