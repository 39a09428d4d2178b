import { type Answer, exchange, type HttpRequest } from "./client/http.ts";
import { Pace, sleep } from "./client/pace.ts";
import type { Recording } from "./client/recording.ts";
import { ensure } from "./failure.ts";
import type { ConnectorProfile, Profile } from "./profile.ts";

/** Below the protocol's limits of 10 a second and 60 at once [section 1], so that checks are not refused for it. */
const OWN_PACE = { perSecond: 9, burst: 45 };

/** How often a request that came too fast is tried again. */
const ATTEMPTS = 4;

/** The server under test, and what all the checks of one run share. */
export class Target {
  readonly profile: Profile;
  /** Every socket of the run; the audits read them. */
  readonly recordings: Recording[] = [];
  readonly #pace = new Pace(OWN_PACE);
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(profile: Profile) {
    this.profile = profile;
  }

  /** A request as it is, at once. */
  exchange(request: HttpRequest): Promise<Answer> {
    return exchange(this.profile.url, request);
  }

  /** A request of the handshake: at a pace that the server allows, and again when it is told to wait. */
  async handshake(request: HttpRequest): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      await this.#pace.take();
      const answer = await this.exchange(request);
      if (answer.status !== 429 || attempt === ATTEMPTS) return answer;
      await sleep(1_000 * Number(answer.headers["retry-after"] ?? 1));
    }
  }

  /** An access token that all checks share: one user may own many sessions. */
  token(connector: ConnectorProfile): Promise<string> {
    const key = JSON.stringify(connector);
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const token = this.mint(connector);
    this.#tokens.set(key, token);
    return token;
  }

  /** An access token of a new user. */
  async mint({ token, host }: ConnectorProfile): Promise<string> {
    const answer = await this.handshake({
      method: "POST",
      path: "/api/v1/access-token",
      headers: { "content-type": "application/json", "x-token": token, "x-host": host },
      body: "{}",
    });
    const minted = (answer.json as { access_token?: unknown } | undefined)?.access_token;
    ensure(answer.status === 200 && typeof minted === "string", "200 with an access_token", {
      status: answer.status,
      body: answer.text,
    });
    return minted;
  }
}
