import { z } from "zod";
import { isPasswordHash } from "./passwords.ts";

/** What a person at the desk may do: `supervisor` sees what everybody does, beside all that an `agent` does. */
export const ROLES = ["agent", "supervisor"] as const;
export type Role = (typeof ROLES)[number];

/** Conversations that somebody has at once unless told otherwise. */
export const DEFAULT_CAPACITY = 4;
/** More than anybody can follow; it bounds what one sign-in makes the server watch. */
export const MAX_CAPACITY = 50;

/** What a person signs in with: an address, or a name. Compared without regard to case. */
export const LOGIN = /^[^\s\p{C}]{1,254}$/u;
/** What users read; one line. */
export const PERSON_NAME = /^[^\p{C}]{1,100}$/u;
/** The name of a queue, as the configuration has it, and of a skill. */
export const LABEL = /^[^\p{C}]{1,100}$/u;

/** Somebody who answers at the desk. */
export interface Account {
  /** Stands in every conversation the person has had, as `agent_id`. Never reused. */
  readonly id: string;
  /** Lower case. */
  readonly login: string;
  /** What users read. */
  readonly name: string;
  /** An http or https URL, or empty. */
  readonly avatarUrl: string;
  readonly role: Role;
  /** What the person can do beyond what everybody can, such as a language. */
  readonly skills: readonly string[];
  /** The queues that the person serves; empty for all. */
  readonly queues: readonly string[];
  /** Conversations at once. */
  readonly capacity: number;
  /** Null where the person signs in by other means. */
  readonly passwordHash: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** How a login is compared and kept. */
export const loginOf = (text: string): string => text.trim().normalize("NFC").toLowerCase();

export const isAvatarUrl = (text: string): boolean =>
  text === "" || ["http:", "https:"].includes(URL.parse(text)?.protocol ?? "");

const labels = z.array(z.string().regex(LABEL)).default([]);

/** An account as a record of the journal, which its id names. */
export const accountRecord = z.object({
  login: z.string().regex(LOGIN),
  name: z.string().regex(PERSON_NAME),
  avatarUrl: z.string().refine(isAvatarUrl).default(""),
  /** A later release may know more roles; who has one of them is an agent here. */
  role: z.enum(ROLES).catch("agent"),
  skills: labels,
  queues: labels,
  capacity: z.int().min(1).max(MAX_CAPACITY).default(DEFAULT_CAPACITY),
  passwordHash: z.string().refine(isPasswordHash).nullable().default(null),
  createdAt: z.number(),
});
