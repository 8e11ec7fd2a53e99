// SPDX-License-Identifier: MIT
// Deployments in a real browser on a real server: nothing there, versions that come by `interlude deploy`, the way back by hand,
// a watch window that stays, one that goes back by itself; audited and at 320 px.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Person, startBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

const INTERLUDE = process.env.INTERLUDE ?? "build/dev/interlude";

const folder = mkdtempSync(join(tmpdir(), "interlude-deployments-"));
mkdirSync(join(folder, "project/routes"), { recursive: true });
mkdirSync(join(folder, "shop"));

const server = await startServer(join(folder, "project"));
const key = execFileSync(INTERLUDE, ["keys", "add-deployer", "ci", "--data", server.data], { encoding: "utf8" }).match(/\S{40,}/)[0];
const environment = { ...process.env, HOME: folder, INTERLUDE_DEPLOY_KEY: key, INTERLUDE_URL: server.origin };

/** A version whose function answers with this. Resolves when `interlude deploy` has ended, with whether it was content. */
function deploy(status, text, watch) {
    const source = `#include <interlude.h>
        static il_status handler(il_request *req, il_response *res)
        {
            (void)req;
            return il_respond(res, ${status}, "text/plain", "${text}", ${text.length});
        }
        IL_FUNCTION(handler);\n`;
    const config = `service: shop
provider: { name: interlude }
package: { patterns: ['!**', '*.so'] }
custom: { interlude: { watch: ${watch} } }
functions:
  quote: { handler: quote.handler, events: [ { http: GET /quote } ] }\n`;
    writeFileSync(join(folder, "shop/quote.c"), source);
    writeFileSync(join(folder, "shop/serverless.yml"), config);
    return promisify(execFile)(resolve(INTERLUDE), ["deploy", "-s", "prod"], { cwd: join(folder, "shop"), env: environment }).then(
        () => true,
        () => false,
    );
}

const answer = async () => {
    const got = await fetch(`${server.origin}/fn/shop/prod/quote`);
    return `${got.status} ${await got.text()}`;
};

const { page, problems, close } = await startBrowser();
const list = `${server.origin}/dashboard/local/develop/deployments`;
const me = new Person(page, list, process.env.SHOTS);
const screen = async (name) => {
    await me.audit(`deployments-${name}`);
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${name} is ${width} px wide at 320`);
    await page.setViewportSize({ width: 1280, height: 900 });
    console.log(name);
};

await page.goto(list);
await page.getByText("Nothing deployed yet").waitFor();
await screen("none yet");

assert.ok(await deploy(200, "one", "0s"));
await page.locator("[data-stage='shop/prod'] .badge-good").waitFor();
await page.locator("[data-stage='shop/prod'] >> text=by ci").waitFor();
await page.click("[data-stage='shop/prod'] a");
await page.locator(".deployment-live >> text=quote").waitFor();
const first = await page.locator(".deployment-live code").innerText();
await screen("one version");

let deploying = deploy(200, "two", "6s");
await page.locator("[data-watch='watching']").waitFor();
assert.equal(await answer(), "200 two");
for (let i = 0; i < 20; i++) {
    await answer();
}
await page.waitForFunction(() => document.querySelectorAll("[data-watch='watching'] .facts dd")[1]?.innerText === "21");
await screen("watching");
await page.locator("[data-watch='live'] >> text=Stayed live").waitFor();
assert.ok(await deploying);

await page.locator("tr[data-version]").nth(1).getByRole("button", { name: "Roll back" }).click();
await page.locator("dialog .deployment-differences >> text=quote").waitFor();
await screen("question");
await page.locator("dialog").getByRole("button", { name: "Roll back" }).click();
await page.getByText(`${first} is live.`).waitFor();
await page.locator("[data-change='rollback'] >> text=developer@localhost").waitFor();
assert.equal(await answer(), "200 one");
await screen("rolled back");

deploying = deploy(500, "broken", "20s");
await page.locator("[data-watch='watching']").waitFor();
while ((await answer()) === "500 broken") {
    // until the server goes back
}
assert.equal(await answer(), "200 one");
assert.equal(await deploying, false);
await page.locator("[data-change='return']").waitFor();
await page.locator("[data-watch='returned'] >> text=Went back").waitFor();
await page.locator("tr[data-version]").first().getByText("Went back").waitFor();
assert.equal(await page.locator(".deployment-live code").innerText(), first);
await screen("went back");

assert.deepEqual(problems, []);
await close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
