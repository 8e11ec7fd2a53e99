// SPDX-License-Identifier: MIT
// Owns the steps for runs: inputs and their messages, displays, confirm, loading, results, failures, history.
import assert from "node:assert/strict";
import { audit } from "./browser.mjs";

const submit = (page) => page.locator("button[data-pw='continue-button']").first().click({ position: { x: 3, y: 3 } });
const field = (page, label) => page.locator("[data-pw='field']").filter({ has: page.locator(`text="${label}"`) });
const resultType = (page, word) => page.locator(`[data-test-id='result-type']:has-text('${word}')`).waitFor();

async function expectError(page, label, text) {
    const message = field(page, label).locator("[data-pw='field-error']");
    await message.waitFor();
    assert.equal(await message.textContent(), text);
}

/** In the page: the quickest hand there is. */
function clickAsSoonAsThere(selector) {
    const watch = new MutationObserver(() => {
        const found = document.querySelector(selector);
        if (found !== null) {
            watch.disconnect();
            setTimeout(() => found.click(), 20);
        }
    });
    watch.observe(document.body, { childList: true, subtree: true });
}

/** In the page: which row the pointer goes down on. */
function rememberPressed() {
    addEventListener("pointerdown", (event) => (window.pressedRow = event.target.closest("[role='row']")), { capture: true, once: true });
}

/** The first row of a table that may still be moving: where it no longer is nothing is pressed, and it is tried again. */
async function pressRow(page) {
    for (;;) {
        const { x, y, height } = await page.locator("[role='row']").nth(1).boundingBox();
        await page.mouse.move(x + 60, y + height / 2);
        await page.evaluate(rememberPressed);
        await page.mouse.down();
        if (await page.evaluate(() => window.pressedRow !== null)) return;
        await page.mouse.up();
    }
}

/** Until nothing moves any more: a form does so for a second at most after it has appeared. */
async function settle(page) {
    const since = await page.evaluate(() => performance.now());
    await page.waitForFunction((then) => performance.now() > then + 1000, since);
}

