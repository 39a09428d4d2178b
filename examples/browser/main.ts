import { readFile } from "node:fs/promises";
import { bundle, serve } from "../serve.ts";

const here = (path: string) => new URL(path, import.meta.url).pathname;
const [html, module] = await Promise.all([
  readFile(here("index.html"), "utf8"),
  bundle(here("../../packages/client/src/index.ts")),
]);
await serve(html, module, Number(process.env.PORT ?? 8090));
