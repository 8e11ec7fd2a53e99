// SPDX-License-Identifier: MIT
// Owns the start of the program: style sheets, colour scheme, navigation, session, first draw.
import "./styles/index.css";
import { render } from "preact";
import { App } from "./app";
import { startNavigation } from "./lib/nav";
import { loadSession, startSession } from "./lib/session";
import { startTheme } from "./lib/theme";

startTheme();
startNavigation();
startSession();
void loadSession();
render(<App />, document.getElementById("app")!);
