import { parseArgs } from "node:util";
import type { Clock } from "../clock.ts";
import {
  addOperatorKey,
  loadOperatorKeys,
  removeOperatorKey,
  SCOPES,
  type Scope,
} from "../identity/operators.ts";
import { type Action, type CommandSurroundings, runCommand, UsageError } from "./command.ts";

const USAGE = [
  "Usage:",
  `  parley operator add <name> --scope <scope> [--scope <scope> …]   make a key; scopes: ${SCOPES.join(", ")}`,
  "  parley operator list                                             names, scopes and dates, never the keys",
  "  parley operator remove <name>                                    the key stops working",
  "The server must not be running on the same data directory.",
].join("\n");

/** A name is shown in logs and typed into a shell. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * `parley operator …`: makes, lists and removes operator keys in the data directory.
 * @param args what follows `operator` on the command line
 * @returns the exit code: 0; 1 where the journal refused; 2 where the command was typed wrongly
 */
export const runOperatorCommand = (
  args: readonly string[],
  surroundings: CommandSurroundings,
): Promise<0 | 1 | 2> => runCommand(() => parse(args, surroundings.clock), surroundings);

/** Everything that can be wrong with the typing is found before the journal is opened. */
function parse(args: readonly string[], clock: Clock): Action {
  const { verb, name, rest, scopes } = read(args);
  if (rest.length > 0) throw new UsageError(`Too many words: ${rest.join(" ")}\n${USAGE}`);
  if (verb !== "add" && scopes.length > 0) throw new UsageError(`--scope belongs to add alone.\n${USAGE}`);
  switch (verb) {
    case "add":
      return add({ id: nameOf(name), scopes: scopesOf(scopes), createdAt: clock.now() });
    case "list":
      if (name !== undefined) throw new UsageError(`Too many words: ${name}\n${USAGE}`);
      return list;
    case "remove":
      return remove(nameOf(name));
    case undefined:
      throw new UsageError(USAGE);
    default:
      throw new UsageError(`Unknown command: operator ${verb}\n${USAGE}`);
  }
}

function read(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { scope: { type: "string", multiple: true } },
    });
    const [verb, name, ...rest] = positionals;
    return { verb, name, rest, scopes: values.scope ?? [] };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function nameOf(name: string | undefined): string {
  if (name === undefined) throw new UsageError(`A name is missing.\n${USAGE}`);
  if (NAME.test(name)) return name;
  throw new UsageError(
    `"${name}" is not a name: 1 to 64 letters, digits, dots, underscores and hyphens are expected.`,
  );
}

function scopesOf(wanted: readonly string[]): Scope[] {
  const unknown = wanted.filter((scope) => !SCOPES.some((known) => known === scope));
  if (unknown.length > 0) {
    throw new UsageError(`Unknown scope: ${unknown.join(", ")}. Known are: ${SCOPES.join(", ")}.`);
  }
  if (wanted.length === 0) {
    throw new UsageError(`At least one --scope is expected. Known are: ${SCOPES.join(", ")}.`);
  }
  return SCOPES.filter((scope) => wanted.includes(scope));
}

const add =
  (operator: { id: string; scopes: Scope[]; createdAt: number }): Action =>
  async (journal) => {
    const known = await loadOperatorKeys(journal);
    if (known.some(({ id }) => id === operator.id)) {
      throw new Error(
        `There is a key named ${operator.id} already. Remove it first, or choose another name.`,
      );
    }
    const key = await addOperatorKey(journal, operator);
    return [
      key,
      "Keep this key: it is not stored and cannot be shown again. The next start of the server knows it.",
    ];
  };

const list: Action = async (journal) => {
  const operators = await loadOperatorKeys(journal);
  if (operators.length === 0) return ["There are no operator keys in this data directory."];
  return operators.map(
    ({ id, scopes, createdAt }) => `${id}  ${scopes.join(",")}  ${new Date(createdAt).toISOString()}`,
  );
};

const remove =
  (id: string): Action =>
  async (journal) => {
    if (await removeOperatorKey(journal, id)) return [`The key ${id} is removed.`];
    throw new Error(`There is no key named ${id}.`);
  };
