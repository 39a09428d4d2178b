import { EVENT, HTTP_ERRORS, LIMITS } from "@parley/protocol";
import { UUID_V4 } from "../audit/envelope.ts";
import type { Check } from "../check.ts";
import { type Context, SESSIONS, sessionOf } from "../context.ts";
import { ensure, same } from "../failure.ts";
import { forge, unsignedJwt } from "../jwt.ts";
import type { Need } from "../needs.ts";
import { expectFault, expectStatus } from "./faults.ts";

async function create(context: Context, body?: unknown, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await context.token()}`;
  return context.post(SESSIONS, { headers: { authorization, ...headers }, body });
}

/** What SESSION_START says about streaming in a session created with this body. */
async function streaming(context: Context, body: unknown): Promise<unknown> {
  const accessToken = await context.token();
  const socket = await context.open(sessionOf(await create(context, body), accessToken));
  const start = await socket.waitFor(EVENT.SESSION_START);
  return (start.event.payload.capabilities as { streaming?: unknown }).streaming;
}

interface Case {
  name: string;
  title: string;
  bodies: unknown[];
  needs?: Need[];
}

const accepted: Case[] = [
  { name: "empty", title: "The body may be absent, empty or {}", bodies: [undefined, "", {}] },
  {
    name: "platform",
    title: "Known and unknown platforms are accepted",
    bodies: ["web", "ios", "android", "ios-web", "android-web", "custom", "fridge"].map((platform) => ({
      platform,
    })),
  },
  {
    name: "device-type",
    title: "Known and unknown device types are accepted",
    bodies: ["mobile", "tablet", "desktop", "watch"].map((device_type) => ({ device_type })),
  },
  {
    name: "null",
    title: "null counts as absent",
    bodies: [{ streaming_enabled: null, platform: null, device_type: null, locale: null, attributes: null }],
  },
  {
    name: "unknown-keys",
    title: "Unknown keys are ignored",
    bodies: [{ unknown: { deep: [1] }, session_id: "mine" }],
  },
  {
    name: "locale",
    needs: ["extensions"],
    title: "A locale is a BCP-47 tag",
    bodies: [{ locale: "fr-FR" }, { locale: "zh-Hant-TW" }],
  },
  {
    name: "attributes",
    needs: ["extensions"],
    title: "Attributes are a flat object of at most 50 strings, numbers and booleans, and 4 KB",
    bodies: [
      { attributes: { plan: "pro", visits: 3, beta: true } },
      {
        attributes: Object.fromEntries(Array.from({ length: LIMITS.attributeKeys }, (_, n) => [`k${n}`, n])),
      },
      { attributes: { long: "x".repeat(LIMITS.attributeBytes - JSON.stringify({ long: "" }).length) } },
    ],
  },
];

const refused: Case[] = [
  { name: "json", title: "Invalid JSON", bodies: ["{", "{'a':1}", '{"streaming_enabled":tru}'] },
  {
    name: "types",
    title: "A known field of the wrong type",
    bodies: [{ streaming_enabled: "yes" }, { streaming_enabled: 1 }, { platform: 5 }, { device_type: true }],
  },
  {
    name: "extension-types",
    needs: ["extensions"],
    title: "A locale that is none, attributes that are not flat",
    bodies: [
      { locale: 7 },
      { locale: "no such locale" },
      { attributes: "flat" },
      { attributes: { deep: { er: 1 } } },
    ],
  },
  {
    name: "attributes",
    needs: ["extensions"],
    title: "Attributes beyond 50 keys or 4 KB",
    bodies: [
      {
        attributes: Object.fromEntries(
          Array.from({ length: LIMITS.attributeKeys + 1 }, (_, n) => [`k${n}`, n]),
        ),
      },
      { attributes: { long: "x".repeat(LIMITS.attributeBytes + 1) } },
    ],
  },
];

export const sessions: Check[] = [
  {
    id: "1.session.answer",
    title: "The answer is 200 with session_id, a UUID v4, and a resume_token where there are any",
    async run(context) {
      const [one, two] = [await create(context, {}), await create(context, {})].map((answer) =>
        sessionOf(answer, ""),
      );
      ensure(UUID_V4.test(one?.id ?? ""), "a UUID v4", one?.id);
      ensure(one?.id !== two?.id, "two ids that differ", one?.id);
      if (context.profile.extensions) ensure(one?.resumeToken !== "", "a resume_token", one?.resumeToken);
    },
  },
  ...accepted.map(({ name, title, bodies, needs = [] }) => ({
    id: `1.session.accepts-${name}`,
    needs,
    title,
    async run(context: Context) {
      for (const body of bodies) expectStatus(await create(context, body), 200);
    },
  })),
  ...refused.map(({ name, title, bodies, needs = [] }) => ({
    id: `1.session.refuses-${name}`,
    needs,
    title: `${title}: 400 Error parsing request`,
    async run(context: Context) {
      for (const body of bodies) expectFault(await create(context, body), HTTP_ERRORS.badRequest);
    },
  })),
  {
    id: "1.session.charset",
    title: "Content-Type may carry a charset",
    async run(context) {
      const type = { "content-type": "application/json; charset=UTF-8" };
      expectStatus(await create(context, { platform: "ios" }, type), 200);
    },
  },
  {
    id: "1.session.streaming",
    title: "streaming_enabled is false unless asked for, and SESSION_START says which",
    async run(context) {
      same(await streaming(context, {}), false, "streaming by default");
      same(await streaming(context, { streaming_enabled: false }), false, "streaming where it is not wanted");
      same(await streaming(context, { streaming_enabled: true }), true, "streaming where it is wanted");
    },
  },
  {
    id: "1.session.no-authorization",
    title: "Without Authorization: 400 Missing access token, whatever other credential there is",
    async run(context) {
      expectFault(await context.post(SESSIONS, { body: {} }), HTTP_ERRORS.missingToken);
      const headers = context.connectorHeaders();
      expectFault(await context.post(SESSIONS, { headers, body: {} }), HTTP_ERRORS.missingToken);
    },
  },
  {
    id: "1.session.not-bearer",
    title: "An Authorization that is not Bearer: 401 Missing authentication headers",
    async run(context) {
      for (const authorization of ["Basic ZGVtbzpkZW1v", "Token abc"]) {
        const answer = await context.post(SESSIONS, { headers: { authorization }, body: {} });
        expectFault(answer, HTTP_ERRORS.missingHeaders);
      }
    },
  },
  {
    id: "1.session.bad-token",
    title: "A token that is not valid: 401 Invalid access token",
    async run(context) {
      const token = await context.token();
      const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as object;
      for (const bad of ["nonsense", "a.b.c", forge(token), unsignedJwt(claims)]) {
        const answer = await context.post(SESSIONS, {
          headers: { authorization: `Bearer ${bad}` },
          body: {},
        });
        expectFault(answer, HTTP_ERRORS.invalidToken);
      }
    },
  },
];
