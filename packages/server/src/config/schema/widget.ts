import { TEXT_KEYS } from "@parley/web/widget/launcher-answer";
import { z } from "zod";
import { type Described, isWebUrl, keyInfo } from "./fields.ts";

/** A language as the widget's catalogue names it, or all of them. */
const language = z.string().regex(/^(?:\*|[a-z]{2,3})$/);

const shortText = (max: number, info: Described) =>
  z
    .string()
    .trim()
    .max(max)
    .default("")
    .register(keyInfo, { expected: `a text of at most ${max} characters`, ...info });

const disclaimer = z.strictObject({
  version: z.string().trim().min(1).max(64).register(keyInfo, {
    description: "Names this text in what is recorded. Another one asks everybody again.",
    expected: "a text of 1 to 64 characters, such as 2026-11",
  }),
  text: z
    .union([z.string().trim().min(1).max(4_000), z.record(language, z.string().trim().min(1).max(4_000))])
    .register(keyInfo, {
      description: "What the user agrees to. Markdown, with links.",
      expected:
        'a text of at most 4000 characters, or one by language, such as { en: "…", de: "…", "*": "…" }',
    }),
});

/** What a connector says of its widget. */
export const widgetSchema = z.strictObject({
  title: shortText(80, { description: "Stands in the header. Empty: the agent's name." }),
  subtitle: shortText(120, { description: "Stands beneath the title." }),
  logoUrl: z
    .union([z.literal(""), z.string().refine(isWebUrl)])
    .default("")
    .register(keyInfo, {
      description: "A picture for the header. Empty: the agent's own.",
      expected: "an http or https URL without query and user",
    }),
  color: z
    .string()
    .regex(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)
    .default("#0b6b5d")
    .register(keyInfo, {
      description:
        "The brand's colour. In each theme it is made as much darker or lighter as reading it needs.",
      expected: "a colour such as #0b6b5d",
    }),
  position: z.enum(["left", "right"]).default("right").register(keyInfo, {
    description: "The side of the window on which the launcher stands.",
    expected: "left or right",
  }),
  theme: z.enum(["light", "dark", "system"]).default("system").register(keyInfo, {
    description: "Light, dark, or as the user's system is.",
    expected: "light, dark or system",
  }),
  sound: z.boolean().default(false).register(keyInfo, {
    description: "A quiet sound with each answer, until the user says otherwise.",
    expected: "true or false",
  }),
  disclaimer: disclaimer.optional().register(keyInfo, {
    description: "What the user has to agree to before the chat.",
    expected: "an object with version and text",
    absent: "the chat begins without one",
  }),
  texts: z
    .record(language, z.partialRecord(z.enum(TEXT_KEYS), z.string().trim().min(1).max(500)))
    .default({})
    .register(keyInfo, {
      description:
        "Other words in place of the widget's own, by language (`*` for all) and key. The keys are those of " +
        "`packages/web/src/shared/i18n/en.ts`.",
      expected:
        'an object such as { en: { placeholder: "Ask us anything…" } }, with the keys of the catalogue',
    }),
});
