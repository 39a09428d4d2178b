/** The parts of the protocol that need zod at run time; a browser imports the types from the index alone. */
export * from "./client-frame.ts";
export * from "./events.ts";
export * from "./handoffs.ts";
export * from "./http.ts";
export * from "./webhooks.ts";
