// SPDX-License-Identifier: MIT
// Owns the list of families. Each has `actions(version)`, what an author would write, and `journeys(version)`, what a person
// then does in the browser: name -> steps. A version has the journeys of what it can do.
import * as choices from "./choices.mjs";
import * as context from "./context.mjs";
import * as displays from "./displays.mjs";
import * as files from "./files.mjs";
import * as foreign from "./foreign.mjs";
import * as moments from "./moments.mjs";
import * as pages from "./pages.mjs";
import * as tables from "./tables.mjs";
import * as texts from "./texts.mjs";

export const families = { texts, moments, choices, tables, files, displays, context, pages, foreign };
