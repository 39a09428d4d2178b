import { createSecretKey, randomUUID } from "node:crypto";
import type { PublicConfig } from "@parley/web/widget/config";
import { readWidget } from "../../config/settings.ts";
import type { HandoffAnswer } from "../../conversation/handoff.ts";
import { Workbench } from "../../development/workbench.ts";
import type { HandoffDoor } from "../../handoff/provider.ts";
import { AccessTokens } from "../../identity/access-tokens.ts";
import { type Connector, Connectors } from "../../identity/connectors.ts";
import { sha256 } from "../../identity/digest.ts";
import type { OperatorKey } from "../../identity/operators.ts";
import { newResumeToken } from "../../identity/resume.ts";
import type { SessionRecord } from "../../journal/journal.ts";
import type { Logger } from "../../logger.ts";
import type {
  OperatorAnswer,
  SessionRequest,
  SessionService,
  VerifiedContext,
} from "../../session/service.ts";
import { newSession } from "../../testing/journal-rows.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { MemoryJournal } from "../../testing/memory-journal.ts";
import { createHttp } from "./app.ts";
import type { HttpDeps } from "./deps.ts";
import { WebFile, type WebFiles } from "./web-files.ts";

const secret = (text: string) => createSecretKey(Buffer.from(text, "utf8"));

export const CONTEXT_SECRET = "a context secret that is long enough";
export const OPERATOR_KEY = "operator-key-for-reading";
export const SPEAKER_KEY = "operator-key-for-speaking";
export const SUPERVISOR_KEY = "operator-key-for-handoffs";
export const DESK_KEY = "operator-key-for-people";
export const POWERLESS_KEY = "operator-key-for-nothing";

const connector = (id: string, rest: Partial<Connector>): Connector => ({
  id,
  tokenHash: sha256(`${id}-token`),
  hosts: [],
  apps: [],
  origins: [],
  contextKeys: [],
  ...rest,
});

/** `acme` has everything, `other` another domain, `closed` neither host nor app. The token of each is `<id>-token`. */
const connectors = [
  connector("acme", {
    hosts: ["acme.com"],
    apps: ["com.acme.app"],
    origins: ["https://partner.example"],
    contextKeys: [{ kid: "key-1", secret: secret(CONTEXT_SECRET) }],
  }),
  connector("other", { hosts: ["other.com"] }),
  connector("closed", {}),
];

const operators: OperatorKey[] = [
  { id: "reader", keyHash: sha256(OPERATOR_KEY), scopes: ["sessions:read"] },
  { id: "speaker", keyHash: sha256(SPEAKER_KEY), scopes: ["turns:write"] },
  { id: "supervisor", keyHash: sha256(SUPERVISOR_KEY), scopes: ["handoffs:read", "handoffs:write"] },
  { id: "desk", keyHash: sha256(DESK_KEY), scopes: ["handoffs:answer"] },
  { id: "powerless", keyHash: sha256(POWERLESS_KEY), scopes: [] },
];

/** Built pages of a line each. */
const web: WebFiles = {
  read: (path) =>
    ["widget.js", "widget.css", "loaders/0.0.9.js", "assets/page-1a2b.js"].includes(path)
      ? new WebFile(path, Buffer.from(`/* ${path} */`))
      : undefined,
  page: (name) => `<!doctype html><head><title>${name}</title></head>`,
};

const WIDGET: PublicConfig = {
  version: "0.1.0",
  title: "",
  subtitle: "",
  logoUrl: "",
  color: "#0b6b5d",
  position: "right",
  theme: "system",
  sound: false,
  texts: {},
  disclaimer: { version: "1", text: { "*": "</script><b>Read this</b>" } },
  verifiedContext: false,
};

/** Sessions without a conversation in them. */
export class FakeSessions implements SessionService, HandoffDoor {
  readonly records = new Map<string, SessionRecord>();
  readonly created: SessionRequest[] = [];
  readonly contexts: { id: string; context: VerifiedContext; iat: number }[] = [];
  /** `iat` of the last context, seconds. */
  lastIat: number | null = null;
  contextAnswer: "accepted" | "ended" | "stale" = "accepted";
  /** What each call waits for first; a rejection is a journal that fails. */
  before: () => Promise<void> = () => Promise.resolve();

  async create(request: SessionRequest): Promise<{ id: string; resumeToken: string }> {
    this.created.push(request);
    await this.before();
    const { sub, connector, host, body } = request;
    const { token, hash } = newResumeToken();
    const record = this.add({ sub, connector, host, resumeHash: hash, streaming: body.streaming_enabled });
    return { id: record.id, resumeToken: token };
  }

