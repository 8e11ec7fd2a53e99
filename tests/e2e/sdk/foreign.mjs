// SPDX-License-Identifier: MIT
// Uses the dashboard as the tests that people have for the original do: selectors and habits of io-methods 19, strictly.
import assert from "node:assert/strict";
import { isAtLeast } from "./version.mjs";

const CODE = "let x = 1;\nlet y = 2;";

export function actions({ version }) {
    if (!isAtLeast(version, "2.0.0")) {
        return {};
    }
    const options = ["a", "b", "c"];
    return {
        async foreignForm(io) {
            const [name, story, count, price, choice, picks, when, time, member, letter] = await io.group([
                io.input.text("Name"),
                io.input.text("Story", { multiline: true }),
                io.input.number("Count"),
                io.input.number("Price", { currency: "USD" }),
                io.select.single("Choice", { options }),
                io.select.multiple("Picks", { options }),
                io.input.date("When", { defaultValue: { year: 2022, month: 2, day: 1 } }),
                io.input.time("Time"),
                io.input.boolean("Member"),
                io.input.richText("Letter"),
            ]);
            return { name, story, count, price, choice, picks: picks.join("+"), day: when.day, minute: time.minute, member, letter };
        },
        async foreignChecks(io) {
            return io
                .group([io.input.text("One"), io.input.text("Two")])
                .validate(([one, two]) => (one === two ? "They must differ." : undefined));
        },
        async foreignSearch(io) {
            return io.search("Who", {
                initialResults: ["Ada", "Grace"],
                renderResult: (label) => ({ label }),
                onSearch: async (query) => ["Ada", "Grace", "Joan"].filter((one) => one.includes(query)),
            });
        },
        async foreignShow(io) {
            const data = [1, 2, 3].map((id) => ({ id, name: `name ${id}` }));
            await io.group([
                io.display.markdown(`Text\n\n\`\`\`js\n${CODE}\n\`\`\``),
                io.display.object("Object", { data: { small: { a: 1 }, large: { a: 1, b: 2, c: 3, d: 4, e: "deep" } } }),
                io.display.metadata("Facts", { data: [{ label: "Key", value: "Value" }] }),
                io.display.table("Upright", { data, orientation: "vertical" }),
                io.display.table("Flat", { data, rowMenuItems: (row) => [{ label: "Open", url: "https://example.org/" }, { label: "Off", disabled: true }] }),
                io.display.link("Elsewhere", { url: "https://example.org/", theme: "danger" }),
            ]);
            await io.input.text("Done");
        },
    };
}

