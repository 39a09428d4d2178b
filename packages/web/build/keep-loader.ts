import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { VERSION } from "../src/widget/version.ts";
import { builtPages } from "./built.ts";

/**
 * To be run with every release: keeps its loader, byte for byte, for the pages that have pinned it. Servers of later
 * versions serve it too.
 */
const kept = fileURLToPath(new URL("../public/loaders", import.meta.url));
await mkdir(kept, { recursive: true });
await copyFile(`${await builtPages()}/widget.js`, `${kept}/${VERSION}.js`);
console.log(`kept ${kept}/${VERSION}.js`);
