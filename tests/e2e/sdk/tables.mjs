// SPDX-License-Identifier: MIT
// Tables of 10,000 rows: shown, chosen from, fetched page by page; spreadsheets.
import { isAtLeast } from "./version.mjs";

const COUNT = 10_000;
const rows = Array.from({ length: COUNT }, (_, i) => ({ id: i, name: `row ${i}`, when: new Date(i * 86_400_000), back: COUNT - i }));
rows[4321].name = "הפוך 🙃";

export function actions({ version }) {
    // The oldest sends a table whole.
    const few = rows.slice(0, isAtLeast(version, "0.38.0") ? COUNT : 60);
    return {
        async table(io) {
            await io.display.table("All rows", { data: few, helpText: "Many" });
            return { shown: few.length };
        },
        async selectTable(io) {
            const chosen = await io.select.table("Choose", {
                data: few,
                columns: ["id", "name"].map((key) => (isAtLeast(version, "0.38.0") ? key : { label: key, renderCell: (row) => row[key] })),
                minSelections: 2,
            });
            return { chosen: chosen.map(({ id }) => id).join("+") };
        },
        async selectMany(io) {
            const chosen = await io.select.table("Many", {
                data: few.map(({ id, name }) => ({ id, name })),
                ...(isAtLeast(version, "0.38.0") ? {} : { columns: [{ label: "name", renderCell: (row) => row.name }] }),
            });
            return { count: chosen.length, first: chosen[0]?.name, last: chosen.at(-1)?.name };
        },
        async spreadsheet(io) {
            const lines = await io.experimental.spreadsheet("Prices", { columns: { name: "string", price: "number", sold: "boolean?" } });
            return { lines: lines.length, total: lines.reduce((sum, { price }) => sum + price, 0), last: lines.at(-1).name };
        },
        async oddSheet(io) {
            const lines = await io.experimental.spreadsheet("Notes", { columns: { note: "string" } });
            return { notes: lines.map(({ note }) => String(note)).join("|"), length: lines[0].note.length };
        },
        ...(isAtLeast(version, "0.38.0") && {
            async fetchedTable(io) {
                await io.display.table("Fetched", {
                    async getData({ queryTerm, offset, pageSize }) {
                        const found = rows.filter(({ name }) => !queryTerm || name.includes(queryTerm));
                        return { data: found.slice(offset, offset + pageSize), totalRecords: found.length };
                    },
                    columns: ["id", "name"],
                    rowMenuItems: (row) => [{ label: "Look at", action: "text", route: "text", params: { id: row.id } }],
                });
                await io.input.text("Done?");
            },
        }),
    };
}

export const journeys = {
    async table(me, { version }) {
        await me.open("table");
        await me.row("row 0").waitFor();
        await me.rows(20);
        if (isAtLeast(version, "0.38.0")) {
            await me.see("1 - 20 of 10,000");
            await me.filter("🙃");
            await me.rows(1);
            await me.filter("row 99");
            await me.row("row 9905").waitFor();
            if (isAtLeast(version, "1.4.0")) {
                await me.see("1 - 20 of 111"); // 0.38 counts what the filter left out
                await me.page.locator("input[placeholder='Filter']").first().fill("nothing like that");
                await me.see("No records found matching 'nothing like that'");
            }
            await me.page.locator("[aria-label='Clear filter']").first().click();
            await me.see("1 - 20 of 10,000");
            await me.sort("back", "row 9999");
            await me.rows(20);
            await me.sort("back", "row 0");
            await me.page.locator("[aria-label='Next page']").first().click();
            await me.row("row 20").waitFor();
            await me.see("21 - 40 of 10,000");
            await me.page.locator("[aria-label='Previous page']").first().click();
            await me.row("row 0").waitFor();
            await me.ended("Completed", "shown10,000");
        } else {
            await me.press();
            await me.ended("Completed", "shown60");
        }
    },

    async selectTable(me) {
        await me.open("selectTable");
        await me.row("row 3").click();
        await me.press();
        await me.told("Please make at least 2 selections.");
        await me.page.locator("[aria-label='Next page']").first().click();
        await me.row("row 25").click();
        await me.press();
        await me.ended("Completed", "chosen3+25");
    },

    async selectMany(me, { version }) {
        await me.open("selectMany");
        await me.row("row 3").click();
        await me.row("row 5").locator("input").check();
        await me.see("2 selected");
        await me.row("row 8").click({ modifiers: ["Shift"] });
        await me.see("5 selected"); // 3, and from 5 to 8
        await me.row("row 6").click();
        await me.see("4 selected");
        await me.page.locator("[aria-label='Next page']").first().click();
        await me.see("4 selected rows are not on this page.");
        await me.row("row 21").click();
        await me.see("5 selected");
        await me.page.locator("button", { hasText: "Clear selection" }).click();
        await me.page.locator("text=selected").waitFor({ state: "detached" });
        await me.page.locator("input[aria-label='Select all']").click();
        const count = isAtLeast(version, "0.38.0") ? "10000" : "60";
        await me.see(`${count} selected`);
        await me.page.locator("input[aria-label='Select none']").waitFor();
        await me.press();
        await me.ended("Completed", `count${Number(count).toLocaleString("en-US")}`, "firstrow 0");
    },

    async fetchedTable(me) {
        await me.open("fetchedTable");
        await me.row("row 0").waitFor();
        await me.see("1 - 20 of 10,000");
        await me.page.locator("[aria-label='Next page']").first().click();
        await me.row("row 20").waitFor();
        await me.filter("row 77");
        await me.see("1 - 20 of 111");
        await me.row("row 77").locator("button", { hasText: "Open options" }).click();
        await me.page.locator("[data-pw='dropdown-menu'] a", { hasText: "Look at" }).waitFor();
        await me.page.keyboard.press("Escape");
        await me.fill("Done?", "yes");
        await me.press();
        await me.ended("Completed");
    },

    async oddSheet(me) {
        await me.open("oddSheet");
        const huge = "z".repeat(50_000);
        await me.page.locator("button", { hasText: "Paste data" }).click();
        await me.page.locator("[data-iv-dialog] textarea").fill(`note\n${huge}\nשלום 🦆\n2024-01-02T03:04:05Z`);
        await me.page.locator("[data-iv-dialog] button", { hasText: "Next" }).click();
        await me.page.locator("[data-iv-dialog] button", { hasText: "Import" }).click();
        await me.press();
        await me.ended("Completed", "|שלום 🦆|2024-01-02T03:04:05Z", "length50,000");
    },

    async spreadsheet(me) {
        await me.open("spreadsheet");
        await me.press();
        await me.page.locator("[data-pw='field-error']").first().waitFor();
        await me.page.locator("button", { hasText: "Paste data" }).click();
        await me.page.locator("[data-iv-dialog] textarea").fill("name,price,sold\nTea,2.5,true\n\"Kaffee, schwarz\",x,\nWasser 💧,1,");
        await me.page.locator("[data-iv-dialog] button", { hasText: "Next" }).click();
        await me.page.locator("[data-iv-dialog] button", { hasText: "Import" }).click();
        await me.press();
        await me.told("There are one or more issues with the data you entered");
        await me.page.locator("tbody tr").nth(1).locator("td").nth(1).click();
        await me.page.keyboard.type("3");
        await me.page.keyboard.press("Enter");
        await me.press();
        await me.ended("Completed", "lines3", "total6.5", "lastWasser 💧");
    },
};
