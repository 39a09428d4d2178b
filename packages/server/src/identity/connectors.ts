import { HTTP_ERRORS, type HttpFault } from "@parley/protocol";
import type { ContextKey } from "./context.ts";
import { findByCredential } from "./digest.ts";
import { appIdOf, domainOf, isWithin, originOf } from "./hosts.ts";

/** Who may come in by one token, and from where [protocol section 1]. */
export interface Connector {
  readonly id: string;
  /** SHA-256 of the token, hex: the token itself is not kept. */
  readonly tokenHash: string;
  /** Domains, as `domainOf` gives them; each stands for its subdomains too. */
  readonly hosts: readonly string[];
  /** App ids, as `appIdOf` gives them. */
  readonly apps: readonly string[];
  /** Further origins, as `originOf` gives them; `null` among them where it is wanted. */
  readonly origins: readonly string[];
  /** Empty where this connector has no verified context. */
  readonly contextKeys: readonly ContextKey[];
}

/** The headers by which a client asks for an access token. */
export interface Credentials {
  /** `X-Token`. */
  token: string | undefined;
  /** `X-Host`. */
  host: string | undefined;
  /** `Origin`; absent where no browser is involved. */
  origin: string | undefined;
}

/** The connectors of this server. Holds the rules of section 1 on tokens, hosts and origins, and does no I/O. */
export class Connectors<Kind extends Connector> {
  readonly #all: readonly Kind[];
  readonly #publicOrigin: string | null;

  /** @param publicUrl what the world calls this server, for the pages that it serves itself; null when not configured */
  constructor(all: readonly Kind[], publicUrl: string | null) {
    this.#all = all;
    this.#publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin;
  }

  /** The connector with this id, or null: one that was removed may still be named by older tokens and sessions. */
  get(id: string): Kind | null {
    return this.#all.find((connector) => connector.id === id) ?? null;
  }

  /** The connector that a token names, or null. */
  byToken(token: string): Kind | null {
    return findByCredential(this.#all, ({ tokenHash }) => tokenHash, token);
  }

  /**
   * Who asks for an access token, or why they get none. The faults come in the order of section 1.
   * @returns `host`: the registered domain's or app id's form of `X-Host`
   */
  admit({ token, host, origin }: Credentials): { connector: Kind; host: string } | { fault: HttpFault } {
    if (!token || !host) return { fault: HTTP_ERRORS.missingHeaders };
    const connector = this.byToken(token);
    if (connector === null) return { fault: HTTP_ERRORS.unknownConnector };
    if (connector.hosts.length === 0 && connector.apps.length === 0) return { fault: HTTP_ERRORS.noHosts };
    const matched = matchHost(connector, host);
    if (matched === null || !this.allowsOrigin(connector, origin)) return { fault: HTTP_ERRORS.wrongHost };
    return { connector, host: matched };
  }

  /** Whether a request from this origin may use the connector; one without an origin may. */
  allowsOrigin(connector: Connector, origin: string | undefined): boolean {
    if (origin === undefined) return true;
    const exact = originOf(origin);
    if (exact === null) return false;
    if (exact === this.#publicOrigin || connector.origins.includes(exact)) return true;
    if (exact === "null") return false;
    const domain = domainOf(exact);
    return domain !== null && isWithin(domain, connector.hosts);
  }

  /** Whether any connector allows the origin: a CORS preflight does not say whose it is. */
  knowsOrigin(origin: string): boolean {
    return this.#all.some((connector) => this.allowsOrigin(connector, origin));
  }
}

/** The form of `X-Host` under which the connector knows it, or null. */
function matchHost({ hosts, apps }: Connector, raw: string): string | null {
  const app = appIdOf(raw);
  if (app !== null && apps.includes(app)) return app;
  const domain = domainOf(raw);
  return domain !== null && isWithin(domain, hosts) ? domain : null;
}
