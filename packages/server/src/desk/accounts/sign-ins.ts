import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { SHA256_HEX, sha256 } from "../../identity/digest.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Account } from "./account.ts";
import type { Accounts } from "./accounts.ts";

/** The kind of the journal's records that hold sign-ins, by the SHA-256 of their tokens. */
const RECORD_KIND = "desk_sign_in";
/** Sign-ins that one account has at once: browsers and phones of one person. The oldest goes first. */
const PER_ACCOUNT = 20;
const TOKEN_BYTES = 32;
/** What `signIn` makes: 256 bits in base64url. Anything else need not be hashed. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** One browser in which somebody is signed in. */
export interface SignIn {
  /** SHA-256 of the token, hex: the token itself is not kept. */
  readonly id: string;
  readonly account: string;
  /** Milliseconds since 1970, as `expiresAt`. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Who it is, and in which browser. */
export interface SignedIn {
  readonly account: Account;
  readonly signIn: SignIn;
}

const record = z.object({ account: z.string(), createdAt: z.number(), expiresAt: z.number() });

/** Who is signed in, in memory and in the journal's records: a restart signs nobody out, and each can be ended. */
export class SignIns {
  readonly #journal: Pick<Journal, "putRecord" | "deleteRecord">;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #lifeMs: number;
  readonly #signIns = new Map<string, SignIn>();
  readonly #ended = new Set<(signIn: SignIn) => void>();

  private constructor(
    journal: Pick<Journal, "putRecord" | "deleteRecord">,
    accounts: Accounts,
    clock: Clock,
    lifeMs: number,
  ) {
    this.#journal = journal;
    this.#accounts = accounts;
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  /** Those that have expired, or whose account is gone, are cleared away. @param lifeMs how long one lasts, milliseconds */
  static async load(
    journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">,
    accounts: Accounts,
    clock: Clock,
    lifeMs: number,
  ): Promise<SignIns> {
    const signIns = new SignIns(journal, accounts, clock, lifeMs);
    for (const { id, data } of await journal.records(RECORD_KIND)) {
      const read = record.safeParse(JSON.parse(data));
      const signIn = read.success && SHA256_HEX.test(id) ? { id, ...read.data } : null;
      if (signIn !== null && signIns.#isValid(signIn)) signIns.#signIns.set(id, signIn);
      else await journal.deleteRecord(RECORD_KIND, id);
    }
    return signIns;
  }

  /** Calls back with each that is ended, until told otherwise. Expiry is looked at by `find` alone. */
  whenEnded(callback: (signIn: SignIn) => void): () => void {
    this.#ended.add(callback);
    return () => this.#ended.delete(callback);
  }

  /** @returns the token for the browser, this only time, and the seconds for which it lasts */
  async signIn(account: string): Promise<{ token: string; seconds: number }> {
    const own = this.#of(account);
    for (const old of own.slice(0, Math.max(0, own.length - PER_ACCOUNT + 1))) await this.end(old.id);
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const createdAt = this.#clock.now();
    const signIn = { id: sha256(token), account, createdAt, expiresAt: createdAt + this.#lifeMs };
    const { id, ...data } = signIn;
    await this.#journal.putRecord(RECORD_KIND, id, JSON.stringify(data));
    this.#signIns.set(id, signIn);
    return { token, seconds: Math.floor(this.#lifeMs / 1_000) };
  }

  /** Who a token stands for; null where it is unknown, ended or expired. Looked up by its hash, which tells no timing. */
  find(token: string | undefined): SignedIn | null {
    if (token === undefined || !TOKEN.test(token)) return null;
    const signIn = this.#signIns.get(sha256(token));
    const account = signIn && this.#accounts.get(signIn.account);
    return signIn && account && this.#isValid(signIn) ? { account, signIn } : null;
  }

  /** The browser is signed out. */
  async end(id: string): Promise<void> {
    const signIn = this.#signIns.get(id);
    if (signIn === undefined) return;
    this.#signIns.delete(id);
    for (const callback of this.#ended) callback(signIn);
    await this.#journal.deleteRecord(RECORD_KIND, id);
  }

  /** All browsers of an account are signed out, but the one. */
  async endOthers(account: string, except: string | null): Promise<void> {
    for (const { id } of this.#of(account)) if (id !== except) await this.end(id);
  }

  /** Oldest first. */
  #of(account: string): SignIn[] {
    return [...this.#signIns.values()]
      .filter((signIn) => signIn.account === account)
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  #isValid({ account, expiresAt }: SignIn): boolean {
    return this.#clock.now() < expiresAt && this.#accounts.get(account) !== null;
  }
}
