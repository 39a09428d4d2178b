/** A session as the server lists it. */
export interface SessionSummary {
  readonly session_id: string;
  readonly connector: string;
  readonly user_id: string;
  readonly host: string;
  readonly status: "open" | "ended";
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly platform: string;
  readonly device_type: string | null;
  readonly streaming_enabled: boolean;
  readonly locale: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The numbers of its open connections. */
  readonly connections: readonly number[];
}

/** What a session has in memory. */
export interface SessionState {
  readonly speaker: string;
  readonly sequence: number;
  readonly agent: string | null;
  readonly turn: { readonly turn: number; readonly attempt: number; readonly reason: string } | null;
  readonly streaming_message_id: string | null;
  readonly user_messages: number;
  readonly owes_answer: boolean;
  readonly language: string | null;
  readonly failure: string | null;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly memory: Readonly<Record<string, unknown>>;
  readonly idle_at: string | null;
}

/** A fault, as it is asked for and as it lasts; see docs/testing-your-client.md. */
export interface Fault {
  readonly fault: string;
  readonly connection?: number;
  readonly [key: string]: unknown;
}

export interface SessionView extends SessionSummary {
  /** Null while it sleeps on the disk. */
  readonly state: SessionState | null;
  readonly faults: readonly Fault[];
}

/** A connector of this server, as a client needs it. */
export interface ConnectorView {
  readonly id: string;
  readonly token: string;
  readonly host: string;
  /** The name of its agent; null where each session makes its own. */
  readonly agent: string | null;
}

/** An attempt at a turn. */
export interface TurnView {
  readonly turn: number;
  readonly attempt: number;
  readonly reason: string;
  readonly agent: string | null;
  readonly outcome: string;
  readonly failure: string | null;
  readonly cause: string | null;
  readonly started_at: string;
  readonly first_word_ms: number | null;
  readonly total_ms: number | null;
  readonly message_ids: readonly string[];
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly tools: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
    readonly result: unknown;
    readonly failed: boolean;
    readonly returned: boolean;
  }[];
  readonly retries: readonly string[];
}

/** @throws Error with the server's own words where it refuses, or the browser's where nobody answers */
async function ask(path: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(`/playground/${path}`, init);
  if (answer.ok) return answer;
  const { message = `HTTP ${answer.status}` } = await answer.json().catch(() => ({}));
  throw new Error(message);
}

const read = async <Answer>(path: string): Promise<Answer> => (await ask(path)).json();

export const readConnectors = async () =>
  (await read<{ connectors: readonly ConnectorView[] }>("connectors")).connectors;
/** A connector's `widget`, as its configuration has it or as it is tried. */
export type WidgetConfig = Readonly<Record<string, unknown>>;

export const readWidget = (id: string) => read<WidgetConfig>(`connectors/${id}/widget`);

/** Tries another one, or with null takes that back. @returns what holds now */
export async function tryWidget(id: string, config: unknown): Promise<WidgetConfig> {
  const change = config === null ? { method: "DELETE" } : { method: "PUT", body: JSON.stringify(config) };
  return (await ask(`connectors/${id}/widget`, change)).json();
}

export const readSessions = async () =>
  (await read<{ sessions: readonly SessionSummary[] }>("sessions")).sessions;
export const readSession = (id: string) => read<SessionView>(`sessions/${id}`);

/** All turns of a session, oldest first. */
export async function readTurns(id: string): Promise<readonly TurnView[]> {
  const turns: TurnView[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const page: { turns: readonly TurnView[]; next_cursor: string | null } = await read(
      `sessions/${id}/turns${query}`,
    );
    turns.push(...page.turns);
    cursor = page.next_cursor;
  }
  return turns;
}

export async function makeFault(session: string, fault: Fault): Promise<void> {
  await ask(`sessions/${session}/faults`, { method: "POST", body: JSON.stringify(fault) });
}

export async function clearFaults(session: string): Promise<void> {
  await ask(`sessions/${session}/faults`, { method: "DELETE" });
}
