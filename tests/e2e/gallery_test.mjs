// SPDX-License-Identifier: MIT
// Every tool of routes/ in a real browser on a real server. Usage: gallery_test.mjs [--remote] [filter]; SHOTS=DIR keeps
// pictures. --remote: the routes are offered by an `interlude host` that is connected to the server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, startBrowser } from "./browser.mjs";
import { startServer, startServerAndHost } from "./server.mjs";

const files = mkdtempSync(join(tmpdir(), "interlude-files-"));

const journeys = {
    async hello(me) {
        await me.open("hello");
        await me.fill("Your name", "A");
        await me.press();
        await me.told("at least 2 characters");
        await me.fill("Your name", "Ada");
        await me.press();
        await me.ended("Completed", "greetingHello, Ada");
    },

    async ping(_, { origin }) {
        const answer = await fetch(`${origin}/fn/ping`, { method: "POST", body: "four" });
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("x-length"), "4");
        assert.equal(await answer.text(), "four");
        assert.equal((await fetch(`${origin}/fn/ping`)).status, 405);
    },

    async booking(me) {
        await me.open("examples/booking", { purpose: "Retro" });
        await me.fill("Owner", "ada@example.org");
        await me.press("Book");
        await me.told("Use your work address");
        await me.fill("Owner", "ada@example.com");
        await me.choose("Room", "Ada");
        await me.field("We need the projector").check();
        await me.press("Book");
        await me.told("Ada has no projector.");
        await me.audit("booking");
        await me.choose("Room", "Barbara");
        await me.press("Hold");
        await me.ended("Completed", "statusheld", "purposeRetro", "roomBarbara", "seatsnull");
    },

    async everything(me) {
        await me.open("examples/everything");
        await me.fill("Name", "Grace");
        await me.audit("everything-texts");
        await me.press();
        await me.heading("Numbers and dates");
        await me.audit("everything-numbers");
        await me.press();
        await me.heading("Selects");
        await me.audit("everything-selects");
        await me.press();
        await me.heading("More inputs");
        await me.audit("everything-more"); // by its end the form has taken the focus
        await me.find("Moon", "eur", "Europa");
        await me.press();
        await me.heading("Displays");
        await me.see("5.97e24 kg");
        await me.page.locator("[role='grid-cell']", { hasText: "Picture 3" }).waitFor();
        await me.row("1000000").or(me.row("1")).waitFor();
        await me.see("Please confirm your identity to continue");
        await me.page.locator("[data-iv-dialog] button", { hasText: "Verify" }).click();
        await me.see("Start working?");
        await me.audit("everything-displays");
        await me.confirm();
        await me.ended("Completed", "first planetmars", "planets1", "workedtrue");
        await me.logged("part 5 is done");
    },

    async "system overview and disks"(me) {
        await me.open("system");
        await me.see("Memory used");
        await me.audit("system");
        await me.open("system/disk");
        await me.menu("/", "Largest folders");
        await me.fill("Folder", "/nowhere");
        await me.press();
        await me.told("No such file or directory");
        await me.fill("Folder", files);
        await me.press();
        await me.ended("Completed", "size");
    },

    async "processes and signals"(me, server) {
        const seconds = String(100000 + process.pid); // nobody else sleeps as long
        const child = spawn("/bin/sleep", [seconds]);
        const ended = once(child, "exit");
        process.once("exit", () => child.kill()); // whatever happens below
        await me.open("system/processes");
        await me.filter(`sleep ${seconds}`);
        await me.rows(1);
        await me.audit("processes");
        await me.menu(`sleep ${seconds}`, "Send signal");
        await me.press();
        await me.confirm();
        await me.ended("Completed", "sentSIGTERM", "still runningfalse");
        assert.equal((await ended)[1], "SIGTERM");
        await me.open("system/signal", { pid: server.pid });
        await me.press();
        await me.confirm();
        await me.ended("Error", "Not permitted");
    },

    async logs(me) {
        const path = join(files, "app.log");
        const lines = Array.from({ length: 300 }, (_, i) => `2030-01-01 00:00:${i} ${i % 10 ? "INFO" : "ERROR"} event ${i}`);
        writeFileSync(path, lines.join("\n"));
        await me.open("system/log");
        await me.link("Open another file");
        await me.fill("Path", "/nowhere.log");
        await me.press();
        await me.told("No such file or directory");
        await me.fill("Path", path);
        await me.press();
        await me.row("event 299").waitFor();
        await me.filter("event 29");
        await me.rows(11);
        await me.page.locator("[data-highlight-color='red']").first().waitFor();
        await me.audit("log");
    },

    async "CSV import"(me) {
        await me.open("import/csv");
        await me.press();
        await me.told("Fill in exactly one of the two.");
        await me.fill("Paste the text", "name;price;day\n\"Tea; green\";1.5;2030-01-02\nCoffee;x;2030-01-03\nMilk;2;\n");
        await me.press();
        await me.heading("Preview");
        await me.row("Tea; green").waitFor();
        await me.audit("import-preview");
        await me.press("Next");
        await me.fill("Table", 'price "list"');
        await me.press();
        await me.see("choose what each column holds");
        await me.press();
        await me.row('"x" is not a number').waitFor();
        await me.audit("import-check");
        await me.press("Import 2 rows");
        await me.ended("Completed", "imported2", "left out1");
        await me.link("Look at the table");
        await me.row("Tea; green").waitFor();
        await me.rows(2);
    },

    async "contacts import"(me) {
        const csv = (text) => ({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
        await me.open("import/contacts");
        await me.pick(csv('name,email\nAda,"ada@example.com\n'));
        await me.press();
        await me.told("a quote is opened and never closed");
        await me.page.getByRole("button", { name: "Select a new file" }).click();
        await me.pick(csv("email,name,city,age,newsletter\nada@example.com,Ada,Paris,36,yes\nbob,**Bob**,Rome,old,no\n"));
        await me.press();
        assert.equal(await me.page.getByLabel("name, row 2").inputValue(), "**Bob**");
        await me.audit("contacts-sheet");
        await me.press();
        await me.told("Row 2: bob is not an email address.");
        await me.page.getByLabel("email, row 2").fill("bob@example.com");
        await me.press();
        await me.row("**Bob**").waitFor(); // as it is, not in bold
        await me.ended("Completed", "imported2", "known already0", "filepeople.csv");
        await me.notified("2 were imported.");
    },

    async library(me) {
        const dot = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
        await me.open("library");
        await me.see("There are no items to display.");
        await me.link("Add");
        await me.pick({ name: "notes.txt", mimeType: "text/plain", buffer: dot });
        await me.see("Please select a file of type");
        await me.pick([{ name: "dot.png", mimeType: "image/png", buffer: dot },
            { name: "clip.webm", mimeType: "video/webm", buffer: Buffer.from("1a45dfa3", "hex") }]);
        await me.page.locator(".ProseMirror").click();
        await me.page.keyboard.type("Holiday");
        await me.audit("library-add");
        await me.press();
        await me.page.locator("[role='grid-cell']", { hasText: "dot.png" }).waitFor();
        await me.audit("library");
        await me.page.locator("[role='grid-cell'] a", { hasText: "clip.webm" }).first().click();
        await me.page.locator("video[data-pw-display-video]").waitFor();
        await me.see("Holiday");
        await me.ended("Completed", "nameclip.webm", "bytes4");
        await me.open("library/show");
        await me.find("Picture or clip", "DOT", "dot.png");
        await me.press();
        await me.page.locator("img[data-pw-display-image]").waitFor();
        await me.ended("Completed", "namedot.png", "typeimage/png");
    },

    async "old files"(me) {
        const folder = mkdtempSync(join(files, "old-"));
        for (const [name, days] of [["a_*b*_c.log", 100], ["kept.log", 100], ["new.log", 1]]) {
            writeFileSync(join(folder, name), name);
            utimesSync(join(folder, name), Date.now() / 1000 - days * 86400, Date.now() / 1000 - days * 86400);
        }
        await me.open("system/cleanup", { folder });
        await me.fill("Older than how many days?", "60");
        await me.press();
        await me.rows(2);
        await me.row("a_*b*_c.log").click();
        await me.audit("cleanup-select");
        await me.press();
        await me.see("Please confirm your identity to continue");
        await me.page.locator("[data-iv-dialog] button", { hasText: "Verify" }).click();
        await me.see("Delete 1 files");
        await me.audit("cleanup-confirm");
        await me.confirm();
        await me.ended("Completed", "deleted1", "failed0");
        await me.notified("1 of 1 files of");
        assert.deepEqual(readdirSync(folder).sort(), ["kept.log", "new.log"]);
    },

    async customers(me) {
        await me.open("customers");
        await me.rows(20);
        await me.audit("customers");
        await me.link("New customer");
        await me.fill("Name", "Joan Clarke");
        await me.fill("Email", "ada.moore@example.com");
        await me.press();
        await me.told("has this address already");
        await me.fill("Email", "joan@example.com");
        await me.choose("Plan", "Business");
        await me.press();
        await me.told("The business plan needs a company.");
        await me.fill("Company", "Hut 8");
        await me.press();
        await me.heading("Joan Clarke");
        await me.see("Hut 8");
        await me.link("Edit");
        await me.fill("Company", "Hut 6");
        await me.press();
        await me.see("Hut 6");
        await me.open("customers");
        await me.filter("okafor");
        await me.menu("team", "Refund");
        await me.row("Subscription").click();
        await me.press();
        await me.fill("Reason", "Too slow");
        await me.press();
        await me.confirm();
        await me.ended("Completed", "refunded29.00 EUR", "left0.00 EUR");
        await me.logged("0.00 EUR are left");
    },

    async "database: browse"(me) {
        await me.open("database");
        await me.link("Open a database");
        await me.fill("Path of the database", "/etc/passwd");
        await me.press();
        await me.told("file is not a database");
        await me.open("database/sample");
        await me.heading("sample.db");
        await me.audit("database");
        await me.link("products");
        await me.rows(25);
        await me.filter("product 1");
        await me.rows(11);
        await me.sort("price", "Product 1");
        await me.audit("database-table");
    },

    async "database: change"(me) {
        await me.open("database");
        await me.link("sample.db");
        await me.link("products");
        await me.menu("Product 3", "Edit");
        await me.fill("name", 'Product "3"');
        await me.fill("stock", "");
        await me.audit("database-edit");
        await me.press();
        await me.row('Product "3"').waitFor();
        await me.link("Insert row");
        await me.fill("name", "Brand new");
        await me.fill("price", "9.95");
        await me.press();
        await me.filter("brand new");
        await me.rows(1);
        await me.menu("Brand new", "Delete");
        await me.confirm();
        await me.rows(25);
        await me.link("Query");
        await me.fill("SQL", "DELETE FROM products");
        await me.press("Run");
        await me.told("reads and never writes");
        await me.fill("SQL", "SELECT count(*) AS total FROM products");
        await me.press("Run");
        await me.row("60").waitFor();
        await me.audit("database-query");
        await me.press("Done");
        await me.ended("Completed");
    },
};

const words = process.argv.slice(2);
const isRemote = words[0] === "--remote";
const filter = words[isRemote ? 1 : 0] ?? "";
const ROUTES = process.env.INTERLUDE_ROUTES ?? "build/dev/routes";
const server = isRemote ? await startServerAndHost(ROUTES) : await startServer();
if (isRemote) {
    delete journeys.ping; // an HTTP function, which only a server can offer
}
const { page, problems, close } = await startBrowser();
const me = new Person(page, `${server.origin}/dashboard/local/develop/actions`, process.env.SHOTS);
me.looksClosely = !isRemote;
let failed = 0;
for (const [name, journey] of Object.entries(journeys).filter(([name]) => name.includes(filter))) {
    problems.length = 0;
    const start = Date.now();
    try {
        await journey(me, server);
        assert.deepEqual(problems, []);
        console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
        failed++;
        console.log(`FAIL ${name}\n     ${error.message}`);
        if (process.env.SHOTS) {
            await page.screenshot({ path: join(process.env.SHOTS, `FAIL ${name}.png`), fullPage: true });
        }
    }
}
await close();
await server.stop();
rmSync(files, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);
