// SPDX-License-Identifier: MIT
// Makes the picture of README.md anew: node tests/e2e/readme_picture.mjs. Not a test; the one generated file in git.
import { fileURLToPath } from "node:url";
import { Person, startBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

const server = await startServer();
const { page, close } = await startBrowser();
const me = new Person(page, `${server.origin}/dashboard/local/develop/actions`);
await page.setViewportSize({ width: 1360, height: 790 });
await me.open("customers");
await me.rows(20);
await page.screenshot({ path: fileURLToPath(new URL("../../packaging/readme/dashboard.png", import.meta.url)) });
await close();
await server.stop();
