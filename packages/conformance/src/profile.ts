/** What makes the agent behind the server do what a check needs; a trigger that is absent leaves its checks out. */
export interface Triggers {
  /** Text, two attachments (a URL and an IMAGE), suggestions. */
  menu?: string;
  /** Call actions. */
  callActions?: string;
  /** A server-managed handoff. */
  handoff?: string;
  /** A client-managed handoff. */
  clientHandoff?: string;
  /** Another language: `LANGUAGE_CHANGED`, then an answer. */
  language?: string;
  /** At least 1,000 characters; at least ten chunks when streaming. */
  story?: string;
  /** A farewell, then the end. */
  goodbye?: string;
  /** The agent fails before its first word. */
  failNow?: string;
  /** The agent fails in the middle of its answer. */
  failMidway?: string;
  /** So many seconds of thought before the answer; `{seconds}` stands for their number. */
  wait?: string;
  /** Set where an answer to any other text contains that text. */
  echo?: boolean;
}

/** What a connector of the server is known by. */
export interface ConnectorProfile {
  token: string;
  host: string;
}

/** What the suite has to know of the server it is pointed at. */
export interface Profile {
  /** Where the server listens, as `http://host:port`. */
  url: string;
  /** A connector with at least one host and, unless `contextKey` says otherwise, without context keys. */
  connector: ConnectorProfile;
  triggers: Triggers;

  /** A connector with a context key. */
  contextKey?: ConnectorProfile & { kid: string; secret: string };
  /** The token of a connector that has neither hosts nor apps. */
  hostlessToken?: string;
  /** An app id that is registered with a connector. */
  app?: { token: string; id: string };
  /** An origin that a connector lists beyond its hosts. */
  extraOrigin?: ConnectorProfile & { origin: string };
  /** The public URL that the server is configured with. */
  publicUrl?: string;

  /** Seconds without life until a session is abandoned, the mercy included. Checks that wait for it run up to 30. */
  idleSeconds?: number;
  /** Seconds for which an ended session can still be read. Checks that wait for it run up to 30. */
  endedGraceSeconds?: number;
  /** Milliseconds before which no upgrade is answered. */
  upgradeDelayMs: number;
  /** Sockets of one session that may live at once. */
  socketsPerSession: number;
  /** Run the checks that take a minute or more. */
  patient: boolean;
}

/** The table of the demo agent. */
export const DEMO_TRIGGERS: Triggers = {
  menu: "menu",
  callActions: "call me",
  handoff: "human",
  clientHandoff: "elsewhere",
  language: "en français",
  story: "story",
  goodbye: "goodbye",
  failNow: "fail now",
  failMidway: "fail midway",
  wait: "wait {seconds}",
  echo: true,
};

/** A profile of a server in development, with whatever else is known of it. */
export function demoProfile(url: string, more: Partial<Profile> = {}): Profile {
  return {
    url,
    connector: { token: "demo", host: "localhost" },
    triggers: DEMO_TRIGGERS,
    upgradeDelayMs: 15,
    socketsPerSession: 10,
    patient: false,
    ...more,
  };
}
