import { useEffect, useState } from "preact/hooks";
import { DeskError, whoAmI } from "./api.ts";
import { SignIn } from "./sign-in/sign-in.tsx";
import { DeskModel } from "./state/model.ts";
import { ModelContext } from "./use-desk.ts";
import type { AccountView } from "./wire.ts";
import { Workplace } from "./workplace.tsx";

type Gate =
  | { at: "door" }
  /** `wasInside`: the sign-in has run out, or was ended elsewhere. */
  | { at: "sign-in"; wasInside: boolean }
  | { at: "unreachable"; message: string }
  | { at: "desk"; model: DeskModel };

/** Whether the server still knows who this is; null where it cannot be asked. */
const isSignedIn = (): Promise<boolean | null> =>
  whoAmI().then(
    () => true,
    (error) => (error instanceof DeskError && error.code === "SIGNED_OUT" ? false : null),
  );

const open = (query: string): WebSocket =>
  new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/desk/ws${query}`);

/** The page: the desk for who is signed in, and the way in for who is not. */
export function Desk() {
  const [gate, setGate] = useState<Gate>({ at: "door" });
  const enter = (me: AccountView) => {
    const model = new DeskModel({ me, open, isSignedIn });
    model.start();
    setGate({ at: "desk", model });
  };
  const look = () => {
    setGate({ at: "door" });
    whoAmI().then(enter, (error: DeskError) => {
      if (error.code === "SIGNED_OUT") setGate({ at: "sign-in", wasInside: false });
      else setGate({ at: "unreachable", message: error.message });
    });
  };
  useEffect(look, []);
  useEffect(() => {
    if (gate.at !== "desk") return;
    const { model } = gate;
    const wake = () => {
      if (document.visibilityState === "visible") model.wake();
    };
    const leave = () => model.typing.stop();
    addEventListener("online", wake);
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", wake);
    const stop = model.subscribe(() => {
      if (model.state.link === "signed-out") setGate({ at: "sign-in", wasInside: true });
    });
    return () => {
      removeEventListener("online", wake);
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", wake);
      stop();
      model.stop();
    };
  }, [gate]);

  switch (gate.at) {
    case "door":
      return (
        <main class="door" aria-busy="true">
          <p class="quiet">Opening the desk…</p>
        </main>
      );
    case "unreachable":
      return (
        <main class="door">
          <h1>The desk cannot be opened</h1>
          <p class="quiet">{gate.message}</p>
          <button type="button" class="button primary" onClick={look}>
            Try again
          </button>
        </main>
      );
    case "sign-in":
      return <SignIn wasInside={gate.wasInside} onEnter={enter} />;
    case "desk":
      return (
        <ModelContext.Provider value={gate.model}>
          <Workplace />
        </ModelContext.Provider>
      );
  }
}
