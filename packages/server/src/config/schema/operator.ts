import { z } from "zod";
import { SHA256_HEX } from "../../identity/digest.ts";
import { SCOPES } from "../../identity/operators.ts";
import { keyInfo, name } from "./fields.ts";

const MIN_OPERATOR_KEY = 32;

export const operator = z
  .strictObject({
    id: name({ description: "The operator's name in logs." }),
    key: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .min(MIN_OPERATOR_KEY)
      .optional()
      .register(keyInfo, {
        description: "What the operator sends as Bearer. Either this or `keyHash`.",
        expected: `at least ${MIN_OPERATOR_KEY} visible ASCII characters without blanks`,
        secret: true,
        absent: "give `keyHash`",
      }),
    keyHash: z.string().regex(SHA256_HEX).optional().register(keyInfo, {
      description: "The key's SHA-256, so that the key itself need not stand in the configuration.",
      expected: "64 lower-case hex digits",
      secret: true,
      absent: "give `key`",
    }),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .register(keyInfo, {
        description: "What the key is good for.",
        expected: `one of: ${SCOPES.join(", ")}`,
      }),
  })
  .refine(({ key, keyHash }) => (key === undefined) !== (keyHash === undefined), {
    error: "exactly one of key and keyHash is expected",
  });
