import { EVENT, type EventBatch, type ServerEvent, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";

/** A sequenced event. */
export type Kept = ServerEvent & { sequence: number };

/** What one client has of its session, by sequence, over all its sockets; and what came that must not. */
export class View {
  readonly events = new Map<number, Kept>();
  readonly problems: string[] = [];
  /** What was sent more than once, so that its echo may come again: a `local_id`, or a type where there is no key. */
  readonly resent = new Set<string>();
  readonly #sequences = new Map<string, number>();
  #cursor = 0;
  #wasToldToJoin = false;

  /** The highest sequence that was seen. */
  get cursor(): number {
    return this.#cursor;
  }

  /** All there is, ascending. */
  get history(): Kept[] {
    return [...this.events.values()].sort((a, b) => a.sequence - b.sequence);
  }

  /** A socket that was opened behind the cursor. @returns what takes its frames, and says what is new in them */
  open(): (frame: ServerEvent | EventBatch) => ServerEvent[] {
    let position = this.#cursor;
    return (frame) => {
      const events = frame.type === EVENT.EVENT_BATCH ? frame.payload.events : [frame];
      return events.filter((event) => {
        if (!isSequenced(event)) {
          this.#hear(event);
          return true;
        }
        const isNew = this.#take(event, position);
        position = Math.max(position, event.sequence);
        return isNew;
      });
    };
  }

  /** A message may overtake a join whose socket was cut: that nobody has joined is told then, once [protocol section 4]. */
  #hear({ type, payload }: ServerEvent): void {
    if (type !== EVENT.SYSTEM_MESSAGE || payload.level === SYSTEM_LEVEL.info) return;
    const hasJoined = this.history.some((event) => event.type === EVENT.REQUEST_POLY_AGENT_JOIN);
    const mayBe = payload.message === SYSTEM_MESSAGES.noConversation && !hasJoined && !this.#wasToldToJoin;
    if (mayBe) this.#wasToldToJoin = true;
    else this.problems.push(`told: ${payload.message}`);
  }

  #take(event: Kept, position: number): boolean {
    const { id, sequence, type } = event;
    const [first] = standsFor(event);
    const known = this.events.get(sequence);
    const earlier = this.#sequences.get(id);
    if (known !== undefined && known.id !== id)
      this.problems.push(`${sequence} is both ${known.id} and ${id}`);
    if (earlier !== undefined && earlier !== sequence)
      this.problems.push(`${id} came as ${earlier} and as ${sequence}`);
    if (sequence <= position) {
      if (!this.resent.has(keyOf(event))) this.problems.push(`${sequence} ${type} came again unasked`);
    } else if (first !== position + 1) {
      this.problems.push(`${sequence} ${type} came behind ${position}`);
    }
    if (known !== undefined) return false;
    this.events.set(sequence, event);
    this.#sequences.set(id, sequence);
    this.#cursor = Math.max(this.#cursor, sequence);
    return true;
  }
}

/** The first and the last sequence an event stands for: a replay from the beginning joins chunks. */
export function standsFor(event: Kept): [first: number, last: number] {
  const { sequence } = event;
  if (event.type !== EVENT.POLY_AGENT_MESSAGE_CHUNK) return [sequence, sequence];
  const { chunk_index, first_chunk_index = chunk_index } = event.payload;
  return [sequence - (chunk_index - first_chunk_index), sequence];
}

/** What names the frame of a client: its key, or its type where it has none. */
export const keyOf = ({ type, metadata }: ServerEvent): string =>
  (metadata?.custom as { local_id?: string } | undefined)?.local_id ?? type;

const isSequenced = (event: ServerEvent): event is Kept => event.sequence !== null;
