import { DEPARTURES, type Departure, type Side } from "./departures.ts";
import type { Profile, Triggers } from "./profile.ts";

/** The longest wait for a server's own time limits, seconds: with production's limits nobody would run the suite. */
const LONGEST_WAIT = 30;

/** What a check needs beyond a URL and a connector. */
export type Need =
  | `trigger:${keyof Triggers}`
  | "contextKey"
  | "people"
  | "hostlessToken"
  | "app"
  | "extraOrigin"
  | "publicUrl"
  | "domainHost"
  | "extensions"
  | "sixthEvent"
  | `departure:${Departure}=${Side}`
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
  const departure = /^departure:(\w+)=(\w+)$/.exec(need);
  if (departure !== null) return onOtherSide(profile, departure[1] as Departure, departure[2] as Side);
  return others[need as Simple](profile);
}

type Simple = Exclude<Need, `trigger:${string}` | `departure:${string}`>;

function onOtherSide({ departures }: Profile, name: Departure, side: Side): string | null {
  const expected = departures[name];
  return expected === side ? null : `departures.${name} is "${expected}": ${DEPARTURES[name][expected]}`;
}

const unless = (holds: unknown, reason: string): string | null => (holds ? null : reason);

const others: Record<Simple, (profile: Profile) => string | null> = {
  contextKey: (profile) => unless(profile.contextKey, "the profile names no connector with a context key"),
  people: (profile) => unless(profile.people, "the profile does not say how the suite can play a person"),
  hostlessToken: (profile) => unless(profile.hostlessToken, "the profile names no connector without hosts"),
  app: (profile) => unless(profile.app, "the profile names no registered app id"),
  extraOrigin: (profile) => unless(profile.extraOrigin, "the profile names no origin beyond the hosts"),
  publicUrl: (profile) => unless(profile.publicUrl, "the profile does not say what the public URL is"),
  domainHost: ({ connector }) =>
    unless(!/^[\d.]+$|:/.test(connector.host), "the connector's host is an address, which has no subdomains"),
  extensions: ({ extensions }) => unless(extensions, "the profile says that the server has no extensions"),
  sixthEvent: (profile) => unless(profile.sixthEvent, "the profile names no sixth client event"),
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
