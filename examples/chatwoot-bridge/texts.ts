import type { Delivery } from "./parley.ts";

interface Line {
  from: "user" | "agent" | "person";
  name?: string;
  text: string;
  attachments?: { title: string; url: string }[];
}

/** What the contact is called: verified wins over claimed. */
export function nameOf({ user, session_id: session }: Delivery["data"]): string {
  const name = user?.verified_context?.name ?? user?.attributes?.name;
  return typeof name === "string" && name !== "" ? name : `Visitor ${session.slice(0, 8)}`;
}

/** What stands above the conversation: why, what has happened, and what was said until then. Markdown. */
export function introduction({ reason, summary, context, user, transcript }: Delivery["data"]): string {
  const facts = [
    ["Reason", reason],
    ["Summary", summary],
    ["Context", context && json(context)],
    ["Verified", user?.verified_context && json(user.verified_context)],
    ["Said about themselves", Object.keys(user?.attributes ?? {}).length > 0 && json(user.attributes)],
  ].flatMap(([title, text]) => (text ? [`**${title}:** ${text}`] : []));
  return [...facts, ...((transcript ?? []) as Line[]).map(print)].join("\n\n") || "A user asks for a person.";
}

/** What has become known about the user since. */
export const verified = ({ verified_context }: Delivery["data"]): string =>
  `**Verified:** ${json(verified_context)}`;

const json = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function print({ from, name, text, attachments = [] }: Line): string {
  const who = from === "user" ? "User" : (name ?? from);
  const cards = attachments.map(({ title, url }) => `[${title}](${url})`);
  return `**${who}:** ${[text, ...cards].filter(Boolean).join(" ")}`;
}
