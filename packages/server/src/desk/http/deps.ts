import type { Clock } from "../../clock.ts";
import type { HttpEnv } from "../../gateway/http/deps.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Logger } from "../../logger.ts";
import type { Account } from "../accounts/account.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { SignedIn, SignIns } from "../accounts/sign-ins.ts";
import type { OidcDoor } from "../oidc/oidc.ts";

/** What the HTTP side of the desk is made of. */
export interface DeskHttpDeps {
  accounts: Accounts;
  signIns: SignIns;
  /** Null where OpenID Connect is not configured. */
  oidc: OidcDoor | null;
  /** Accounts that sign in with a click, from this machine alone; none outside development. */
  development: readonly Account[];
  /** What the world calls this server; null where it is not configured. */
  publicUrl: string | null;
  journal: Pick<Journal, "handoffs">;
  clock: Clock;
  logger: Logger;
}

export interface DeskEnv extends HttpEnv {
  Variables: HttpEnv["Variables"] & {
    /** Who is signed in. */
    signedIn: SignedIn;
  };
}
