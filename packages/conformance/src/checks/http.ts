import { randomUUID } from "node:crypto";
import { HTTP_ERRORS } from "@parley/protocol";
import { UUID } from "../audit/envelope.ts";
import type { Check } from "../check.ts";
import { ANSWER_MS, type Answer } from "../client/http.ts";
import { ACCESS_TOKEN, type Context, SESSIONS } from "../context.ts";
import { ensure, same } from "../failure.ts";
import { expectFault } from "./faults.ts";

const HEADER = "x-polyai-correlation-id";

/** A success and a refusal of the handshake, with headers added. */
async function twoAnswers(context: Context, headers: Record<string, string>): Promise<Answer[]> {
  return [
    await context.accessToken({ ...context.connectorHeaders(), ...headers }),
    await context.accessToken(headers),
  ];
}

const kept = ["a", "A-Za-z0-9._-", `${"x".repeat(127)}9`, randomUUID()];
const replaced = ["x".repeat(129), "with space", "semi;colon", "slash/", "ü".normalize("NFC")];

export const http: Check[] = [
  {
    id: "1.errors.form",
    title: "An error has the same text as error and as message, a code in UPPER_SNAKE and the correlation id",
    async run(context) {
      expectFault(await context.accessToken({}), HTTP_ERRORS.missingHeaders);
      expectFault(await context.post(SESSIONS), HTTP_ERRORS.missingToken);
    },
  },
  {
    id: "1.errors.json",
    title: "All bodies are JSON, and say so",
    async run(context) {
      for (const answer of await twoAnswers(context, {})) {
        const type = answer.headers["content-type"] ?? "none";
        ensure(/^application\/json\b/i.test(type), "content-type application/json", type);
        ensure(answer.json !== undefined, "a JSON body", answer.text);
      }
    },
  },
  {
    id: "1.correlation.kept",
    title: "A correlation id of 1 to 128 of [A-Za-z0-9._-] is taken over, on errors too",
    async run(context) {
      for (const id of kept) {
        for (const answer of await twoAnswers(context, { [HEADER]: id })) {
          same(answer.headers[HEADER], id, "the request's own correlation id");
        }
      }
    },
  },
  {
    id: "1.correlation.replaced",
    title: "Any other correlation id is replaced by a new UUID",
    async run(context) {
      for (const id of replaced) {
        const answer = await context.accessToken({ [HEADER]: Buffer.from(id).toString("latin1") });
        const given = answer.headers[HEADER];
        ensure(
          typeof given === "string" && UUID.test(given),
          `a UUID instead of ${JSON.stringify(id)}`,
          given,
        );
      }
    },
  },
  {
    id: "1.correlation.made",
    title: "Without a correlation id every answer gets a UUID of its own",
    async run(context) {
      const ids = (await twoAnswers(context, {})).map(({ headers }) => String(headers[HEADER]));
      ensure(ids.every((id) => UUID.test(id)) && new Set(ids).size === ids.length, "two UUIDs", ids);
    },
  },
  {
    id: "1.correlation.preflight",
    title: "The answer to a preflight carries a correlation id too",
    async run(context) {
      const headers = {
        origin: `http://${context.profile.connector.host}`,
        "access-control-request-method": "POST",
      };
      const answer = await context.request("OPTIONS", ACCESS_TOKEN, headers);
      ensure(UUID.test(String(answer.headers[HEADER])), "a UUID as correlation id", answer.headers[HEADER]);
    },
  },
  {
    id: "1.redirects.none",
    title: "No path of the handshake redirects",
    async run(context) {
      for (const path of [ACCESS_TOKEN, SESSIONS]) {
        for (const method of ["GET", "POST", "OPTIONS"]) {
          const { status, headers } = await context.request(
            method,
            path,
            {},
            method === "POST" ? "" : undefined,
          );
          ensure(status < 300 || status > 399, `no redirect of ${method} ${path}`, { status, headers });
        }
      }
      const { status } = await context.upgrade("/ws");
      ensure(status < 300 || status > 399, "no redirect of GET /ws", status);
    },
  },
  {
    id: "1.answers.in-time",
    title: `Answers come within ${ANSWER_MS / 1_000} s`,
    async run(context) {
      // The request itself gives up after that time.
      for (const { ms } of await twoAnswers(context, {})) {
        ensure(ms <= ANSWER_MS, `an answer within ${ANSWER_MS} ms`, ms);
      }
    },
  },
];
