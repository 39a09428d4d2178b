import { describe, expect, it } from "vitest";
import { hashPassword, isPasswordHash, newPassword, verifyPassword } from "./passwords.ts";

describe("a password", () => {
  it("is verified against its hash alone, which is another each time and names its cost", async () => {
    const [first, second] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
    expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword("correct horse", first)).toBe(true);
    expect(await verifyPassword("correct Horse", first)).toBe(false);
  });

  it("typed in another way is the same", async () => {
    const hash = await hashPassword("K\u00e4sekuchen");
    expect(await verifyPassword("Ka\u0308sekuchen", hash)).toBe(true);
  });

  it("of an older, cheaper hash is still verified", async () => {
    // RFC 7914, section 12: "pleaseletmein" with N=16384, r=8, p=1, the first 32 bytes.
    const salt = Buffer.from("SodiumChloride").toString("base64").replace(/=+$/, "");
    const hash = Buffer.from("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2", "hex")
      .toString("base64")
      .replace(/=+$/, "");
    const stored = `$scrypt$ln=14,r=8,p=1$${salt}$${hash}`;
    expect(isPasswordHash(stored)).toBe(true);
    expect(await verifyPassword("pleaseletmein", stored)).toBe(true);
  });

  it("of nobody is hashed all the same, and is wrong", async () => {
    expect(await verifyPassword("anything at all", null)).toBe(false);
    expect(await verifyPassword("anything at all", "not a hash")).toBe(false);
  });

  it("that is made can be typed, and is another each time", () => {
    expect(newPassword()).toMatch(/^[A-Za-z0-9_-]{20}$/);
    expect(newPassword()).not.toBe(newPassword());
  });
});
