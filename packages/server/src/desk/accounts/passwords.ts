import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { Line } from "./line.ts";

/**
 * The cost of a new hash: N = 2^15, r = 8, p = 3, which is one of the settings of equal strength that the OWASP Password
 * Storage Cheat Sheet names for scrypt. It takes 32 MiB and about a quarter of a second of one core.
 */
const COST = { ln: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashes that are computed at once, so that a flood of sign-ins takes at most 64 MiB and leaves threads to others. */
const AT_ONCE = 2;
/** Hashes that may wait for their turn, about 4 s of work; beyond that the answer is that it cannot be told now. */
const WAITING = 32;

/**
 * What a password may be, in characters. The lower bound is for passwords that people choose (what the command makes has
 * 20 random ones); the upper one keeps a request small.
 */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

/** A password of 120 random bits that can be typed. */
export const newPassword = (random: (bytes: number) => Buffer = randomBytes): string =>
  random(15).toString("base64url");

/** The same characters can be typed in several ways: what looks the same is the same [RFC 8265, section 4.2]. */
const normal = (password: string): string => password.normalize("NFC");

const line = new Line(AT_ONCE, WAITING);

function derive(password: string, salt: Buffer, bytes: number, { ln, r, p }: Cost): Promise<Buffer> {
  // 128 · N · r bytes, and what else OpenSSL counts.
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 128 * 2 ** ln * r * 2 };
  return line.do(
    () =>
      new Promise((resolve, reject) => {
        scrypt(normal(password), salt, bytes, options, (error, hash) =>
          error === null ? resolve(hash) : reject(error),
        );
      }),
  );
}

interface Cost {
  ln: number;
  r: number;
  p: number;
}

/** A password as it is kept, in the form of PHC strings: `$scrypt$ln=15,r=8,p=3$salt$hash`. @throws LineFull */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, COST);
  const { ln, r, p } = COST;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
}

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,86})\$([A-Za-z0-9+/]{8,86})$/;

/** Whether a text is a hash that `verifyPassword` can read. */
export const isPasswordHash = (text: string): boolean => PHC.test(text);

/**
 * Whether a password is the one that was hashed. Without a hash (nobody of that name, or one without a password) the
 * same work is done, and the answer is no: the time taken tells nothing.
 * @throws LineFull
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, ln, r, p, salt = "", hash = ""] = PHC.exec(stored ?? "") ?? [];
  if (ln === undefined) {
    await derive(password, Buffer.alloc(SALT_BYTES), HASH_BYTES, COST);
    return false;
  }
  const wanted = Buffer.from(hash, "base64");
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const found = await derive(password, Buffer.from(salt, "base64"), wanted.length, cost);
  return timingSafeEqual(found, wanted);
}

/** As PHC strings have it: without padding. */
const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
