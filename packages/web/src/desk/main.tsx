import "../shared/tokens.css";
import "../shared/base.css";
import "../shared/message-list.css";
import "./desk.css";
import { render } from "preact";
import { Desk } from "./desk.tsx";
import { applyTheme } from "./settings.ts";

applyTheme();
render(<Desk />, document.getElementById("app") as HTMLElement);
