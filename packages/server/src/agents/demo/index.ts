import { type Clock, systemClock } from "../../clock.ts";
import type { Agent } from "../agent.ts";
import { scriptedAgent } from "../scripted.ts";

/** Ada, at the desk of a restaurant: what she answers to is in docs/agents.md, and people test their clients with it. */
export const demoAgent = (clock: Clock = systemClock): Agent =>
  scriptedAgent(new URL("ada.json", import.meta.url), clock);
