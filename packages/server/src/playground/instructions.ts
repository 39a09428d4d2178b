import { copy } from "./clipboard.ts";
import { byId, el } from "./dom.ts";

/** The demo agent: whose words to try are known. */
export const ADA = "Ada";

const TRIES = [
  ["menu", "cards and pictures"],
  ["story", "a long answer, as it is written"],
  ["call me", "numbers to call"],
  ["human", "hands over to a person"],
  ["elsewhere", "hands over to this client"],
  ["en français", "changes the language"],
  ["wait 5", "thinks for five seconds"],
  ["fail now", "fails before a word"],
  ["fail midway", "breaks off"],
  ["goodbye", "ends the conversation"],
] as const;

/** What another client needs to connect. */
export function fillInstructions(token: string): void {
  const { hostname, origin } = location;
  const curl = [
    `curl -X POST ${origin}/api/v1/access-token`,
    `-H 'X-Token: ${token}'`,
    `-H 'X-Host: ${hostname}'`,
  ].join(" \\\n  ");
  byId("info-url").textContent = origin;
  byId("info-socket").textContent = `${origin.replace(/^http/, "ws")}/ws`;
  byId("info-token").textContent = token;
  byId("info-host").textContent = hostname;
  byId("info-curl").textContent = curl;
  byId("copy-curl").addEventListener("click", () => void copy(curl, byId("copy-curl")));
}

/** What can be said to the demo agent. */
export function fillTries(say: (text: string) => void): void {
  for (const [text, effect] of TRIES) {
    const onclick = () => {
      byId<HTMLDetailsElement>("try").open = false;
      say(text);
    };
    const words = [el("b", {}, text), el("span", { class: "quiet" }, effect)];
    byId("try-list").append(el("button", { class: "try", type: "button", onclick }, ...words));
  }
}
