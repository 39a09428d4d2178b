import "../shared/tokens.css";
import "../shared/base.css";
import "./playground.css";
import { render } from "preact";
import { showTheme } from "../shared/theme.ts";
import { Playground } from "./playground.tsx";
import { rememberedTheme } from "./theme.ts";

showTheme(rememberedTheme());
render(<Playground />, document.getElementById("app") as HTMLElement);
