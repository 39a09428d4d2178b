import { z } from "zod";
import { LIMITS } from "./limits.ts";

/** `null` counts as absent [section 1]. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

const encoder = new TextEncoder();

/** What a client claims about itself: a flat object, never mixed with verified context. */
export const attributesSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .refine(
    (value) => Object.keys(value).length <= LIMITS.attributeKeys,
    `at most ${LIMITS.attributeKeys} keys`,
  )
  .refine(
    (value) => encoder.encode(JSON.stringify(value)).length <= LIMITS.attributeBytes,
    `at most ${LIMITS.attributeBytes} bytes`,
  );
export type Attributes = z.infer<typeof attributesSchema>;

/** The body of `POST /api/v1/sessions` [section 1]. Unknown keys are ignored, unknown platforms accepted. */
export const createSessionSchema = z.object({
  streaming_enabled: optional(z.boolean()).transform((value) => value ?? false),
  platform: optional(z.string()).transform((value) => value ?? "web"),
  device_type: optional(z.string()),
  locale: optional(z.string().refine(isLocale, "a BCP-47 language tag")),
  attributes: optional(attributesSchema),
});
export type CreateSession = z.infer<typeof createSessionSchema>;

/** Whether a text is a BCP-47 language tag as `Intl` understands it. */
export function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export interface AccessTokenAnswer {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  token_type: "Bearer";
}

export interface SessionAnswer {
  /** UUID v4. */
  session_id: string;
  /** 256 random bits for this session alone; the server keeps only a hash. */
  resume_token: string;
}

/** The body of every error [section 1]: the same text under both keys, since clients read either. */
export interface ErrorAnswer {
  error: string;
  message: string;
  code: string;
  correlation_id: string;
}
