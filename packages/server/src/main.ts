#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Reading and compiling the sources takes more than half of a start, in which clients find no port; from the second start on
// what came of it is read back. In a directory of our own, and not that of the system's for passing files: it is run.
enableCompileCache(fileURLToPath(new URL("../dist/compiled", import.meta.url)));
await import("./program.ts");
