import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** Why nothing can be traced here, or null. Where `CI=true` a missing `strace` is no reason: the tests then fail. */
export const missingTracer: string | null =
  spawnSync("strace", ["-V"]).status === 0 || process.env.CI === "true"
    ? null
    : "strace is not there: install Debian's package strace";

/**
 * Makes system calls of a running process fail, those that concern some files.
 *
 * @param call as the kernel names it
 * @param error as the kernel names it
 * @param files the paths of those that are concerned
 * @returns what ends it, and resolves when calls succeed again
 */
export async function failCalls(
  pid: number,
  { call, error, files }: { call: string; error: string; files: readonly string[] },
): Promise<() => Promise<void>> {
  const paths = files.flatMap((file) => ["-P", file]);
  const what = ["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}`, ...paths];
  const tracer = spawn("strace", ["-f", "-o", "/dev/null", ...what, "-p", `${pid}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  const attached = Promise.withResolvers<void>();
  tracer.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.includes(`Process ${pid} attached`)) attached.resolve();
  });
  const exited = once(tracer, "exit");
  exited.then(
    () => attached.reject(new Error(`strace: ${output}`)),
    (failure) => attached.reject(failure),
  );
  await attached.promise;
  return async () => {
    tracer.kill("SIGINT");
    await exited;
  };
}
