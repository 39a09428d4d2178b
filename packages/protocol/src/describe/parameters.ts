import type { Schema } from "./event-schemas.ts";

/** A parameter of an operation that is a text, in a header of the request. */
export const header = (name: string, description: string, required = false): Schema => ({
  name,
  in: "header",
  required,
  description,
  schema: { type: "string" },
});