export const journeys = {
    async foreignForm({ page, ...me }) {
        await open(page, me, "foreignForm");
        await page.fill("text=Name", "Ada");
        await page.click("text=Story");
        await page.keyboard.type("Once");
        await page.fill("input[inputmode='numeric'] >> nth=0", "3");
        await page.fill("input[inputmode='decimal']", "1.5");
        const id = await page.locator("label:has-text('Choice')").getAttribute("for");
        await page.click(`.iv-select-container:has(#${id})`);
        await page.click(".iv-select__menu div div:has-text('b')");
        assert.equal(await page.textContent(".iv-select__single-value"), "b");
        await page.click("input[type='checkbox'][value='c']");
        await page.click("input[type='checkbox'][value='a']");
        await page.click(".iv-timepicker .iv-datepicker input[type='text']");
        await page.click(".flatpickr-day:has-text('25')");
        assert.equal(await page.inputValue(".iv-datepicker input[type='text']"), "02/25/2022");
        const selects = page.locator(".iv-timepicker").last().locator("select");
        await selects.nth(0).selectOption("8");
        await selects.nth(1).focus();
        await page.keyboard.type("30");
        await selects.nth(2).selectOption("pm");
        await page.click("label:has-text('Member')");
        await page.click(".ProseMirror");
        await page.selectOption("select[aria-label='Heading level']", "1");
        await page.keyboard.type("Title");
        await page.keyboard.press("Enter");
        await page.click("button[aria-label='Toggle italic']");
        await page.keyboard.type("text");
        await submit(page);
        await result(page, "Completed", "nameAda", "storyOnce", "count3", "price1.5", "choiceb", "picksc+a", "day25", "minute30", "membertrue",
            "letter<h1>Title</h1><p><em>text</em></p>");
    },

    async foreignChecks({ page, ...me }) {
        await open(page, me, "foreignChecks");
        await page.fill("text=One", "x");
        await submit(page);
        assert.equal(await page.locator("[data-pw='field-error']").textContent(), "This field is required.");
        await page.fill("text=Two", "x");
        await page.keyboard.press("Control+Enter");
        await page.locator("[data-pw='form-error'] [data-pw='field-error']:has-text('They must differ.')").waitFor();
        await page.fill("text=Two", "y");
        await submit(page);
        await result(page, "Completed");
        await page.click("button:has-text('New transaction')");
        await page.locator("button[data-pw='continue-button']").first().waitFor();
        assert.equal(new URL(page.url()).pathname, "/dashboard/local/develop/actions/foreignChecks");
    },

    async foreignSearch({ page, ...me }) {
        await open(page, me, "foreignSearch");
        const id = await page.locator("label:has-text('Who')").getAttribute("for");
        await page.fill(`#${id}`, "J");
        await page.locator("text=Loading...").waitFor();
        await page.locator("[data-pw-search-result]:nth-child(1):has-text('Joan')").waitFor();
        assert.equal(await page.locator("[data-pw-search-result-focused='true']").textContent(), "Joan");
        await page.keyboard.press("Enter");
        await page.locator("[data-pw-search-result]").waitFor({ state: "hidden" });
        assert.ok((await page.textContent("[data-pw-selected-search-result]")).includes("Joan"));
        await submit(page);
        await result(page, "Completed", "Joan");
    },

    async foreignShow({ page, ...me }) {
        await open(page, me, "foreignShow");
        await page.locator("label:has-text('Done')").waitFor();
        assert.equal(await page.textContent("pre code"), `${CODE}\n`);
        await page.locator("dd :text-is('Value')").waitFor();
        const deep = page.locator("dd :text('deep')");
        assert.ok(!(await deep.isVisible()), "five of them are closed");
        await page.click("summary:has-text('large')");
        await deep.waitFor();
        const upright = page.locator(".iv-table").first();
        assert.equal(await upright.locator("tbody tr:nth-child(1) td").count(), 3);
        assert.equal(await upright.locator("tr").nth(1).locator("td").nth(2).textContent(), "name 3");
        assert.deepEqual(await upright.locator("[role='rowheader']").allTextContents(), ["id", "name"]);
        const flat = page.locator(".iv-table").nth(1);
        assert.equal(await flat.locator("[role='row']").count(), 3);
        assert.deepEqual(await flat.locator("[role='columnheader']").allTextContents(), ["id", "name"]);
        assert.deepEqual(await flat.locator("[role='row']").nth(1).locator("[role='cell']").allTextContents().then((all) => all.slice(0, 2)), ["2", "name 2"]);
        await flat.locator("button:has-text('Open options')").first().click();
        await page.locator("[data-pw='dropdown-menu'] a[href='https://example.org/']").waitFor();
        assert.ok(await page.locator("[data-pw='dropdown-menu'] button:has-text('Off')").isDisabled());
        await page.keyboard.press("Escape");
        await flat.locator("button:has-text('Table options')").last().click();
        const download = page.waitForEvent("download");
        await page.click("text=Download as CSV");
        assert.equal((await download).suggestedFilename(), "Flat.csv");
        assert.match(await page.locator(".btn a:has-text('Elsewhere')").getAttribute("class"), /bg-red-500/);
    },
};

const open = (page, { base }, slug) => page.goto(`${base}/${slug}`);

const submit = (page) => page.locator("button[data-pw='continue-button']").last().click({ position: { x: 3, y: 3 } });

async function result(page, word, ...pairs) {
    await page.locator("[data-test-id='result-type']", { hasText: word }).waitFor();
    const text = await page.textContent("[data-test-id='transaction-result']");
    for (const pair of pairs) {
        assert.ok(text.includes(pair), `the result lacks "${pair}": ${text}`);
    }
}
