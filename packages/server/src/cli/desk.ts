import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import {
  type Account,
  DEFAULT_CAPACITY,
  isAvatarUrl,
  LABEL,
  LOGIN,
  loginOf,
  MAX_CAPACITY,
  PERSON_NAME,
  ROLES,
} from "../desk/accounts/account.ts";
import { Accounts } from "../desk/accounts/accounts.ts";
import { hashPassword, newPassword, PASSWORD_LENGTH } from "../desk/accounts/passwords.ts";
import { SignIns } from "../desk/accounts/sign-ins.ts";
import { type Action, type CommandSurroundings, runCommand, UsageError } from "./command.ts";

export interface DeskCommandSurroundings extends CommandSurroundings {
  /** The first line of standard input, for `--password-stdin`. */
  readLine: () => Promise<string>;
}

const USAGE = [
  "Usage:",
  "  parley desk add <login> --name <name> [options]   make an account for a person at the desk",
  `      --role <role>        ${ROLES.join(" or ")}; agent unless told otherwise`,
  "      --queue <queue>      serves this queue, and no other; may be repeated; all queues without it",
  "      --skill <skill>      can do this; may be repeated",
  `      --capacity <number>  conversations at once, 1 to ${MAX_CAPACITY}; ${DEFAULT_CAPACITY} unless told otherwise`,
  "      --avatar <url>       a picture that users see",
  "      --password-stdin     read the password from standard input; otherwise one is made, and shown once",
  "      --no-password        signs in by OpenID Connect alone; the login is the person's e-mail address",
  "  parley desk change <login> [options]              what is given replaces what was: --name, --role, --queue, …",
  "  parley desk list                                  who there is",
  "  parley desk password <login> [--password-stdin]   a new password; signs out all browsers of the account",
  "  parley desk remove <login>                        the account is gone, and signed out everywhere",
  "The server must not be running on the same data directory.",
].join("\n");

const OPTIONS = {
  name: { type: "string" },
  role: { type: "string" },
  queue: { type: "string", multiple: true },
  skill: { type: "string", multiple: true },
  capacity: { type: "string" },
  avatar: { type: "string" },
  "password-stdin": { type: "boolean" },
  "no-password": { type: "boolean" },
} as const;

/**
 * `parley desk …`: makes, lists and removes the accounts of people at the desk, in the data directory.
 * @param args what follows `desk` on the command line
 * @returns the exit code: 0; 1 where the journal refused; 2 where the command was typed wrongly
 */
export const runDeskCommand = (
  args: readonly string[],
  surroundings: DeskCommandSurroundings,
): Promise<0 | 1 | 2> => runCommand(() => parse(args, surroundings), surroundings);

async function parse(args: readonly string[], surroundings: DeskCommandSurroundings): Promise<Action> {
  const { verb, login, values } = read(args);
  switch (verb) {
    case "add": {
      const account = newAccount(loginFrom(login), values, surroundings.clock.now());
      if (values["no-password"] && values["password-stdin"])
        throw new UsageError("--password-stdin and --no-password contradict each other.");
      if (values["no-password"]) return add(account, null);
      return add(account, await passwordFor(values, surroundings));
    }
    case "change": {
      allow(values, ["name", "role", "queue", "skill", "capacity", "avatar"]);
      const properties = propertiesFrom(values);
      if (Object.keys(properties).length === 0)
        throw new UsageError(`What is to be changed is missing.\n${USAGE}`);
      return change(loginFrom(login), properties);
    }
    case "list":
      allow(values, []);
      if (login !== undefined) throw new UsageError(`Too many words: ${login}\n${USAGE}`);
      return list;
    case "password":
      allow(values, ["password-stdin"]);
      return setPassword(loginFrom(login), await passwordFor(values, surroundings), surroundings);
    case "remove":
      allow(values, []);
      return remove(loginFrom(login));
    case undefined:
      throw new UsageError(USAGE);
    default:
      throw new UsageError(`Unknown command: desk ${verb}\n${USAGE}`);
  }
}

function read(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    const [verb, login, ...rest] = positionals;
    if (rest.length > 0) throw new Error(`Too many words: ${rest.join(" ")}`);
    return { verb, login, values };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

type Values = ReturnType<typeof read>["values"];

function allow(values: Values, allowed: readonly string[]): void {
  const stray = Object.keys(values).filter((name) => !allowed.includes(name));
  if (stray.length > 0) throw new UsageError(`--${stray[0]} does not belong here.\n${USAGE}`);
}

function loginFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError(`A login is missing.\n${USAGE}`);
  if (LOGIN.test(text)) return loginOf(text);
  throw new UsageError(
    `"${text}" is not a login: an e-mail address or a name of 1 to 254 characters without blanks is expected.`,
  );
}

/** What an account has beside its login and its password. */
type Properties = Pick<Account, "name" | "avatarUrl" | "role" | "skills" | "queues" | "capacity">;

