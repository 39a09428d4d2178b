import { access } from "node:fs/promises";
import { join, resolve as resolvePath } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "./problems.ts";
import { type Environment, resolve, type Settings, type Surroundings } from "./settings.ts";

/** Looked for in the working directory when `PARLEY_CONFIG` does not name a file. */
const FILE_NAMES = ["parley.config.ts", "parley.config.mjs", "parley.config.js"];

/**
 * Finds and runs the configuration file, and decides everything with it.
 * @throws ConfigError where the file cannot be used, or anything in it or in the environment is wrong
 */
export async function loadSettings(environment: Environment, surroundings: Surroundings): Promise<Settings> {
  const path = await findFile(environment.PARLEY_CONFIG, surroundings.workingDirectory);
  const file = path === null ? null : { path, content: await run(path) };
  return resolve(environment, file, surroundings);
}

async function findFile(named: string | undefined, directory: string): Promise<string | null> {
  if (named) {
    const path = resolvePath(directory, named);
    if (await exists(path)) return path;
    throw new ConfigError(`PARLEY_CONFIG: expected the path of a file; got ${path}, which cannot be read`);
  }
  const paths = FILE_NAMES.map((name) => join(directory, name));
  const found: string[] = [];
  for (const path of paths) if (await exists(path)) found.push(path);
  if (found.length > 1) {
    throw new ConfigError(
      `There is more than one configuration: ${found.join(" and ")}. Keep one, or name one with PARLEY_CONFIG.`,
    );
  }
  return found[0] ?? null;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function run(path: string): Promise<unknown> {
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The configuration file ${path} could not be run: ${reason}`, { cause: error });
  }
  if (module.default === undefined) {
    throw new ConfigError(
      `The configuration file ${path} has no default export: expected export default defineConfig({ … })`,
    );
  }
  return module.default;
}
