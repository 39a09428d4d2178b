export { type Check, type Result, sectionOf } from "./check.ts";
export { checks } from "./checks/index.ts";
export { DEPARTURES, type Departure, type Side } from "./departures.ts";
export { toJUnit } from "./junit.ts";
export { lacks, type Need } from "./needs.ts";
export { type ConnectorProfile, DEMO_TRIGGERS, demoProfile, type Profile, type Triggers } from "./profile.ts";
export { parseProfile } from "./profile-problems.ts";
export { explainResult, summarize } from "./report.ts";
export { type RunOptions, run, start } from "./run.ts";
