import jsonPatch, { type Operation } from "fast-json-patch";
import { ProviderFault } from "../provider/fault.ts";

/** UTF-16 units of a state as JSON: as much as one event can bring. */
const MAX_STATE = 1_048_576;

/**
 * A state with the changes of a STATE_DELTA (RFC 6902); the given one stays as it is.
 * @throws ProviderFault where they do not fit, or make it grow beyond `MAX_STATE`
 */
export function patchState(state: unknown, operations: readonly unknown[]): unknown {
  let patched: unknown = structuredClone(state ?? {});
  for (const [i, operation] of (operations as Operation[]).entries()) {
    patched = patchedOnce(patched, operation, i);
    // A copy may double it; whatever else there is adds no more than it brings.
    if (operation.op === "copy") checkSize(patched);
  }
  checkSize(patched);
  return patched;
}

function patchedOnce(state: unknown, operation: Operation, index: number): unknown {
  try {
    return jsonPatch.applyOperation(state, operation, true, true, true, index).newDocument;
  } catch {
    throw new ProviderFault("passing", "the agent service sent changes that do not fit its state");
  }
}

function checkSize(state: unknown): void {
  if ((JSON.stringify(state) ?? "").length <= MAX_STATE) return;
  throw new ProviderFault("final", `the agent service made a state of more than ${MAX_STATE} characters`);
}
