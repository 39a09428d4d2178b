#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

// Reading and compiling the sources takes more than half of a start, in which clients find no port; from the second start on
// what came of it is read back. In a directory of our own, and not that of the system's for passing files: it is run.
enableCompileCache(fileURLToPath(new URL("../dist/compiled", import.meta.url)));

// V8 learns from lists that are made long before they are filled, as each connection's is for the pieces of its next frame,
// to take such lists for old from the start; then all that was in them waits for a slow collection, and the quick ones copy
// it: 12 instead of 5 ms each at 5,000 messages a second, once a second.
setFlagsFromString("--no-allocation-site-pretenuring");

await import("./program.ts");
