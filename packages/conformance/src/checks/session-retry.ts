import { randomUUID } from "node:crypto";
import { LIMITS } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Answer } from "../client/http.ts";
import { type Context, SESSIONS, sessionOf } from "../context.ts";
import { ensure, same } from "../failure.ts";
import { expectFault, expectStatus } from "./faults.ts";

interface Creation {
  correlation: string;
  token: string;
  body?: unknown;
}

const create = (context: Context, { correlation, token, body = {} }: Creation): Promise<Answer> =>
  context.post(SESSIONS, {
    headers: { authorization: `Bearer ${token}`, "x-polyai-correlation-id": correlation },
    body,
  });

const idOf = (answer: Answer): string => sessionOf(answer, "").id;

export const sessionRetry: Check[] = [
  {
    id: "1.retry.same",
    needs: ["extensions"],
    title: "The same UUID, user and body within 60 s is a retry: the same answer again",
    async run(context) {
      const creation = { correlation: randomUUID(), token: await context.token(), body: { platform: "ios" } };
      const first = await create(context, creation);
      expectStatus(first, 200);
      same((await create(context, creation)).json, first.json, "the first answer");
    },
  },
  {
    id: "1.retry.concurrent",
    needs: ["extensions"],
    title: "A copy that comes while the first runs waits for it",
    async run(context) {
      const creation = { correlation: randomUUID(), token: await context.token() };
      const answers = await Promise.all(Array.from({ length: 4 }, () => create(context, creation)));
      const ids = new Set(answers.map(idOf));
      ensure(ids.size === 1, "one session", [...ids]);
    },
  },
  {
    id: "1.retry.other-user",
    title: "The same UUID of another user is another creation",
    async run(context) {
      const correlation = randomUUID();
      const one = await create(context, { correlation, token: await context.mint() });
      const two = await create(context, { correlation, token: await context.mint() });
      ensure(idOf(one) !== idOf(two), "two sessions", idOf(one));
    },
  },
  {
    id: "1.retry.other-body",
    title: "The same UUID with another body is another creation",
    async run(context) {
      const copy = { correlation: randomUUID(), token: await context.token() };
      const one = await create(context, { ...copy, body: { streaming_enabled: true } });
      const two = await create(context, { ...copy, body: { streaming_enabled: false } });
      ensure(idOf(one) !== idOf(two), "two sessions", idOf(one));
    },
  },
  {
    id: "1.retry.not-a-uuid",
    title: "A correlation id that is no UUID makes no retry",
    async run(context) {
      const copy = { correlation: `trace-${Date.now()}`, token: await context.token() };
      const ids = [await create(context, copy), await create(context, copy)].map(idOf);
      ensure(ids[0] !== ids[1], "two sessions", ids);
    },
  },
  {
    id: "1.retry.access-token",
    title: "/access-token always mints anew, also for the same correlation id",
    async run(context) {
      const headers = { ...context.connectorHeaders(), "x-polyai-correlation-id": randomUUID() };
      const [one, two] = [await context.accessToken(headers), await context.accessToken(headers)];
      ensure(one.text !== two.text, "two tokens", "the same answer twice");
    },
  },
  {
    id: "1.rate.handshake",
    order: "alone",
    title: "Handshakes: 10 a second with a burst of 60; beyond that 429 with Retry-After from 1 to 30",
    async run(context) {
      const headers = {
        authorization: `Bearer ${await context.token()}`,
        "content-type": "application/json",
      };
      const started = performance.now();
      const request = () => context.target.exchange({ method: "POST", path: SESSIONS, headers, body: "{}" });
      const answers = await Promise.all(Array.from({ length: 3 * LIMITS.handshakeBurst }, request));
      const seconds = (performance.now() - started) / 1_000;

      const served = answers.filter(({ status }) => status === 200).length;
      const allowed = LIMITS.handshakeBurst + LIMITS.handshakeRate * (seconds + 1);
      ensure(served <= allowed, `at most ${Math.floor(allowed)} of ${answers.length} served`, served);
      for (const answered of answers.filter(({ status }) => status !== 200)) {
        ensure(answered.status === 429, "200 or 429", { status: answered.status, text: answered.text });
        const after = answered.headers["retry-after"] ?? "none";
        const plain = /^[1-9]\d?$/.test(after) && Number(after) <= LIMITS.retryAfterMaxSeconds;
        ensure(plain, `Retry-After as an integer from 1 to ${LIMITS.retryAfterMaxSeconds}`, after);
        const { error } = (answered.json ?? {}) as { error?: unknown };
        ensure(typeof error === "string" && error !== "", "a text as error", answered.text);
        expectFault(answered, { status: 429, message: error });
      }
    },
  },
  {
    id: "1.rate.recovers",
    order: "alone",
    title: "A client that waits as long as it was told is served",
    async run(context) {
      // The check before has emptied the bucket; the suite's own client waits when it is told to.
      await context.session();
    },
  },
];