export const runSteps = {
    "run: text, required, host message, result": async ({ page, open }) => {
        await open("greet");
        await page.locator("label:has-text('Your name')").waitFor();
        await page.waitForFunction(() => document.activeElement?.hasAttribute("data-autofocus-target"));
        await audit(page, "run-text");
        await page.keyboard.press("Enter");
        assert.equal(await page.locator("[data-pw='field-error']").count(), 0, "Enter does nothing");
        await page.keyboard.press("Control+Enter");
        await expectError(page, "Your name", "This field is required.");
        await audit(page, "run-text-error");
        await page.click("text=Your name");
        await page.keyboard.type("Nobody");
        await submit(page);
        await expectError(page, "Your name", "Nobody is not a name.");
        await page.fill("input[type='text']", "Ada");
        await submit(page);
        await resultType(page, "Completed");
        const text = await page.locator("[data-test-id='transaction-result']").textContent();
        assert.ok(text.includes("greetingHello, Ada"), text);
        assert.ok(text.includes("atJan 2, 2023, 4:05 PM"), text);
        await page.click("[data-pw-tab-id='Logs']");
        assert.ok((await page.locator("[data-pw-transaction-logs] div").nth(1).textContent()).includes("asked: Ada"));
        await audit(page, "run-result");
        await page.click("[data-pw-tab-id='History']");
        await page.locator(".recent a").first().waitFor();
        await page.click("[data-pw-tab-id='Logs']");
        await page.click("[aria-label='Close panel']");
        await page.click("button:has-text('New transaction')");
        await page.locator("input[type='text']").waitFor();
        await page.click("button:has-text('Cancel')");
        await resultType(page, "Canceled");
    },
    "run: a form is used before it has come to rest": async ({ page, open }) => {
        await page.emulateMedia({ reducedMotion: "no-preference" });
        await page.setViewportSize({ width: 1280, height: 700 });
        await open("quick");
        await page.locator("label:has-text('First')").waitFor();
        await page.evaluate(clickAsSoonAsThere, ".select-frame");
        await submit(page);
        await page.locator(".iv-select__menu").waitFor();
        await settle(page);
        assert.equal(await page.locator(".iv-select__menu").count(), 1, "what came later closed the list");
        await page.locator(".iv-select__menu [role='option']:has-text('Green')").click();
        await submit(page);
        await pressRow(page);
        await settle(page);
        await page.mouse.up();
        assert.ok(await page.evaluate(() => window.pressedRow.querySelector("input").checked), "it moved from under the pointer");
        await submit(page);
        await resultType(page, "Completed");
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.emulateMedia({ reducedMotion: "reduce" });
    },
    "run: params": async ({ page, open }) => {
        await open("greet", "?name=Grace");
        await page.locator("input[type='text']").waitFor();
        assert.equal(await page.inputValue("input[type='text']"), "Grace");
    },
    "run: all inputs": async ({ page, open }) => {
        await open("form");
        await page.locator("button[data-pw='continue-button']:has-text('Delete')").waitFor();
        assert.match(await page.locator("button:has-text('Delete')").getAttribute("class"), /bg-red-500/);
        await audit(page, "run-form");
        await submit(page);
        await expectError(page, "Name", "This field is required.");
        await expectError(page, "Tags", "Please make at least 1 selection.");
        await audit(page, "run-form-errors");
        await page.fill("label:has-text('Name')", "Ada");
        await expectError(page, "Name", "Please enter a value with between 5 and 20 characters.");
        await page.fill("label:has-text('Name')", "Ada Lovelace");
        await page.fill("label:has-text('Email')", "ada@");
        await expectError(page, "Email", "Please enter a valid email address.");
        await page.fill("label:has-text('Email')", "ada@example.com");
        await page.fill("label:has-text('Website')", "nope");
        await expectError(page, "Website", "Please enter a valid URL.");
        await page.fill("label:has-text('Website')", "http://example.com");
        await expectError(page, "Website", "The URL must begin with https.");
        await page.fill("label:has-text('Website')", "https://example.com");
        const age = page.locator("input[inputmode='numeric']").first();
        await age.fill("x");
        await expectError(page, "Age", "Please enter a valid number.");
        await age.fill("12");
        await expectError(page, "Age", "Please enter a number between 13 and 120.");
        await age.fill("40.5");
        await expectError(page, "Age", "Please enter a whole number.");
        await age.fill("40");
        await page.fill("input[inputmode='decimal']", "1,234.567");
        await expectError(page, "Price", "Please enter a number with up to 2 decimal places.");
        await page.fill("input[inputmode='decimal']", "1,234.56");
        await page.click("label:has-text('Subscribe')");
        const colour = page.locator(`#${await page.locator("label:has-text('Favourite colour')").getAttribute("for")}`);
        await page.click(".iv-select-container");
        await page.locator(".iv-select__menu div div:has-text('Feb 25, 2022, 10:00 AM')").waitFor();
        await audit(page, "run-select-open");
        await colour.fill("gre");
        assert.equal(await page.locator(".iv-select__menu [role='option']").count(), 1);
        await page.keyboard.press("Enter");
        assert.equal(await page.locator(".iv-select__single-value").textContent(), "Green");
        for (const value of ["a", "b", "c"]) {
            await page.click(`input[type="checkbox"][value="${value}"]`);
        }
        await expectError(page, "Tags", "Please make no more than 2 selections.");
        await page.click('input[type="checkbox"][value="b"]');
        await page.click('label:text-is("Date")');
        await page.keyboard.type("02/2");
        await page.locator(".flatpickr-day:has-text('25')").waitFor();
        // What the open calendar covers counts as "too small a target".
        await audit(page, "run-calendar", "target-size");
        await page.keyboard.press("Escape");
        const date = page.locator(".iv-datepicker input[type=text]").first();
        await date.fill("02/12/2040");
        await page.keyboard.press("Escape");
        await expectError(page, "Date", "Please enter a date between January 1, 2000 and December 30, 2022.");
        await date.fill("02/12/2022");
        await page.locator(".flatpickr-day:has-text('25')").click();
        assert.equal(await date.inputValue(), "02/25/2022");
        const time = page.locator(".iv-timepicker-time .iv-datepicker select");
        await time.nth(0).selectOption("7");
        await time.nth(1).selectOption("5");
        await expectError(page, "Time", "Please enter a time between 8:30 AM and 8:00 PM.");
        await time.nth(2).selectOption("pm");
        const both = page.locator(".iv-timepicker-datetime");
        await both.locator("input").fill("12/31/2021");
        await page.keyboard.press("Escape");
        await expectError(page, "Date and time", "Please enter a valid date.");
        await both.locator("select").nth(0).selectOption("12");
        await both.locator("select").nth(1).selectOption("30");
        await page.click("button[data-pw='continue-button']:has-text('Delete')");
        await resultType(page, "Completed");
        const text = await page.locator("[data-test-id='transaction-result']").textContent();
        assert.ok(text.includes("choicedelete"), text);
        const values = JSON.parse(/json(\[.*\])/.exec(text)[1]);
        assert.deepEqual(values.slice(0, 7), ["Ada Lovelace", null, "ada@example.com", "https://example.com", 40, 1234.56, true]);
        assert.equal(values[7].value, "green");
        assert.deepEqual(values.slice(8), [
            [{ label: "a", value: "a" }, { label: "c", value: "c" }],
            { year: 2022, month: 2, day: 25 },
            { hour: 19, minute: 5 },
            { year: 2021, month: 12, day: 31, hour: 0, minute: 30 },
        ]);
        await audit(page, "run-form-done");
    },
    "run: form message": async ({ page, open, mock }) => {
        await open("form");
        await page.locator("label:has-text('Name')").waitFor();
        const call = mock.state.calls.findLast((one) => one.methodName === "CONNECT_TO_TRANSACTION_AS_CLIENT");
        const transaction = mock.state.transactions.get(call.data.transactionId);
        transaction.calls[0].message = "The form as a whole is wrong.";
        transaction.calls[0].render();
        const box = page.locator("[data-pw='form-error']");
        await box.waitFor();
        assert.equal(await box.locator("[data-pw='field-error']").textContent(), "The form as a whole is wrong.");
    },
    "run: confirm": async ({ page, open }) => {
        await open("confirm");
        await page.locator("[data-io-confirm]").waitFor();
        assert.equal(await page.locator("button[data-pw='continue-button']").count(), 0);
        await audit(page, "run-confirm");
        await page.click("[data-io-confirm] button:has-text('Cancel')");
        await resultType(page, "Completed");
        assert.ok((await page.locator("[data-test-id='transaction-result']").textContent()).includes("Kept"));
    },
    "run: background run continues": async ({ page, open, home }) => {
        await open("confirm");
        await page.locator("[data-io-confirm]").waitFor();
        await home();
        await page.locator("text=In progress").waitFor();
        await audit(page, "home-progress");
        await page.click("a:has-text('Continue')");
        await page.click("[data-io-confirm] button:has-text('Confirm')");
        await resultType(page, "Completed");
    },
    "run: displays": async ({ page, open, problems }) => {
        await open("displays");
        await page.locator(".prose pre code").waitFor();
        assert.equal(await page.locator(".prose pre code").first().textContent(), "int main(void)\n{\n    return 0; /* fine */\n}\n");
        assert.equal(await page.locator("script:has-text('alert')").count(), 0);
        assert.equal(await page.locator(".prose [onclick], .prose [style], .prose [onerror]").count(), 0);
        assert.ok((await page.locator(".prose h1").textContent()).includes("Title"));
        assert.match(await page.locator("img[data-pw-display-image]").getAttribute("class"), /w-img-medium/);
        assert.equal(await page.locator("dd:has-text('12345678901234567890n') *").count(), 1);
        await page.locator("text=does not know how to draw").waitFor();
        await page.locator("text=code: expected text, found number").waitFor();
        assert.equal(await page.locator("details:has(> summary:has-text('deep'))").getAttribute("open"), null);
        await audit(page, "run-displays");
        await page.locator("summary:has-text('deep')").scrollIntoViewIfNeeded();
        await audit(page, "run-displays-2");
        // The policy also reports what the sanitiser parses before it removes it.
        problems.splice(0, problems.length, ...problems.filter((text) => !/inline (event handler|style)/.test(text)));
        await page.fill("input[type='text']", "yes");
        await submit(page);
        await resultType(page, "Completed");
    },
    "run: loading": async ({ page, open }) => {
        await open("loading");
        await page.locator("[data-pw-label]:has-text('Reticulating')").waitFor();
        await page.locator("text=Completed 3 of 5").waitFor();
        await audit(page, "run-loading");
        await page.locator("[data-test-id='result-type']").waitFor();
    },
    "run: failure": async ({ page, open }) => {
        await open("failing");
        await page.locator("text=(optional)").waitFor();
        await submit(page);
        await resultType(page, "Error");
        await audit(page, "run-failure");
    },
    "run: crash": async ({ page, open }) => {
        await open("crashing");
        await page.locator("text=This route crashed").waitFor();
        await audit(page, "run-crashed");
    },
    "run: disabled after crashes": async ({ page, open }) => {
        await open("disabled");
        await page.locator("button:has-text('Retry in')").waitFor();
        await audit(page, "run-disabled");
        await page.locator("button:text-is('Retry')").click();
        await page.locator("button:has-text('Retry in')").waitFor();
    },
    "run: offline": async ({ page, open }) => {
        await open("offline");
        await page.locator("text=Action not reachable").waitFor();
        await audit(page, "run-offline");
    },
    "run: busy": async ({ page, open }) => {
        await open("busy");
        await page.locator("text=grace@example.com").waitFor();
        await audit(page, "run-busy");
        await page.click("button:has-text('Stop')");
        await page.locator("[data-iv-dialog] dialog").waitFor();
        await audit(page, "run-busy-dialog");
        await page.click("[data-iv-dialog] button:has-text('Stop')");
        await resultType(page, "Error");
    },
    "run: silence": async ({ page, open }) => {
        await open("silent");
        await page.locator("text=Waiting to hear from action...").waitFor();
        await audit(page, "run-silent");
    },
    "run: redirect": async ({ page, open }) => {
        await open("redirecting");
        await page.waitForURL("**/greet?name=Redirected");
        await page.locator("input[type='text']").waitFor();
        assert.equal(await page.inputValue("input[type='text']"), "Redirected");
    },
    "run: connection lost and back": async ({ page, open, mock }) => {
        await open("greet");
        await page.fill("input[type='text']", "Ada");
        mock.state.away = true;
        mock.dropSockets();
        await page.locator("text=The connection to Interlude was lost.").waitFor();
        await audit(page, "connection-lost");
        mock.state.away = false;
        await page.locator("text=Connected!").waitFor();
        assert.equal(await page.inputValue("input[type='text']"), "Ada", "what was typed stays");
        await submit(page);
        await resultType(page, "Completed");
    },
    history: async ({ page, open, mock }) => {
        await open("greet");
        await page.fill("input[type='text']", "Ada");
        await submit(page);
        await resultType(page, "Completed");
        await page.goto(`${mock.url}/dashboard/local/history?environment=development`);
        await page.locator("a.history-name").first().waitFor();
        await audit(page, "history");
        await page.fill("input[placeholder='Filter']", "greet");
        await page.waitForURL("**s=greet**");
        await page.locator("a.history-name:has-text('Greet')").first().click();
        await page.locator("h2:has-text('Steps')").waitFor();
        assert.equal(await page.inputValue(".history-step input[type='text']"), "Ada");
        await page.locator("[data-pw-transaction-logs] div").first().waitFor();
        await audit(page, "history-detail");
        await page.goto(`${mock.url}/dashboard/local/history?environment=development&s=zzz`);
        await page.locator("text=No transactions found").waitFor();
        await audit(page, "history-none");
    },
};
