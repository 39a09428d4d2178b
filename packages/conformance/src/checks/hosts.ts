import { HTTP_ERRORS } from "@parley/protocol";
import type { Check } from "../check.ts";
import { type Context, SESSIONS, socketPath } from "../context.ts";
import { ensure } from "../failure.ts";
import { expectFault, expectStatus } from "./faults.ts";

const FOREIGN = "https://foreign.example";

/** Asks for a token as a page of this origin does. */
const asPage = (context: Context, origin: string, more: Record<string, string> = {}) =>
  context.accessToken({ ...context.connectorHeaders(), origin, ...more });

const forms: { name: string; title: string; form(host: string): string }[] = [
  { name: "case", title: "in upper case", form: (host) => host.toUpperCase() },
  { name: "scheme", title: "with a scheme", form: (host) => `https://${host}` },
  { name: "port", title: "with a port", form: (host) => `${host}:3000` },
  { name: "path", title: "with a path", form: (host) => `${host}/chat/page` },
  { name: "slash", title: "with a trailing slash", form: (host) => `${host}/` },
  { name: "all", title: "with scheme, port, path and slash", form: (host) => `HTTP://${host}:8080/a/b/` },
];

const sameHost = forms.map(({ name, title, form }) => ({
  id: `1.host.${name}`,
  title: `X-Host ${title} is the same host`,
  async run(context: Context) {
    const host = form(context.profile.connector.host);
    expectStatus(await context.accessToken({ ...context.connectorHeaders(), "x-host": host }), 200);
  },
}));

export const hosts: Check[] = [
  ...sameHost,
  {
    id: "1.host.subdomain",
    title: "A domain matches its subdomains, on a label boundary only",
    needs: ["domainHost", "departure:hosts=here"],
    async run(context) {
      const { host } = context.profile.connector;
      const named = (name: string) => context.accessToken({ ...context.connectorHeaders(), "x-host": name });
      expectStatus(await named(`shop.${host}`), 200);
      expectStatus(await named(`a.b.${host}`), 200);
      expectFault(await named(`evil${host}`), HTTP_ERRORS.wrongHost);
      expectFault(await named(`${host}.evil.example`), HTTP_ERRORS.wrongHost);
    },
  },
  {
    id: "1.host.exact",
    title: "A domain matches itself only",
    needs: ["domainHost", "departure:hosts=documentation"],
    async run(context) {
      const { host } = context.profile.connector;
      const headers = { ...context.connectorHeaders(), "x-host": `shop.${host}` };
      expectFault(await context.accessToken(headers), HTTP_ERRORS.wrongHost);
    },
  },
  {
    id: "1.host.app",
    title: "An app id matches whole only",
    needs: ["app"],
    async run(context) {
      const { token = "", id = "" } = context.profile.app ?? {};
      const named = (name: string) => context.accessToken({ "x-token": token, "x-host": name });
      expectStatus(await named(id), 200);
      expectStatus(await named(id.toUpperCase()), 200);
      expectFault(await named(`sub.${id}`), HTTP_ERRORS.wrongHost);
      expectFault(await named(`${id}.more`), HTTP_ERRORS.wrongHost);
    },
  },
  {
    id: "1.origin.own",
    title: "A page of the connector's host may ask, whatever its scheme and port",
    async run(context) {
      const { host } = context.profile.connector;
      expectStatus(await asPage(context, `http://${host}`), 200);
      expectStatus(await asPage(context, `https://${host}:8443`), 200);
    },
  },
  {
    id: "1.origin.foreign",
    title: "A page of another host is refused: 401 Failed to validate connector",
    async run(context) {
      expectFault(await asPage(context, FOREIGN), HTTP_ERRORS.wrongHost);
      expectFault(
        await asPage(context, `http://evil${context.profile.connector.host}`),
        HTTP_ERRORS.wrongHost,
      );
    },
  },
  {
    id: "1.origin.null",
    title: "Origin: null matches nothing that is not listed",
    async run(context) {
      expectFault(await asPage(context, "null"), HTTP_ERRORS.wrongHost);
    },
  },
  {
    id: "1.origin.not-from-headers",
    title: "The server's own origin is never taken from Host or a forwarded header",
    async run(context) {
      const forwarded = { "x-forwarded-host": "foreign.example", "x-forwarded-proto": "https" };
      expectFault(await asPage(context, FOREIGN, { host: "foreign.example" }), HTTP_ERRORS.wrongHost);
      expectFault(await asPage(context, FOREIGN, forwarded), HTTP_ERRORS.wrongHost);
      const standard = { forwarded: "host=foreign.example;proto=https" };
      expectFault(await asPage(context, FOREIGN, standard), HTTP_ERRORS.wrongHost);
    },
  },
  {
    id: "1.origin.listed",
    title: "An origin that the connector lists beyond its hosts may ask",
    needs: ["extraOrigin"],
    async run(context) {
      const { extraOrigin } = context.profile;
      ensure(extraOrigin !== undefined, "an extra origin in the profile", extraOrigin);
      const headers = { ...context.connectorHeaders(extraOrigin), origin: extraOrigin.origin };
      expectStatus(await context.accessToken(headers), 200);
    },
  },
  {
    id: "1.origin.public-url",
    title: "The server's configured public URL may ask",
    needs: ["publicUrl"],
    async run(context) {
      const { origin } = new URL(context.profile.publicUrl ?? "");
      expectStatus(await asPage(context, origin), 200);
    },
  },
  {
    id: "1.origin.sessions",
    title: "POST /api/v1/sessions looks at the origin like /access-token",
    async run(context) {
      const authorization = `Bearer ${await context.token()}`;
      const from = (origin: string) =>
        context.post(SESSIONS, { headers: { authorization, origin }, body: {} });
      expectFault(await from(FOREIGN), HTTP_ERRORS.wrongHost);
      expectFault(await from("null"), HTTP_ERRORS.wrongHost);
      expectStatus(await from(`http://${context.profile.connector.host}`), 200);
    },
  },
  {
    id: "1.origin.not-on-upgrade",
    title: "The upgrade does not look at the origin",
    async run(context) {
      const session = await context.session();
      for (const origin of [FOREIGN, "null"]) {
        const { status } = await context.upgrade(socketPath(session), { Origin: origin });
        ensure(status === 101, `101 to an upgrade with Origin: ${origin}`, status);
      }
    },
  },
];