const DEFAULTS: Omit<Properties, "name"> = {
  avatarUrl: "",
  role: "agent",
  skills: [],
  queues: [],
  capacity: DEFAULT_CAPACITY,
};

function newAccount(login: string, values: Values, createdAt: number): Account {
  const { name, ...properties } = propertiesFrom(values);
  if (name === undefined) throw new UsageError(`--name is expected: ${NAME_RULE}`);
  return { ...DEFAULTS, ...properties, name, id: randomUUID(), login, passwordHash: null, createdAt };
}

const NAME_RULE = "what users read, one line of at most 100 characters.";

/** What was typed, and nothing else. */
function propertiesFrom(values: Values): Partial<Properties> {
  const { name, role, queue, skill, avatar, capacity } = values;
  const properties: { -readonly [Key in keyof Properties]?: Properties[Key] } = {};
  if (name !== undefined) {
    if (!PERSON_NAME.test(name.trim())) throw new UsageError(`--name is expected to be ${NAME_RULE}`);
    properties.name = name.trim();
  }
  if (role !== undefined) {
    const known = ROLES.find((one) => one === role);
    if (known === undefined) throw new UsageError(`Unknown role: ${role}. Known are: ${ROLES.join(", ")}.`);
    properties.role = known;
  }
  if (queue !== undefined) properties.queues = labelsFrom(queue);
  if (skill !== undefined) properties.skills = labelsFrom(skill);
  if (avatar !== undefined) {
    if (!isAvatarUrl(avatar)) throw new UsageError("--avatar is expected to be an http or https URL.");
    properties.avatarUrl = avatar;
  }
  if (capacity !== undefined) {
    const count = Number(capacity);
    if (!Number.isInteger(count) || count < 1 || count > MAX_CAPACITY)
      throw new UsageError(`--capacity is expected to be a whole number from 1 to ${MAX_CAPACITY}.`);
    properties.capacity = count;
  }
  return properties;
}

/** One that is empty stands for none: `--queue ""` serves all queues again. */
function labelsFrom(texts: readonly string[]): string[] {
  const labels = texts.filter((text) => text !== "");
  const wrong = labels.find((text) => !LABEL.test(text));
  if (wrong === undefined) return [...new Set(labels)];
  throw new UsageError(
    `"${wrong}" is no name of a queue or skill: one line of 1 to 100 characters is expected.`,
  );
}

interface Password {
  text: string;
  made: boolean;
}

async function passwordFor(values: Values, { readLine }: DeskCommandSurroundings): Promise<Password> {
  if (!values["password-stdin"]) return { text: newPassword(), made: true };
  const text = await readLine();
  const { min, max } = PASSWORD_LENGTH;
  // Counted as people count.
  const length = [...text].length;
  if (length < min || length > max)
    throw new UsageError(`The password is expected to have ${min} to ${max} characters; it has ${length}.`);
  return { text, made: false };
}

/** What a made password is shown with. */
const shown = ({ text, made }: Password): string[] =>
  made ? [text, "Keep this password: it is not stored and cannot be shown again."] : [];

const add =
  (account: Account, password: Password | null): Action =>
  async (journal) => {
    const accounts = await Accounts.load(journal);
    const passwordHash = password === null ? null : await hashPassword(password.text);
    await accounts.add({ ...account, passwordHash });
    return [...(password === null ? [] : shown(password)), `${account.login} can sign in at /desk.`];
  };

const list: Action = async (journal) => {
  const { all } = await Accounts.load(journal);
  if (all.length === 0) return ["There are no desk accounts in this data directory."];
  return all.map(({ login, name, role, queues, skills, capacity, passwordHash }) =>
    [
      login,
      name,
      role,
      `queues: ${queues.join(",") || "all"}`,
      `skills: ${skills.join(",") || "none"}`,
      `capacity: ${capacity}`,
      passwordHash === null ? "no password" : "password",
    ].join("  "),
  );
};

const change =
  (login: string, properties: Partial<Properties>): Action =>
  async (journal) => {
    const accounts = await Accounts.load(journal);
    await accounts.change(existing(accounts, login).id, properties);
    return [`The account ${login} is changed.`];
  };

const setPassword =
  (login: string, password: Password, { clock }: CommandSurroundings): Action =>
  async (journal) => {
    const accounts = await Accounts.load(journal);
    const { id } = existing(accounts, login);
    await accounts.change(id, { passwordHash: await hashPassword(password.text) });
    await (await SignIns.load(journal, accounts, clock, 0)).endOthers(id, null);
    return [...shown(password), `${login} has a new password, and is signed out everywhere.`];
  };

const remove =
  (login: string): Action =>
  async (journal) => {
    const accounts = await Accounts.load(journal);
    await accounts.remove(existing(accounts, login).id);
    return [`The account ${login} is removed.`];
  };

function existing(accounts: Accounts, login: string): Account {
  const account = accounts.byLogin(login);
  if (account === null) throw new Error(`There is no account ${login}.`);
  return account;
}
