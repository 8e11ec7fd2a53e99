// SPDX-License-Identifier: MIT
// Owns the steps for the larger inputs: slider, search, rich text, spreadsheet, upload, identity.
import assert from "node:assert/strict";
import { audit } from "./browser.mjs";

const submit = (page) => page.locator("button[data-pw='continue-button']").first().click({ position: { x: 3, y: 3 } });
const field = (page, label) => page.locator("[data-pw='field']").filter({ has: page.locator(`text="${label}"`) });

async function expectError(page, label, text) {
    const message = field(page, label).locator("[data-pw='field-error']");
    await message.waitFor();
    assert.equal(await message.textContent(), text);
}

async function completed(page) {
    await page.locator("[data-test-id='result-type']:has-text('Completed')").waitFor();
}

/** What was answered last, as it went over the socket. */
function lastResponse(mock, kind) {
    const sent = mock.state.calls.filter((one) => one.methodName === "RESPOND_TO_IO_CALL").map((one) => JSON.parse(one.data.ioResponse));
    return sent.filter((one) => one.kind === kind).at(-1);
}

const states = (mock) =>
    mock.state.calls
        .filter((one) => one.methodName === "RESPOND_TO_IO_CALL")
        .map((one) => JSON.parse(one.data.ioResponse))
        .filter((one) => one.kind === "SET_STATE");

export const inputSteps = {
    "inputs: slider": async ({ page, open, mock }) => {
        await open("slider");
        const range = field(page, "Volume").locator("input[type='range']");
        const box = field(page, "Volume").locator("input[inputmode='numeric']");
        await range.waitFor();
        await audit(page, "input-slider");
        assert.equal(await box.inputValue(), "");
        assert.equal(await range.inputValue(), "10");
        assert.equal(await page.inputValue("input[inputmode='decimal']"), "0.5");
        await submit(page);
        await expectError(page, "Volume", "This field is required.");
        await audit(page, "input-slider-required");
        await range.focus();
        await page.keyboard.type("42", { delay: 200 });
        assert.equal(await box.inputValue(), "42");
        assert.equal(await range.inputValue(), "42");
        await page.waitForTimeout(1600);
        await page.keyboard.type("7");
        assert.equal(await box.inputValue(), "7", "a pause starts a new number");
        await expectError(page, "Volume", "Please enter a number between 10 and 100.");
        await page.click("label:has-text('Volume')");
        await page.keyboard.type("12.5");
        assert.equal(await box.inputValue(), "12.5", "its text is selected when it gets focus");
        await expectError(page, "Volume", "Please enter a whole number.");
        await box.blur();
        await box.click();
        await page.keyboard.type("64");
        assert.equal(await box.inputValue(), "64");
        const share = field(page, "Share").locator("input[type='range']");
        await share.focus();
        await page.keyboard.press("ArrowRight");
        assert.equal(await page.inputValue("input[inputmode='decimal']"), "0.75");
        await page.fill("input[inputmode='decimal']", "0.6");
        await page.locator("input[inputmode='decimal']").blur();
        assert.equal(await page.inputValue("input[inputmode='decimal']"), "0.5", "settles on a step");
        await submit(page);
        await completed(page);
        const { values, valuesMeta } = lastResponse(mock, "RETURN");
        assert.deepEqual(values, [64, 0.5, null]);
        assert.deepEqual(valuesMeta, { values: { 2: ["undefined"] } });
    },
    "inputs: slider, its lower bound": async ({ page, open, mock }) => {
        await open("slider");
        const range = field(page, "Off").locator("input[type='range']");
        await range.focus();
        await page.keyboard.press("Home");
        assert.equal(await field(page, "Off").locator("input[inputmode]").inputValue(), "-5");
        await field(page, "Volume").locator("input[type='range']").click({ position: { x: 1, y: 20 } });
        await submit(page);
        await completed(page);
        assert.deepEqual(lastResponse(mock, "RETURN").values, [10, 0.5, -5]);
    },
    "inputs: search": async ({ page, open, mock }) => {
        await open("search");
        const before = states(mock).length;
        const box = field(page, "Country").locator("input");
        await box.waitFor();
        assert.equal(await box.getAttribute("placeholder"), "Search...");
        assert.equal(await field(page, "Countries").locator("input").getAttribute("placeholder"), null);
        await audit(page, "input-search");
        await submit(page);
        await expectError(page, "Country", "This field is required.");
        await page.click("text=Country");
        await page.keyboard.type("n");
        await page.locator(".iv-select__menu >> text=Loading...").waitFor();
        await page.keyboard.type("ig");
        await page.locator("[data-pw-search-result]:nth-child(1):has-text('Nigeria')").waitFor();
        assert.equal(states(mock).length - before, 1, "typing is gathered");
        assert.deepEqual(states(mock).at(-1).values, [{ queryTerm: "nig" }, null, null]);
        assert.equal(await page.locator("[data-pw-search-result]").count(), 2);
        await audit(page, "input-search-open");
        await page.keyboard.press("ArrowDown");
        assert.equal(await page.locator("[data-pw-search-result-focused='true']").textContent(), "Niger");
        await page.keyboard.press("Enter");
        await page.locator("[data-pw-selected-search-result]:has-text('Niger')").waitFor();
        assert.equal(await page.locator("[data-pw-search-result]").count(), 0);

        await field(page, "Countries").locator("label").click();
        await page.keyboard.type("land");
        await page.locator("[data-pw-search-result]:has-text('Poland')").click();
        await page.keyboard.type("japan");
        await page.locator("[data-pw-search-result]:has-text('Japan')").waitFor();
        await page.keyboard.press("Tab");
        assert.deepEqual(await page.locator(".iv-select__multi-value__label").allTextContents(), ["Atlantis", "Poland", "Japan"]);
        await audit(page, "input-search-chips");
        await page.click("[aria-label='Remove Atlantis']");
        await field(page, "Nowhere").locator("input").fill("zzz");
        await page.locator("text=No results found.").waitFor();
        await page.keyboard.press("Escape");
        await submit(page);
        await completed(page);
        const { values, valuesMeta } = lastResponse(mock, "RETURN");
        assert.deepEqual(values, ["1:1", ["1:0", "2:0"], null]);
        assert.deepEqual(valuesMeta, { values: { 2: ["undefined"] } });
    },
};
