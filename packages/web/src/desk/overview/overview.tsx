import "./overview.css";
import { useEffect, useState } from "preact/hooks";
import { type DeskError, today } from "../api.ts";
import { userName } from "../names.ts";
import { byAge } from "../state/lists.ts";
import { lasting, useNow } from "../times.ts";
import { useDesk } from "../use-desk.ts";
import type { DeskConversation, DeskToday } from "../wire.ts";
import { HoursChart, OutcomesChart } from "./charts.tsx";
import { People } from "./people.tsx";

/** The numbers of the day are asked for so often while somebody looks at them, milliseconds. */
const EVERY = 30_000;

const seconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : lasting(value * 1_000);

/** What a supervisor looks at: who is there, who waits, and how the day goes. */
export function Overview({ onSelect }: { onSelect: (handoff: string) => void }) {
  const { lists, skew } = useDesk();
  const [day, setDay] = useState<DeskToday | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const look = () =>
      today(new Date().setHours(0, 0, 0, 0)).then(
        (numbers) => {
          setDay(numbers);
          setProblem("");
        },
        (error: DeskError) => setProblem(error.message),
      );
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => clearInterval(timer);
  }, []);

  const all = [...lists.conversations.values()];
  const waiting = all.filter(({ state }) => state !== "joined").sort(byAge);
  const joined = all.filter(({ state }) => state === "joined").sort((a, b) => a.since - b.since);
  const people = [...lists.people.values()];
  const available = people.filter(({ status, connected }) => status === "available" && connected).length;
  return (
    <main class="overview">
      <h2 class="sr-only">Overview</h2>
      <section class="tiles" aria-label="Now and today">
        <Tile
          name="Waiting"
          value={String(waiting.length)}
          hint={<Longest waiting={waiting} skew={skew} />}
        />
        <Tile name="With a person" value={String(joined.length)} />
        <Tile name="Available" value={String(available)} hint={`of ${people.length}`} />
        <Tile
          name="Asked for today"
          value={day === null ? "–" : String(day.requested)}
          hint={`${day?.joined ?? 0} taken`}
        />
        <Tile
          name="Wait, median"
          value={seconds(day?.wait_seconds?.median)}
          hint={`9 of 10 below ${seconds(day?.wait_seconds?.p90)}`}
        />
        <Tile
          name="Talk, median"
          value={seconds(day?.talk_seconds?.median)}
          hint={`longest ${seconds(day?.talk_seconds?.longest)}`}
        />
      </section>
      {problem !== "" && (
        <p class="banner bad" role="alert">
          The numbers of today could not be read: {problem}
        </p>
      )}
      <div class="overview-grid">
        <section class="card-box">
          <h3>Handoffs by the hour</h3>
          <HoursChart hours={day?.hours ?? []} />
          <p class="legend quiet">
            <i class="swatch" /> asked for <i class="swatch lost" /> nobody came
          </p>
        </section>
        <section class="card-box">
          <h3>How they ended today</h3>
          {day !== null && <OutcomesChart outcomes={day.outcomes} />}
        </section>
        <section class="card-box">
          <h3>Queues</h3>
          <Table head={["Queue", "Waiting", "Longest", "Available", "Today", "Median wait"]}>
            {[...lists.queues.values()].map(({ name, open, waiting: count, oldest_at, available: there }) => {
              const own = day?.queues.find((queue) => queue.name === name);
              return (
                <tr key={name}>
                  <th scope="row">
                    {name} {!open && <span class="tag">closed</span>}
                  </th>
                  <td>{count}</td>
                  <td>{oldest_at === null ? "–" : <Waited since={oldest_at} skew={skew} />}</td>
                  <td>{there}</td>
                  <td>{own?.requested ?? 0}</td>
                  <td>{seconds(own?.median_wait_seconds)}</td>
                </tr>
              );
            })}
          </Table>
        </section>
        <People day={day} />
        <section class="card-box whole">
          <h3>Conversations now</h3>
          {all.length === 0 ? (
            <p class="quiet">There are none.</p>
          ) : (
            <ul class="now-list">
              {[...waiting, ...joined].slice(0, 100).map((one) => (
                <li key={one.handoff}>
                  <button type="button" class="button small" onClick={() => onSelect(one.handoff)}>
                    {one.state === "joined" ? "Watch" : "Look"}
                    <span class="sr-only"> at {userName(one)}</span>
                  </button>
                  <b dir="auto">{userName(one)}</b>
                  <span class="tag">{one.queue}</span>
                  <span class="now-last quiet" dir="auto">
                    {one.last?.text ?? ""}
                  </span>
                  <span class="quiet now-who">
                    {one.state === "joined" ? lists.people.get(one.person ?? "")?.name : "waits"}{" "}
                    <Waited since={one.state === "joined" ? one.since : one.requested_at} skew={skew} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </main>
  );
}

function Tile({ name, value, hint }: { name: string; value: string; hint?: preact.ComponentChildren }) {
  return (
    <div class="tile">
      <p class="quiet">{name}</p>
      <p class="tile-value">{value}</p>
      <p class="quiet tile-hint">{hint ?? "\u00a0"}</p>
    </div>
  );
}

function Longest({ waiting, skew }: { waiting: readonly DeskConversation[]; skew: number }) {
  const [first] = waiting;
  if (first === undefined) return <>nobody</>;
  return (
    <>
      longest <Waited since={first.requested_at} skew={skew} />
    </>
  );
}

function Waited({ since, skew }: { since: number; skew: number }) {
  const now = useNow(skew);
  return <span class="number">{lasting(now - since)}</span>;
}

export function Table({ head, children }: { head: readonly string[]; children: preact.ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1]
    <section class="table-box" tabIndex={0} aria-label={head[0] ?? ""}>
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
