import type { Fault } from "./fault.ts";
import { frameFaults } from "./frame-faults.ts";
import { httpFaults } from "./http-faults.ts";
import { peopleFaults } from "./people-faults.ts";
import { upgradeFaults } from "./upgrade-faults.ts";

/** Every fault that the suite is known to catch. */
export const faults: readonly Fault[] = [...httpFaults, ...upgradeFaults, ...frameFaults, ...peopleFaults];
