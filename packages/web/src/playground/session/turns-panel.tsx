import type { TurnView } from "../api.ts";
import { JsonView } from "../wire/json-view.tsx";
import type { Polled } from "./use-polled.ts";

/** What happened in each turn, newest first. */
export function TurnsPanel({ value: turns, problem }: Polled<readonly TurnView[]>) {
  if (turns === null || turns.length === 0) {
    return (
      <p class="empty">
        {problem ?? "No turn yet: the first is the greeting, once a client has asked to join."}
      </p>
    );
  }
  const longest = Math.max(1, ...turns.map(({ total_ms }) => total_ms ?? 0));
  return (
    <div class="scroll-panel">
      <ol class="turns">
        {turns.toReversed().map((turn) => (
          <Turn key={`${turn.turn}.${turn.attempt}`} turn={turn} longest={longest} />
        ))}
      </ol>
    </div>
  );
}

function Turn({ turn, longest }: { turn: TurnView; longest: number }) {
  const { agent, attempt, cause, failure, outcome, reason, tools } = turn;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  return (
    <li>
      <p class="turn-head">
        <b>
          Turn {turn.turn}
          {again} · {agent ?? "operator"}
        </b>
        <span class={failure === null ? `outcome ${outcome}` : "outcome bad"}>{outcome}</span>
      </p>
      <p class="quiet">{[reason, ...detailsOf(turn)].join(" · ")}</p>
      <Timing turn={turn} longest={longest} />
      {failure !== null && <p class="bad">{cause ? `${failure}: ${cause}` : failure}</p>}
      {tools.map((tool) => (
        <details key={tool.id}>
          <summary>
            {tool.name} {tool.failed ? "(failed)" : tool.returned ? "" : "(no result)"}
          </summary>
          <JsonView data={{ arguments: tool.arguments, result: tool.result }} label={`Tool ${tool.name}`} />
        </details>
      ))}
    </li>
  );
}

/** How long the first word and the whole answer took, beside those of the other turns. */
function Timing({
  turn: { first_word_ms: first, total_ms: total },
  longest,
}: {
  turn: TurnView;
  longest: number;
}) {
  if (total === null) return null;
  const share = (ms: number) => `${(100 * ms) / longest}%`;
  return (
    <div class="timing" aria-hidden="true">
      <i style={{ width: share(first ?? total) }} />
      <i style={{ width: share(total - (first ?? total)) }} />
    </div>
  );
}

const time = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** What is known of a turn, in words, the most telling first; what there was none of is left out. */
function detailsOf(turn: TurnView): string[] {
  const { first_word_ms: first, total_ms: total, input_tokens: input, output_tokens: output } = turn;
  return [
    first === null ? "" : `first word ${time(first)}`,
    total === null ? "" : `end ${time(total)}`,
    input + output > 0 ? `tokens ${input} in, ${output} out` : "",
    turn.retries.length > 0 ? `asked again: ${turn.retries.join(", ")}` : "",
  ].filter(Boolean);
}