  /** A session that exists, without a word about how it came to be. */
  add(changes: Partial<SessionRecord>): SessionRecord {
    const key = this.records.size + 1;
    const record = { ...newSession(), key, endedAt: null, deadline: 0, seenAt: 0, ...changes };
    this.records.set(record.id, record);
    return record;
  }

  async find(id: string): Promise<SessionRecord | null> {
    await this.before();
    return this.records.get(id) ?? null;
  }

  async contextOf(id: string): Promise<{ contextId: string | null; lastIat: number | null } | null> {
    const record = await this.find(id);
    if (record === null || record.endedAt !== null) return null;
    return { contextId: record.contextId, lastIat: this.lastIat };
  }

  readonly prompts: unknown[] = [];
  promptAnswer: OperatorAnswer = { id: "prompt-1" };

  async prompt(...request: Parameters<SessionService["prompt"]>): Promise<OperatorAnswer> {
    await this.before();
    this.prompts.push(request);
    return this.promptAnswer;
  }

  readonly wishes: unknown[] = [];
  wishAnswer: OperatorAnswer = { id: "handoff-1" };

  async handOver(...wish: Parameters<SessionService["handOver"]>): Promise<OperatorAnswer> {
    await this.before();
    this.wishes.push(wish);
    return this.wishAnswer;
  }

  readonly commands: unknown[] = [];
  commandAnswer: HandoffAnswer = { sequence: 7, isRepeat: false };

  async command(...command: Parameters<HandoffDoor["command"]>): Promise<HandoffAnswer> {
    await this.before();
    this.commands.push(command);
    return this.commandAnswer;
  }

  async setContext(
    id: string,
    context: VerifiedContext,
    iat: number,
  ): Promise<"accepted" | "ended" | "stale"> {
    this.contexts.push({ id, context, iat });
    return this.contextAnswer;
  }
}

/** What only builders have, over no sessions. */
export const testWorkbench = (): Workbench =>
  new Workbench({
    sessions: { awake: () => undefined, open: async () => null },
    tokens: { expire: () => {} },
    connectors: [{ id: "demo", token: "demo", host: "localhost", agent: "Ada" }],
    readWidget: (input) => readWidget(input, false),
    publicUrl: "https://chat.parley.example",
    clock: new ManualClock(),
    newId: () => "process-1",
  });

/** The app on a clock that stands still, over a journal in memory. */
export function setup(changes: Partial<HttpDeps> = {}) {
  const clock = new ManualClock();
  const sessions = new FakeSessions();
  const journal = new MemoryJournal();
  const accessTokens = new AccessTokens([secret("the secret that signs access tokens")], clock);
  const logged: string[] = [];
  const log = (fields: object, message: string) => {
    logged.push(
      JSON.stringify([message, fields], (_, value) => (value instanceof Error ? value.message : value)),
    );
  };
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const app = createHttp({
    connectors: new Connectors(connectors, "https://chat.parley.example"),
    accessTokens,
    operatorKeys: async () => operators,
    sessions,
    handoffs: { door: sessions, hasQueue: (name) => name !== "nowhere" },
    journal,
    health: () => null,
    publicUrl: "https://chat.parley.example",
    desk: null,
    workbench: null,
    web,
    widgetOf: (id) => ({ ...WIDGET, title: id }),
    clock,
    newId: randomUUID,
    logger,
    ...changes,
  });

  /** A request from an address. A body that is no string is sent as JSON. */
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
    remoteAddress = "203.0.113.1",
  ): Promise<Response> => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method, headers, ...(text !== undefined && { body: text }) };
    return app.request(path, init, { incoming: { socket: { remoteAddress } } });
  };
  const bearer = async (sub = "user-1", connector = "acme"): Promise<{ Authorization: string }> => {
    const { token } = await accessTokens.mint({ sub, connector, host: "acme.com" });
    return { Authorization: `Bearer ${token}` };
  };
  return { app, clock, sessions, journal, accessTokens, logged, send, bearer };
}

/** Headers that get an access token of `acme`. */
export const acme = { "X-Token": "acme-token", "X-Host": "acme.com" };

/** What a refusal must look like, whatever it is about [protocol section 1]. */
export async function faultOf(
  response: Response,
): Promise<{ status: number; message: string; code: string }> {
  const body = (await response.json()) as Record<string, string>;
  const { error, message = "", code = "", correlation_id } = body;
  if (error !== message) throw new Error(`error is ${error}, message is ${message}`);
  if (!/^[A-Z]+(_[A-Z]+)*$/.test(code)) throw new Error(`code is ${code}`);
  const header = response.headers.get("X-PolyAI-Correlation-Id");
  if (!header || header !== correlation_id) throw new Error(`correlation: ${header} and ${correlation_id}`);
  if (Object.keys(body).length !== 4) throw new Error(`more than four keys: ${Object.keys(body)}`);
  return { status: response.status, message, code };
}
