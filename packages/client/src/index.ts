export { type Clock, systemClock } from "./clock.ts";
export { Connection, type ConnectionEvents, type ConnectionStatus } from "./connection.ts";
export { type ContextOptions, sendContext } from "./context.ts";
export { Conversation, type ConversationOptions, type SendOptions } from "./conversation.ts";
export { type ErrorCode, ParleyError } from "./errors.ts";
export { eventsOf } from "./events.ts";
export type { SessionRecord } from "./handshake.ts";
export { type ConnectionState, type Signal, TRANSITIONS } from "./machine.ts";
export type {
  ConnectionOptions,
  Credentials,
  Environment,
  GetToken,
  SessionOptions,
  TokenRequest,
} from "./options.ts";
export { INITIAL, reduce, type State } from "./reduce.ts";
export { settled } from "./settled.ts";
export type { Snapshot } from "./snapshot.ts";
export { memoryStorage, type ParleyStorage, webStorage } from "./storage.ts";
export { TIMINGS, type Timings } from "./timings.ts";
export { type MintOptions, mintAccessToken } from "./tokens.ts";
export type * from "./view.ts";
export type * from "./wire.ts";
