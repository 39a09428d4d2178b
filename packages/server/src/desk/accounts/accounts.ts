import type { Journal } from "../../journal/journal.ts";
import { type Account, accountRecord, loginOf } from "./account.ts";

/** The kind of the journal's records that hold accounts, by their ids. */
const RECORD_KIND = "desk_account";

/** The login is taken. */
export class LoginTaken extends Error {
  override name = "LoginTaken";
}

/**
 * The accounts of the desk, in memory and in the journal's records. They change by `parley desk` while the server is
 * stopped, and by the server itself.
 */
export class Accounts {
  readonly #journal: Pick<Journal, "putRecord" | "deleteRecord">;
  readonly #byId = new Map<string, Account>();

  private constructor(journal: Pick<Journal, "putRecord" | "deleteRecord">, accounts: Iterable<Account>) {
    this.#journal = journal;
    for (const account of accounts) this.#byId.set(account.id, account);
  }

  /**
   * @param passing accounts that are there for the life of this process alone, and are in no record
   * @throws where a record is damaged
   */
  static async load(
    journal: Pick<Journal, "records" | "putRecord" | "deleteRecord">,
    passing: readonly Account[] = [],
  ): Promise<Accounts> {
    const records = await journal.records(RECORD_KIND);
    return new Accounts(journal, [...passing, ...records.map(({ id, data }) => read(id, data))]);
  }

  /** Oldest first. */
  get all(): Account[] {
    return [...this.#byId.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  get(id: string): Account | null {
    return this.#byId.get(id) ?? null;
  }

  byLogin(login: string): Account | null {
    const wanted = loginOf(login);
    return this.all.find((account) => account.login === wanted) ?? null;
  }

  /** @throws LoginTaken */
  async add(account: Account): Promise<void> {
    if (this.byLogin(account.login) !== null)
      throw new LoginTaken(`There is an account ${account.login} already.`);
    // Taken at once: a second one of the same login may be on its way.
    this.#byId.set(account.id, account);
    await this.#put(account).catch((error) => {
      this.#byId.delete(account.id);
      throw error;
    });
  }

  /** @param changes what replaces what was; the login and the id stay */
  async change(id: string, changes: Partial<Omit<Account, "id" | "login" | "createdAt">>): Promise<void> {
    const account = this.#byId.get(id);
    if (account === undefined) throw new Error(`There is no account ${id}.`);
    const changed = { ...account, ...changes };
    await this.#put(changed);
    this.#byId.set(id, changed);
  }

  async remove(id: string): Promise<void> {
    await this.#journal.deleteRecord(RECORD_KIND, id);
    this.#byId.delete(id);
  }

  #put({ id, ...data }: Account): Promise<void> {
    return this.#journal.putRecord(RECORD_KIND, id, JSON.stringify(data));
  }
}

function read(id: string, data: string): Account {
  try {
    return { id, ...accountRecord.parse(JSON.parse(data)) };
  } catch (error) {
    throw new Error(`The desk account with the id ${id} is damaged: bring the journal back from a backup.`, {
      cause: error,
    });
  }
}
