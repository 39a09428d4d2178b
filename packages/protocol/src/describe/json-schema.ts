import { clientEventSchemas, type Schema, serverEventSchemas } from "./event-schemas.ts";

const DIALECT = "draft-2020-12";
const refer = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

function document(title: string, description: string, $defs: Record<string, Schema>): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    description,
    oneOf: Object.keys($defs).map(refer),
    $defs,
  };
}

/** JSON Schema of a frame from the server; every event of it stands alone under `$defs`. */
export const serverEvents = (): Schema =>
  document("A frame from the server", "One event, or a batch of them.", serverEventSchemas(DIALECT, refer));

/** JSON Schema of a frame from a client; every event of it stands alone under `$defs`. */
export const clientEvents = (): Schema =>
  document("A frame from a client", "One of five events.", clientEventSchemas(DIALECT));
