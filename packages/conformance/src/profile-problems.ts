import { inspect } from "node:util";
import { z } from "zod";
import { type Profile, profileSchema } from "./profile.ts";

/**
 * Reads what a profile file holds.
 * @param name of the file, for the errors
 * @throws Error with each problem on a line: the key, the value that was found, and what was expected
 */
export function parseProfile(content: string, name: string): Omit<Profile, "url"> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new Error(`${name}: expected JSON; ${(error as Error).message}`);
  }
  const { data, error } = profileSchema.safeParse(value);
  if (data !== undefined) return data;
  const problems = error.issues.flatMap(innermost).map((issue) => `${name}: ${explain(issue, value)}`);
  throw new Error([...new Set(problems)].join("\n"));
}

/** Keys whose values belong into no log. */
const SECRET = /(?:^|\.)(?:secret|token|hostlessToken|key)$/;

/** Of a choice between forms, the problems with the form that was meant: an object, where there is one. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const within = issue.errors
    .flat()
    .filter(({ path, code }) => path.length > 0 || code === "unrecognized_keys");
  if (within.length === 0) return [issue];
  return within.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as z.core.$ZodIssue);
}

function explain(issue: z.core.$ZodIssue, input: unknown): string {
  const where = issue.path.join(".");
  const schema = schemaAt(profileSchema, issue.path);
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => [...issue.path, key].join("."));
    return `${keys.join(", ")}: unknown; the keys here are ${Object.keys(keysOf(schema)).join(", ")}`;
  }
  const value = valueAt(input, issue.path);
  const shown =
    SECRET.test(where) && value !== undefined ? "one that is not shown, since it is secret" : show(value);
  return `${where || "the profile"}: expected ${expectation(schema)}; got ${shown}`;
}

/** A key's schema without what makes it optional or gives it a default. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}

/** The keys of an object's schema; of a choice of forms, those of the object among them. */
export function keysOf(schema: z.core.$ZodType): Record<string, z.ZodType> {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return inner.shape as Record<string, z.ZodType>;
  if (!(inner instanceof z.ZodUnion)) return {};
  const form = inner.options.find((option) => option instanceof z.ZodObject);
  return form === undefined ? {} : keysOf(form);
}

/** What a value of a schema must be, in words. */
export function expectation(schema: z.core.$ZodType): string {
  const inner = unwrap(schema);
  const said = (inner as z.ZodType).meta()?.expected;
  if (typeof said === "string") return said;
  return `an object with the keys ${Object.keys(keysOf(inner)).join(", ")}`;
}

function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType {
  return path.reduce<z.core.$ZodType>((at, key) => keysOf(at)[String(key)] ?? at, schema);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

/** Characters of a value that are shown of it. */
const SHOWN = 100;

const show = (value: unknown): string =>
  value === undefined
    ? "nothing"
    : inspect(value, { maxStringLength: SHOWN, breakLength: Number.POSITIVE_INFINITY });
