import { Bridge } from "./bridge.ts";
import { Chatwoot } from "./chatwoot.ts";
import { Parley } from "./parley.ts";
import { listen } from "./server.ts";
import { Store } from "./store.ts";

/** A variable that must be there. */
function need(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is missing: README.md says what it is.`);
  process.exit(1);
}

const log = (line: string) => console.error(line);
const parley = new Parley(need("PARLEY_URL"), need("PARLEY_KEY"));
const chatwoot = new Chatwoot({
  url: need("CHATWOOT_URL"),
  account: Number(need("CHATWOOT_ACCOUNT")),
  inbox: Number(need("CHATWOOT_INBOX")),
  token: need("CHATWOOT_TOKEN"),
});
const store = new Store(process.env.BRIDGE_DATA || "bridge.db");
const bridge = new Bridge({ parley, chatwoot, store, log });
const server = await listen({
  bridge,
  parleySecret: need("PARLEY_WEBHOOK_SECRET"),
  chatwootSecret: process.env.CHATWOOT_WEBHOOK_SECRET || null,
  port: Number(process.env.BRIDGE_PORT || 8200),
  host: process.env.BRIDGE_HOST || "127.0.0.1",
  log,
});
bridge.start();
console.log(`The bridge is at ${server.url}: /parley for Parley, /chatwoot for Chatwoot`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await server.stop();
    store.close();
    process.exit(0);
  });
}
