import { inspect } from "node:util";
import { z } from "zod";
import { keysOf, type Place, placeAt } from "./walk.ts";

/** The configuration cannot be used; the message is for the person who wrote it, and shows no secret. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * One line about one problem: the key, the value that was found, and what was expected.
 * @param variables the environment variable that a top-level key was read from, where it was
 */
export function explain(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType,
  input: unknown,
  variables: ReadonlyMap<PropertyKey, string>,
): string {
  const where = printPath(issue.path, variables);
  const place = placeAt(schema, issue.path);
  if (issue.code === "unrecognized_keys") {
    const prefix = where === "" ? "" : `${where}.`;
    const unknown = issue.keys.map((key) => prefix + key).join(", ");
    const keys = Object.keys(keysOf(place.schema));
    // Of a record the keys are in its own words.
    const known = keys.length > 0 ? `the keys here are ${keys.join(", ")}` : `expected ${expectation(place)}`;
    return `${unknown}: unknown; ${known}`;
  }
  // A rule that spans several keys says itself what is wrong.
  if (issue.code === "custom" && isContainer(place)) return `${where}: ${issue.message}`;
  const expected =
    issue.code === "too_small" && isContainer(place) ? "at least one entry" : expectation(place);
  return `${where || "the configuration"}: expected ${expected}; got ${show(valueAt(input, issue.path), place)}`;
}

/** All problems of one start, each once: a value may break several rules of one key. */
export function printProblems(lines: readonly string[], file: string | null): string {
  const problems = [...new Set(lines)];
  const source = file === null ? "environment" : `configuration (${file} and the environment)`;
  const count = problems.length === 1 ? "There is a problem" : `There are ${problems.length} problems`;
  return [`${count} in the ${source}:`, ...problems].join("\n  ");
}

function expectation({ schema, info }: Place): string {
  if (schema instanceof z.ZodObject) return `an object with the keys ${Object.keys(schema.shape).join(", ")}`;
  if (schema instanceof z.ZodArray) return `a list; each entry ${info?.expected ?? "an object"}`;
  return info?.expected ?? "another value";
}

/** `connectors[0].token`; a key that came from the environment goes by its variable. */
function printPath(
  [first, ...rest]: readonly PropertyKey[],
  variables: ReadonlyMap<PropertyKey, string>,
): string {
  if (first === undefined) return "";
  const variable = variables.get(first);
  if (variable !== undefined) return variable;
  return rest.reduce<string>(
    (path, step) => path + (typeof step === "number" ? `[${step}]` : `.${String(step)}`),
    String(first),
  );
}

const isContainer = ({ schema }: Place): boolean =>
  schema instanceof z.ZodObject || schema instanceof z.ZodArray;

/** What was found. Only a plain value where a plain value belongs: anything else may hold a secret. */
function show(value: unknown, place: Place): string {
  if (value === undefined || value === null) return String(value ?? "nothing");
  if (place.info?.secret) return "one that is not shown, since it is secret";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" || typeof value === "function") return `a value of type ${typeof value}`;
  if (isContainer(place)) return `a ${typeof value}`;
  return inspect(typeof value === "string" ? value.replace(USER_INFO, "//…@") : value, {
    maxStringLength: 100,
  });
}

/** A password in a URL is a secret in a place where none belongs. */
const USER_INFO = /\/\/[^/]*@/g;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    input,
  );
}
