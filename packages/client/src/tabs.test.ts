import { afterEach, expect, it, vi } from "vitest";
import { FakeServer } from "./testing/fake-server.ts";
import { settle } from "./testing/manual-clock.ts";

type Run = () => Promise<unknown>;

/** What browsers have: one holder of a name at a time. */
function locks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_name: string, run: Run) => {
      last = last.catch(() => {}).then(run);
      return last;
    },
  };
}

/** The package as a page sees it that has these locks. */
async function inPage(locks: object): Promise<typeof import("./index.ts")> {
  vi.resetModules();
  vi.stubGlobal("document", {});
  vi.stubGlobal("navigator", { locks });
  return import("./index.ts");
}

afterEach(() => vi.unstubAllGlobals());

it("tabs that open at once find one session, also where their first attempts fail", async () => {
  const server = new FakeServer();
  const { Connection } = await inPage(locks());
  const tabs = [new Connection(server.options), new Connection(server.options)];
  server.isDown = true;
  for (const tab of tabs) tab.connect();
  await settle();
  server.isDown = false;
  await server.clock.advance(2_000);
  expect(tabs.map(({ status }) => status.state)).toEqual(["open", "open"]);
  expect(server.sessions).toBe(1);
});

it("tabs whose session is gone find one new session", async () => {
  const server = new FakeServer();
  const { Connection } = await inPage(locks());
  const first = new Connection(server.options);
  first.connect();
  await settle();
  first.close();
  server.isGone = true;
  const tabs = [new Connection(server.options), new Connection(server.options)];
  for (const tab of tabs) tab.connect();
  await server.clock.advance(2_000);
  expect(tabs.map(({ session }) => session?.id)).toEqual(["session-2", "session-2"]);
  expect(server.sessions).toBe(2);
});

it("a tab that begins anew gets a conversation of its own, whatever another one has", async () => {
  const server = new FakeServer();
  const { Connection } = await inPage(locks());
  const [first, second] = [new Connection(server.options), new Connection(server.options)];
  for (const tab of [first, second]) {
    tab.connect();
    await settle();
  }
  first.restart();
  await settle();
  second.restart();
  await settle();
  expect([first.session?.id, second.session?.id]).toEqual(["session-2", "session-3"]);
});

it("works where locks are denied, as in a sandboxed frame", async () => {
  const server = new FakeServer();
  const denied = () => Promise.reject(new DOMException("Access to the Locks API is denied", "SecurityError"));
  const { Connection } = await inPage({ request: denied });
  const connection = new Connection(server.options);
  connection.connect();
  await settle();
  expect(connection.status.state).toBe("open");
});
