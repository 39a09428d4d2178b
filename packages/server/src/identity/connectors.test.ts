import { HTTP_ERRORS } from "@parley/protocol";
import { describe, expect, it } from "vitest";
import { type Connector, Connectors } from "./connectors.ts";
import { sha256 } from "./digest.ts";

const connector = (id: string, rest: Partial<Connector> = {}): Connector => ({
  id,
  tokenHash: sha256(`token-${id}`),
  hosts: ["yourcompany.com", "localhost", "[::1]"],
  apps: ["com.acme.app"],
  origins: ["https://partner.example:8443", "capacitor://shell"],
  contextKeys: [],
  ...rest,
});

const web = connector("web");
const app = connector("app", { hosts: [], apps: ["com.acme.app"], origins: [] });
const sandboxed = connector("sandboxed", { origins: ["null"] });
const connectors = new Connectors(
  [web, app, sandboxed, connector("bare", { hosts: [], apps: [] })],
  "https://chat.parley.example/support",
);

const admit = (token?: string, host?: string, origin?: string) => connectors.admit({ token, host, origin });

describe("who is admitted [section 1]", () => {
  it.each([
    ["yourcompany.com", "yourcompany.com"],
    ["WWW.YourCompany.com", "www.yourcompany.com"],
    ["https://yourcompany.com:3000/", "yourcompany.com"],
    ["localhost:3000", "localhost"],
    ["[::1]:3000", "[::1]"],
    ["com.acme.app", "com.acme.app"],
    ["Com.Acme.App/", "com.acme.app"],
  ])("X-Host %s is admitted as %s", (host, known) => {
    expect(admit("token-web", host)).toEqual({ connector: web, host: known });
  });

  it.each([
    ["evilyourcompany.com"],
    ["yourcompany.com.evil.com"],
    ["yourcompany.com."],
    ["user@yourcompany.com"],
    ["yourcompany.com, evil.com"],
    ["app.com.acme.app"],
    ["com.acme.app.evil"],
    ["acme.app"],
    ["::1"],
    ["null"],
  ])("X-Host %s is refused", (host) => {
    expect(admit("token-web", host)).toEqual({ fault: HTTP_ERRORS.wrongHost });
  });

  it.each([
    [undefined, undefined, HTTP_ERRORS.missingHeaders],
    ["token-web", undefined, HTTP_ERRORS.missingHeaders],
    [undefined, "yourcompany.com", HTTP_ERRORS.missingHeaders],
    ["", "yourcompany.com", HTTP_ERRORS.missingHeaders],
    ["token-web", "", HTTP_ERRORS.missingHeaders],
    ["TOKEN-WEB", "yourcompany.com", HTTP_ERRORS.unknownConnector],
    ["token-we", "yourcompany.com", HTTP_ERRORS.unknownConnector],
    [web.tokenHash, "yourcompany.com", HTTP_ERRORS.unknownConnector],
    ["token-bare", "yourcompany.com", HTTP_ERRORS.noHosts],
  ])("token %j with X-Host %j: %o", (token, host, fault) => {
    expect(admit(token, host)).toEqual({ fault });
  });

  it("tells connectors apart by their tokens alone", () => {
    expect(admit("token-app", "com.acme.app")).toEqual({ connector: app, host: "com.acme.app" });
    expect(admit("token-app", "yourcompany.com")).toEqual({ fault: HTTP_ERRORS.wrongHost });
  });

  it("refuses a fitting host from a strange origin", () => {
    expect(admit("token-web", "yourcompany.com", "https://evil.example")).toEqual({
      fault: HTTP_ERRORS.wrongHost,
    });
  });
});

describe("which origins may use a connector [section 1]", () => {
  it.each([
    [undefined, true],
    ["https://yourcompany.com", true],
    ["https://www.yourcompany.com:8443", true],
    ["http://localhost:5173", true],
    ["http://[::1]:5173", true],
    ["https://partner.example:8443", true],
    ["https://PARTNER.example:8443", true],
    ["capacitor://shell", true],
    ["https://chat.parley.example", true],
    ["https://evilyourcompany.com", false],
    ["https://partner.example", false],
    ["https://sub.partner.example:8443", false],
    ["http://partner.example:8443", false],
    ["http://chat.parley.example", false],
    ["https://chat.parley.example:8443", false],
    ["https://com.acme.app", false],
    ["https://yourcompany.com https://evil.example", false],
    ["https://yourcompany.com@evil.example", false],
    ["https://evil.example/yourcompany.com", false],
    ["null", false],
    ["", false],
  ])("%j: %s", (origin, allowed) => {
    expect(connectors.allowsOrigin(web, origin)).toBe(allowed);
  });

  it("lets null in only where it is listed", () => {
    expect(connectors.allowsOrigin(sandboxed, "null")).toBe(true);
    expect(
      new Connectors([connector("x", { hosts: ["null"] })], null).allowsOrigin(
        connector("x", { hosts: ["null"] }),
        "null",
      ),
    ).toBe(false);
  });

  it("has no public origin of its own unless it is configured", () => {
    expect(new Connectors([web], null).allowsOrigin(web, "https://chat.parley.example")).toBe(false);
  });

  it("answers a preflight for the origins of any connector", () => {
    expect(connectors.knowsOrigin("null")).toBe(true);
    expect(connectors.knowsOrigin("https://yourcompany.com")).toBe(true);
    expect(connectors.knowsOrigin("https://evil.example")).toBe(false);
  });
});

it("finds a connector by its id", () => {
  expect(connectors.get("app")).toBe(app);
  expect(connectors.get("gone")).toBeNull();
});
