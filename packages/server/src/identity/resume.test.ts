import { describe, expect, it } from "vitest";
import { isResumeToken, newResumeToken, parseResume } from "./resume.ts";

const SESSION = "5f0c3a52-3f0e-4c5e-9a57-0d6a3a1f8a11";

describe("a resume token", () => {
  it("holds 256 random bits, of which a hash is kept", () => {
    const { token, hash } = newResumeToken();
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(hash).not.toContain(token);
    expect(isResumeToken(token, hash)).toBe(true);
    expect(newResumeToken().token).not.toBe(token);
  });

  it("fits its own hash alone", () => {
    const { token, hash } = newResumeToken();
    expect(isResumeToken(newResumeToken().token, hash)).toBe(false);
    expect(isResumeToken(hash, hash)).toBe(false);
    expect(isResumeToken(token, "")).toBe(false);
  });

  it("travels with its session's id", () => {
    const { token } = newResumeToken();
    expect(parseResume(`${SESSION}.${token}`)).toEqual({ sessionId: SESSION, token });
  });

  const token = "A".repeat(43);
  it.each([
    [""],
    ["."],
    [SESSION],
    [token],
    [`${SESSION}.`],
    [`.${token}`],
    [`${SESSION}.${token}A`],
    [`${SESSION}.${token.slice(1)}`],
    [`${SESSION}.${token}.`],
    [`${SESSION} ${token}`],
    [`${SESSION.toUpperCase()}.${token}`],
    [`${SESSION}.${token}\n`],
    [`${SESSION}.${token.slice(1)}=`],
  ])("%j has not its form", (header) => {
    expect(parseResume(header)).toBeNull();
  });
});
