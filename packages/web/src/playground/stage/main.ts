import "../../shared/tokens.css";
import "./mock.css";
import { ATTRIBUTES } from "./look.ts";

/** A host page: it embeds the widget by its one line, with the attributes that its own address names. */
const query = new URLSearchParams(location.search);
const script = document.createElement("script");
for (const name of ATTRIBUTES) {
  const value = query.get(name);
  if (value !== null) script.setAttribute(name, value);
}
script.setAttribute("data-loads", query.get("loads") ?? "");
const theme = query.get("data-theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
script.async = true;
script.src = `/widget/${encodeURIComponent(query.get("token") ?? "")}.js`;
document.body.append(script);
