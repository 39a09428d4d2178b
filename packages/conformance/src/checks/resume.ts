import { HTTP_ERRORS } from "@parley/protocol";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { ensure, same } from "../failure.ts";
import { decodeJwt } from "../jwt.ts";
import { expectFault, expectStatus } from "./faults.ts";

const resuming = (context: Context, resume: string) =>
  context.accessToken({ ...context.connectorHeaders(), "x-resume": resume });

export const resume: Check[] = [
  {
    needs: ["extensions"],
    id: "1.resume.same-user",
    title: "With X-Resume the new token has the session's sub, and opens it",
    async run(context) {
      const session = await context.session({}, await context.mint());
      const answer = await resuming(context, `${session.id}.${session.resumeToken}`);
      expectStatus(answer, 200);
      const { access_token: accessToken } = answer.json as { access_token: string };
      same(decodeJwt(accessToken).claims.sub, decodeJwt(session.accessToken).claims.sub, "sub");
      await context.open({ ...session, accessToken });
    },
  },
  {
    needs: ["extensions"],
    id: "1.resume.refused",
    title: "A resume token that does not fit: 401 Failed to resume session",
    async run(context) {
      const session = await context.session();
      const other = await context.session();
      const unknown = crypto.randomUUID();
      const bad = [
        `${session.id}.${other.resumeToken}`,
        `${unknown}.${session.resumeToken}`,
        `${session.id}.`,
        session.id,
        "nonsense",
      ];
      for (const value of bad) expectFault(await resuming(context, value), HTTP_ERRORS.resumeFailed);
    },
  },
  {
    needs: ["extensions"],
    id: "1.resume.token",
    title: "The resume token is 256 random bits, for this session alone",
    async run(context) {
      const tokens = [await context.session(), await context.session()].map(({ resumeToken }) => resumeToken);
      ensure(tokens[0] !== tokens[1], "two tokens that differ", tokens.length);
      // 43 characters of base64url or 64 of hex carry 256 bits.
      ensure(
        tokens.every((token) => /^(?:[\w.~-]{43,}|[\da-f]{64})$/i.test(token)),
        "unreserved characters, enough for 256 bits",
        tokens.map((token) => `${token.length} characters`),
      );
    },
  },
];
