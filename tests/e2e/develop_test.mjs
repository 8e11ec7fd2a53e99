// SPDX-License-Identifier: MIT
// A developer's first hour: drop a source, run it, edit it, break it, crash it, with everything else going on.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, startBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

const action = (body) => `#include <interlude.h>

static il_status
greet(il_ctx *ctx)
{
    const char *name;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name")));
    ${body}
}
IL_ACTION(greet, .name = "Greet");
`;
const greeting = (word) => action(`return il_return_str(ctx, il_fmt(ctx, "${word}, %s", name));`);

const project = mkdtempSync(join(tmpdir(), "interlude-project-"));
const save = (name, text) => writeFileSync(join(project, "routes", name), text);
mkdirSync(join(project, "routes"));

async function main() {
    const server = await startServer(project);
    const { page, problems, close } = await startBrowser();
    const me = new Person(page, `${server.origin}/dashboard/local/develop/actions`, process.env.SHOTS);

    await page.goto(server.origin);
    await me.audit("develop-empty");
    console.log("an empty home says what to do");

    save("greet.c", greeting("Hello"));
    save("other.c", greeting("Other").replaceAll("greet", "other").replace("Greet", "Other"));
    await page.locator("[data-pw-run-slug='greet']").waitFor();
    await page.locator("[data-pw-run-slug='other']").waitFor();
    await page.locator("[data-pw-run-slug='greet']").first().click();
    await me.fill("Your name", "Ada");
    await me.press();
    await me.ended("Completed", "Hello, Ada");
    console.log("a dropped source runs");

    save("greet.c", greeting("Good morning"));
    await untilSaid(me, "Good morning, Ada");
    console.log("a saved edit is seen");

    save("greet.c", greeting("Broken").replace("name));", "nam));"));
    await page.goto(me.base);
    await page.getByText(/.nam. undeclared/).first().waitFor();
    await page.getByText("greet.c").first().waitFor();
    await me.audit("develop-compiler-error");
    await runOnce(me, "Good morning, Ada");
    console.log("a compiler error is shown and the version before still works");

    save("greet.c", action("return *(volatile il_status *)8;"));
    await untilCrashed(me);
    await me.audit("develop-crashed");
    await me.open("other");
    await me.fill("Your name", "Bob");
    await me.press();
    await me.ended("Completed", "Other, Bob");
    console.log("a crash is told and the other route works");

    assert.deepEqual(problems, []);
    await close();
    await server.stop();
}

async function run(me) {
    await me.open("greet");
    await me.fill("Your name", "Ada");
    await me.press();
    await me.page.locator("[data-test-id='result-type'], [data-pw-crashed]").first().waitFor();
    return me.page.locator("main").textContent();
}

async function runOnce(me, text) {
    assert.ok((await run(me)).includes(text));
}

/** Runs it again and again until the new version answers. */
async function untilSaid(me, text) {
    const end = Date.now() + 60_000;
    while (!(await run(me)).includes(text)) {
        assert.ok(Date.now() < end, `never saw "${text}"`);
    }
}

async function untilCrashed(me) {
    await untilSaid(me, "SIGSEGV");
}

await main();
rmSync(project, { recursive: true, force: true });
