import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { Alerts } from "./alerts.tsx";
import { DetailsPane } from "./details/details-pane.tsx";
import { type DialogName, Dialogs } from "./dialogs/dialogs.tsx";
import { type Action, actionOf } from "./keys.ts";
import { ListPane } from "./list/list-pane.tsx";
import { NO_FILTER, rowsOf } from "./list/rows.ts";
import { Overview } from "./overview/overview.tsx";
import { settings } from "./settings.ts";
import { nextFor } from "./state/lists.ts";
import { unreadOf } from "./state/news.ts";
import { mine, openOne, statusOf } from "./state/state.ts";
import { TalkPane } from "./talk/talk-pane.tsx";
import { TopBar } from "./top-bar.tsx";
import { useDesk, useModel } from "./use-desk.ts";

/** Which of the three a phone shows. */
export type Pane = "list" | "talk" | "details";

const isWriting = ({ target }: Event): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Everything behind the sign-in. */
export function Workplace() {
  const model = useModel();
  const state = useDesk();
  const [pane, setPane] = useState<Pane>(state.selected === null ? "list" : "talk");
  const [view, setView] = useState<"work" | "overview">("work");
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [problem, setProblem] = useState("");
  const [filter, setFilter] = useState(NO_FILTER);
  /** Counts up with each wish to write; the composer takes the focus then. */
  const [focus, setFocus] = useState<{ mode: "reply" | "note"; count: number }>({ mode: "reply", count: 0 });
  const { lists, me, reads } = state;
  const rows = useMemo(() => rowsOf(lists, me.id, filter), [lists, me.id, filter]);
  const open = openOne(state);
  const isMine = open?.person === me.id && open.state === "joined" && state.over === null;

  const select = useCallback(
    (handoff: string) => {
      model.select(handoff);
      setView("work");
      setPane("talk");
    },
    [model],
  );
  const write = (mode: "reply" | "note") => setFocus(({ count }) => ({ mode, count: count + 1 }));
  const takeNext = () => {
    const next = nextFor(lists, lists.people.get(me.id) ?? me);
    if (next === null) return;
    select(next.handoff);
    model.take(next.handoff);
    write("reply");
  };
  const step = (by: 1 | -1) => {
    const ids = rows.flatMap((row) => (row.kind === "conversation" ? [row.id] : []));
    const at = ids.indexOf(state.selected ?? "");
    const id = ids[at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by))];
    if (id !== undefined) select(id);
  };
  const run = (action: Action) => {
    const offered = [...lists.conversations.values()].find(
      (one) => one.state === "offered" && one.person === me.id,
    );
    switch (action) {
      case "next":
        return takeNext();
      case "decline":
        if (offered !== undefined) model.wish({ type: "decline", handoff: offered.handoff });
        return;
      case "reply":
      case "note":
        return write(action);
      case "giveBack":
      case "transfer":
      case "end":
        if (isMine || (me.role === "supervisor" && open?.state === "joined")) setDialog(action);
        return;
      case "down":
        return step(1);
      case "up":
        return step(-1);
      case "unread": {
        const unread = mine(state).find((one) => unreadOf(one, reads, me.id) > 0);
        if (unread !== undefined) select(unread.handoff);
        return;
      }
      case "status":
        return model.wish({ type: "status", status: statusOf(state) === "available" ? "away" : "available" });
      case "overview":
        if (me.role === "supervisor") setView(view === "work" ? "overview" : "work");
        return;
      case "help":
        return setDialog("help");
      default: {
        const one = mine(state)[Number(action.slice("mine".length)) - 1];
        if (one !== undefined) select(one.handoff);
      }
    }
  };

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const action = dialog === null ? actionOf(event, isWriting(event)) : null;
      if (action === null || (action === "help" && !event.altKey && !settings().hasHelpKey)) return;
      event.preventDefault();
      run(action);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });

  return (
    <div class="desk">
      <TopBar view={view} onView={setView} onDialog={setDialog} onProblem={setProblem} />
      <Alerts onSelect={select} problem={problem} onProblemSeen={() => setProblem("")} />
      {view === "overview" && me.role === "supervisor" ? (
        <Overview onSelect={select} />
      ) : (
        <main class="work" data-pane={pane}>
          <ListPane
            rows={rows}
            filter={filter}
            onFilter={setFilter}
            onSelect={select}
            onTakeNext={takeNext}
          />
          <TalkPane
            focus={focus}
            onAction={run}
            onBack={() => setPane("list")}
            onDetails={() => setPane("details")}
          />
          <DetailsPane onBack={() => setPane("talk")} />
        </main>
      )}
      {dialog !== null && <Dialogs name={dialog} onClose={() => setDialog(null)} />}
    </div>
  );
}
