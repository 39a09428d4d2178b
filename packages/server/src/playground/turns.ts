import { byId, el, plural } from "./dom.ts";
import { detailsOf, type TurnAnswer } from "./turn-record.ts";

/** How often it looks again while somebody looks at it, milliseconds. */
const RHYTHM = 1_000;

/** What happened in each turn of the conversation, while the panel is open. It is asked of the server beside the wire. */
export class TurnsPanel {
  readonly #panel = byId<HTMLDetailsElement>("turns");
  readonly #sessionOf: () => string | null;
  #session: string | null = null;
  /** The turns of the pages before the last one, which change no more, and where the last one begins. */
  #past: readonly TurnAnswer[] = [];
  #cursor: string | null = null;
  #isAsking = false;
  #shown = "";

  constructor(sessionOf: () => string | null) {
    this.#sessionOf = sessionOf;
    const look = () => {
      if (this.#panel.open && !this.#isAsking) void this.#look();
    };
    this.#panel.addEventListener("toggle", look);
    setInterval(look, RHYTHM);
  }

  async #look(): Promise<void> {
    this.#isAsking = true;
    try {
      const session = this.#sessionOf();
      if (session !== this.#session) {
        this.#session = session;
        this.#past = [];
        this.#cursor = null;
      }
      this.#show(session === null ? [] : await this.#read(session));
    } catch (error) {
      byId("turns-note").textContent =
        `They cannot be read now: ${error instanceof Error ? error.message : error}`;
    } finally {
      this.#isAsking = false;
    }
  }

  async #read(session: string): Promise<readonly TurnAnswer[]> {
    for (;;) {
      const query = this.#cursor === null ? "" : `?cursor=${encodeURIComponent(this.#cursor)}`;
      const response = await fetch(`/playground/sessions/${session}/turns${query}`);
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.message);
      const turns = [...this.#past, ...(answer.turns as TurnAnswer[])];
      if (answer.next_cursor === null) return turns;
      this.#past = turns;
      this.#cursor = answer.next_cursor;
    }
  }

  #show(turns: readonly TurnAnswer[]): void {
    byId("turns-note").textContent =
      turns.length === 0 ? "None yet." : `${plural(turns.length, "attempt")}, newest first.`;
    // What somebody has selected stays selected.
    const shown = JSON.stringify(turns);
    if (shown === this.#shown) return;
    this.#shown = shown;
    byId("turn-list").replaceChildren(...turns.toReversed().map(turnNode));
  }
}

function turnNode(turn: TurnAnswer): HTMLElement {
  const { agent, attempt, cause, failure, outcome, reason } = turn;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  return el(
    "li",
    {},
    el(
      "div",
      { class: "what" },
      el("b", {}, `Turn ${turn.turn}${again} · ${agent ?? "operator"}`),
      el("span", { class: failure === null ? "quiet" : "bad" }, outcome),
    ),
    el("div", { class: "quiet" }, [reason, ...detailsOf(turn)].join(" · ")),
    failure !== null && el("div", { class: "bad" }, cause ? `${failure}: ${cause}` : failure),
  );
}
