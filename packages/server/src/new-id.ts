import { randomUUID } from "node:crypto";

/** A fresh UUID, for events, messages and users. */
export const newId = (): string => randomUUID();
