import { Program, temporaryDirectory } from "../../support/program.ts";

/** Parley as `npm start` runs it: the demo agent, no configuration, an empty store. */
export interface RunningServer extends AsyncDisposable {
  /** Where the playground is. */
  readonly url: string;
  /** Kills the process in the middle of whatever it does, and starts another one in its place. */
  crash(): Promise<void>;
}

export async function startServer(): Promise<RunningServer> {
  const directory = await temporaryDirectory();
  const environment = { PARLEY_DATA: directory.path, PARLEY_CONFIG: "", PARLEY_PUBLIC_URL: "" };
  let program = await Program.start(environment);
  const { url } = program;
  return {
    url,
    crash: async () => {
      await program.end("SIGKILL");
      program = await Program.start({ ...environment, PORT: new URL(url).port });
    },
    [Symbol.asyncDispose]: async () => {
      await program.end("SIGKILL");
      await directory[Symbol.asyncDispose]();
    },
  };
}
