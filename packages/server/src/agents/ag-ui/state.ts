import jsonPatch, { type Operation } from "fast-json-patch";
import { ProviderFault } from "../provider/fault.ts";

/**
 * A state with the changes of a STATE_DELTA (RFC 6902); the given one stays as it is.
 * @throws ProviderFault where they do not fit
 */
export function patchState(state: unknown, operations: readonly unknown[]): unknown {
  try {
    const copy = structuredClone(state ?? {});
    return jsonPatch.applyPatch(copy, operations as Operation[], true).newDocument;
  } catch {
    throw new ProviderFault("passing", "the agent service sent changes that do not fit its state");
  }
}
