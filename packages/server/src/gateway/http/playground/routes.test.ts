import { describe, expect, it } from "vitest";
import { newSession } from "../../../testing/journal-rows.ts";
import { acme, faultOf, setup, testWorkbench } from "../fixture.ts";

const local = { Host: "localhost:8080" };
const ID = "00000000-0000-4000-8000-000000000000";
const PATHS = [
  ["GET", "/playground/faults"],
  ["GET", "/playground/connectors"],
  ["GET", "/playground/connectors/demo/widget"],
  ["PUT", "/playground/connectors/demo/widget"],
  ["DELETE", "/playground/connectors/demo/widget"],
  ["GET", "/playground/wire"],
  ["GET", "/playground/sessions"],
  ["GET", `/playground/sessions/${ID}`],
  ["GET", `/playground/sessions/${ID}/wire`],
  ["GET", `/playground/sessions/${ID}/turns`],
  ["GET", `/playground/sessions/${ID}/faults`],
  ["POST", `/playground/sessions/${ID}/faults`],
  ["DELETE", `/playground/sessions/${ID}/faults`],
] as const;

describe("what builders have", () => {
  it("does not exist outside development", async () => {
    const { send } = setup({ workbench: null });
    for (const [method, path] of PATHS) {
      expect((await faultOf(await send(method, path, local))).status, path).toBe(404);
    }
  });

  it.each(["evil.example", "192.168.1.5:8080", "localhost.evil.example"])(
    "is refused under a name that may be somebody else's: %s",
    async (host) => {
      const { send } = setup({ workbench: testWorkbench() });
      for (const [method, path] of PATHS) {
        const fault = await faultOf(await send(method, path, { Host: host }));
        expect(fault, path).toMatchObject({ status: 403, code: "HOST_NOT_ALLOWED" });
      }
    },
  );

  it.each(["https://evil.example", "null", "http://localhost.evil.example"])(
    "is refused to pages of elsewhere: %s",
    async (origin) => {
      const { send } = setup({ workbench: testWorkbench() });
      for (const [method, path] of PATHS) {
        const response = await send(method, path, { ...local, Origin: origin });
        expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
        expect(await faultOf(response), path).toMatchObject({ status: 403, code: "ORIGIN_NOT_ALLOWED" });
      }
    },
  );

  it("can be read by pages of this machine, whatever their port", async () => {
    const { send } = setup({ workbench: testWorkbench() });
    const origin = "http://localhost:5173";
    const response = await send("GET", "/playground/faults", { ...local, Origin: origin });
    expect(response.status).toBe(200);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
  });

  it("lists the faults for machines, each with the schema of its body", async () => {
    const { send } = setup({ workbench: testWorkbench() });
    const { faults } = (await (await send("GET", "/playground/faults", local)).json()) as {
      faults: { fault: string; summary: string; schema: { properties: { fault: { const: string } } } }[];
    };
    expect(faults.map(({ fault }) => fault)).toEqual([
      "drop",
      "stall",
      "delay",
      "duplicate",
      "cut_mid_stream",
      "restart_agent",
      "expire_token",
      "end_idle",
    ]);
    for (const { fault, summary, schema } of faults) {
      expect(schema.properties.fault.const).toBe(fault);
      expect(summary).toMatch(/\.$/);
    }
  });

  it("knows the newest session as latest", async () => {
    const { journal, send } = setup({ workbench: testWorkbench() });
    expect((await send("GET", "/playground/sessions/latest", local)).status).toBe(404);
    for (const session of [newSession(), newSession()]) await journal.create(session, [], 0);
    const { sessions } = (await (await send("GET", "/playground/sessions", local)).json()) as {
      sessions: { session_id: string; connections: number[] }[];
    };
    expect(sessions).toHaveLength(2);
    const latest = await (await send("GET", "/playground/sessions/latest", local)).json();
    expect(latest).toMatchObject({ ...sessions[0], state: null, faults: [] });
  });

  it("tells a session's turns without an operator's key", async () => {
    const { journal, send } = setup({ workbench: testWorkbench() });
    const session = newSession();
    await journal.create(session, [], 0);
    const response = await send("GET", `/playground/sessions/${session.id}/turns`, local);
    expect(await response.json()).toEqual({ turns: [], next_cursor: null });
    expect((await faultOf(await send("GET", `/playground/sessions/${ID}/turns`, local))).status).toBe(404);
  });

  it("has the handshake's requests on the wire, without what lets somebody in", async () => {
    const { send } = setup({ workbench: testWorkbench() });
    const minted = (await (await send("POST", "/api/v1/access-token", acme, {})).json()) as {
      access_token: string;
    };
    const authorization = { Authorization: `Bearer ${minted.access_token}` };
    const created = await send("POST", "/api/v1/sessions", authorization, { platform: "ios" });
    const { session_id, resume_token } = (await created.json()) as Record<string, string>;
    await send("POST", "/api/v1/access-token", { "X-Token": "wrong", "X-Host": "acme.com" }, {});

    const text = await (await send("GET", "/playground/wire", local)).text();
    const { records } = JSON.parse(text) as { records: Record<string, unknown>[] };
    expect(records.map(({ path, status, session }) => [path, status, session])).toEqual([
      ["/api/v1/access-token", 200, null],
      ["/api/v1/sessions", 200, session_id],
      ["/api/v1/access-token", 401, null],
    ]);
    expect(records[0]?.user).toBe(records[1]?.user);
    expect(records[1]?.request).toBe('{"platform":"ios"}');
    for (const secret of [minted.access_token, resume_token ?? ""]) expect(text).not.toContain(secret);
  });

  it("tries another widget for a connector, until it is taken back", async () => {
    const bench = testWorkbench();
    const { send } = setup({ workbench: bench });
    const put = (body: unknown, id = "demo") =>
      send("PUT", `/playground/connectors/${id}/widget`, local, body);
    const texts = { "*": { placeholder: "Ask us anything" } };
    expect((await put({ color: "#123456", title: "Ours", texts })).status).toBe(200);
    expect(bench.previews.get("demo")).toMatchObject({
      color: "#123456",
      title: "Ours",
      texts,
      sound: false,
    });
    const fault = await faultOf(await put({ color: "blue", titel: "Ours" }));
    expect(fault).toMatchObject({ status: 400, code: "INVALID_BODY" });
    expect(fault.message).toMatch(/color: expected a colour.*titel: unknown/s);
    expect(bench.previews.get("demo")?.color).toBe("#123456");
    expect((await put({}, "nobody")).status).toBe(404);
    expect((await send("DELETE", "/playground/connectors/demo/widget", local)).status).toBe(200);
    expect(bench.previews.size).toBe(0);
  });

  it("streams the wire, and goes on behind the last that was had", async () => {
    const bench = testWorkbench();
    const { send } = setup({ workbench: bench });
    const note = (text: string) =>
      bench.log.add({ kind: "frame", session: "s", connection: 1, from: "client", text });
    for (const text of ["a", "b", "c"]) note(text);
    const stream = { ...local, Accept: "text/event-stream" };
    const read = async (headers: Record<string, string>) => {
      const response = await send("GET", "/playground/wire", { ...stream, ...headers });
      expect(response.headers.get("Content-Type")).toBe("text/event-stream");
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes('"c"')) text += (await reader?.read())?.value ?? "";
      await reader?.cancel();
      return [...text.matchAll(/"text":"(\w)"/g)].map(([, found]) => found);
    };
    expect(await read({})).toEqual(["a", "b", "c"]);
    expect(await read({ "Last-Event-ID": "process-1:2" })).toEqual(["c"]);
    expect(await read({ "Last-Event-ID": "another:2" })).toEqual(["a", "b", "c"]);
  });
});
