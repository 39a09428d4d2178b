import { HTTP_ERRORS, LIMITS } from "@parley/protocol";
import type { Check } from "../check.ts";
import { ACCESS_TOKEN, type Context } from "../context.ts";
import { ensure, same } from "../failure.ts";
import { decodeJwt } from "../jwt.ts";
import { expectFault, expectStatus } from "./faults.ts";

/** The seconds of life below which a shipped client mints a new token before every connect. */
const RENEWED_BELOW = 300;

interface Minted {
  access_token: string;
  expires_in: number;
}

async function minted(context: Context): Promise<Minted> {
  const answer = await context.accessToken(context.connectorHeaders());
  expectStatus(answer, 200);
  return answer.json as Minted;
}

const UNKNOWN = "no-connector-has-this-token";

export const accessToken: Check[] = [
  {
    id: "1.token.answer",
    title: `The answer is 200 with access_token, expires_in ${LIMITS.accessTokenSeconds} and token_type Bearer`,
    async run(context) {
      const { access_token, ...rest } = (await minted(context)) as Minted & Record<string, unknown>;
      ensure(typeof access_token === "string", "a text as access_token", access_token);
      same(rest, { expires_in: LIMITS.accessTokenSeconds, token_type: "Bearer" }, "beside access_token");
    },
  },
  {
    id: "1.token.lifetime",
    title: `expires_in is a number well above ${RENEWED_BELOW}, and is when exp comes`,
    async run(context) {
      const { access_token, expires_in } = await minted(context);
      ensure(
        typeof expires_in === "number" && expires_in > 2 * RENEWED_BELOW,
        "a number of seconds",
        expires_in,
      );
      const { exp, iat } = decodeJwt(access_token).claims;
      same(Number(exp) - Number(iat), expires_in, "exp - iat, in seconds");
      const skew = Math.abs(Number(iat) - Date.now() / 1_000);
      ensure(skew < 120, "iat now, as this machine's clock has it", { iat, now: Date.now() / 1_000 });
    },
  },
  {
    id: "1.token.structure",
    title: "The token has three dot-separated base64url parts and a numeric exp",
    async run(context) {
      const { access_token } = await minted(context);
      const { parts, claims } = decodeJwt(access_token);
      ensure(
        parts.length === 3 && parts.every((part) => /^[\w-]+$/.test(part)),
        "three base64url parts",
        parts,
      );
      ensure(typeof claims.exp === "number", "a numeric exp", claims);
    },
  },
  {
    id: "1.token.claims",
    title: "The token is HS256 with sub, aud, iat and exp",
    async run(context) {
      const { header, claims } = decodeJwt((await minted(context)).access_token);
      same(header.alg, "HS256", "alg");
      ensure(typeof claims.sub === "string" && claims.sub !== "", "a sub", claims);
      ensure(claims.aud !== undefined, "an aud", claims);
      ensure(typeof claims.iat === "number", "a numeric iat", claims);
    },
  },
  {
    id: "1.token.fresh-user",
    title: "Every token has a new user as sub",
    async run(context) {
      const subs = [await minted(context), await minted(context)].map(
        ({ access_token }) => decodeJwt(access_token).claims.sub,
      );
      ensure(subs[0] !== subs[1], "two subs that differ", subs);
    },
  },
  {
    id: "1.token.body",
    title: "The body is {} or empty, and Content-Type may carry a charset",
    async run(context) {
      const headers = context.connectorHeaders();
      const charset = { ...headers, "content-type": "application/json; charset=utf-8" };
      expectStatus(await context.post(ACCESS_TOKEN, { headers, body: "{}" }), 200);
      expectStatus(await context.post(ACCESS_TOKEN, { headers, body: "" }), 200);
      expectStatus(await context.post(ACCESS_TOKEN, { headers }), 200);
      expectStatus(await context.post(ACCESS_TOKEN, { headers: charset, body: "{}" }), 200);
    },
  },
  {
    id: "1.token.missing-headers",
    title: "Without X-Token or X-Host: 401 Missing authentication headers",
    async run(context) {
      const { token, host } = context.profile.connector;
      const fault = HTTP_ERRORS.missingHeaders;
      expectFault(await context.accessToken({}), fault);
      expectFault(await context.accessToken({ "x-token": token }), fault);
      expectFault(await context.accessToken({ "x-host": host }), fault);
    },
  },
  {
    id: "1.token.unknown-connector",
    title: "An unknown X-Token: 401 Connector token does not exist",
    async run(context) {
      const { host } = context.profile.connector;
      const answer = await context.accessToken({ "x-token": UNKNOWN, "x-host": host });
      expectFault(answer, HTTP_ERRORS.unknownConnector);
    },
  },
  {
    id: "1.token.wrong-host",
    title: "A host that is not the connector's: 401 Failed to validate connector",
    async run(context) {
      const headers = { ...context.connectorHeaders(), "x-host": "not-registered.example" };
      expectFault(await context.accessToken(headers), HTTP_ERRORS.wrongHost);
    },
  },
  {
    id: "1.token.hostless",
    title: "A connector without hosts: 401 Connector missing host domain",
    needs: ["hostlessToken"],
    async run(context) {
      const token = context.profile.hostlessToken ?? "";
      const answer = await context.accessToken({ "x-token": token, "x-host": "any.example" });
      expectFault(answer, HTTP_ERRORS.noHosts);
    },
  },
];
