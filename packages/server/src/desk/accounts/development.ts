import { type Account, DEFAULT_CAPACITY } from "./account.ts";

const person = (login: string, name: string, role: Account["role"], createdAt: number): Account => ({
  id: `development-${login}`,
  login,
  name,
  avatarUrl: "",
  role,
  skills: [],
  queues: [],
  capacity: DEFAULT_CAPACITY,
  passwordHash: null,
  createdAt,
});

/**
 * Two people to try the desk with, so that one can pass a conversation to the other. They exist in development alone, in
 * no record, and sign in with a click: who reaches a server in development sits at its machine.
 */
export const DEVELOPMENT_ACCOUNTS: readonly Account[] = [
  person("robin", "Robin", "supervisor", 0),
  person("sam", "Sam", "agent", 1),
];
