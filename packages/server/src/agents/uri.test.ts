import fc from "fast-check";
import { expect, it } from "vitest";
import { toUri } from "./uri.ts";

it.each([
  "https://example.com",
  "https://user:pw@example.com:8080/a%20b;c/(d)?e=[]#f".replace("[]", "%5B%5D"),
  "http://[2001:db8::1]:80/x",
  "https://EXAMPLE.com/../Signed?X-Sig=a%2fb+c",
  "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E",
  "mailto:ada@example.com",
  "tel:+390612345",
  "myapp://table/7",
])("a valid URI stays as it is: %s", (uri) => {
  expect(toUri(uri)).toBe(uri);
});

it.each([
  ["blanks", "https://example.com/our menu.pdf", "https://example.com/our%20menu.pdf"],
  ["another script", "https://example.com/più?q=caffè", "https://example.com/pi%C3%B9?q=caff%C3%A8"],
  ["a host in another script", "https://caffè.example/", "https://xn--caff-8oa.example/"],
  ["what URL leaves alone", "https://example.com/a|b?c={d}^`", "https://example.com/a%7Cb?c=%7Bd%7D%5E%60"],
  ["brackets outside of a host", "https://example.com/a[1]", "https://example.com/a%5B1%5D"],
  ["a per cent sign", "https://example.com/100%", "https://example.com/100%25"],
  ["a drawing", 'data:image/svg+xml,<svg width="1"/>', "data:image/svg+xml,%3Csvg%20width=%221%22/%3E"],
  ["half of a surrogate pair", "https://example.com/\u{d800}", "https://example.com/%EF%BF%BD"],
  ["a second number sign", "https://example.com/#a#b", "https://example.com/#a%23b"],
])("what is not allowed is percent-encoded: %s", (_name, text, uri) => {
  expect(toUri(text)).toBe(uri);
});

it.each([
  "",
  "menu.pdf",
  "/menu.pdf",
  "//example.com/x",
  "https://",
  "http://[::1",
  "javascript:alert(1)",
  " JavaScript:alert(1)",
  "vbscript:x",
])("what cannot be one is refused: %s", (text) => {
  expect(toUri(text)).toBeNull();
});

it("makes valid URIs or none, and leaves its own work alone", () => {
  const text = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: "binary" }).map((rest) => `https://example.com/${rest}`),
    fc.string({ unit: "binary" }).map((rest) => `x:${rest}`),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(text, (given) => {
      const uri = toUri(given);
      if (uri === null) return;
      expect(uri).toMatch(/^[!#$%&'()*+,\-./\w:;=?@[\]~]+$/);
      expect(URL.canParse(uri)).toBe(true);
      expect(toUri(uri)).toBe(uri);
    }),
  );
});
