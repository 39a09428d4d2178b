import type { Connection } from "./connection.ts";
import { ParleyError } from "./errors.ts";
import type { ServerEvent } from "./wire.ts";

/** What waits for a reader at most: about an hour of a busy conversation. */
const WAITING = 10_000;

/**
 * Every event from now on, for a `for await`. Ends behind the end of the conversation, or once the connection is closed.
 * @throws ParleyError why the connection has failed; `overflow` for a reader that is too far behind
 */
export function eventsOf(connection: Connection): AsyncGenerator<ServerEvent, undefined> {
  const waiting: ServerEvent[] = [];
  let end: { error: ParleyError | null } | undefined;
  let wake = () => {};
  const finish = (error: ParleyError | null) => {
    for (const stop of stops) stop();
    end ??= { error };
    wake();
  };
  const stops = [
    connection.on("event", (event) => {
      if (waiting.push(event) > WAITING)
        finish(new ParleyError("overflow", `${WAITING} events wait for their reader`));
      wake();
    }),
    connection.on("status", ({ state, error }) => {
      if (state === "failed") finish(error);
      else if (state === "ended" || state === "idle") finish(null);
    }),
  ];
  if (connection.status.state === "ended") finish(null);
  return read();

  async function* read(): AsyncGenerator<ServerEvent, undefined> {
    try {
      for (;;) {
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event;
        if (end?.error) throw end.error;
        if (end) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      finish(null);
    }
  }
}
