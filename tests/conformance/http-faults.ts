import { randomUUID } from "node:crypto";
import type { Fault } from "./fault.ts";
import { bodies, headers, refusal } from "./mischief.ts";

const CORRELATION = "x-polyai-correlation-id";
const TOKEN = "1.token.claims";
const UPGRADE = "2.refusal.unknown-session";
const MESSAGE = "4.message.echo";

/** What may be wrong with the handshake and with verified context. */
export const httpFaults: Fault[] = [
  {
    does: "leaves out Access-Control-Allow-Origin on errors",
    mischief: {
      answer: headers(({ status }) => (status >= 400 ? { "access-control-allow-origin": undefined } : {})),
    },
    caughtBy: ["1.cors.answers"],
    spares: ["1.cors.preflight-sessions", "1.cors.exposed", TOKEN],
  },
  {
    does: "exposes no Retry-After to browsers",
    mischief: { answer: headers(() => ({ "access-control-expose-headers": "X-PolyAI-Correlation-Id" })) },
    caughtBy: ["1.cors.exposed"],
    spares: ["1.cors.answers", TOKEN],
  },
  {
    does: "allows every origin, with credentials",
    mischief: {
      answer: headers(() => ({
        "access-control-allow-origin": "*",
        "access-control-allow-credentials": "true",
      })),
    },
    caughtBy: ["1.cors.no-credentials", "1.cors.foreign"],
    spares: ["1.cors.exposed", TOKEN],
  },
  {
    does: "does not take the request's correlation id over",
    mischief: { answer: headers(() => ({ [CORRELATION]: randomUUID() })) },
    caughtBy: ["1.correlation.kept", "1.errors.form"],
    spares: ["1.correlation.made", TOKEN],
  },
  {
    does: "answers without a correlation id",
    mischief: { answer: headers(() => ({ [CORRELATION]: undefined })) },
    caughtBy: ["1.correlation.made", "1.correlation.preflight", "2.upgrade.correlation"],
    spares: [TOKEN, MESSAGE],
  },
  {
    does: "says another text as message than as error",
    mischief: {
      answer: bodies((body) => ("error" in body ? { ...body, message: "Something went wrong" } : body)),
    },
    caughtBy: ["1.errors.form", "2.refusal.bad-token"],
    spares: [TOKEN, "1.errors.json"],
  },
  {
    does: "answers errors as plain text",
    mischief: {
      answer: (answer) =>
        answer.status < 400
          ? answer
          : { ...answer, headers: { ...answer.headers, "content-type": "text/plain" }, body: "no" },
    },
    caughtBy: ["1.errors.json", "1.token.wrong-host"],
    spares: [TOKEN, MESSAGE],
  },
  {
    does: "answers Retry-After: -1",
    mischief: { answer: headers(({ status }) => (status === 429 ? { "retry-after": "-1" } : {})) },
    caughtBy: ["1.rate.handshake"],
    spares: [TOKEN],
  },
  {
    does: "answers 403 to an unknown connector",
    mischief: { answer: (answer) => ({ ...answer, status: answer.status === 401 ? 403 : answer.status }) },
    caughtBy: ["1.token.unknown-connector", "1.session.bad-token"],
    spares: ["1.session.no-authorization", TOKEN],
  },
  {
    does: "redirects",
    mischief: {
      intercept: ({ method, path }) =>
        method === "GET" && path === "/api/v1/sessions"
          ? { status: 302, headers: { location: "/elsewhere" }, body: "" }
          : undefined,
    },
    caughtBy: ["1.redirects.none"],
    spares: [TOKEN, MESSAGE],
  },
  {
    does: "says expires_in as a text",
    mischief: {
      answer: bodies((body) =>
        "expires_in" in body ? { ...body, expires_in: String(body.expires_in) } : body,
      ),
    },
    caughtBy: ["1.token.answer", "1.token.lifetime"],
    spares: [TOKEN, MESSAGE],
  },
  {
    does: "gives everybody the same user",
    mischief: {
      answer: (() => {
        let first: unknown;
        return bodies((body) => {
          if (!("access_token" in body)) return body;
          first ??= body.access_token;
          return { ...body, access_token: first };
        });
      })(),
    },
    caughtBy: ["1.token.fresh-user", "2.refusal.other-user"],
    spares: [TOKEN, MESSAGE],
  },
  {
    does: "makes session ids that are no UUID v4",
    mischief: {
      answer: bodies((body) =>
        "session_id" in body ? { ...body, session_id: String(body.session_id).replaceAll("-", "") } : body,
      ),
    },
    caughtBy: ["1.session.answer"],
    spares: [TOKEN, "1.session.refuses-json"],
  },
  {
    does: "takes invalid JSON for an empty body",
    mischief: {
      request: (request) => {
        try {
          JSON.parse(request.body);
          return request;
        } catch {
          return { ...request, body: "{}" };
        }
      },
    },
    caughtBy: ["1.session.refuses-json"],
    spares: ["1.session.refuses-types", TOKEN],
  },
  {
    does: "compares X-Host byte for byte",
    mischief: {
      intercept: ({ headers: { "x-host": host } }) =>
        host !== undefined && host !== String(host).toLowerCase()
          ? refusal(401, "Failed to validate connector")
          : undefined,
    },
    caughtBy: ["1.host.case"],
    spares: ["1.host.port", TOKEN],
  },
  {
    does: "lets every page ask",
    mischief: { request: (request) => ({ ...request, headers: { ...request.headers, origin: undefined } }) },
    caughtBy: ["1.origin.foreign", "1.origin.null", "1.origin.sessions"],
    spares: [TOKEN, MESSAGE],
  },
  {
    does: "makes a new session for a retry",
    mischief: {
      request: (request) => ({ ...request, headers: { ...request.headers, [CORRELATION]: undefined } }),
    },
    caughtBy: ["1.retry.same", "1.retry.concurrent"],
    spares: ["1.retry.other-user", TOKEN],
  },
  {
    does: "takes every verified context",
    mischief: {
      intercept: ({ method, path }) =>
        method === "POST" && path.endsWith("/context") ? { status: 204, headers: {}, body: "" } : undefined,
    },
    caughtBy: ["8.refused.signature", "8.refused.ended", "8.refused.other-user"],
    spares: ["8.accepted.primitives", UPGRADE],
  },
];
