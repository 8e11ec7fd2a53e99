// SPDX-License-Identifier: MIT
// Owns the checklist of what foreign tests rely on: hooks, roles, literals and addresses (io-methods 19, server 4.10), screen by screen.
import assert from "node:assert/strict";
import { startMock } from "../mock-server.mjs";

/** Each line: a selector, and how many elements it must match (1 or more when not given). */
async function check(page, screen, lines) {
    const wrong = [];
    for (const line of lines) {
        const [selector, count] = Array.isArray(line) ? line : [line];
        const found = await page.locator(selector).count();
        if (count === undefined ? found === 0 : found !== count) {
            wrong.push(`${selector}: ${found}`);
        }
    }
    assert.deepEqual(wrong, [], screen);
}

const ready = (page, selector) => page.locator(selector).first().waitFor();

/** Address, and where it leads; the same when there is one only. */
const addresses = (live) => [
    ["/dashboard", live ? "/dashboard/local/actions" : "/dashboard/local/develop/actions"],
    ["/dashboard/local", live ? "/dashboard/local/actions" : "/dashboard/local/develop/actions"],
    ["/dashboard/local/actions"],
    ["/dashboard/local+staging/actions"],
    ["/dashboard/local/actions/greet"],
    ["/dashboard/local+staging/actions/users/edit?id=5"],
    ["/dashboard/local/develop", "/dashboard/local/develop/actions"],
    ["/dashboard/local/develop/actions"],
    ["/dashboard/local/develop/console", "/dashboard/local/develop/actions"],
    ["/dashboard/local/develop/actions/users/edit?id=5"],
    ["/dashboard/local/develop/keys"],
    ["/dashboard/develop/keys", "/dashboard/local/develop/keys"],
    ["/dashboard/unknown/actions/greet", "/dashboard/local/actions/greet"],
    ["/dashboard/local/transactions", "/dashboard/local/history"],
    ["/dashboard/local+staging/history"],
];

async function walkAddresses(page, mock, live) {
    for (const [from, to = from] of addresses(live)) {
        await page.goto(mock.url + from);
        await page.waitForURL(mock.url + to);
        await page.locator("main :is(h1, h2)").first().waitFor();
        assert.equal(await page.locator("text=not found").count(), 0, from);
    }
}

