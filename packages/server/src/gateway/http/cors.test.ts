import { describe, expect, it } from "vitest";
import { acme, faultOf, setup } from "./fixture.ts";

const PATHS = ["/api/v1/access-token", "/api/v1/sessions", "/api/v1/sessions/some-id/context"];

const allowed = (response: Response) => response.headers.get("Access-Control-Allow-Origin");
const listOf = (response: Response, header: string) =>
  (response.headers.get(header) ?? "").toLowerCase().split(/, ?/);

describe.each(PATHS)("a preflight of %s", (path) => {
  const preflight = (Origin: string) =>
    setup().send("OPTIONS", path, {
      Origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type,x-host,x-token,x-trace",
    });

  it.each([
    "https://www.acme.com",
    "https://partner.example",
    "https://other.com",
    "https://chat.parley.example",
  ])("grants what is asked to an origin that some connector allows: %s", async (origin) => {
    const response = await preflight(origin);
    expect(response.status).toBe(204);
    expect(allowed(response)).toBe(origin);
    expect(listOf(response, "Access-Control-Allow-Methods")).toEqual(["post"]);
    expect(listOf(response, "Access-Control-Allow-Headers")).toEqual(
      expect.arrayContaining(["authorization", "content-type", "x-host", "x-token", "x-trace"]),
    );
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(Number(response.headers.get("Access-Control-Max-Age"))).toBeGreaterThan(0);
    expect(listOf(response, "Vary")).toContain("origin");
    expect(response.headers.get("X-PolyAI-Correlation-Id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(["https://evilacme.com", "null", ""])("grants nothing to another: %j", async (origin) => {
    const response = await preflight(origin);
    expect(allowed(response)).toBeNull();
    expect(response.headers.get("X-PolyAI-Correlation-Id")).toBeTruthy();
  });
});

describe("an answer to a browser", () => {
  const Origin = "https://www.acme.com";

  it.each<[string, string, string, Record<string, string>, number]>([
    ["200", "POST", "/api/v1/access-token", acme, 200],
    ["400", "POST", "/api/v1/sessions", {}, 400],
    ["401", "POST", "/api/v1/access-token", { ...acme, "X-Token": "nobody" }, 401],
    ["405", "PUT", "/api/v1/access-token", {}, 405],
    ["413", "POST", "/api/v1/access-token", acme, 413],
  ])("can be read by its page: %s", async (_, method, path, headers, status) => {
    const { send } = setup();
    const body = status === 413 ? "x".repeat(65_537) : undefined;
    const response = await send(method, path, { ...headers, Origin }, body);
    expect(response.status).toBe(status);
    expect(allowed(response)).toBe(Origin);
    expect(listOf(response, "Vary")).toContain("origin");
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(listOf(response, "Access-Control-Expose-Headers")).toEqual(
      expect.arrayContaining(["x-polyai-correlation-id", "retry-after"]),
    );
  });

  it("can be read where it is a 429 or a 500", async () => {
    const { send, bearer, sessions } = setup();
    const post = async () => send("POST", "/api/v1/sessions", { ...(await bearer()), Origin });
    sessions.before = () => Promise.reject(new Error("disk full"));
    for (let i = 0; i < 60; i += 1) {
      const failed = await post();
      expect([failed.status, allowed(failed)]).toEqual([500, Origin]);
    }
    const limited = await post();
    expect([limited.status, allowed(limited)]).toEqual([429, Origin]);
  });

  it("is a refusal for another connector's page, which may read why", async () => {
    const { send } = setup();
    const response = await send("POST", "/api/v1/access-token", { ...acme, Origin: "https://other.com" });
    expect(allowed(response)).toBe("https://other.com");
    expect((await faultOf(response)).message).toBe("Failed to validate connector");
  });

  it("is for no page's eyes where no connector knows the origin", async () => {
    const { send } = setup();
    const response = await send("POST", "/api/v1/access-token", { ...acme, Origin: "https://evil.example" });
    expect(response.status).toBe(401);
    expect(allowed(response)).toBeNull();
  });
});
