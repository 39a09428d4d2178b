import { describe, expect, it } from "vitest";
import { DEPARTURE_NAMES } from "./departures.ts";
import { lacks } from "./needs.ts";
import { DEMO_TRIGGERS, demoProfile } from "./profile.ts";
import { parseProfile } from "./profile-problems.ts";

const read = (value: unknown) => parseProfile(JSON.stringify(value), "p.json");

describe("a profile", () => {
  it("may be empty", () => {
    expect(read({})).toEqual({
      connector: { token: "demo", host: "localhost" },
      triggers: DEMO_TRIGGERS,
      departures: Object.fromEntries(DEPARTURE_NAMES.map((name) => [name, "here"])),
      extensions: true,
      upgradeDelayMs: 15,
      socketsPerSession: 10,
      patient: false,
    });
  });

  it("says for all departures or for each which side is expected", () => {
    expect(Object.values(read({ departures: "documentation" }).departures)).toEqual(
      DEPARTURE_NAMES.map(() => "documentation"),
    );
    expect(read({ departures: { hosts: "documentation" } }).departures).toMatchObject({
      hosts: "documentation",
      secondCopy: "here",
    });
  });

  it.each([
    ["what is no JSON", "{", "p.json: expected JSON; "],
    ["a list", "[]", "p.json: the profile: expected an object with the keys connector, triggers"],
    [
      "an unknown key",
      '{"idleSecond":5}',
      "p.json: idleSecond: unknown; the keys here are connector, triggers",
    ],
    [
      "an unknown key within",
      '{"triggers":{"x":"y"}}',
      "triggers.x: unknown; the keys here are menu, callActions",
    ],
    [
      "a text for a number",
      '{"idleSeconds":"5"}',
      "idleSeconds: expected a number of seconds above 0; got '5'",
    ],
    [
      "a number that is none",
      '{"socketsPerSession":0}',
      "socketsPerSession: expected a whole number from 1; got 0",
    ],
    ["an empty trigger", '{"triggers":{"story":""}}', "triggers.story: expected a text; got ''"],
    [
      "a wait without seconds",
      '{"triggers":{"wait":"wait"}}',
      "expected a text with {seconds} in it; got 'wait'",
    ],
    ["half a connector", '{"connector":{"token":"a"}}', "connector.host: expected a text; got nothing"],
    ["an origin that is none", '{"publicUrl":"chat"}', "publicUrl: expected an http(s) URL; got 'chat'"],
    [
      "an unknown side",
      '{"departures":"there"}',
      'departures: expected "here", "documentation", or an object',
    ],
    [
      "an unknown side of one",
      '{"departures":{"hosts":"x"}}',
      'departures.hosts: expected "here" or "documentation"',
    ],
    [
      "an unknown departure",
      '{"departures":{"host":"here"}}',
      "departures.host: unknown; the keys here are firstBatch",
    ],
  ])("refuses %s", (_, content, message) => {
    expect(() => parseProfile(content, "p.json")).toThrow(message);
  });

  it("tells all mistakes at once, and no secret", () => {
    expect(() => read({ idleSeconds: -1, patient: "yes", hostlessToken: ["hush"] })).toThrow(
      [
        "p.json: hostlessToken: expected a text; got one that is not shown, since it is secret",
        "p.json: idleSeconds: expected a number of seconds above 0; got -1",
        "p.json: patient: expected true or false; got 'yes'",
      ].join("\n"),
    );
  });
});

it("says why a check of the other side does not run", () => {
  const profile = demoProfile("", { departures: { hosts: "documentation" } });
  expect(lacks(profile, "departure:hosts=documentation")).toBeNull();
  expect(lacks(profile, "departure:hosts=here")).toBe(
    'departures.hosts is "documentation": X-Host must be one of the connector\'s hosts exactly',
  );
  expect(lacks(profile, "departure:tooFast=here")).toBeNull();
});
