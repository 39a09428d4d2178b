import { z } from "zod";
import { DEPARTURE_NAMES, DEPARTURES, type Departure, type Side } from "./departures.ts";

const text = z.string().min(1).meta({ expected: "a text" });
/** A key of the profile: what it is, for docs/conformance.md. */
const about = <Schema extends z.ZodType>(schema: Schema, description: string): Schema =>
  schema.meta({ ...schema.meta(), description });

const trigger = (description: string) => about(text.optional(), description);

/** What makes the agent behind the server do what a check needs; a trigger that is absent leaves its checks out. */
const triggersSchema = z.strictObject({
  menu: trigger("The agent answers with two attachments, a URL and an IMAGE, and suggestions."),
  callActions: trigger("It answers with call actions."),
  handoff: trigger("It hands off to a person; the server manages that."),
  clientHandoff: trigger("It hands off, and the client manages that."),
  language: trigger("It changes the language, then answers."),
  story: trigger("It answers with at least 1,000 characters; at least ten chunks when streaming."),
  goodbye: trigger("It says a farewell and ends the session."),
  failNow: trigger("It fails before its first word."),
  failMidway: trigger("It fails in the middle of its answer."),
  wait: about(
    z
      .string()
      .regex(/\{seconds\}/)
      .meta({ expected: "a text with {seconds} in it" })
      .optional(),
    "It thinks for so many seconds before it answers; `{seconds}` stands for their number.",
  ),
  echo: about(
    z.boolean().meta({ expected: "true or false" }).optional(),
    "Whether its answer to any other text contains that text.",
  ),
});
export type Triggers = z.infer<typeof triggersSchema>;

const connector = {
  token: about(text, "Its token, for `X-Token`."),
  host: about(text, "A host or app id of it, for `X-Host`."),
};
const connectorSchema = z.strictObject(connector);
/** What a connector of the server is known by. */
export type ConnectorProfile = z.infer<typeof connectorSchema>;

const url = z
  .string()
  .regex(/^https?:\/\/[^/]/)
  .meta({ expected: "an http(s) URL" });

const seconds = z.number().positive().meta({ expected: "a number of seconds above 0" });

const side = z.enum(["here", "documentation"]).meta({ expected: '"here" or "documentation"' });
const bothSides = Object.fromEntries(
  DEPARTURE_NAMES.map((name) => {
    const { documentation, here } = DEPARTURES[name];
    return [name, about(side.default("here"), `Documentation: ${documentation}. Here: ${here}.`)];
  }),
) as Record<Departure, z.ZodDefault<typeof side>>;

/** The table of the demo agent. */
export const DEMO_TRIGGERS: Triggers = {
  menu: "menu",
  callActions: "call me",
  handoff: "human",
  clientHandoff: "elsewhere",
  language: "en français",
  story: "story",
  goodbye: "goodbye",
  failNow: "fail now",
  failMidway: "fail midway",
  wait: "wait {seconds}",
  echo: true,
};

/** What a profile file may hold: what the suite cannot see of a server, and has to be told. */
export const profileSchema = z.strictObject({
  connector: about(
    connectorSchema.default({ token: "demo", host: "localhost" }),
    "A connector with at least one host and, unless `contextKey` names the same, without context keys. `--token` and `--host` win.",
  ),
  triggers: about(
    triggersSchema.default(DEMO_TRIGGERS),
    "What makes the agent do what a check needs. Given at all, it replaces the demo agent's; a trigger that is absent leaves its checks out.",
  ),
  departures: about(
    z
      .union([side.transform(everywhere), z.strictObject(bothSides)])
      .meta({ expected: `"here", "documentation", or an object with the keys ${DEPARTURE_NAMES.join(", ")}` })
      .prefault({}),
    "Where the protocol departs from the original's documentation: which side is expected. One word stands for all.",
  ),
  extensions: about(
    z.boolean().meta({ expected: "true or false" }).default(true),
    "Whether the server has what this protocol adds: resume tokens, `locale`, `attributes`, and creations that may be retried.",
  ),
  contextKey: about(
    z
      .strictObject({
        ...connector,
        kid: about(text, "The key's name."),
        secret: about(text, "The key itself."),
      })
      .optional(),
    "A connector with a context key, for section 8.",
  ),
  people: about(
    z
      .strictObject({
        key: about(text, "An operator key that may read handoffs and answer them, sent as Bearer."),
      })
      .optional(),
    "How the suite plays the person who takes over: by `GET /api/v1/handoffs` and `POST /api/v1/handoffs/{id}/commands`, to a server whose `handoff` trigger leads to nobody else.",
  ),
  hostlessToken: about(text.optional(), "The token of a connector that has neither hosts nor apps."),
  app: about(
    z.strictObject({ token: connector.token, id: about(text, "The app id, as `com.acme.app`.") }).optional(),
    "An app id that is registered with a connector.",
  ),
  extraOrigin: about(
    z.strictObject({ ...connector, origin: about(url, "The origin.") }).optional(),
    "An origin that a connector lists beyond its hosts.",
  ),
  publicUrl: about(url.optional(), "The public URL that the server is configured with."),
  sixthEvent: about(
    z
      .strictObject({
        type: about(text, "Its type."),
        payload: about(
          z.record(z.string(), z.unknown()).meta({ expected: "an object" }).default({}),
          "Its payload.",
        ),
      })
      .optional(),
    "The sixth client event of the voice add-ons.",
  ),
  idleSeconds: about(
    seconds.optional(),
    "Seconds without life until a session is abandoned, the mercy included. What waits for it runs where it is at most 30.",
  ),
  endedGraceSeconds: about(
    seconds.optional(),
    "Seconds for which an ended session can still be read. What waits for it runs where it is at most 30.",
  ),
  upgradeDelayMs: about(
    z.number().min(0).meta({ expected: "a number of milliseconds" }).default(15),
    "Milliseconds before which no upgrade is answered; 0 where that is switched off.",
  ),
  socketsPerSession: about(
    z.number().int().min(1).meta({ expected: "a whole number from 1" }).default(10),
    "Sockets of one session that may live at once.",
  ),
  patient: about(
    z.boolean().meta({ expected: "true or false" }).default(false),
    "Run the checks that take a minute or more; `--patient` says the same.",
  ),
});

/** What the suite knows of the server it is pointed at. */
export type Profile = z.output<typeof profileSchema> & {
  /** Where the server listens, as `http://host:port`. */
  url: string;
};

/** A profile of a server in development, with whatever else is known of it. */
export const demoProfile = (url: string, more: z.input<typeof profileSchema> = {}): Profile => ({
  ...profileSchema.parse(more),
  url,
});

function everywhere(value: Side): Record<Departure, Side> {
  return Object.fromEntries(DEPARTURE_NAMES.map((name) => [name, value])) as Record<Departure, Side>;
}
