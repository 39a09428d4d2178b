import type { Check } from "../check.ts";
import type { Answer } from "../client/http.ts";
import { ACCESS_TOKEN, type Context, SESSIONS } from "../context.ts";
import { ensure } from "../failure.ts";

const list = (value: unknown): string[] =>
  String(value ?? "")
    .toLowerCase()
    .split(",")
    .map((item) => item.trim());

const ownOrigin = ({ profile }: Context): string => `http://${profile.connector.host}`;

function expectAllowed({ headers }: Answer, origin: string): void {
  const allowed = headers["access-control-allow-origin"];
  ensure(allowed === origin || allowed === "*", `Access-Control-Allow-Origin: ${origin}`, allowed ?? "none");
}

async function preflight(context: Context, path: string, headers: string): Promise<Answer> {
  return context.request("OPTIONS", path, {
    origin: ownOrigin(context),
    "access-control-request-method": "POST",
    "access-control-request-headers": headers,
  });
}

const preflights = [
  {
    name: "access-token",
    path: ACCESS_TOKEN,
    headers: "content-type,x-host,x-polyai-correlation-id,x-token",
  },
  { name: "sessions", path: SESSIONS, headers: "authorization,content-type,x-polyai-correlation-id" },
].map(({ name, path, headers }) => ({
  id: `1.cors.preflight-${name}`,
  title: `A browser's preflight of POST ${path} allows the method, the headers and the connector's origin`,
  async run(context: Context) {
    const answer = await preflight(context, path, headers);
    ensure(answer.status >= 200 && answer.status <= 299, "a preflight answered 2xx", answer.status);
    expectAllowed(answer, ownOrigin(context));
    const methods = answer.headers["access-control-allow-methods"];
    ensure(list(methods).includes("post"), "POST among the allowed methods", methods ?? "none");
    const allowed = list(answer.headers["access-control-allow-headers"]);
    const missing = headers.split(",").filter((header) => !allowed.includes(header));
    ensure(missing.length === 0, `the allowed headers ${headers}`, `missing: ${missing.join(", ")}`);
  },
}));

/** The two POSTs, answered well and refused. */
async function answers(context: Context): Promise<Answer[]> {
  const origin = { origin: ownOrigin(context) };
  const authorization = `Bearer ${await context.token()}`;
  return [
    await context.accessToken({ ...context.connectorHeaders(), ...origin }),
    await context.accessToken(origin),
    await context.post(SESSIONS, { headers: { authorization, ...origin } }),
    await context.post(SESSIONS, { headers: origin }),
  ];
}

export const cors: Check[] = [
  ...preflights,
  {
    id: "8.context.preflight",
    needs: ["contextKey"],
    title: "A browser may post a verified context too",
    async run(context) {
      const path = `${SESSIONS}/${crypto.randomUUID()}/context`;
      expectAllowed(await preflight(context, path, "authorization,content-type"), ownOrigin(context));
    },
  },
  {
    id: "1.cors.foreign",
    title: "An origin that no connector knows is not allowed",
    async run(context) {
      const origin = "https://foreign.example";
      const answers = [
        await context.request("OPTIONS", ACCESS_TOKEN, { origin, "access-control-request-method": "POST" }),
        await context.accessToken({ ...context.connectorHeaders(), origin }),
      ];
      for (const { headers } of answers) {
        const allowed = headers["access-control-allow-origin"];
        ensure(
          allowed !== origin && allowed !== "*",
          `no Access-Control-Allow-Origin for ${origin}`,
          allowed,
        );
      }
    },
  },
  {
    id: "1.cors.answers",
    title: "Answers, errors too, allow the connector's origin",
    async run(context) {
      for (const answer of await answers(context)) expectAllowed(answer, ownOrigin(context));
    },
  },
  {
    id: "1.cors.exposed",
    title: "X-PolyAI-Correlation-Id and Retry-After are exposed to browsers, on errors too",
    async run(context) {
      for (const { headers } of await answers(context)) {
        const exposed = list(headers["access-control-expose-headers"]);
        const wanted = ["x-polyai-correlation-id", "retry-after"];
        ensure(
          wanted.every((header) => exposed.includes(header)),
          `exposed ${wanted.join(", ")}`,
          exposed,
        );
      }
    },
  },
  {
    id: "1.cors.no-credentials",
    title: "Browsers send no credentials",
    async run(context) {
      const all = [...(await answers(context)), await preflight(context, SESSIONS, "authorization")];
      for (const { headers } of all) {
        const value = headers["access-control-allow-credentials"];
        ensure(value === undefined, "no Access-Control-Allow-Credentials", value);
      }
    },
  },
];
