// SPDX-License-Identifier: MIT
// Owns the steps for what SDK hosts bring: grids, old displays, late values, the paged way, hosts that go and come back.
import assert from "node:assert/strict";
import { audit } from "./browser.mjs";

const submit = (page) => page.locator("button[data-pw='continue-button']").first().click({ position: { x: 3, y: 3 } });
const resultType = (page, word) => page.locator(`[data-test-id='result-type']:has-text('${word}')`).waitFor();

/** The run on screen as the mock knows it. */
function running(mock) {
    const call = mock.state.calls.findLast((one) => one.methodName === "CONNECT_TO_TRANSACTION_AS_CLIENT");
    return mock.state.transactions.get(call.data.transactionId);
}

export const sdkSteps = {
    "sdk: grid": async ({ page, open }) => {
        await open("grid");
        const first = page.locator("[role='grid-cell']:nth-child(1)").first();
        await first.locator("text=Place 1").first().waitFor();
        assert.equal(await page.locator(".grid").first().locator("[role='grid-cell']").count(), 8);
        assert.equal(await page.locator("text='1 - 8 of 64'").count(), 2);
        assert.equal(await page.locator(".iv-table").count(), 0, "a grid is not a table");
        await page.locator("text=There are no items to display.").waitFor();
        assert.equal(await page.locator("button:has-text('Table options')").count(), 0);
        await audit(page, "grid");
        await page.locator("text=Only a label").scrollIntoViewIfNeeded();
        await audit(page, "grid-cards");
        await page.locator("[data-pw='pagination'] [aria-label='Next page']").first().click();
        await page.locator(".grid-title a:text-is('Place 9')").waitFor();
        await page.locator("input[placeholder='Filter']").first().fill("place 1");
        await page.locator("[data-pw-search='place 1']").waitFor();
        await page.locator("text='1 - 8 of 11'").first().waitFor();
        await page.locator("button[aria-label='Clear filter']").first().click();
        await page.locator(".grid-title a:text-is('Place 2')").waitFor();
        await first.locator("button:has-text('Open options')").click();
        await page.locator("[data-pw='dropdown-menu'] a:has-text('Edit')").waitFor();
        await page.keyboard.press("Escape");
        await page.locator(".grid-title a:text-is('Place 2')").click();
        await page.waitForURL("**/greet?name=Place+2");
    },
    "sdk: old displays": async ({ page, open }) => {
        await open("old_displays");
        await page.locator("text=2/5").waitFor();
        await page.locator("[aria-label='In progress']").or(page.locator("text=In progress")).first().waitFor();
        const video = page.locator("video[data-pw-display-video]");
        assert.equal(await video.getAttribute("src"), "https://example.com/film.mp4");
        assert.match(await video.getAttribute("class"), /w-img-medium/);
        const images = page.locator("img[data-pw-display-image]");
        assert.match(await images.nth(0).getAttribute("class"), /w-img-thumbnail/);
        assert.equal((await images.nth(0).boundingBox()).width, 64);
        assert.equal((await images.nth(1).boundingBox()).width, 512);
        assert.equal(await page.locator(".btn a:has-text('By href')").getAttribute("href"), "https://example.com/old");
        assert.match(await page.locator(".btn a:has-text('By action')").getAttribute("href"), /\/develop\/actions\/greet\?name=Old$/);
        const leaf = (name) => page.locator(`dl:has(> dt:text-is('${name}')) dd`);
        assert.equal(await leaf("big").textContent(), "5n");
        assert.equal(await leaf("at").textContent(), "Jan 2, 2023, 4:05 PM");
        assert.equal(await leaf("infinite").textContent(), "Infinity");
        assert.equal(await leaf("undef").textContent(), "undefined");
        await audit(page, "old-displays");
        await video.scrollIntoViewIfNeeded();
        await audit(page, "old-displays-2");
    },
    "sdk: metadata that comes later": async ({ page, open, mock }) => {
        await open("later");
        await page.locator("dd .skeleton").waitFor();
        await audit(page, "metadata-later");
        running(mock).later(12345678901234567890n);
        await page.locator("dd:has-text('12345678901234567890n')").waitFor();
        assert.equal(await page.locator(".skeleton").count(), 0);
        assert.equal(await page.locator("dt").count(), 2, "an older call is updated in place");
    },
    "sdk: the paged way": async ({ page, open }) => {
        await open("paged");
        await page.locator("h2:has-text('First')").waitFor();
        await submit(page);
        await page.locator("label:has-text('Your name')").waitFor();
        assert.equal(await page.locator("h2:has-text('First')").count(), 0, "only the current call is on screen");
        await audit(page, "paged");
        await page.fill("input[type='text']", "Ada");
        await submit(page);
        await page.locator("[data-pw-label]:has-text('Looking up')").waitFor();
        assert.equal(await page.locator("label:has-text('Your name')").count(), 0, "loading replaces the call");
        const confirm = page.locator("[data-iv-dialog] [data-io-confirm]");
        await confirm.locator("button:has-text('Confirm')").waitFor();
        await page.locator("dialog[aria-label='Greet Ada?']").waitFor();
        await page.keyboard.press("Escape");
        await audit(page, "paged-confirm");
        await confirm.locator("button:has-text('Confirm')").click();
        await page.locator("text=1/2").waitFor();
        assert.equal(await page.locator("button[data-pw='continue-button']").count(), 0, "progress does not wait");
        await resultType(page, "Completed");
        assert.equal(await page.locator("text=1/2").count(), 0);
    },
    "sdk: queue": async ({ page, mock, home }) => {
        mock.state.queue = [
            { id: "q1", slug: "greet", name: "Greet", assignee: null, params: { name: "Queued" }, paramsMeta: null, createdAt: Date.now() - 60_000, transactionId: null },
            { id: "q2", slug: "notifying", name: "Notifying", assignee: "ada@example.com", params: { at: "2023-01-02T16:05:00.000Z", count: 12345, note: "With care" }, paramsMeta: { values: { at: ["Date"] } }, createdAt: Date.now() - 9e6, transactionId: null },
            { id: "q3", slug: "paged", name: "The paged way", assignee: null, params: {}, paramsMeta: null, createdAt: Date.now() - 1000, transactionId: null },
        ];
        await home();
        await page.locator("[data-pw='queued-action']").first().waitFor();
        await page.locator("dd:has-text('Jan 2, 2023, 4:05 PM')").waitFor();
        await page.locator(".badge:has-text('Unreachable')").waitFor();
        await audit(page, "home-queue");
        const opened = page.context().waitForEvent("page");
        await page.locator("[data-pw-queued-action-slug='paged'] a").click({ modifiers: ["Control"] });
        const tab = await opened;
        await tab.locator("h2:has-text('The paged way')").waitFor();
        await tab.locator("h2:has-text('First')").waitFor();
        assert.equal(mock.state.calls.findLast((one) => one.methodName === "CREATE_TRANSACTION").data.queuedActionId, "q3", "in another tab, too");
        await tab.waitForURL("**/actions/paged");
        await tab.close();
        await page.locator("[data-pw-queued-action-slug='greet'] a").click();
        await page.waitForURL("**/actions/greet");
        await page.locator("input[type='text']").waitFor();
        assert.equal(await page.inputValue("input[type='text']"), "Queued", "the params of the item are those of the run");
        assert.equal(mock.state.calls.findLast((one) => one.methodName === "CREATE_TRANSACTION").data.queuedActionId, "q1");
        await page.click("button:has-text('New transaction')");
        await page.waitForFunction(() => document.querySelector("input[type='text']")?.value === "");
        assert.equal(mock.state.calls.findLast((one) => one.methodName === "CREATE_TRANSACTION").data.queuedActionId, undefined);
        await page.click("#desktop-nav a:has-text('Dashboard')");
        await page.locator("[data-pw-queued-action-slug='greet'] a:has-text('Continue')").waitFor();
        await page.click("button[aria-label='Dequeue Notifying']");
        await page.click("[data-iv-dialog] button:has-text('Dequeue')");
        await page.locator("[data-pw-queued-action-slug='notifying']").waitFor({ state: "detached" });
        mock.state.queue = [];
        mock.invalidate("queue");
        await page.locator("[data-pw='queued-action']").first().waitFor({ state: "detached" });
    },
    "sdk: hosts on the home screen": async ({ page, mock, home }) => {
        const card = (slug) => page.locator(`li.route:has([data-pw-run-slug='${slug}'])`);
        const others = mock.state.routes.filter((one) => one.host && !one.host.sdk.includes("2.0.0"));
        await home();
        await page.locator("text='Hosts: @interval/sdk 2.0.0 × 2, @interval/sdk 1.4.0'").waitFor();
        await card("notifying").locator("text=@interval/sdk 2.0.0 × 2").waitFor();
        await audit(page, "home-hosts");
        const hosts = others.map((one) => one.host);
        others.forEach((one) => (one.host = null));
        mock.invalidate("routes");
        await page.locator("text='Host: @interval/sdk 2.0.0 × 2'").waitFor();
        assert.equal(await page.locator("text=@interval/sdk").count(), 1, "one line says it for all");
        others.forEach((one, i) => (one.host = hosts[i]));
        mock.invalidate("routes");
        await card("unreachable").locator("text=interval-sdk 1.5.1").waitFor();
    },
    "sdk: notifications": async ({ page, open, mock }) => {
        await open("notifying");
        await page.locator("label:has-text('done?')").waitFor();
        await page.click("[data-pw-tab-id='Notifications']");
        await page.locator("text=Would have sent to ada@example.com via EMAIL").waitFor();
        await page.locator("text=Would have sent to #sky via SLACK").waitFor();
        await page.locator("text=Would have sent to grace@example.com via EMAIL").waitFor();
        await audit(page, "notifications");
        mock.dropSockets();
        await page.locator("text=Connected!").waitFor();
        assert.equal(await page.locator("text=Tonight").count(), 1, "what is known is not told twice");
        await page.click("[data-pw-tab-id='Logs']");
        await page.click("[aria-label='Close panel']");
    },
    "sdk: page, parts that come later": async ({ page, open }) => {
        await open("sdk");
        await page.locator("h2:has-text('From an SDK')").waitFor();
        await page.locator(".screen-head .skeleton").waitFor();
        await page.locator("h2:has-text('Title that came later')").waitFor();
        await page.locator("text=So did this.").waitFor();
        assert.equal(await page.locator(".skeleton").count(), 0);
        assert.ok(await page.locator("button:has-text('Off')").isDisabled());
        await page.locator(".btn a:has-text('Old link')").click();
        await page.waitForURL("**/greet");
    },
    "sdk: page, visits and what ends them": async ({ page, open, mock }) => {
        const keys = (method) => mock.state.calls.filter((one) => one.methodName === method).map((one) => one.data.pageKey);
        await open("users");
        await page.locator("h2:has-text('All users')").waitFor();
        const first = keys("REQUEST_PAGE").at(-1);
        await page.locator("nav.subnav [data-pw-run-slug='users']").click();
        await page.waitForFunction(() => document.querySelector("h2")?.textContent.includes("All users"));
        await page.locator("text=1 - 20 of 1,200").first().waitFor();
        const second = keys("REQUEST_PAGE").at(-1);
        assert.notEqual(second, first, "a link to the page on screen opens it anew");
        assert.ok(keys("LEAVE_PAGE").includes(first));
        await page.click("#desktop-nav a:has-text('Dashboard')");
        await page.locator("[data-pw-actions-list]").waitFor();
        assert.ok(keys("LEAVE_PAGE").includes(second));
    },
    "sdk: page, errors": async ({ page, open }) => {
        await open("sdk_errors");
        await page.locator("text=All of it").waitFor();
        await page.locator("text=Caused by TypeError: why").waitFor();
        await page.locator("text=too many").waitFor();
        assert.equal(await page.locator(".tooltip-error").count(), 2);
        await audit(page, "page-errors");
    },
    "sdk: page, nothing": async ({ page, open }) => {
        await open("sdk_nothing");
        await page.locator("[data-pw-actions-list]").waitFor();
        await page.waitForFunction(() => document.querySelectorAll("[data-pw-run-slug='sdk_nothing/child']").length === 2);
        assert.equal(await page.locator("[data-pw-run-slug='sdk_nothing/hidden']").count(), 0);
        await audit(page, "page-nothing");
    },
    "sdk: the host of an action that could not start": async ({ page, open, mock }) => {
        const route = mock.state.routes.find((one) => one.slug === "greet");
        route.status = "UNREACHABLE";
        mock.state.refuse = { type: "ERROR", code: "OFFLINE", message: "Nothing that runs it is connected." };
        await open("greet");
        await page.locator("text=Action not reachable").waitFor();
        route.status = "ONLINE";
        mock.state.refuse = null;
        mock.invalidate("routes");
        await page.locator("label:has-text('Your name')").waitFor();
    },
    "sdk: development key in the menu": async ({ page, home }) => {
        await home();
        await page.click(".env-switch");
        await page.locator("[data-pw='dropdown-menu'] code:has-text('ada_dev_kcLj')").waitFor();
        await audit(page, "environment-menu");
    },
    "sdk: the host goes and comes back": async ({ page, open, mock }) => {
        await open("greet");
        await page.fill("input[type='text']", "Ada");
        running(mock).emit("HOST_CLOSED_UNEXPECTEDLY", {});
        await page.locator("text=Waiting for your development host").waitFor();
        await audit(page, "host-lost");
        await page.locator("text=another one serves the action now").waitFor();
        running(mock).emit("HOST_RECONNECTED", {});
        await page.locator("text=The host is back.").waitFor();
        running(mock).calls[0].render();
        assert.equal(await page.inputValue("input[type='text']"), "Ada");
        await submit(page);
        await resultType(page, "Completed");
    },
    "sdk: usurped, invalid, missing host": async ({ page, open, mock }) => {
        await open("greet");
        await page.locator("input[type='text']").waitFor();
        running(mock).emit("CLIENT_USURPED", {});
        await page.locator("text=opened in another window").waitFor();
        await audit(page, "usurped");
        await page.click("button:has-text('Reconnect')");
        await page.locator("text=Connected!").waitFor();
        running(mock).emit("RENDER", { toRender: '{"toRender":[]}' });
        await page.locator("text=Received invalid message from action.").waitFor();
        await audit(page, "invalid-message");
        mock.state.deaf = true;
        await page.click("button:has-text('New transaction')");
        await page.locator("text=The host of this action does not answer.").waitFor();
        await audit(page, "host-missing");
        mock.state.deaf = false;
        await page.locator("text=The host is back.").waitFor();
        await page.locator("input[type='text']").waitFor();
    },
};
