import type { Profile, Triggers } from "./profile.ts";

/** The longest wait for a server's own time limits, seconds: with production's limits nobody would run the suite. */
const LONGEST_WAIT = 30;

/** What a check needs beyond a URL and a connector. */
export type Need =
  | `trigger:${keyof Triggers}`
  | "contextKey"
  | "hostlessToken"
  | "app"
  | "extraOrigin"
  | "publicUrl"
  | "domainHost"
  | "shortIdle"
  | "shortGrace"
  | "upgradeDelay"
  | "patience";

/** @returns why a check with this need cannot run, or null when it can */
export function lacks(profile: Profile, need: Need): string | null {
  if (need.startsWith("trigger:")) {
    const trigger = need.slice("trigger:".length) as keyof Triggers;
    return profile.triggers[trigger] ? null : `the profile names no trigger "${trigger}" of the agent`;
  }
  return others[need as Exclude<Need, `trigger:${string}`>](profile);
}

const unless = (holds: unknown, reason: string): string | null => (holds ? null : reason);

const others: Record<Exclude<Need, `trigger:${string}`>, (profile: Profile) => string | null> = {
  contextKey: (profile) => unless(profile.contextKey, "the profile names no connector with a context key"),
  hostlessToken: (profile) => unless(profile.hostlessToken, "the profile names no connector without hosts"),
  app: (profile) => unless(profile.app, "the profile names no registered app id"),
  extraOrigin: (profile) => unless(profile.extraOrigin, "the profile names no origin beyond the hosts"),
  publicUrl: (profile) => unless(profile.publicUrl, "the profile does not say what the public URL is"),
  domainHost: ({ connector }) =>
    unless(!/^[\d.]+$|:/.test(connector.host), "the connector's host is an address, which has no subdomains"),
  shortIdle: ({ idleSeconds }) =>
    unless(
      idleSeconds !== undefined && idleSeconds <= LONGEST_WAIT,
      `the profile names no idle limit of at most ${LONGEST_WAIT} s`,
    ),
  shortGrace: ({ endedGraceSeconds }) =>
    unless(
      endedGraceSeconds !== undefined && endedGraceSeconds <= LONGEST_WAIT,
      `the profile names no grace of ended sessions of at most ${LONGEST_WAIT} s`,
    ),
  upgradeDelay: ({ upgradeDelayMs }) => unless(upgradeDelayMs > 0, "the server's upgrade delay is off"),
  patience: ({ patient }) => unless(patient, "it takes more than a minute; run with --patient"),
};
