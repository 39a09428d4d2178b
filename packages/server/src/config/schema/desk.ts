import { z } from "zod";
import { integer, isWebUrl, keyInfo } from "./fields.ts";

/** A URL of an issuer: on the network nobody may read or change what is said to it. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !isWebUrl(text)) return false;
  return url.protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

const oidc = z.strictObject({
  issuer: z.string().refine(isIssuer).register(keyInfo, {
    description: "Where the issuer's discovery document is, without `/.well-known/openid-configuration`.",
    expected: "an https URL, or an http one on this machine",
  }),
  clientId: z.string().min(1).register(keyInfo, {
    description: "As the issuer has registered this server.",
    expected: "a text that is not empty",
  }),
  clientSecret: z.string().min(1).register(keyInfo, {
    description: "The same. Never logged.",
    expected: "a text that is not empty",
    secret: true,
  }),
  label: z.string().min(1).max(60).default("single sign-on").register(keyInfo, {
    description: "What the button says behind *Sign in with*.",
    expected: "a text of 1 to 60 characters",
  }),
  domains: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/))
    .default([])
    .register(keyInfo, {
      description:
        "People whose verified e-mail address is of one of these domains get an account when they first come. Others need " +
        "one already (`parley desk add <address> --no-password`).",
      expected: "a domain in lower case, such as yourcompany.com",
    }),
  trustEmail: z
    .boolean()
    .default(false)
    .register(keyInfo, {
      description:
        "`true` takes addresses of which the issuer does not say that they are verified. Only for an issuer that lets nobody " +
        "choose an address freely.",
      expected: "true or false",
    }),
});

export const desk = z.strictObject({
  signInHours: integer(1, 500, 12, {
    description: "How long a browser stays signed in: a working day, so that one signs in each morning.",
  }),
  oidc: oidc.optional().register(keyInfo, {
    description:
      "Signing in by OpenID Connect, beside passwords. Register `<publicUrl>/desk/api/oidc/callback` as the redirect URI.",
    expected: "an object with issuer, clientId and clientSecret",
    absent: "passwords alone",
  }),
});
