import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SOURCES } from "./config.ts";
import { stampOf } from "./stamp.ts";

/** Holds one directory, named by the stamp of the sources it was made from. */
const DIST = fileURLToPath(new URL("../dist", import.meta.url));

/** The pages could not be built. The message says what to do. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * Where the built pages are. They are built first where they are missing, or where a source has changed since: after a
 * `git pull` nobody has to think of it. Several processes may ask at once.
 *
 * @param onBuild told before a build, which takes a second or two
 * @param dist where they are kept
 * @throws BuildError
 */
export async function builtPages(onBuild: () => void = () => {}, dist = DIST): Promise<string> {
  // A package that was published holds what was built, and no sources.
  if (!existsSync(SOURCES)) return join(dist, (await readdir(dist))[0] ?? "");
  const directory = join(dist, await stampOf());
  if (!existsSync(directory)) {
    onBuild();
    try {
      await build(directory);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BuildError(
        `The pages could not be built: ${reason}\nRun npm install in the repository, and start again.`,
        { cause },
      );
    }
  }
  return directory;
}

/** Appears whole or not at all, and takes the place of what was built from older sources. */
async function build(directory: string): Promise<void> {
  const dist = dirname(directory);
  const unfinished = `${directory}.${process.pid}.${randomUUID()}`;
  await mkdir(dist, { recursive: true });
  try {
    // Loaded only here: a start that has nothing to build does not wait for it.
    const [{ build: run }, { pages, loader }] = await Promise.all([import("vite"), import("./config.ts")]);
    await run(pages(unfinished));
    await run(loader(unfinished));
    // Somebody else may have been quicker: then theirs is as good.
    await rename(unfinished, directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  for (const name of await readdir(dist)) {
    const path = join(dist, name);
    const isOlder = /^[0-9a-f]+$/.test(name) && path !== directory;
    if (isOlder) await rm(path, { recursive: true, force: true });
  }
}
