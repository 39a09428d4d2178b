/** The wire: types, constants and rules that need no library. Schemas are in `@parley/protocol/schemas`. */
export * from "./close-codes.ts";
export * from "./cursor.ts";
export * from "./errors.ts";
export * from "./event-types.ts";
export type * from "./events.ts";
export type * from "./http.ts";
export * from "./limits.ts";
