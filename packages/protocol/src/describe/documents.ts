import { mkdir, writeFile } from "node:fs/promises";
import { asyncApi } from "./asyncapi.ts";
import type { Schema } from "./event-schemas.ts";
import { clientEvents, serverEvents } from "./json-schema.ts";
import { openApi } from "./openapi.ts";
import { openApiOfHandoffs } from "./openapi-handoffs.ts";

/** Where the descriptions belong. */
export const SCHEMAS_FOLDER = new URL("../../../../docs/schemas/", import.meta.url);

/** Every machine-readable description of the protocol, by the name of its file. */
export const documents: Readonly<Record<string, () => Schema>> = {
  "server-events.schema.json": serverEvents,
  "client-events.schema.json": clientEvents,
  "asyncapi.json": asyncApi,
  "openapi.json": openApi,
  "openapi-handoffs.json": openApiOfHandoffs,
};

/** A description as its file holds it. */
export const print = (document: Schema): string => `${JSON.stringify(document, null, 2)}\n`;

if (import.meta.main) {
  await mkdir(SCHEMAS_FOLDER, { recursive: true });
  for (const [name, make] of Object.entries(documents))
    await writeFile(new URL(name, SCHEMAS_FOLDER), print(make()));
}
