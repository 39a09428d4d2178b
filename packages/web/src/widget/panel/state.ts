import { useEffect, useState } from "preact/hooks";

/** A value that components watch. */
export class Watched<Value> {
  #value: Value;
  readonly #watchers = new Set<(value: Value) => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    if (value === this.#value) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher(value);
  }

  /** @returns what ends it */
  watch(watcher: (value: Value) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/** The value as it changes. */
export function useWatched<Value>(watched: Watched<Value>): Value {
  const [value, setValue] = useState(() => watched.value);
  useEffect(() => {
    setValue(() => watched.value);
    return watched.watch((next) => setValue(() => next));
  }, [watched]);
  return value;
}
