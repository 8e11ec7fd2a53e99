// SPDX-License-Identifier: MIT
// Owns the steps for tables: paging, sorting, filtering, menus, selection, download.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { audit, settled } from "./browser.mjs";

const rowText = (page, n) => page.locator(".iv-table").first().locator("[role='row']").nth(n).textContent();
const filter = (page) => page.locator("input[placeholder='Filter']").first();

async function firstCell(page, text) {
    await page.waitForFunction(
        (wanted) => document.querySelector(".iv-table [role='row'] [role='cell']:not(.select-cell)")?.textContent === wanted,
        text,
    );
}

export const tableSteps = {
    "table: synchronous": async ({ page, open }) => {
        await open("table_sync");
        await firstCell(page, "1");
        const table = page.locator(".iv-table").first();
        assert.equal(await table.locator("[role='row']").count(), 20);
        assert.equal(await table.locator("text='1 - 20 of 1,200'").count(), 2);
        assert.equal(await table.locator("[data-highlight-color='red']").count(), 1);
        assert.equal(await page.locator("text=There are no items to display.").count(), 1);
        await page.locator("text=Expand").first().waitFor();
        await page.evaluate(settled);
        await page.evaluate(() => scrollTo(0, 0));
        await audit(page, "table");
        await page.locator(".table-vertical").scrollIntoViewIfNeeded();
        await audit(page, "table-vertical");
        assert.equal(await page.locator(".table-vertical tbody tr:nth-child(1) td").count(), 3);
        await table.locator("[role='columnheader']:has-text('name')").click();
        await firstCell(page, "1");
        await table.locator("[role='columnheader']:has-text('name')").click();
        await firstCell(page, "1200");
        await table.locator("[aria-label='Next page']").first().click();
        await firstCell(page, "1180");
        await filter(page).fill("person 12");
        await page.locator("[data-pw-search='person 12']").waitFor();
        await firstCell(page, "1200");
        await page.locator("button[aria-label='Clear filter']").first().click();
        await page.locator("[data-pw-search='']").first().waitFor();
        await filter(page).fill("nobody at all");
        await page.locator("text=No records found matching 'nobody at all'").waitFor();
        await audit(page, "table-none");
        await page.locator("button[aria-label='Clear filter']").first().click();
        await table.locator("[role='columnheader']:has-text('name')").click();
        await firstCell(page, "1");
        await page.locator("button:has-text('Open options')").first().click();
        await page.locator("[data-pw='dropdown-menu'] a:has-text('Site')").waitFor();
        assert.ok(await page.locator("[data-pw='dropdown-menu'] button:has-text('Remove')").isDisabled());
        await audit(page, "table-menu");
        await page.keyboard.press("Escape");
        await page.locator("button:has-text('Table options')").first().click();
        const download = page.waitForEvent("download");
        await page.locator("text=Download as CSV").first().click();
        const file = await download;
        assert.equal(file.suggestedFilename(), "People.csv");
        const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
        assert.equal(lines[0], "id,name,email,city,amount,active,joined,note");
        assert.equal(lines[lines.length - 1].slice(0, 30), "1200,Person 1200,person1200@ex");
        await page.locator("button:has-text('Table options')").first().click();
        const workbook = page.waitForEvent("download");
        await page.locator("text=Download as Excel").first().click();
        assert.equal((await workbook).suggestedFilename(), "People.xlsx");
    },
    "table: asynchronous": async ({ page, open, mock }) => {
        mock.state.calls.length = 0;
        await open("table_async");
        await firstCell(page, "1");
        assert.equal(mock.state.calls.filter((c) => c.methodName === "RESPOND_TO_IO_CALL").length, 1);
        for (let i = 1; i <= 3; i++) {
            await page.locator("[aria-label='Next page']").first().click();
            await firstCell(page, String(20 * i + 1));
        }
        await page.locator("[role='columnheader'] button:has-text('id')").click();
        await firstCell(page, "1");
        await page.locator("[role='columnheader'] button:has-text('id')").click();
        await firstCell(page, "1200");
        await filter(page).fill("99");
        await page.locator("[data-pw-search='99']").waitFor();
        assert.ok((await rowText(page, 0)).includes("Person 1199"));
    },
    "table: selection": async ({ page, open }) => {
        await open("select_table");
        await firstCell(page, "1");
        await page.locator("[role='row']").nth(0).locator("[role='cell']").nth(2).click();
        await page.locator("button[data-pw='continue-button']").click();
        assert.equal(await page.locator("[data-pw='field-error']").textContent(), "Please make at least 2 selections.");
        await page.locator("[role='row']").nth(4).locator("[role='cell']").nth(2).click({ modifiers: ["Shift"] });
        assert.equal(await page.locator("[role='row'] input:checked").count(), 5);
        await page.locator("[aria-label='Next page']").first().click();
        await page.locator("text=5 selected rows are not on this page").waitFor();
        await audit(page, "table-select");
        await page.click("button:has-text('Clear selection')");
        await page.locator("input[aria-label='Select all']").click();
        await page.locator("input[aria-label='Select none']").waitFor();
        await page.locator("button[data-pw='continue-button']").click();
        assert.equal(await page.locator("[data-pw='field-error']").textContent(), "Please make no more than 800 selections.");
        await page.locator("input[aria-label='Select none']").click();
        await filter(page).fill("lagos");
        await page.locator("[data-pw-search='lagos']").waitFor();
        await page.locator("input[aria-label='Select all']").click();
        await page.locator("text=Selected 300 of 2-800").first().waitFor();
        await page.locator("button[data-pw='continue-button']").click();
        const second = page.locator(".iv-table").nth(1);
        await second.locator("[role='row']").nth(1).click();
        await second.locator("[role='row']").nth(3).click();
        assert.equal(await second.locator("[role='row'] input:checked").count(), 1);
        await page.locator("button[data-pw='continue-button']").click();
        const text = await page.locator("[data-test-id='transaction-result']").textContent();
        assert.ok(text.includes("first300") && text.includes("one3"), text);
    },
};
