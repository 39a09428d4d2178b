import { useEffect, useState } from "preact/hooks";
import { clearFaults, type Fault, makeFault, type SessionView } from "../api.ts";

/** Close codes worth trying, and what each is to a client. */
const DROPS = [
  ["", "by a reset"],
  ["1012", "1012 restart"],
  ["1013", "1013 try again later"],
  ["1011", "1011 internal fault"],
  ["1001", "1001 going away"],
  ["1000", "1000 normal"],
  ["4001", "4001 (never Parley's)"],
] as const;

/** How long a refusal of the server's stays to be read, milliseconds. */
const TOLD = 8_000;

/** Makes faults happen in a session, on one of its connections or all. */
export function FaultsBar({ session, changed }: { session: SessionView | null; changed: () => void }) {
  const [code, setCode] = useState("");
  const [ms, setMs] = useState("500");
  const [connection, setConnection] = useState("");
  const [told, setTold] = useState("");
  const isOpen = session !== null && session.status === "open";
  const isConnected = isOpen && session.connections.length > 0;
  // A connection that is gone is none to aim at.
  const aim = session?.connections.includes(Number(connection)) ? Number(connection) : undefined;

  useEffect(() => {
    if (told === "") return;
    const timer = setTimeout(() => setTold(""), TOLD);
    return () => clearTimeout(timer);
  }, [told]);

  const run = async (what: () => Promise<void>) => {
    setTold("");
    await what().catch((error: Error) => setTold(error.message));
    changed();
  };
  const make =
    (fault: Fault, isAimed = true) =>
    () =>
      run(() =>
        makeFault(session?.session_id ?? "", {
          ...fault,
          ...(isAimed && aim !== undefined && { connection: aim }),
        }),
      );
  const delay = Math.min(600_000, Math.max(1, Math.round(Number(ms)) || 1));
  return (
    <section class="faults" aria-label="Faults on demand">
      <h2>Faults</h2>
      <span class="group">
        <button
          type="button"
          class="tool"
          disabled={!isConnected}
          onClick={make({ fault: "drop", ...(code !== "" && { code: Number(code) }) })}
        >
          Drop
        </button>
        <select
          class="field"
          aria-label="How it is dropped"
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
        >
          {DROPS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </span>
      <span class="group">
        <button type="button" class="tool" disabled={!isOpen} onClick={make({ fault: "delay", ms: delay })}>
          Delay
        </button>
        <button type="button" class="tool" disabled={!isOpen} onClick={make({ fault: "stall", ms: delay })}>
          Stall
        </button>
        <input
          class="field ms"
          type="number"
          min="1"
          max="600000"
          step="100"
          aria-label="For how long, milliseconds"
          value={ms}
          onInput={({ currentTarget }) => setMs(currentTarget.value)}
        />
        <span class="quiet" aria-hidden="true">
          ms
        </span>
      </span>
      <button type="button" class="tool" disabled={!isOpen} onClick={make({ fault: "cut_mid_stream" })}>
        Cut mid-stream
      </button>
      <button type="button" class="tool" disabled={!isConnected} onClick={make({ fault: "duplicate" })}>
        Duplicate
      </button>
      <button type="button" class="tool" disabled={!isOpen} onClick={make({ fault: "restart_agent" }, false)}>
        Restart agent
      </button>
      <button type="button" class="tool" disabled={!isOpen} onClick={make({ fault: "expire_token" }, false)}>
        Expire token
      </button>
      <button type="button" class="tool" disabled={!isOpen} onClick={make({ fault: "end_idle" }, false)}>
        End idle
      </button>
      {isConnected && session.connections.length > 1 && (
        <select
          class="field"
          aria-label="On which connection"
          value={aim ?? ""}
          onChange={({ currentTarget }) => setConnection(currentTarget.value)}
        >
          <option value="">all connections</option>
          {session.connections.map((id) => (
            <option key={id} value={id}>
              #{id}
            </option>
          ))}
        </select>
      )}
      {session !== null && session.faults.length > 0 && (
        <button
          type="button"
          class="tool active-faults"
          onClick={() => run(() => clearFaults(session.session_id))}
        >
          {session.faults.map(({ fault }) => fault.replaceAll("_", " ")).join(", ")} · clear
        </button>
      )}
      <span class="told" role="status">
        {told}
      </span>
    </section>
  );
}
