import "../shared/tokens.css";
import "../shared/base.css";
import "./playground.css";
import { render } from "preact";
import { Playground } from "./playground.tsx";
import { applyTheme } from "./theme.ts";

applyTheme();
render(<Playground />, document.getElementById("app") as HTMLElement);