export const hookSteps = {
    "hooks: home": async ({ page, mock, home, open }) => {
        await open("confirm");
        await ready(page, "[data-io-confirm]");
        mock.state.queue = [{ id: "q1", slug: "greet", name: "Greet", assignee: null, params: {}, paramsMeta: null, createdAt: Date.now(), transactionId: null }];
        await home();
        await ready(page, "[data-pw-actions-list]");
        await ready(page, "[data-pw='queued-action']");
        await ready(page, "text=Continue");
        await check(page, "home", [
            ["[data-pw-actions-list]", 1],
            ["[data-pw-run-slug='greet']", 1],
            ["a[data-pw-run-slug='greet'][data-pw='run-action']", 1],
            ["[data-pw-run-slug='silent']", 0],
            ["a[data-pw-action-group='users']", 1],
            ["[data-pw-queued-action-slug='greet'] a", 1],
            ["#desktop-nav li:has-text('Users')", 1],
            ["[data-pw-command-bar-toggle]", 1],
            ["[data-pw-nav-control-panel-toggle]", 1],
        ]);
        mock.state.queue = [];
        await page.click("[data-pw-nav-control-panel-toggle]");
        await ready(page, "[data-pw='dropdown-menu']");
        await page.keyboard.press("Escape");
        await page.click("[data-pw-command-bar-toggle]");
        await ready(page, "[data-pw-command-bar-input]");
        await page.fill("[data-pw-command-bar-input]", "Simulate");
        await page.locator("[data-pw-command-bar-results] [role='option']:has-text('Simulate Interlude restart')").click();
        await ready(page, "text=The connection to Interlude was lost.");
        await ready(page, "text=Connected!");
    },
    "hooks: form and its messages": async ({ page, open }) => {
        await open("form");
        await ready(page, "button[data-pw='continue-button']");
        assert.equal(await page.locator("[data-pw='field-error']").count(), 0, "messages come with a submit");
        await page.locator("button[data-pw='continue-button']").first().click({ position: { x: 3, y: 3 } });
        await ready(page, "[data-pw='field-error']");
        await check(page, "form", [
            "[data-pw='field']",
            "p[data-pw='field-error']:text-is('This field is required.')",
            "[data-autofocus-target]",
            ["button[data-pw='continue-button'] [data-keyboard-shortcut]", 1],
            ["button[data-pw='continue-button'].bg-red-500", 1],
            ["label:has-text('Name')[for]", 1],
            "input[type='text']",
            "textarea",
            "input[inputmode='numeric']",
            "input[inputmode='decimal']",
            ["input[type='checkbox'][value='a']", 1],
            ".iv-timepicker",
            ".iv-datepicker input[type='text']",
            ".iv-datepicker select",
            ".iv-select-container",
        ]);
        const id = await page.locator("label:has-text('Name')").getAttribute("for");
        assert.equal(await page.locator(`#${id}`).count(), 1, "ids can be used in selectors as they are");
    },
    "hooks: confirm, dialogs": async ({ page, open }) => {
        await open("confirm");
        await ready(page, "[data-io-confirm]");
        await check(page, "confirm", [
            ["[data-io-confirm] button:has-text('Cancel')", 1],
            ["[data-io-confirm] button:has-text('Confirm')", 1],
            ["button[data-pw='continue-button']", 0],
        ]);
        await open("paged");
        await page.locator("button[data-pw='continue-button']").click();
        await page.fill("input[type='text']", "Ada");
        await page.locator("button[data-pw='continue-button']").click();
        await ready(page, "[data-io-confirm]");
        await check(page, "paged confirm", [["[data-iv-dialog] button:has-text('Cancel')", 1]]);
        await page.click("[data-io-confirm] button:has-text('Cancel')");
        await ready(page, "[data-test-id='result-type']");
    },
    "hooks: displays": async ({ page, open, problems }) => {
        await open("displays");
        await ready(page, ".prose h1");
        await check(page, "displays", [
            "h2:has-text('Account 42')",
            "h4:has-text('Facts')",
            "pre code",
            ".prose h1",
            "dt:text-is('Name')",
            "dd :text-is('Ada')",
            "summary:has-text('deep')",
            ".btn a:has-text('Open the docs')",
            ["img[data-pw-display-image].w-img-medium[alt='A white disc']", 1],
        ]);
        // The policy also reports what the sanitiser parses before it removes it.
        problems.splice(0, problems.length, ...problems.filter((text) => !/inline (event handler|style)/.test(text)));
        await open("old_displays");
        await ready(page, "video[data-pw-display-video][src]");
        await open("grid");
        await ready(page, "[role='grid-cell']:nth-child(1)");
        await check(page, "grid", ["[data-pw='pagination'] [aria-label='Next page']", "[role='grid-cell'] button:has-text('Open options')"]);
    },
    "hooks: tables": async ({ page, open }) => {
        await open("table_sync");
        await ready(page, "[role='row']");
        await check(page, "table", [
            [".iv-table", 3],
            ["[data-pw='pagination'] [aria-label='Previous page']", 4],
            ["[data-pw='pagination'] [aria-label='Next page']", 4],
            ["tbody[data-pw-search='']", 2],
            "[data-highlight-color='red']",
            ["text='1 - 20 of 1,200'", 2],
            "button:has-text('Table options')",
            "[role='row'] button:has-text('Open options')",
            ["[role='columnheader']", 8],
            ["[role='rowheader']", 3],
            ["[role='row']", 20],
            "[role='row']:nth-child(3) [role='cell']:has-text('-')",
            "input[placeholder='Filter']",
            ["button[aria-label='Clear filter']", 0],
        ]);
        await page.locator("button:has-text('Open options')").first().click();
        await check(page, "row menu", [["[data-pw='dropdown-menu'] a[href]", 2], ["[data-pw='dropdown-menu'] button:disabled", 1]]);
    },
    "hooks: loading, result, panel": async ({ page, open }) => {
        await open("loading");
        await ready(page, "[data-pw-label]");
        await check(page, "loading", [["[data-pw-description]:has-text('Splines first')", 1], "[data-pw-spinner]"]);
        await open("greet");
        await page.fill("input[type='text']", "Ada");
        await page.locator("button[data-pw='continue-button']").click();
        await ready(page, "[data-test-id='result-type']:has-text('Completed')");
        await page.click("[data-pw-tab-id='Logs']");
        await ready(page, "[data-pw-transaction-logs]");
        await check(page, "result", [
            ["[data-test-id='transaction-result']", 1],
            ["button:has-text('New transaction')", 1],
            [".btn a:has-text('Go back')", 1],
            ["[data-pw-transaction-logs] div", 2],
            ["[data-pw-transaction-logs] div a[href='https://example.com/docs']", 1],
            ["text=✔ Transaction completed", 1],
            ["[data-pw-control-panel][data-pw-control-panel-expanded='true'][data-pw-control-panel-selected='Logs']", 1],
            ["[data-pw-tab-id='Notifications']", 1],
            ["[data-pw-tab-id='History']", 1],
        ]);
        await page.click("[aria-label='Close panel']");
    },
    "hooks: addresses, console": async ({ page, mock }) => walkAddresses(page, mock, false),
    "hooks: addresses and sign-in, live": async ({ page }) => {
        const live = await startMock({ mode: "start" });
        await page.goto(`${live.url}/dashboard/develop/keys`);
        await page.fill("input[name='email']", "ada@example.com");
        await page.click("button[type='submit']");
        await page.fill("input[name='password']", "difference");
        await page.click("button[type='submit']");
        await page.waitForURL("**/dashboard/local/develop/keys");
        await walkAddresses(page, live, true);
        await page.goto(`${live.url}/dashboard/local/actions/greet`);
        await ready(page, "input[type='text']");
        await check(page, "live run", [
            ["[data-pw-tab-id='Logs']", 1],
            ["[data-pw-tab-id='Notifications']", 0],
            ["[data-pw-tab-id='History']", 0],
        ]);
        await page.goto("about:blank");
        live.close();
    },
};
