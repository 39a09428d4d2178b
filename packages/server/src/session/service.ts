import type { CreateSession } from "@parley/protocol";
import type { HandoffWish } from "../conversation/handoffs.ts";
import type { OperatorRefusal } from "../conversation/operators.ts";
import type { PromptRequest } from "../conversation/prompts.ts";
import type { SessionRecord } from "../journal/journal.ts";

/** Verified context, as the agent reads it [protocol section 8]. */
export type VerifiedContext = Readonly<Record<string, string | number | boolean | null>>;

/** What is needed to create a session; the client's own words are in `body`. */
export interface SessionRequest {
  /** The user: `sub` of the access token. */
  sub: string;
  /** The connector's id. */
  connector: string;
  /** The host or app id of the access token. */
  host: string;
  body: CreateSession;
}

/** What became of an operator's request: what it is named by, or why it was not taken. */
export type OperatorAnswer = { id: string } | { refusal: OperatorRefusal | "unknown" };

/** What HTTP asks of sessions. Every rejection is a passing fault of the server's. */
export interface SessionService {
  /** Resolves when the session is on disk [protocol section 1]. */
  create(request: SessionRequest): Promise<{ id: string; resumeToken: string }>;
  /** A session that can still be reached: it lives, or it ended within the grace of section 7. Null otherwise. */
  find(id: string): Promise<SessionRecord | null>;
  /** What a context token is checked against; null where the session is unknown or has ended. `lastIat` is in seconds. */
  contextOf(id: string): Promise<{ contextId: string | null; lastIat: number | null } | null>;
  /** Replaces the verified context; resolves when durable. `ended` and `stale` leave things as they were. */
  setContext(id: string, context: VerifiedContext, iat: number): Promise<"accepted" | "ended" | "stale">;
  /** An operator has something said into a conversation; resolves when that is on disk. `id` names the request. */
  prompt(id: string, request: Omit<PromptRequest, "id">): Promise<OperatorAnswer>;
  /** An operator has a person go on; resolves when that is on disk. `id` names the handoff. */
  handOver(id: string, wish: Omit<HandoffWish, "id">): Promise<OperatorAnswer>;
}
