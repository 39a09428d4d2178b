import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { keyInfo } from "./schema/fields.ts";
import { configSchema, environmentSchema } from "./schema.ts";
import { keysOf, unwrap } from "./walk.ts";

/** Where the page belongs. */
export const CONFIGURATION_PAGE = new URL("../../../../docs/configuration.md", import.meta.url);

const INTRODUCTION = `# Configuration

<!-- Made from packages/server/src/config/schema.ts by \`npm run docs\`. Change it there. -->

Without any configuration Parley starts on \`127.0.0.1:8080\` for development: one connector with the token \`demo\` for
the hosts \`localhost\` and \`127.0.0.1\`, answered by the demo agent, or by [a model](agents-model.md) where
\`PARLEY_MODEL\` and \`PARLEY_MODEL_URL\` name one. For anything else, write a \`parley.config.ts\` in
the directory in which you start the server:

\`\`\`ts
import { defineConfig } from "@parley/server";

export default defineConfig({
  publicUrl: "https://chat.yourcompany.com",
  connectors: [
    {
      id: "website",
      token: "a-token-for-our-website",
      hosts: ["yourcompany.com"],
    },
  ],
});
\`\`\`

On an address that others can reach, the server does not start without a configuration, unless \`PARLEY_DEMO=1\` says
that an open demo is wanted. Without one and on this machine alone it is a development server, with the playground at \`/\` and
faults on demand (testing-your-client.md); with one it is too, where \`PARLEY_DEVELOPMENT=1\` says so.

The environment sets what changes between machines, and wins over the file. A variable that is empty counts as not set.
A wrong value or an unknown key stops the start, with all problems at once. Secrets are never shown.
`;

/** The page about the configuration, in Markdown, made from the schema alone. */
export function renderConfiguration(): string {
  const sections = [
    INTRODUCTION,
    "## All keys\n",
    table(configSchema, ["Key", "Variable"]),
    ...nested(configSchema, ""),
    "## The environment alone\n",
    table(environmentSchema, ["Variable"]),
  ];
  return `${sections.join("\n").trimEnd()}\n`;
}

/** A section for every object within, named by its path. */
function nested(schema: z.core.$ZodType, prefix: string): string[] {
  return Object.entries(keysOf(schema)).flatMap(([key, wrapped]) => {
    const inner = unwrap(wrapped);
    const list = inner instanceof z.ZodArray;
    const entry = list ? unwrap(inner.element) : inner;
    if (Object.keys(keysOf(entry)).length === 0) return [];
    const path = `${prefix}${key}${list ? "[]" : ""}`;
    return [`## \`${path}\`\n`, table(entry, ["Key"]), ...nested(entry, `${path}.`)];
  });
}

function table(schema: z.core.$ZodType, names: readonly ("Key" | "Variable")[]): string {
  const titles = [...names, "Expected", "Unit", "Default", "What it is"];
  const rows = Object.entries(keysOf(schema)).map(([key, wrapped]) => {
    const info = keyInfo.get(wrapped);
    if (info === undefined) throw new Error(`The key ${key} is not described`);
    const list = unwrap(wrapped) instanceof z.ZodArray;
    return [
      `\`${key}\``,
      ...(names.length > 1 ? [info.variable ? `\`${info.variable}\`` : ""] : []),
      `${list ? "a list; each entry " : ""}${info.expected}`,
      info.unit ?? "",
      initial(wrapped) ?? info.absent ?? "required",
      info.description,
    ];
  });
  return [titles, titles.map(() => "---"), ...rows].map(row).join("\n").concat("\n");
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** The default where it is a value. */
function initial(schema: z.core.$ZodType): string | null {
  if (schema instanceof z.ZodPrefault) return "those of its keys";
  return schema instanceof z.ZodDefault ? `\`${JSON.stringify(schema.def.defaultValue)}\`` : null;
}

if (import.meta.main) await writeFile(CONFIGURATION_PAGE, renderConfiguration());
