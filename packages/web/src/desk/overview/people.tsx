import { lasting, useNow } from "../times.ts";
import { useDesk } from "../use-desk.ts";
import type { DeskPerson, DeskToday } from "../wire.ts";
import { Table } from "./overview.tsx";

const ORDER: readonly DeskPerson["status"][] = ["available", "away", "offline"];

/** Who is there, and what they have. */
export function People({ day }: { day: DeskToday | null }) {
  const { lists, skew } = useDesk();
  const now = useNow(skew);
  const people = [...lists.people.values()].sort(
    (a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name),
  );
  return (
    <section class="card-box">
      <h3>People</h3>
      <Table head={["Person", "State", "Has", "Taken today", "Median talk"]}>
        {people.map(({ id, name, status, status_since, connected, load, capacity, queues, skills }) => {
          const own = day?.people.find((person) => person.id === id);
          const isLost = status !== "offline" && !connected;
          return (
            <tr key={id}>
              <th scope="row">
                {name}
                {[...queues, ...skills].length > 0 && (
                  <span class="quiet"> {[...queues, ...skills].join(", ")}</span>
                )}
              </th>
              <td>
                <span class={`state-dot ${isLost ? "lost" : status}`} aria-hidden="true" />
                {isLost ? "connection lost" : status}
                {status !== "offline" && <span class="quiet"> {lasting(now - status_since)}</span>}
              </td>
              <td>
                <meter class="sr-only" min={0} max={capacity} value={Math.min(load, capacity)}>
                  {load} of {capacity}
                </meter>
                <span class="load" aria-hidden="true">
                  <i style={{ transform: `scaleX(${capacity === 0 ? 0 : Math.min(1, load / capacity)})` }} />
                </span>
                {load}/{capacity}
              </td>
              <td>{own?.joined ?? 0}</td>
              <td>
                {own?.median_talk_seconds === null || own === undefined
                  ? "–"
                  : lasting(own.median_talk_seconds * 1_000)}
              </td>
            </tr>
          );
        })}
      </Table>
    </section>
  );
}
