import type { HttpFault } from "@parley/protocol";
import type { Context } from "hono";
import { z } from "zod";

const invalid = (name: string, rule: string): { fault: HttpFault } => ({
  fault: { status: 400, code: "INVALID_PARAMETER", message: `Invalid parameter ${name}: ${rule}` },
});

/**
 * Reads the parameters of a query, each at most once and none beside those of the schema.
 * @returns the fault for the first that is wrong, by its name; the rule is the schema's own message
 */
export function readQuery<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): { query: z.infer<Schema> } | { fault: HttpFault } {
  const given = Object.entries(c.req.queries());
  const repeated = given.find(([, values]) => values.length > 1);
  if (repeated !== undefined) return invalid(repeated[0], "given more than once");
  const read = schema.safeParse(Object.fromEntries(given.map(([name, [value]]) => [name, value])));
  if (read.success) return { query: read.data };
  const [issue] = read.error.issues;
  if (issue?.code === "unrecognized_keys") return invalid(issue.keys.join(", "), "not known here");
  return invalid(issue?.path.join(".") ?? "", issue?.message ?? "not valid");
}

/** A whole number from 1 to `most`. */
export function wholeNumber(most: number) {
  const rule = `must be a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, rule)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, rule);
}

/** A moment as RFC 3339 has it, as milliseconds since 1970. */
export const moment = z.iso
  .datetime({
    offset: true,
    error: "must be a time as in RFC 3339, for example 2026-01-31T12:00:00Z (write a + as %2B)",
  })
  .transform((text) => Date.parse(text));

/**
 * The cursor of a page: a place in one kind of list, opaque so that what it is made of can change.
 * @param list part of the cursor, so that one of another list is refused
 */
export function pageCursor(list: string) {
  const form = new RegExp(`^${list}:(\\d{1,15})$`);
  const placeOf = (text: string) => form.exec(Buffer.from(text, "base64url").toString())?.[1];
  const print = (place: number): string => Buffer.from(`${list}:${place}`).toString("base64url");
  return {
    print,
    /** A page of what was found. One more than `limit` is looked for: it tells whether there is a next page. */
    page: <Found extends { key: number }>(found: readonly Found[], limit: number) => {
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return { rows, next: found.length > rows.length && last !== undefined ? print(last.key) : null };
    },
    schema: z
      .string()
      .refine((text) => placeOf(text) !== undefined, "must be the next_cursor of the page before")
      .transform((text) => Number(placeOf(text))),
  };
}
