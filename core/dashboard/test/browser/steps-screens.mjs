// SPDX-License-Identifier: MIT
// Owns the steps for screens outside of runs: sign-in, home, problems, pages, history, keys, command bar.
import assert from "node:assert/strict";
import { startMock } from "../mock-server.mjs";
import { audit } from "./browser.mjs";
import { problems } from "./mock-routes.mjs";

export const screenSteps = {
    "sign-in": async ({ page }) => {
        const live = await startMock({ mode: "start" });
        await page.goto(`${live.url}/dashboard/local/actions/greet?name=Wanted`);
        await page.waitForURL("**/login");
        await audit(page, "login");
        await page.fill('input[name="email"]', "ada@example.com");
        await page.click('button[type="submit"]');
        await page.fill('input[name="password"]', "wrong");
        await page.click('button[type="submit"]');
        await page.locator("text=do not match").waitFor();
        await audit(page, "login-password");
        await page.fill('input[name="password"]', "difference");
        await page.click('button[type="submit"]');
        await page.waitForURL("**/dashboard/local/actions/greet?name=Wanted");
        await page.locator("h2:has-text('Greet')").waitFor();
        await page.goto(`${live.url}/dashboard`);
        await page.waitForURL("**/dashboard/local/actions");
        await page.click("[data-pw-nav-control-panel-toggle]");
        await page.click("text=Log out");
        await page.waitForURL("**/login");
        live.close();
    },
    home: async ({ page, mock, home }) => {
        await home();
        await page.locator("[data-pw-actions-list]").waitFor();
        await page.locator("[data-pw-run-slug='greet'][data-pw='run-action']").waitFor();
        await page.locator("[data-pw-action-group='users']").waitFor();
        assert.equal(await page.locator("[data-pw-run-slug='silent']").count(), 0, "unlisted routes are not listed");
        assert.equal(await page.locator("#desktop-nav li:has-text('Users')").count(), 1);
        await page.locator(`text=${mock.url}/fn/ping`).waitFor();
        await audit(page, "home");
        await page.click("button:has-text('List')");
        await page.locator(".routes-list").waitFor();
        await audit(page, "home-list");
        await page.click("button:has-text('Grid')");
        await page.click("[data-pw-action-group='folder']");
        await page.locator("text=Nothing here yet").waitFor();
        await audit(page, "folder-empty");
    },
    "home, nothing yet": async ({ page, mock, home }) => {
        const routes = mock.state.routes;
        mock.state.routes = [];
        await home();
        await page.locator("text=IL_ACTION").waitFor();
        await page.locator(`text=${mock.url.replace("http", "ws")}/websocket`).waitFor();
        await audit(page, "first-route");
        await page.click("button:has-text('TypeScript')");
        await page.locator("text=apiKey: \"ada_dev_kcLj").waitFor();
        await audit(page, "first-route-sdk");
        await page.click("button:text-is('C')");
        mock.state.routes = routes;
        mock.invalidate("routes");
        await page.locator("[data-pw-actions-list]").waitFor();
    },
    problems: async ({ page, mock, home }) => {
        await home();
        await page.locator("[data-pw-actions-list]").waitFor();
        mock.state.problems = problems;
        mock.invalidate("problems");
        await page.locator(".source-caret").waitFor();
        await audit(page, "problems");
        await page.click("[aria-label='Hide problems']");
        assert.equal(await page.locator(".problem").count(), 0);
        await page.click(".problems-button");
        await page.locator(".problem").waitFor();
        mock.state.problems = [];
        mock.invalidate("problems");
        await page.locator(".problem").waitFor({ state: "detached" });
    },
    "command bar": async ({ page, home }) => {
        await home();
        await page.locator("[data-pw-actions-list]").waitFor();
        await page.keyboard.press("Control+k");
        await page.locator("[data-pw-command-bar-input]").waitFor();
        await audit(page, "command-bar");
        await page.fill("[data-pw-command-bar-input]", "edit us");
        assert.equal(await page.locator("[data-pw-command-bar-results] [role='option']").count(), 1);
        await page.keyboard.press("Enter");
        await page.waitForURL("**/actions/users/edit");
        await page.click("[data-pw-command-bar-toggle]");
        await page.click("[data-pw-command-bar-results] [role='option']:has-text('Simulate Interlude restart')");
        await page.locator("text=The connection to Interlude was lost.").waitFor();
        await page.locator("text=Connected!").waitFor();
    },
    "colour scheme switch": async ({ page, home }) => {
        await home();
        await page.click("[data-pw-nav-control-panel-toggle]");
        await audit(page, "settings-menu");
        await page.click("[data-pw='dropdown-menu'] button:has-text('Dark')");
        assert.equal(await page.evaluate(() => document.documentElement.dataset.scheme), "dark");
        await page.reload();
        assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark");
        await page.click("[data-pw-nav-control-panel-toggle]");
        await page.click("[data-pw='dropdown-menu'] button:has-text('Match the system')");
    },
    page: async ({ page, open }) => {
        await open("users");
        await page.locator("h2:has-text('All users')").waitFor();
        await page.locator("text=1 - 20 of 1,200").first().waitFor();
        await audit(page, "page");
        await page.locator("[aria-label='Next page']").first().click();
        await page.locator("[role='cell']:has-text('Person 21')").first().waitFor();
        await page.locator("input[placeholder='Filter']").first().fill("person 77");
        await page.locator("[data-pw-search='person 77']").waitFor();
        assert.ok((await page.title()).startsWith("All users | "));
        await page.locator("button:has-text('Open options')").first().click();
        await page.click("[data-pw='dropdown-menu'] a:has-text('Edit')");
        await page.waitForURL("**/users/edit?id=77");
        await page.locator("label:has-text('Name of user 77')").waitFor();
        await page.fill("input[type='text']", "Grace");
        await page.keyboard.press("Control+Enter");
        await page.click(".btn a:has-text('Go back')");
        await page.waitForURL("**/actions/users");
        await page.locator("nav.subnav [data-pw-run-slug='users/create']").click();
        await page.waitForURL("**/users/create");
    },
    "page, crashed": async ({ page, open }) => {
        await open("broken");
        await page.locator("text=This page crashed").waitFor();
        await audit(page, "page-crashed");
    },
    "not found": async ({ page, open }) => {
        await open("nowhere");
        await page.locator("text=Action not found").waitFor();
        await audit(page, "not-found");
    },
    keys: async ({ page, mock }) => {
        await page.goto(`${mock.url}/dashboard/local/develop/keys`);
        await page.locator("h1:has-text('Keys')").waitFor();
        await audit(page, "keys");
        await page.click("button:has-text('Create live key')");
        await page.fill("[data-iv-dialog] input[name='label']", "New one");
        await audit(page, "keys-dialog");
        await page.click("button:has-text('Create key')");
        await page.locator("text=live_new0Xw3rT9pQ2zL8vN6k").waitFor();
        await page.click("button:has-text('OK')");
        await page.click("[aria-label='Delete New one']");
        await page.click("[data-iv-dialog] button:has-text('Delete')");
        await page.locator("td:has-text('New one')").waitFor({ state: "detached" });
    },
};
