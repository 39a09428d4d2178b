import type { ContextValues } from "../conversation/facts.ts";
import type { SessionRecord } from "../journal/journal.ts";
import type { Conversation } from "./conversation.ts";
import type { DeskDetails } from "./wire.ts";

/** Attributes by which clients tell which page the user is on. */
const PAGE_KEYS = ["page_url", "page", "url"];

/**
 * What people at the desk see of a session beside what was said.
 * @param conversation the handoff that stands, or null
 * @param verified the newest context that was read in the journal, or null
 */
export function detailsOf(
  record: SessionRecord,
  conversation: Conversation | null,
  verified: ContextValues | null,
): DeskDetails {
  const { id, createdAt, connector, host, platform, deviceType, locale, attributes } = record;
  const page = PAGE_KEYS.map((key) => attributes[key]).find((value) => typeof value === "string");
  return {
    session: id,
    created_at: createdAt,
    connector,
    host,
    platform,
    device_type: deviceType,
    locale,
    page: typeof page === "string" ? page : null,
    attributes,
    verified: verified ?? conversation?.verified ?? null,
    summary: conversation?.handoff.summary ?? null,
    context: conversation?.handoff.context ?? null,
  };
}
