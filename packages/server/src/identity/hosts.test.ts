import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appIdOf, domainOf, isWithin, originOf } from "./hosts.ts";

describe("the form in which hosts are compared", () => {
  it.each([
    ["yourcompany.com", "yourcompany.com"],
    ["YourCompany.COM", "yourcompany.com"],
    ["  yourcompany.com ", "yourcompany.com"],
    ["https://yourcompany.com", "yourcompany.com"],
    ["HTTPS://yourcompany.com/", "yourcompany.com"],
    ["yourcompany.com/", "yourcompany.com"],
    ["yourcompany.com:8443", "yourcompany.com"],
    ["https://yourcompany.com:8443/a/b?c=d#e", "yourcompany.com"],
    ["yourcompany.com?x", "yourcompany.com"],
    ["localhost:3000", "localhost"],
    ["http://localhost:3000/", "localhost"],
    ["capacitor://localhost", "localhost"],
    ["127.0.0.1:8080", "127.0.0.1"],
    ["[::1]", "[::1]"],
    ["[::1]:3000", "[::1]"],
    ["http://[0:0:0::1]:3000/x", "[::1]"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example:80", "xn--bcher-kva.example"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["my_app.internal", "my_app.internal"],
  ])("%s is %s", (raw, domain) => {
    expect(domainOf(raw)).toBe(domain);
  });

  it.each([
    [""],
    ["   "],
    ["/"],
    ["https://"],
    [":3000"],
    ["/yourcompany.com"],
    ["//yourcompany.com"],
    ["yourcompany.com."],
    [".yourcompany.com"],
    ["a..yourcompany.com"],
    ["*.yourcompany.com"],
    ["user@yourcompany.com"],
    ["https://user:pass@yourcompany.com"],
    ["https://yourcompany.com:80@evil.com"],
    ["https://yourcompany.com\\@evil.com"],
    ["yourcompany.com, evil.com"],
    ["your company.com"],
    ["%79ourcompany.com"],
    ["yourcompany.com:port"],
    ["yourcompany.com:80:80"],
    ["::1"],
    ["[::1"],
    ["[yourcompany.com]"],
    ["[::g]"],
    ["127.0.0.1.2"],
    ["null:"],
    ["\u0000"],
  ])("%j names no host", (raw) => {
    expect(domainOf(raw)).toBeNull();
  });

  it("keeps app ids whole, in lower case, without what is around them", () => {
    expect(appIdOf("Com.Acme.App")).toBe("com.acme.app");
    expect(appIdOf("https://com.acme.app:443/")).toBe("com.acme.app");
    // A last label of digits would make a browser read an IPv4 address.
    expect(appIdOf("com.acme.4")).toBe("com.acme.4");
    expect(appIdOf("user@com.acme.app")).toBeNull();
  });

  it("is total, and its own form", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.domain(), fc.ipV6()), (raw) => {
        const domain = domainOf(raw);
        if (domain !== null) expect(domainOf(domain)).toBe(domain);
        const origin = originOf(raw);
        if (origin !== null) expect(originOf(origin)).toBe(origin);
      }),
    );
  });
});

describe("a domain and its subdomains", () => {
  it.each([
    ["yourcompany.com", true],
    ["www.yourcompany.com", true],
    ["a.b.yourcompany.com", true],
    ["evilyourcompany.com", false],
    ["evil-yourcompany.com", false],
    ["yourcompany.com.evil.com", false],
    ["yourcompany.co", false],
    ["com", false],
    ["xn--yourcompany-.com", false],
  ])("%s within yourcompany.com: %s", (domain, expected) => {
    expect(isWithin(domain, ["other.example", "yourcompany.com"])).toBe(expected);
  });

  it("holds for every label in front, and for no text that is glued on", () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,10}$/);
    fc.assert(
      fc.property(label, fc.domain(), (front, domain) => {
        expect(isWithin(`${front}.${domain}`, [domain])).toBe(true);
        expect(isWithin(`${front}${domain}`, [domain])).toBe(false);
      }),
    );
  });
});

describe("the form in which origins are compared", () => {
  it.each([
    ["https://partner.example", "https://partner.example"],
    ["https://partner.example/", "https://partner.example"],
    ["HTTPS://Partner.Example:443", "https://partner.example"],
    ["http://partner.example:8080", "http://partner.example:8080"],
    ["capacitor://LocalHost", "capacitor://localhost"],
    ["http://[::1]:3000", "http://[::1]:3000"],
    ["null", "null"],
  ])("%s is %s", (raw, origin) => {
    expect(originOf(raw)).toBe(origin);
  });

  it.each([
    [""],
    ["*"],
    ["partner.example"],
    ["https://"],
    ["https://partner.example/path"],
    ["https://partner.example?x"],
    ["https://partner.example#x"],
    ["https://user@partner.example"],
    ["https://a.example https://b.example"],
    ["data:text/html,x"],
    ["NULL"],
  ])("%j is none", (raw) => {
    expect(originOf(raw)).toBeNull();
  });
});
