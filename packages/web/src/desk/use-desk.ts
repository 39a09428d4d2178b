import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { DeskModel } from "./state/model.ts";
import type { DeskState } from "./state/state.ts";

export const ModelContext = createContext<DeskModel | null>(null);

export function useModel(): DeskModel {
  const model = useContext(ModelContext);
  if (model === null) throw new Error("there is no desk around this");
  return model;
}

/** The desk as it changes; what comes in one go is drawn once. */
export function useDesk(): DeskState {
  const model = useModel();
  const [state, show] = useState(model.state);
  useEffect(() => {
    const update = () => show(model.state);
    update();
    return model.subscribe(update);
  }, [model]);
  return state;
}
