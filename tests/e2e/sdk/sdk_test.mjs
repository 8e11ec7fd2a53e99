// SPDX-License-Identifier: MIT
// Unmodified Interval SDKs: what their authors write (families) runs on `interlude dev`, and people use it in a browser.
// Usage: sdk_test.mjs VERSION [filter]; SHOTS=DIR keeps pictures of what failed.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Person, startBrowser } from "../browser.mjs";
import { startServer } from "../server.mjs";
import { families } from "./families.mjs";
import { isAtLeast } from "./version.mjs";

const [version, filter = ""] = process.argv.slice(2);
const project = mkdtempSync(join(tmpdir(), "interlude-project-"));
const server = await startServer(project);
const key = server.output.map((line) => /^API key: (\S+)/.exec(line)?.[1]).find(Boolean);
const { page, problems, close } = await startBrowser();
const me = new Person(page, `${server.origin}/dashboard/local/develop/actions`, process.env.SHOTS);
const host = fork(fileURLToPath(new URL("host.mjs", import.meta.url)), [version, `${server.origin.replace("http", "ws")}/websocket`, key],
    { stdio: ["ignore", "pipe", "pipe", "ipc"] });
const said = [];
for (const stream of [host.stdout, host.stderr]) {
    stream.on("data", (text) => said.push(String(text)));
}

/** The next thing the host says that has this key. */
function told(name) {
    return new Promise((resolve, reject) => {
        const look = (what) => {
            if (what[name] !== undefined) {
                host.off("message", look);
                resolve(what);
            }
        };
        host.on("message", look);
        host.once("exit", (code) => reject(new Error(`the host ended with ${code}:\n${said.join("")}`)));
    });
}

/** Another person runs an action to its end. */
async function other(slug) {
    const tab = await page.context().newPage();
    await new Person(tab, me.base).open(slug);
    await tab.locator("[data-test-id='result-type']").waitFor();
    await tab.close();
}

await told("ready");
assert.equal(said.join("").includes("From 0.38.0 on"), !isAtLeast(version, "0.38.0"), `what the host prints: ${said.join("")}`);
const offered = new Set(Object.values(families).flatMap((family) => Object.keys(family.actions({ version, sdk: stub() }))));
let failed = 0;
for (const { journeys } of Object.values(families)) {
    for (const [name, journey] of Object.entries(journeys)) {
        if (!name.includes(filter) || !(offered.has(name) || (name === "deep" && offered.has("people")))) {
            continue;
        }
        problems.length = 0;
        const start = Date.now();
        try {
            await journey(me, { version, told, other });
            assert.deepEqual(problems, []);
            console.log(`ok   ${version} ${name} (${Date.now() - start} ms)`);
        } catch (error) {
            failed++;
            console.log(`FAIL ${version} ${name}\n     ${error.message.split("\n").slice(0, 6).join("\n     ")}`);
            if (process.env.SHOTS) {
                await page.screenshot({ path: join(process.env.SHOTS, `FAIL ${version} ${name}.png`), fullPage: true });
            }
        }
    }
}

/** What only a host needs of an SDK; here nothing of it runs. */
function stub() {
    return { Page: class {}, Layout: class {}, io: {} };
}

/** Journeys may leave runs behind; a host that closes safely would wait ten minutes for their browsers. */
async function cancelOpenRuns() {
    const { origin } = new URL(me.base);
    const { transactions } = await (await fetch(`${origin}/api/v1/transactions?org=local&env=development&status=open`)).json();
    for (const { id } of transactions) {
        await fetch(`${origin}/api/v1/transactions/${id}/cancel`, { method: "POST", headers: { origin } });
    }
}

const ended = once(host, "exit");
await page.goto("about:blank");
await cancelOpenRuns();
if (failed === 0) {
    host.send("close");
} else {
    host.kill(); // it may be in the middle of something
}
await ended;
await close();
await server.stop();
rmSync(project, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);
