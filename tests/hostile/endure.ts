import { Bystander } from "./bystander.ts";
import type { Target } from "./target.ts";

/**
 * What may still be held when an attack is over, MB: the state of its sessions, which leave memory 10 s later. What is
 * not bounded holds the tens or hundreds of MB that were sent.
 */
const HELD_MB = 16;
/**
 * Resident memory at any moment, MB: about 100 at the start, a few sockets with the largest frame in the smallest pieces,
 * and what V8 lets its garbage grow to meanwhile.
 */
const RESIDENT_MB = 600;
const SAMPLE_MS = 100;
/** How long what was under way may take to end, milliseconds. */
const SETTLE_MS = 15_000;

/**
 * Lets an attack happen beside somebody else's conversation.
 *
 * @param attack may look in its middle, with its connections still open, at what they make the program hold
 * @throws when that conversation notices, when the program takes or keeps too much memory, or is not healthy afterwards
 */
export async function endure(
  target: Target,
  attack: (holdsLittle: () => Promise<void>) => Promise<void>,
): Promise<void> {
  using bystander = await Bystander.join(target);
  const before = await target.heldMb();
  const holdsLittle = async () => {
    const end = Date.now() + SETTLE_MS;
    let held = await target.heldMb();
    while (held - before > HELD_MB && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      held = await target.heldMb();
    }
    if (held - before > HELD_MB) throw new Error(`${before} MB were held before, and ${held} MB are now`);
  };
  let most = 0;
  const sample = async () => {
    most = Math.max(most, await target.residentMb());
  };
  const watch = setInterval(() => void sample().catch(() => {}), SAMPLE_MS);
  try {
    await attack(holdsLittle);
    await sample();
  } finally {
    clearInterval(watch);
  }
  const { worstMs } = await bystander.unharmed();
  await holdsLittle();
  if (process.env.HOSTILE_FIGURES) console.log(`${Math.round(most)} MB, an echo within ${worstMs} ms`);
  const health = await fetch(`${target.url}/health`);
  if (health.status !== 200) throw new Error(`not healthy: ${await health.text()}`);
  if (most > RESIDENT_MB) throw new Error(`${most} MB were resident`);
}
