#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

// Reading and compiling the sources takes more than half of a start, in which clients find no port; from the second start on
// what came of it is read back. In a directory of our own, and not that of the system's for passing files: it is run.
enableCompileCache(fileURLToPath(new URL("../dist/compiled", import.meta.url)));

// Lists that are made long before they are filled teach V8 to make them old at once, and then all that was in them waits for a slow
// collection: 12 instead of 5 ms for a quick one at 5,000 messages a second [docs/decisions/0012].
setFlagsFromString("--no-allocation-site-pretenuring");

await import("./program.ts");
