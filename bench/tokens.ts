import { createSecretKey, randomBytes } from "node:crypto";
import { jwtVerify } from "jose";
import { systemClock } from "../packages/server/src/clock.ts";
import { AccessTokens } from "../packages/server/src/identity/access-tokens.ts";

/**
 * What it costs to check an access token, as it is done and by the library: `npm run bench:tokens`; see
 * docs/decisions/0011-access-tokens-are-looked-up-by-their-header.md. One after the other, as upgrades do it.
 */
const CHECKS = 20_000;
/** The first is for the compiler; the last is measured. */
const ROUNDS = 2;

const secret = createSecretKey(randomBytes(32));
const key = secret.toCryptoKey({ name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
const tokens = new AccessTokens([secret], systemClock);
const { token } = await tokens.mint({ sub: "user", connector: "demo", host: "localhost" });

const WAYS: Record<string, () => Promise<unknown>> = {
  "as it is done": () => tokens.verify(token),
  "by jose": () => jwtVerify(token, key, { algorithms: ["HS256"], audience: "parley:access" }),
};

for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [name, check] of Object.entries(WAYS)) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < CHECKS; i += 1) await check();
    const { user, system } = process.cpuUsage(cpu);
    const time = ((performance.now() - start) * 1_000) / CHECKS;
    if (round < ROUNDS) continue;
    const each = `${time.toFixed(0)} µs a check`.padStart(16);
    process.stdout.write(`${name.padEnd(16)}${each}, ${((user + system) / CHECKS).toFixed(0)} µs of CPU\n`);
  }
}
