// SPDX-License-Identifier: MIT
// What only hosts without an SDK of today send, in a browser: the old progress displays, and what a broken host might say.
// Usage: scripted_test.mjs [filter]; SHOTS=DIR keeps pictures.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, startBrowser } from "./browser.mjs";
import { ScriptedHost } from "./sdk/scripted_host.mjs";
import { startServer } from "./server.mjs";

const component = (methodName, label, props = {}, more = {}) => ({ methodName, label, props, isStateful: false, isOptional: false, ...more });
const steps = (completed) => component("DISPLAY_PROGRESS_STEPS", "Moving in", {
    steps: { completed, total: 3 }, currentStep: `Box ${completed}`, subTitle: "It takes a day" });
const list = (done) => component("DISPLAY_PROGRESS_THROUGH_LIST", "Rooms", {
    items: ["Kitchen", "Hall", "מרתף 🕯"].map((label, i) => ({ label, isComplete: i < done, resultDescription: i < done ? `${i + 1} boxes` : null })) });

let goOn = () => {};
const pause = () => new Promise((resolve) => (goOn = resolve));

const actions = {
    async progress(io) {
        const { key } = await io.show([steps(1)]);
        await pause();
        await io.show([steps(3)], key); // the same display, further on
        await pause();
        await io.show([component("DISPLAY_PROGRESS_INDETERMINATE", "Making tea")]);
        await pause();
        const first = await io.show([list(1)]);
        const { answer } = await io.show([list(2)], first.key);
        await answer;
        return "moved in";
    },
    async progressOfToday(io) {
        await io.show([steps(2), component("DISPLAY_PROGRESS_INDETERMINATE", "Making tea"), list(3)]);
        const { answer } = await io.show([component("INPUT_TEXT", "Done?")]);
        return (await answer).values[0];
    },
    async wrong(io) {
        const { answer } = await io.show([
            component("INPUT_TELEPATHY", "From the future"),
            component("DISPLAY_PROGRESS_STEPS", "Broken", { steps: "three" }),
            component("INPUT_NUMBER", "Still works", { min: 1 }),
        ]);
        return (await answer).values.join("|");
    },
};

const journeys = {
    async progress(me) {
        const step = (text) => me.page.getByText(text).first().waitFor();
        await me.open("progress");
        await step("1/3");
        await me.see("It takes a day");
        assert.equal(await me.page.locator("button[data-pw='continue-button']").count(), 0, "progress waits for nobody");
        await me.audit("progress-steps");
        goOn();
        await step("3/3");
        await me.see("Box 3");
        goOn();
        await me.see("Making tea");
        assert.equal(await me.page.getByText("3/3").count(), 0, "old hosts have one thing on screen at a time");
        await me.audit("progress-indeterminate");
        goOn();
        await me.see("2 boxes");
        await me.see("מרתף 🕯");
        await me.audit("progress-list");
        await me.press(); // this one is only a display, which waits to be seen
        await me.ended("Completed", "moved in");
    },

    async progressOfToday(me) {
        await me.open("progressOfToday");
        await me.see("2/3");
        await me.see("3 boxes");
        await me.fill("Done?", "yes");
        await me.press();
        await me.see("2/3"); // what was shown stays
        await me.ended("Completed", "yes");
    },

    async wrong(me) {
        await me.open("wrong");
        await me.see("INPUT_TELEPATHY");
        await me.fill("Still works", "0");
        await me.press();
        await me.told("Please enter a number greater than or equal to 1.");
        await me.fill("Still works", "7");
        await me.audit("wrong-components");
        await me.press();
        await me.ended("Completed", "||7");
    },
};

const filter = process.argv[2] ?? "";
const project = mkdtempSync(join(tmpdir(), "interlude-project-"));
const server = await startServer(project);
const key = server.output.map((line) => /^API key: (\S+)/.exec(line)?.[1]).find(Boolean);
const endpoint = `${server.origin.replace("http", "ws")}/websocket`;
const { progress, ...others } = actions;
const hosts = [
    await ScriptedHost.connect(endpoint, key, { sdkName: "@interval/sdk", sdkVersion: "0.20.0" }, { progress }),
    await ScriptedHost.connect(endpoint, key, { sdkName: "@interval/sdk", sdkVersion: "2.0.0" }, others),
];
const { page, problems, close } = await startBrowser();
const me = new Person(page, `${server.origin}/dashboard/local/develop/actions`, process.env.SHOTS);
let failed = 0;
for (const [name, journey] of Object.entries(journeys).filter(([name]) => name.includes(filter))) {
    problems.length = 0;
    const start = Date.now();
    try {
        await journey(me);
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
hosts.forEach((host) => host.close());
await server.stop();
rmSync(project, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);
