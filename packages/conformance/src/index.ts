export { type Check, type Result, sectionOf } from "./check.ts";
export { checks } from "./checks/index.ts";
export { lacks, type Need } from "./needs.ts";
export { type ConnectorProfile, DEMO_TRIGGERS, demoProfile, type Profile, type Triggers } from "./profile.ts";
export { explainResult, summarize } from "./report.ts";
export { type RunOptions, run, start } from "./run.ts";
