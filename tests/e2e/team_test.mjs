// SPDX-License-Identifier: MIT
// `interlude start` for a team: sign in, run in production, history, keys, command bar, sign out; every screen audited and at 320 px.
// --remote: the route is offered by an `interlude host` with a live key.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, startBrowser } from "./browser.mjs";
import { startForTeam } from "./server.mjs";

const BUILT = process.env.INTERLUDE_ROUTES ?? "build/dev/routes";
const account = { org: "acme", email: "ada@example.com", password: "correct horse battery" };
const routes = mkdtempSync(join(tmpdir(), "interlude-routes-"));
copyFileSync(join(BUILT, "hello.so"), join(routes, "hello.so"));

async function signIn(me, password) {
    await me.page.locator("input[name='email']").fill(account.email);
    await me.page.locator("button[type='submit']").click();
    await me.page.locator("input[name='password']").fill(password);
    await me.page.locator("button[type='submit']").click();
}

/** Nothing on this screen may be wider than a small phone. */
async function assertFitsPhone(page, name) {
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${name} is ${width} px wide at 320`);
    await page.setViewportSize({ width: 1280, height: 900 });
}

const isRemote = process.argv[2] === "--remote";
const server = await startForTeam({ ...account, routes, isRemote });
const { page, problems, close } = await startBrowser();
const me = new Person(page, `${server.origin}/dashboard/acme/actions`, process.env.SHOTS);
me.looksClosely = !isRemote;
const screen = async (name) => {
    await me.audit(`team-${name}`);
    await assertFitsPhone(page, name);
    console.log(name);
};

await page.goto(`${server.origin}/dashboard/acme/actions/hello`);
await page.locator("input[name='email']").waitFor();
await screen("login");
await signIn(me, "wrong horse");
await page.getByText(/wrong|incorrect|not match/i).first().waitFor();
await screen("login refused");
await page.goto(`${server.origin}/dashboard/acme/actions/hello`);
await signIn(me, account.password);
await me.fill("Your name", "Ada");
await screen("run");
await me.press();
await me.ended("Completed", "greetingHello, Ada");
await screen("result");

await page.goto(`${server.origin}/dashboard`); // what the server prints
await page.locator("[data-pw-run-slug='hello']").first().waitFor();
await screen("home");
await page.goto(`${server.origin}/dashboard/acme/history`);
await page.getByText("Completed").first().waitFor();
await screen("history");
await page.getByRole("link", { name: /Hello/ }).first().click();
await page.waitForURL(/transactions/);
await me.see("Hello, Ada");
await screen("one run");
await page.goto(`${server.origin}/dashboard/acme/develop/keys`);
await page.getByRole("button", { name: "Create live key" }).click();
await page.locator("[data-iv-dialog] input[name='label']").fill("Host");
await page.locator("[data-iv-dialog] button[type='submit']").click();
await page.getByText(/live_[A-Za-z0-9]{48}/).first().waitFor();
await screen("new key");
await page.goto(`${server.origin}/dashboard/acme/actions/nothing`);
await page.getByText(/not found/i).first().waitFor();
await screen("not found");
await page.keyboard.press("Control+k");
await page.locator("[data-pw-command-bar-input]").fill("hel");
await page.locator("[data-pw-command-bar-results] [role='option']").first().waitFor();
await screen("command bar");

assert.deepEqual(problems, []);
await close();
await server.stop();
rmSync(routes, { recursive: true, force: true });
