import "./session.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SessionView } from "../api.ts";
import { CopyButton } from "../copy.tsx";
import { JsonView } from "../wire/json-view.tsx";
import type { Polled } from "./use-polled.ts";

const SPEAKERS: Readonly<Record<string, string>> = {
  nobody: "nobody has joined",
  joining: "the agent is joining",
  agent: "the agent",
  handoff: "waiting for a person",
  person: "a person",
};

/** What the server knows of a session. */
export function SessionPanel({ value: session, problem }: Polled<SessionView>) {
  const now = useSeconds();
  if (session === null) return <p class="empty">{problem ?? "No session yet: connect a client."}</p>;
  const { state } = session;
  return (
    <div class="scroll-panel">
      <dl class="facts">
        <Fact name="Session">
          <code>{session.session_id}</code>{" "}
          <CopyButton text={() => session.session_id} label="Copy the session's id" />
        </Fact>
        <Fact name="Status">{session.status === "open" ? "open" : `ended ${clock(session.ended_at)}`}</Fact>
        <Fact name="Connections">
          {session.connections.length === 0
            ? "none open"
            : session.connections.map((id) => `#${id}`).join(", ")}
        </Fact>
        <Fact name="Client">
          {[session.platform, session.device_type, session.locale, session.host].filter(Boolean).join(" · ")}
        </Fact>
        <Fact name="Connector">
          {session.connector}, {session.streaming_enabled ? "streaming" : "whole messages"}, since{" "}
          {clock(session.created_at)}
        </Fact>
        {state === null ? (
          <Fact name="Memory">asleep: on the disk alone until somebody comes</Fact>
        ) : (
          <>
            <Fact name="Speaks">
              {SPEAKERS[state.speaker] ?? state.speaker}
              {state.agent !== null && ` (${state.agent})`}
            </Fact>
            <Fact name="Turn">
              {state.turn === null
                ? state.owes_answer
                  ? "none runs; an answer is owed"
                  : "none runs"
                : `${state.turn.turn} runs: ${state.turn.reason}, attempt ${state.turn.attempt}`}
            </Fact>
            <Fact name="Sequence">
              {state.sequence}; {state.user_messages} of the user's messages
            </Fact>
            <Fact name="Ends idle">{state.idle_at === null ? "has ended" : until(state.idle_at, now)}</Fact>
            {state.language !== null && <Fact name="Language">{state.language}</Fact>}
            {state.failure !== null && <Fact name="Last turn">failed: {state.failure}</Fact>}
          </>
        )}
      </dl>
      <Json title="Attributes" data={session.attributes} />
      <Json title="Verified context" data={state?.context ?? {}} />
      <Json title="The agent's memory" data={state?.memory ?? {}} />
    </div>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Json({ title, data }: { title: string; data: object }) {
  if (Object.keys(data).length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <JsonView data={data} label={title} />
    </section>
  );
}

/** The hour, as it goes. */
function useSeconds(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const clock = (time: string | null): string =>
  time === null ? "" : new Date(time).toLocaleTimeString("en-GB");

function until(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((Date.parse(time) - now) / 1_000));
  return `in ${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")} without a sign of life`;
}
