/** An attempt at a turn, as far as it is shown: `GET /api/v1/sessions/{session_id}/turns` has all of it. */
export interface TurnAnswer {
  readonly turn: number;
  readonly attempt: number;
  readonly reason: string;
  readonly agent: string | null;
  readonly outcome: string;
  readonly failure: string | null;
  readonly cause: string | null;
  /** Milliseconds from its start; null where there was none. */
  readonly first_word_ms: number | null;
  readonly total_ms: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly tools: readonly { readonly name: string; readonly failed: boolean; readonly returned: boolean }[];
  /** Why a provider was asked again. */
  readonly retries: readonly string[];
}

const time = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** What is known of a turn, in words, the most telling first; what there was none of is left out. */
export function detailsOf(turn: TurnAnswer): string[] {
  const { first_word_ms: first, total_ms: total, input_tokens: input, output_tokens: output } = turn;
  const tools = turn.tools.map(({ failed, name, returned }) => {
    if (failed) return `${name} (failed)`;
    return returned ? name : `${name} (no result)`;
  });
  return [
    first === null ? "" : `first word ${time(first)}`,
    total === null ? "" : `end ${time(total)}`,
    input + output > 0 ? `tokens ${input} in, ${output} out` : "",
    tools.length > 0 ? `tools ${tools.join(", ")}` : "",
    turn.retries.length > 0 ? `asked again: ${turn.retries.join(", ")}` : "",
  ].filter(Boolean);
}
