import { afterEach, beforeEach } from "vitest";

/** What a test opens, and is closed behind it, last opened first. To be called once in a file of tests. */
export function useCleanUp(): () => AsyncDisposableStack {
  let stack = new AsyncDisposableStack();
  beforeEach(() => {
    stack = new AsyncDisposableStack();
  });
  afterEach(() => stack.disposeAsync());
  return () => stack;
}
