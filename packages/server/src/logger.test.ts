import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";

/** What is logged, as it stands in the log. */
function logged(error: unknown): { error: unknown } {
  const lines: string[] = [];
  createLogger("info", { write: (line) => void lines.push(line) }).error({ error }, "an agent failed");
  return JSON.parse(lines.join(""));
}

describe("an error in the log", () => {
  it("is named, with its message, its stack, its code and its cause", () => {
    const error = Object.assign(new TypeError("no answer", { cause: new Error("timeout") }), {
      code: "E_LATE",
    });
    expect(logged(error).error).toEqual({
      type: "TypeError",
      message: "no answer: timeout",
      stack: expect.stringMatching(/logger\.test\.ts.*caused by: Error: timeout/s),
      code: "E_LATE",
    });
  });

  it("has nothing of what a library hung on it: a request with its key, a prompt with what was said", () => {
    const error = Object.assign(new Error("401"), {
      config: { headers: { Authorization: "Bearer sk-secret" } },
      requestBodyValues: { prompt: "my card number is" },
      code: { nested: "sk-secret" },
    });
    expect(JSON.stringify(logged(error))).not.toMatch(/sk-secret|card number/);
  });

  it.each<[string, unknown, string]>([
    ["a text", "down", "down"],
    ["nothing", undefined, "undefined"],
    ["an object that is no error", { headers: { Authorization: "sk-secret" } }, "[object Object]"],
    ["one that cannot be printed", Object.create(null), "[object Object]"],
  ])("may be %s", (_what, thrown, text) => {
    expect(logged(thrown).error ?? "undefined").toBe(text);
  });
});
