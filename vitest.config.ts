import { defineConfig } from "vitest/config";

/** Whole programs and browsers wait more than they compute, so two at a time keep two cores busy. */
const WORKERS = 2;

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    globalSetup: "tests/support/build-pages.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: { name: "parts", include: ["packages/*/src/**/*.test.{ts,tsx}", "bench/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["tests/**/*.test.ts", "examples/**/*.test.ts"],
          // Longer than what a browser is waited for, so that a failure names the step and not only the test.
          testTimeout: 60_000,
          // A shared machine may stand still for longer than any wait; the report names what needed a second try.
          retry: process.env.CI === "true" ? 1 : 0,
        },
      },
    ],
  },
});
