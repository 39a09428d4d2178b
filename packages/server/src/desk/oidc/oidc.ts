import { randomBytes } from "node:crypto";
import type * as Client from "openid-client";
import type { Clock } from "../../clock.ts";

/** How people sign in at somebody else's. */
export interface OidcSettings {
  /** Where its discovery document is, without `/.well-known/…`; https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says. */
  readonly label: string;
  /** People with a verified address of one of these get an account when they first come; others need one already. */
  readonly domains: readonly string[];
  /** Takes addresses of which the issuer does not say that they are verified: for issuers that never say so. */
  readonly trustEmail: boolean;
}

/** Who the issuer says it is. */
export interface Identity {
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
  readonly picture: string | null;
}

/** Why nobody was signed in, for the page to explain. */
export type OidcProblem = "oidc_unavailable" | "oidc_refused" | "oidc_no_email";

/** How long somebody may take to sign in at the issuer, milliseconds. */
const FLOW_MS = 600_000;
/** Sign-ins that are under way at once, about 500 bytes each; the oldest goes first, and is begun again by its browser. */
const MAX_FLOWS = 1_000;
/** The issuer has so long to answer each request, seconds: a person waits. */
const TIMEOUT_SECONDS = 8;

/** The way back from the issuer, behind the public URL. */
export const CALLBACK_PATH = "/desk/api/oidc/callback";

interface Flow {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly expiresAt: number;
}

/** Signing in by OpenID Connect: the authorization code flow with PKCE, state and nonce [OpenID Connect Core 1.0, 3.1]. */
export class OidcDoor {
  readonly #settings: OidcSettings;
  readonly #redirectUri: string;
  readonly #clock: Clock;
  readonly #flows = new Map<string, Flow>();
  #configuration: Promise<Client.Configuration> | null = null;

  /** @param publicUrl what the world calls this server */
  constructor(settings: OidcSettings, publicUrl: string, clock: Clock) {
    this.#settings = settings;
    this.#redirectUri = publicUrl + CALLBACK_PATH;
    this.#clock = clock;
  }

  get label(): string {
    return this.#settings.label;
  }

  /** Whether an address gets an account without having one. */
  admits(email: string): boolean {
    return this.#settings.domains.includes(email.slice(email.lastIndexOf("@") + 1));
  }

  /**
   * Begins a sign-in.
   * @returns where the browser goes, and what it has to bring back, which no other browser has
   * @throws where the issuer cannot be reached
   */
  async begin(): Promise<{ url: string; flow: string; seconds: number }> {
    const client = await import("openid-client");
    const configuration = await this.#discovered(client);
    const verifier = client.randomPKCECodeVerifier();
    const flow = { verifier, state: client.randomState(), nonce: client.randomNonce() };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: "openid email profile",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state: flow.state,
      nonce: flow.nonce,
    });
    const id = randomBytes(32).toString("base64url");
    this.#flows.set(id, { ...flow, expiresAt: this.#clock.monotonic() + FLOW_MS });
    const [oldest] = this.#flows.keys();
    if (this.#flows.size > MAX_FLOWS && oldest !== undefined) this.#flows.delete(oldest);
    return { url: url.href, flow: id, seconds: FLOW_MS / 1_000 };
  }

  /**
   * The browser has come back. A flow is good for once.
   * @param query what the issuer has sent it back with, with its `?`
   * @param id what `begin` gave it
   * @throws where the issuer cannot be reached, or says what does not fit
   */
  async finish(query: string, id: string | undefined): Promise<Identity | OidcProblem> {
    const flow = this.#flows.get(id ?? "");
    this.#flows.delete(id ?? "");
    if (flow === undefined || this.#clock.monotonic() > flow.expiresAt) return "oidc_refused";
    const client = await import("openid-client");
    const configuration = await this.#discovered(client);
    const tokens = await client.authorizationCodeGrant(configuration, new URL(this.#redirectUri + query), {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) return "oidc_refused";
    // Some issuers say who it is in the ID token, others only when asked.
    const said: Record<string, unknown> =
      typeof claims.email === "string"
        ? claims
        : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    const { email, name, picture } = said;
    const isVerified = said.email_verified === true || said.email_verified === "true";
    if (typeof email !== "string" || !(isVerified || this.#settings.trustEmail)) return "oidc_no_email";
    const text = (value: unknown) => (typeof value === "string" && value.trim() !== "" ? value.trim() : null);
    return { email: email.trim().toLowerCase(), name: text(name), picture: text(picture) };
  }

  /** The issuer's own description, read once; one that could not be read is asked for again. */
  async #discovered(client: typeof Client): Promise<Client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const server = new URL(issuer);
    const execute = server.protocol === "http:" ? [client.allowInsecureRequests] : [];
    this.#configuration ??= client.discovery(server, clientId, clientSecret, undefined, {
      execute,
      timeout: TIMEOUT_SECONDS,
    });
    return await this.#configuration.catch((error) => {
      this.#configuration = null;
      throw error;
    });
  }
}
