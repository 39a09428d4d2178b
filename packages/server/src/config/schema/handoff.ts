import { z } from "zod";
import { parseSpan } from "../../handoff/hours.ts";
import { parseSecret, SECRET_BYTES } from "../../handoff/webhook/signature.ts";
import { isWebUrl, keyInfo, MAX_SECONDS, seconds, unique } from "./fields.ts";

/** Who may take conversations over. */
const PROVIDERS = ["desk", "webhook", "api", "none"] as const;

const queueName = z.string().trim().min(1).max(100);
const QUEUE_NAME = "a text of 1 to 100 characters";

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const span = z
  .string()
  .refine((text) => parseSpan(text) !== null)
  .transform((text) => parseSpan(text) ?? { from: 0, to: 0 });

const SPAN = "a span such as 09:00-12:30, which may end at 24:00 and does not go past midnight";

const spans = (description: string, expected = SPAN) =>
  z
    .array(span)
    .refine((list) => list.every(({ from }, i) => from >= (list[i - 1]?.to ?? 0)), {
      error: "the spans of a day must follow one another",
    })
    .default([])
    .register(keyInfo, { description, expected });

const hours = z.strictObject({
  timeZone: z.string().refine(isTimeZone).register(keyInfo, {
    description: "The place whose clocks count.",
    expected: "an IANA time zone, such as Europe/Berlin",
  }),
  mon: spans("Monday."),
  tue: spans("Tuesday."),
  wed: spans("Wednesday."),
  thu: spans("Thursday."),
  fri: spans("Friday."),
  sat: spans("Saturday."),
  sun: spans("Sunday."),
  exceptions: z
    .array(
      z.strictObject({
        date: z.iso.date().register(keyInfo, { description: "The day.", expected: "a date as 2026-12-25" }),
        open: spans("When it is open on that day; none: closed."),
      }),
    )
    .superRefine(unique("exceptions", "date", ({ date }) => date))
    .default([])
    .register(keyInfo, {
      description: "Days with hours of their own, such as holidays.",
      expected: "an object with date and open",
    }),
});

const webhook = z.strictObject({
  url: z.string().refine(isWebUrl).register(keyInfo, {
    description: "Where handoffs are told, by `POST`. Certificates are checked, redirects are not followed.",
    expected: "an http or https URL without query and user",
  }),
  secrets: z
    .array(z.string().refine((text) => parseSecret(text) !== null))
    .min(1)
    .max(2)
    .register(keyInfo, {
      description:
        "Sign each request; share them with its receiver alone. To replace one, add the new one, have the receiver take it, " +
        "and take the old one away.",
      expected: `whsec_ and the base64 of ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes, at most two such`,
      secret: true,
    }),
  timeoutSeconds: seconds(0.1, 15, { description: "How long an answer may take." }),
  giveUpSeconds: seconds(1, 120, {
    description:
      "How long a delivery is tried again while a user waits or talks. Then the handoff has failed, and the agent is back.",
  }),
});

/** Queues and people are the whole server's; which queue a connector's users come to is the connector's. */
export const handoff = z
  .strictObject({
    provider: z
      .enum(PROVIDERS)
      .default("desk")
      .register(keyInfo, {
        description:
          "Who takes conversations over. `desk`: people who are signed in at `/desk` ([desk.md](desk.md)). `none`: nobody, and the agent is told so at once. `api`: a program of yours, " +
          "which reads `GET /api/v1/handoffs` and answers by `POST /api/v1/handoffs/{id}/commands`. `webhook`: the same, and it is " +
          "told by HTTP ([handoff.md](handoff.md#webhooks)).",
        expected: `one of: ${PROVIDERS.join(", ")}`,
      }),
    webhook: webhook.optional().register(keyInfo, {
      description: "The contact centre that `webhook` tells.",
      expected: "an object with at least url and secrets",
      absent: "needed by `webhook` alone",
    }),
    waitSeconds: seconds(1, 300, {
      description: "How long a user waits for a person at most, where the queue says nothing else.",
    }),
    defaultQueue: queueName.optional().register(keyInfo, {
      description: "Where a user waits if nobody has named a queue.",
      expected: QUEUE_NAME,
      absent: "no queue in particular",
    }),
    queues: z
      .array(
        z.strictObject({
          name: queueName.register(keyInfo, {
            description: "The queue's name. Users see it.",
            expected: QUEUE_NAME,
          }),
          waitSeconds: z
            .number()
            .min(1)
            .max(MAX_SECONDS)
            .optional()
            .register(keyInfo, {
              description: "How long a user waits here at most; then the agent is back.",
              unit: "seconds",
              expected: `a number from 1 to ${MAX_SECONDS}`,
              absent: "that of all queues",
            }),
          maxWaiting: z.int().min(1).max(100_000).optional().register(keyInfo, {
            description: "How many may wait here at once. One more is told that all are busy.",
            expected: "a whole number from 1 to 100000",
            absent: "as many as come",
          }),
          hours: hours.optional().register(keyInfo, {
            description: "When it is staffed. Otherwise users are told when it opens.",
            expected: "an object with timeZone and the hours of each day",
            absent: "always",
          }),
        }),
      )
      .superRefine(unique("queues", "name", ({ name }) => name))
      .default([])
      .register(keyInfo, {
        description: "The queues there are. Without any, every name that an agent gives is one.",
        expected: "an object with at least name",
      }),
  })
  .superRefine(({ provider, webhook }, context) => {
    if (provider === "webhook" && webhook === undefined)
      context.addIssue("provider webhook needs webhook, with at least url and secrets");
  })
  .superRefine(({ defaultQueue, queues }, context) => {
    if (defaultQueue === undefined || queues.length === 0 || queues.some(({ name }) => name === defaultQueue))
      return;
    context.addIssue(`defaultQueue ${defaultQueue} is none of the queues`);
  });

export const handoffRules = z.strictObject({
  queue: queueName.optional().register(keyInfo, {
    description: "Where this connector's users wait if nobody has named a queue.",
    expected: QUEUE_NAME,
    absent: "`handoff.defaultQueue`",
  }),
  words: z.array(z.string().trim().min(1).max(200)).default([]).register(keyInfo, {
    description:
      "A person is looked for where one of these stands in what the user writes, anywhere and in any case, before the agent reads it.",
    expected: "a word or phrase of 1 to 200 characters",
  }),
  afterFailedTurns: z.int().min(1).max(100).optional().register(keyInfo, {
    description: "A person is looked for when so many turns of the agent have failed in a row.",
    expected: "a whole number from 1 to 100",
    absent: "never",
  }),
});
