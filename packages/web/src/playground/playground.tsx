import { useEffect, useMemo, useState } from "preact/hooks";
import { type ConnectorView, readConnectors, readSession, readSessions, readTurns } from "./api.ts";
import { ConnectPanel } from "./connect/connect-panel.tsx";
import { FaultsBar } from "./session/faults-bar.tsx";
import { MessagesPanel } from "./session/messages-panel.tsx";
import { SessionPanel } from "./session/session-panel.tsx";
import { TurnsPanel } from "./session/turns-panel.tsx";
import { usePolled } from "./session/use-polled.ts";
import { Stage } from "./stage/stage.tsx";
import { type TabId, Tabs } from "./tabs.tsx";
import { TopBar } from "./top-bar.tsx";
import { Feed } from "./wire/feed.ts";
import { useFeed } from "./wire/use-feed.ts";
import { WirePanel } from "./wire/wire-panel.tsx";

/** `newest` follows whoever has connected last; `all` is every session. */
export type Choice = "newest" | "all" | (string & {});

/** The widget as users see it, beside the wire. */
export function Playground() {
  const feed = useMemo(() => new Feed(), []);
  const newest = useFeed(feed);
  const [asked, askAgain] = useState(0);
  const isNarrow = useMedia("(width < 860px)");
  const [tab, setTab] = useState<TabId>(isNarrow ? "widget" : "wire");
  const [choice, setChoice] = useState<Choice>("newest");
  const [message, setMessage] = useState<string | null>(null);
  const [connectorId, setConnectorId] = useState<string | null>(null);

  const [isWide, setIsWide] = useState(false);

  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);

  const moved = newest + asked;
  const connectors = usePolled("connectors", 0, readConnectors).value ?? [];
  const connector: ConnectorView | null =
    connectors.find(({ id }) => id === connectorId) ?? connectors[0] ?? null;
  const sessions = usePolled("sessions", moved, readSessions).value ?? [];
  const lastConnected = useLastConnected(feed, newest);
  const id =
    choice === "newest"
      ? (lastConnected ?? sessions[0]?.session_id ?? null)
      : choice === "all"
        ? null
        : choice;
  const session = usePolled(id, moved, readSession);
  const turns = usePolled(tab === "turns" ? id : null, moved, readTurns);

  // Where there is room, the widget has a column of its own.
  const seen = tab === "widget" && !isNarrow ? "wire" : tab;

  const showMessage = (of: string | null) => {
    setMessage(of);
    setTab("wire");
  };
  return (
    <div class="playground" data-tab={seen}>
      <TopBar
        isOpen={feed.isOpen}
        connectors={connectors}
        connector={connector}
        onConnector={setConnectorId}
        sessions={sessions}
        choice={choice}
        shown={id}
        onChoice={(next) => {
          setChoice(next);
          setMessage(null);
        }}
      />
      <main class={isWide ? "wide" : undefined}>
        <div class="column stage-column">
          <Stage connector={connector} isWide={isWide} onWide={setIsWide} />
        </div>
        <div class="column bench-column">
          <FaultsBar session={session.value} changed={() => askAgain(asked + 1)} />
          <Tabs chosen={seen} onChoose={setTab}>
            {seen === "wire" && (
              <WirePanel
                feed={feed}
                newest={newest}
                session={id}
                user={session.value?.user_id ?? null}
                message={message}
                onMessage={showMessage}
              />
            )}
            {seen === "messages" && (
              <MessagesPanel feed={feed} newest={newest} session={id} onMessage={showMessage} />
            )}
            {seen === "session" && <SessionPanel {...session} />}
            {seen === "turns" && <TurnsPanel {...turns} />}
            {seen === "connect" && <ConnectPanel connector={connector} />}
          </Tabs>
        </div>
      </main>
    </div>
  );
}

/** The session that has connected last, of all this server has. */
function useLastConnected(feed: Feed, newest: number): string | null {
  return useMemo(
    () => feed.entries.findLast(({ record }) => record.kind === "opened")?.record.session ?? null,
    [feed, newest],
  );
}

function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(media.matches);
  useEffect(() => {
    const look = () => setMatches(media.matches);
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, [media]);
  return matches;
}
