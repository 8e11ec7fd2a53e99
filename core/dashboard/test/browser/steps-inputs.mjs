// SPDX-License-Identifier: MIT
// Owns the steps for the larger inputs: slider, search, rich text, spreadsheet, upload, identity.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
        const typed = await page.evaluate(() => performance.now());
        await page.waitForFunction((at) => performance.now() - at > 1600, typed);
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
    "inputs: slider, sent while it is typed": async ({ page, open, mock }) => {
        await open("slider");
        const share = field(page, "Share").locator("input[inputmode]");
        await field(page, "Volume").locator("input[inputmode]").fill("50");
        await share.fill("0.7");
        await page.keyboard.press("Control+Enter");
        await completed(page);
        assert.equal(lastResponse(mock, "RETURN").values[1], 0.75, "what is sent is on a step");
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
        await field(page, "Countries").locator("input").focus();
        await page.keyboard.press("Backspace");
        assert.deepEqual(await page.locator(".iv-select__multi-value__label").allTextContents(), ["Poland"]);
        await field(page, "Nowhere").locator("input").fill("zzz");
        await page.locator("text=No results found.").waitFor();
        await page.keyboard.press("Escape");
        await submit(page);
        await completed(page);
        const { values, valuesMeta } = lastResponse(mock, "RETURN");
        assert.deepEqual(values, ["1:1", ["1:0"], null]);
        assert.deepEqual(valuesMeta, { values: { 2: ["undefined"] } });
    },
    "inputs: upload to the server": async ({ page, open, mock }) => {
        await open("upload");
        const report = field(page, "Report");
        await report.locator("text=Select a file or drag and drop").waitFor();
        assert.equal(await report.locator("input[type='file']").getAttribute("accept"), ".txt,.csv");
        await audit(page, "input-upload");
        const chooser = page.waitForEvent("filechooser");
        await page.click("label:has-text('Report')");
        const isLeft = (input) => input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        assert.ok(await report.locator("input").evaluate(isLeft), "Enter is left to the browser, which opens the chooser");
        await (await chooser).setFiles({ name: "notes.pdf", mimeType: "application/pdf", buffer: Buffer.from("x") });
        await report.locator("text=Please select a file of type .txt, .csv.").waitFor();
        await audit(page, "input-upload-wrong-type");

        let go;
        mock.files.hold = new Promise((resolve) => (go = resolve));
        await report.locator("input").setInputFiles({ name: "NOTES.TXT", mimeType: "text/plain", buffer: Buffer.from("hello") });
        await report.locator("text=File selected").waitFor();
        await report.locator("button:has-text('Stop uploading')").waitFor();
        await submit(page);
        await page.locator("text=Uploading files…").waitFor();
        assert.equal(lastResponse(mock, "RETURN")?.values[0]?.name, undefined);
        await audit(page, "input-upload-sending");
        mock.files.hold = null;
        go();
        await completed(page);
        const [answer, skipped] = lastResponse(mock, "RETURN").values;
        assert.equal(skipped, null);
        assert.deepEqual({ ...answer, lastModified: 0, url: 0 }, { name: "NOTES.TXT", type: "text/plain", lastModified: 0, size: 5, url: 0 });
        assert.deepEqual(Object.keys(answer), ["name", "type", "lastModified", "size", "url"]);
        const stored = mock.files.files.get(answer.url.split("/").at(-1));
        assert.equal(String(stored.bytes), "hello");
        assert.equal(stored.type, "text/plain");
        const asked = mock.files.asked.at(-1);
        assert.deepEqual(asked.objectKeys, [`UPLOAD_FILE-0-${asked.inputGroupKey}-0`]);
        await audit(page, "input-upload-done");
    },
    "inputs: upload in parts, several, stopped": async ({ page, open, mock }) => {
        await open("upload");
        const pictures = field(page, "Pictures");
        await pictures.locator("input").waitFor({ state: "attached" });
        const folder = mkdtempSync(join(tmpdir(), "dashboard-upload-"));
        const [large, small] = ["a picture with quite a long name, as cameras make them.png", "b.bin"].map((name) => join(folder, name));
        const bytes = Buffer.alloc(20 * 1024 * 1024, 7);
        writeFileSync(large, bytes);
        writeFileSync(small, "abc");
        let go;
        mock.files.hold = new Promise((resolve) => (go = resolve));
        await pictures.locator("input").setInputFiles([large, small]);
        await pictures.locator("text=2 files selected").waitFor();
        await pictures.locator("button:has-text('Stop uploading')").click();
        await pictures.locator("text=Select files or drag and drop").waitFor();
        mock.files.hold = null;
        go();
        await pictures.locator("input").setInputFiles([large, small]);
        await pictures.locator("button:has-text('Select new files')").waitFor();
        await audit(page, "input-upload-stored");
        await field(page, "Report").locator("input").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("a,b") });
        await submit(page);
        await completed(page);
        const [, several] = lastResponse(mock, "RETURN").values;
        assert.deepEqual(several.map((one) => one.size), [bytes.length, 3]);
        const [first, second] = several.map((one) => mock.files.files.get(one.url.split("/").at(-1)));
        assert.equal(first.parts, 3);
        assert.ok(first.bytes.equals(bytes), "the parts make the file");
        assert.equal(first.type, "image/png");
        assert.equal(second.parts, 1);
        rmSync(folder, { recursive: true });
    },
    "inputs: upload where the host says": async ({ page, open, mock }) => {
        await open("upload_signed");
        await page.locator("input[type='file']").setInputFiles([
            { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("A") },
            { name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("B") },
        ]);
        await page.locator("text=2 files selected").waitFor();
        assert.equal(mock.files.stored.size, 0, "nothing is sent before the form is");
        await submit(page);
        await completed(page);
        assert.deepEqual(states(mock).at(-1).values, [{ files: [{ name: "a.txt", type: "text/plain" }, { name: "b.txt", type: "text/plain" }] }]);
        assert.deepEqual([...mock.files.stored].map(([name, { bytes }]) => [name, String(bytes)]), [["in/a.txt", "A"], ["in/b.txt", "B"]]);
        assert.deepEqual(lastResponse(mock, "RETURN").values[0].map((one) => one.url.split("/").slice(3).join("/")), ["out/a.txt", "out/b.txt"]);
    },
    "inputs: upload as Python asks": async ({ page, open, mock }) => {
        await open("upload_python");
        await page.locator("input[type='file']").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("A") });
        await page.locator("button:has-text('Select a new file')").waitFor();
        assert.deepEqual(states(mock).at(-1).values, [{ files: [{ name: "a.txt", type: "text/plain" }], name: "a.txt", type: "text/plain" }]);
        await submit(page);
        await completed(page);
        assert.ok(lastResponse(mock, "RETURN").values[0].url.includes("/uploads/"));
    },
    "inputs: upload that fails": async ({ page, open, mock }) => {
        await open("upload_refused");
        const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("A") };
        await field(page, "Unsigned").locator("input").setInputFiles(file);
        await field(page, "Unsigned").locator("text=The action did not say where to put the file.").waitFor();
        await audit(page, "input-upload-unsigned");
        await field(page, "Unsigned").locator("button:has-text('Select a new file')").click();
        await field(page, "Unsigned").locator("text=Select a file or drag and drop").waitFor();
        await field(page, "Full").locator("input").setInputFiles(file);
        await submit(page);
        await expectError(page, "Full", "The bucket is full.");
        await page.locator("button[data-pw='continue-button']:not(:disabled)").waitFor();
        await audit(page, "input-upload-failed");
        await page.locator("button:has-text('Select a new file')").click();
        await field(page, "Full").locator(".drop-zone").evaluate((zone) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["a"], "a.txt"));
            dataTransfer.items.add(new File(["b"], "b.txt"));
            zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        });
        await expectError(page, "Full", "Please select only one file.");
        mock.files.refuse = true;
        await open("upload");
        await field(page, "Report").locator("input").setInputFiles(file);
        await field(page, "Report").locator("text=This run is over.").waitFor();
        mock.files.refuse = false;
    },
    "inputs: identity, by password": async ({ page, open, mock }) => {
        mock.files.confirmed = false;
        await open("identity");
        await page.locator("[data-iv-dialog] >> text=Please confirm your identity to continue").waitFor();
        assert.equal(await page.locator("button[data-pw='continue-button']").count(), 0);
        assert.equal(await page.inputValue("[data-iv-dialog] input[type='email']"), "ada@example.com");
        await audit(page, "input-identity");
        await page.keyboard.press("Escape");
        await page.fill("input[type='password']", "wrong");
        await page.click("[data-iv-dialog] button:has-text('Verify')");
        await page.locator("text=That is not your password.").waitFor();
        await page.fill("input[type='password']", "again");
        await page.keyboard.press("Enter");
        await page.locator("text=Too many attempts. Try again in a minute.").waitFor();
        await audit(page, "input-identity-wrong");
        await page.fill("input[type='password']", "difference");
        await page.keyboard.press("Enter");
        await completed(page);
        assert.deepEqual(lastResponse(mock, "RETURN").values, [true]);
        assert.equal(lastResponse(mock, "RETURN").choice, undefined);
        await page.locator("text=Identity confirmed").waitFor();
        await audit(page, "input-identity-done");
    },
    "inputs: identity, declined, known, without password": async ({ page, open, mock }) => {
        await open("identity");
        await page.click("[data-iv-dialog] button:has-text('Cancel')");
        await completed(page);
        assert.deepEqual(lastResponse(mock, "RETURN").values, [false]);
        await page.locator("text=Identity not confirmed").waitFor();
        mock.files.method = "none";
        await open("identity");
        await page.click("[data-iv-dialog] button:has-text('Verify')");
        await completed(page);
        mock.files.confirmed = true;
        await open("identity");
        await completed(page);
        assert.equal(await page.locator("dialog[open]").count(), 0);
        assert.deepEqual(lastResponse(mock, "RETURN").values, [true]);
    },
    "inputs: rich text": async ({ page, open, mock }) => {
        await open("rich_text");
        const body = field(page, "Body");
        const area = body.locator(".ProseMirror");
        await area.waitFor();
        await page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
        await audit(page, "input-rich-text");
        await submit(page);
        await expectError(page, "Body", "This field is required.");
        await audit(page, "input-rich-text-required");
        await body.locator("select[aria-label='Heading level']").selectOption("1");
        await page.keyboard.type("Heading 1");
        await page.keyboard.press("Enter");
        await body.locator("button[aria-label='Toggle italic']").click();
        await page.keyboard.type("Emphasis");
        await page.keyboard.press("Control+Enter");
        await page.locator("text=As others see it").waitFor();
        assert.deepEqual(lastResponse(mock, "RETURN").values, [
            "<h1>Heading 1</h1><p><em>Emphasis</em></p>",
            '<p>Kind <b>regards</b>, <a href="javascript:alert(1)">me</a></p><script>alert(1)</script>',
        ]);
        await page.locator(".past-call .answer em:has-text('Emphasis')").waitFor();
        await audit(page, "input-rich-text-past");
    },
    "inputs: rich text, its tools": async ({ page, open, mock }) => {
        await open("rich_text");
        const body = field(page, "Body");
        const html = () => body.locator(".ProseMirror").evaluate((area) => area.innerHTML.replace(/<br class="ProseMirror[^>]*>/g, ""));
        const tool = (name) => body.locator(`button[aria-label='${name}']`);
        await body.locator(".ProseMirror").waitFor();
        await page.click("label:has-text('Body')");
        await page.keyboard.type("- one");
        await page.keyboard.press("Enter");
        await page.keyboard.press("Control+b");
        await page.keyboard.type("two");
        assert.equal(await tool("Toggle bold").getAttribute("aria-pressed"), "true");
        assert.equal(await tool("Toggle bulleted list").getAttribute("aria-pressed"), "true");
        assert.equal(await html(), "<ul><li><p>one</p></li><li><p><strong>two</strong></p></li></ul>");
        await tool("Toggle ordered list").click();
        assert.equal(await html(), "<ol><li><p>one</p></li><li><p><strong>two</strong></p></li></ol>");
        await page.keyboard.press("Control+Shift+Digit7");
        assert.equal(await html(), "<ol><li><p>one</p></li></ol><p><strong>two</strong></p>");
        await page.keyboard.press("Control+Shift+KeyB");
        assert.equal(await html(), "<ol><li><p>one</p></li></ol><blockquote><p><strong>two</strong></p></blockquote>");
        await tool("Undo").click();
        await tool("Redo").click();
        await page.keyboard.press("Control+a");
        await tool("Clear formatting").click();
        assert.ok((await html()).includes("<p>two</p>"));
        await page.keyboard.press("Backspace");
        await page.keyboard.press("Backspace");
        await page.keyboard.press("Control+Alt+Digit0");
        await page.keyboard.type("see ");
        await page.keyboard.press("Control+Shift+KeyK");
        await page.locator("[data-iv-dialog] >> text=Add link").first().waitFor();
        await page.keyboard.type("not an address");
        await page.keyboard.press("Enter");
        await page.locator("[data-iv-dialog] >> text=Please enter a valid URL.").waitFor();
        await audit(page, "input-rich-text-link");
        await page.fill("[data-iv-dialog] input", "example.com/docs");
        await page.keyboard.press("Enter");
        await body.locator(".ProseMirror a[href='https://example.com/docs']").waitFor();
        await page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
        await tool("Add image...").click();
        await page.fill("[data-iv-dialog] input >> nth=0", "https://example.com/x.png");
        await page.fill("[data-iv-dialog] input >> nth=1", "An x");
        await page.click("[data-iv-dialog] button:has-text('Add')");
        await body.locator(".ProseMirror img[alt='An x']").waitFor();
        await tool("Toggle bold").focus();
        await page.keyboard.press("ArrowRight");
        assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Toggle italic");
        await page.keyboard.press("Tab");
        assert.ok(await page.evaluate(() => document.activeElement.classList.contains("ProseMirror")), "the toolbar is one stop");
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Heading level", "Tab leaves the text");
        await submit(page);
        await page.locator("text=As others see it").waitFor();
        const sent = lastResponse(mock, "RETURN").values[0];
        assert.match(sent, /<p>see <a href="https:\/\/example.com\/docs"[^>]*>https:\/\/example.com\/docs<\/a><img src="https:\/\/example.com\/x.png" alt="An x"><\/p>/);
    },
    "inputs: spreadsheet, by hand": async ({ page, open, mock }) => {
        await open("sheet");
        const people = field(page, "People");
        await people.locator("button:has-text('Enter manually')").waitFor();
        await audit(page, "input-sheet-start");
        await submit(page);
        await expectError(page, "People", "This field is required.");
        await people.locator("button:has-text('Enter manually')").click();
        await people.locator("tbody tr td").first().click();
        await page.keyboard.type("Ada");
        await page.keyboard.press("Tab");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.type("old");
        const message = people.locator("[data-pw='field-error']");
        assert.match(await message.textContent(), /^There are one or more issues with the data you entered/);
        await audit(page, "input-sheet-wrong");
        await page.keyboard.press("Escape");
        await page.keyboard.type("1,036");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Space");
        await people.locator("tbody tr").first().click({ button: "right" });
        await page.locator("[data-pw='dropdown-menu'] button:has-text('Add row below')").click();
        assert.equal(await people.locator("tbody tr").count(), 2);
        await page.waitForFunction(() => document.activeElement?.dataset.at === "1:0");
        await people.locator("tbody tr").nth(1).click({ button: "right" });
        await page.locator("[data-pw='dropdown-menu'] button:has-text('Delete row')").click();
        assert.equal(await people.locator("tbody tr").count(), 1);
        await field(page, "Codes").locator("button:has-text('Enter manually')").click();
        await audit(page, "input-sheet");
        await submit(page);
        await page.locator("text=done?").waitFor();
        const { values, valuesMeta } = lastResponse(mock, "RETURN");
        assert.deepEqual(values, [[{ "first name": "Ada", "last name": null, age: 1036, vip: true, paid: null }], null]);
        assert.deepEqual(valuesMeta, { values: { 1: ["undefined"] } }, "a blank sheet that is optional is skipped");
        await audit(page, "input-sheet-past");
    },
    "inputs: spreadsheet, pasted and uploaded": async ({ page, open, mock }) => {
        await open("sheet");
        const people = field(page, "People");
        await people.locator("button:has-text('Paste data')").click();
        await page.fill("[data-iv-dialog] textarea", "name");
        await page.click("[data-iv-dialog] button:has-text('Next')");
        await page.locator("text=There are no rows below the header line.").waitFor();
        await page.fill("[data-iv-dialog] textarea", 'Given;Age;VIP;Last name\nAda;36;yes;"Lovelace; Countess"\n\nAlan;forty;;\n');
        await page.click("[data-iv-dialog] button:has-text('Next')");
        await page.locator("[data-testid='col-select-0']").waitFor();
        const chosen = (n) => page.locator(`[data-testid='col-select-${n}']`).evaluate((one) => one.selectedOptions[0].textContent);
        assert.deepEqual([await chosen(0), await chosen(1), await chosen(2), await chosen(3)], ["Given", "Last name", "Age", "VIP"]);
        await audit(page, "input-sheet-import");
        await page.click("[data-iv-dialog] button:has-text('Import')");
        assert.equal(await people.locator("tbody tr").count(), 2);
        await submit(page);
        await people.locator("[data-pw='field-error']").waitFor();
        await people.locator("[aria-label='age, row 2']").fill("41");
        await people.locator("[data-pw='field-error']").waitFor({ state: "detached" });

        const csv = "first name,age\n" + Array.from({ length: 45 }, (_, i) => `Person ${i + 1},${i === 30 ? "" : i}`).join("\n");
        await people.locator("input[type='file']").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("\uFEFF" + csv) });
        await page.locator("text=They replace 2 rows entered so far.").waitFor();
        await page.locator("[aria-label='Skip last name']").check();
        await page.click("[data-iv-dialog] button:has-text('Import')");
        await people.locator("text=Page 1 of 3").waitFor();
        assert.equal(await people.locator("tbody tr").count(), 20);
        await submit(page);
        await people.locator("text=1 issue on other pages").waitFor();
        await audit(page, "input-sheet-pages");
        await people.locator("button:has-text('Row 31: age must not be empty')").click();
        await page.waitForFunction(() => document.activeElement?.dataset.at === "30:0");
        const cell = people.locator("[aria-label='age, row 31']");
        await cell.evaluate((one) => {
            const data = new DataTransfer();
            data.setData("text/plain", "30\ttrue\n31\tfalse\n");
            one.focus();
            one.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        });
        await people.locator("[data-pw='field-error']").waitFor({ state: "detached" });
        await submit(page);
        await page.locator("text=done?").waitFor();
        const rows = lastResponse(mock, "RETURN").values[0];
        assert.equal(rows.length, 45);
        assert.deepEqual(rows[30], { "first name": "Person 31", "last name": null, age: 30, vip: true, paid: null });

        await open("sheet");
        const many = "first name\n" + "x\n".repeat(1001);
        await people.locator("input[type='file']").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(many) });
        await page.locator("text=At most 1,000 rows can be imported.").waitFor();
        assert.ok(await page.locator("[data-iv-dialog] button:has-text('Import')").isDisabled());
    },
    "inputs: history shows what was answered": async ({ page, open, mock }) => {
        await open("greet");
        await page.fill("input[type='text']", "Nobody");
        await submit(page);
        await expectError(page, "Your name", "Nobody is not a name.");
        await page.fill("input[type='text']", "Ada");
        await submit(page);
        await completed(page);
        // The host's last render of the call is the one with the message.
        const greeted = [...mock.state.transactions.values()].findLast((one) => one.action.slug === "greet");
        greeted.calls[0].last.toRender[0].validationErrorMessage = "Nobody is not a name.";
        await page.goto(`${mock.url}/dashboard/local/transactions/${greeted.id}`);
        await page.locator(".history-step input[type='text']").waitFor();
        assert.equal(await page.inputValue(".history-step input[type='text']"), "Ada");
        assert.equal(await page.locator("[data-pw='field-error']").count(), 0);
    },
};
