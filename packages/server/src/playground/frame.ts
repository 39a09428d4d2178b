import { byId } from "./dom.ts";

const TABS = ["chat", "wire"] as const;

/** On a narrow screen the chat and the wire are tabs. */
function showTab(name: (typeof TABS)[number]): void {
  document.body.dataset.tab = name;
  for (const tab of TABS) {
    byId(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    byId(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
  }
}

export function setUpTabs(): void {
  for (const tab of TABS) {
    byId(`tab-${tab}`).addEventListener("click", () => showTab(tab));
    byId(`tab-${tab}`).addEventListener("keydown", ({ key }) => {
      if (!key.startsWith("Arrow")) return;
      const other = tab === "chat" ? "wire" : "chat";
      showTab(other);
      byId(`tab-${other}`).focus();
    });
  }
  showTab("chat");
}

/** Menus close as menus do: by a click elsewhere, or Escape. */
export function setUpMenus(): void {
  const openMenus = () => document.querySelectorAll<HTMLDetailsElement>(".menu[open]");
  document.addEventListener("click", ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target as Node)) menu.open = false;
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
