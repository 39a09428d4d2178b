import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const SECRET_BYTES = 32;

/** At least `SECRET_BYTES` in base64url, and nothing else: half a file does not pass. */
const SECRET_TEXT = /^[A-Za-z0-9_-]{43,}$/;

/** The signing secret in the data directory cannot be used. The message says what to do, and never the secret. */
export class SecretError extends Error {
  override name = "SecretError";
}

/**
 * A secret as the server holds it: its UTF-8 form as an opaque key, which prints as nothing in a log.
 * @param text not empty
 */
export const secretKey = (text: string): KeyObject => createSecretKey(Buffer.from(text, "utf8"));

/**
 * The secret that signs access tokens, from the file `secret` of the data directory; made there on the first start,
 * readable by the server's own user alone (mode 0600). To be called by the one process that holds the directory.
 * @throws SecretError where the file is damaged, or cannot be read or written
 */
export async function loadSigningSecret(directory: string): Promise<KeyObject> {
  const path = join(directory, "secret");
  const kept = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new SecretError(`The signing secret in ${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (kept === null) return secretKey(await makeSecret(directory, path));

  const text = kept.trim();
  if (!SECRET_TEXT.test(text)) {
    throw new SecretError(
      `The signing secret in ${path} is damaged: at least 43 characters of base64url are expected. Bring it back ` +
        "from a backup, or delete the file: a new one is made then, and the access tokens given out so far stop working.",
    );
  }
  return secretKey(text);
}

/** Written beside, synced and renamed, so that a crash leaves no half of a secret. */
async function makeSecret(directory: string, path: string): Promise<string> {
  const text = randomBytes(SECRET_BYTES).toString("base64url");
  const temporary = `${path}.tmp`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await rm(temporary, { force: true });
    await using file = await open(temporary, "wx", 0o600);
    await file.writeFile(`${text}\n`);
    await file.sync();
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SecretError(`The signing secret cannot be kept in ${directory}: ${reason}`, { cause: error });
  }
  return text;
}

/** Makes the rename durable. Windows cannot open a directory, and does not need it. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  await using handle = await open(directory, "r");
  await handle.sync();
}
