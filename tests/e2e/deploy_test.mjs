// SPDX-License-Identifier: MIT
// A deployment while somebody is in the middle of a run: it finishes on the version it began with, new ones start on the new one.
// The same on the way back, and for pages; functions and actions of a service change in one step.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, startBrowser } from "./browser.mjs";
import { startForTeam } from "./server.mjs";

const INTERLUDE = process.env.INTERLUDE ?? "build/dev/interlude";
const account = { org: "acme", email: "ada@example.com", password: "correct horse battery" };

const SERVICE = `service: shop
provider: { name: interlude, environment: { RELEASE: one } }
functions:
  quote: { handler: quote.handler, events: [ { http: GET /quote } ] }
`;
const QUOTE = `#include <interlude.h>

static il_status
handler(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "one", 3);
}
IL_FUNCTION(handler);
`;
const REFUND = `#include <interlude.h>
#include <stdlib.h>

static il_status
refund(il_ctx *ctx)
{
    const char *name, *reason;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Who bought it")));
    IL_TRY(il_ask(ctx, IL_TEXT(&reason, "Why it comes back, says release one")));
    return il_return(ctx, { "refund", IL_S(il_fmt(ctx, "%s: %s, code one, setting %s", name, reason, getenv("RELEASE"))) });
}
IL_ACTION(refund, .name = "Refund");
`;
const ORDERS = `#include <interlude.h>

static il_status
orders(il_ctx *ctx, il_page *layout)
{
    (void)ctx;
    IL_TRY(il_page_head(layout, "Orders", NULL, NULL));
    return il_page_add(layout, IL_HEADING("Nothing was ordered from release one"));
}
IL_PAGE(orders, .name = "Orders");
`;

const project = mkdtempSync(join(tmpdir(), "interlude-project-"));
const routes = mkdtempSync(join(tmpdir(), "interlude-routes-"));
const server = await startForTeam({ ...account, routes });
const { page, problems, close } = await startBrowser();
const me = new Person(page, `${server.origin}/dashboard/acme/actions/shop/prod`, process.env.SHOTS);
const run = (args, env = {}) =>
    execFileSync(INTERLUDE, args, { cwd: project, env: { ...process.env, ...env }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const deployer = {
    INTERLUDE_URL: server.origin,
    INTERLUDE_DEPLOY_KEY: run(["keys", "add-deployer", "ci", "--data", server.data]).trim(),
};

/** The service with this word in the place of "one", live when it returns: the time of the deployment. */
async function deploy(word) {
    const write = (name, text) => writeFileSync(join(project, name), text.replaceAll("one", word));
    mkdirSync(join(project, "routes"), { recursive: true });
    write("serverless.yml", SERVICE);
    write("quote.c", QUOTE);
    write("routes/refund.c", REFUND);
    write("routes/orders.c", ORDERS);
    const { timestamp } = JSON.parse(run(["deploy", "-s", "prod", "--json"], deployer));
    await answers(word);
    return timestamp;
}

async function answers(word) {
    const answer = await fetch(`${server.origin}/fn/shop/prod/quote`);
    assert.deepEqual([answer.status, await answer.text()], [200, word]);
}

/** A run that waits for its second answer, at a person of its own. */
async function begin(who, word) {
    const person = new Person(await page.context().newPage(), me.base, me.shots);
    await person.open("refund");
    await person.fill("Who bought it", who);
    await person.press();
    await person.field(`Why it comes back, says release ${word}`).waitFor();
    return person;
}

async function finish(person, who, word) {
    await person.fill(`Why it comes back, says release ${word}`, "too small");
    await person.press();
    await person.ended("Completed", `refund${who}: too small, code ${word}, setting ${word}`);
    await person.page.close();
}

await page.goto(server.origin);
await page.locator("input[name='email']").fill(account.email);
await page.locator("button[type='submit']").click();
await page.locator("input[name='password']").fill(account.password);
await page.locator("button[type='submit']").click();
await page.waitForURL(/actions/);

const first = await deploy("one");
const ada = await begin("Ada", "one");
await me.open("orders");
await me.see("Nothing was ordered from release one");
console.log("a run of the first release waits for an answer, a page of it is open");

await deploy("two");
const bob = await begin("Bob", "two");
await me.open("orders");
await me.see("Nothing was ordered from release two");
console.log("what begins after the deployment is of the second release");
await finish(ada, "Ada", "one");
console.log("the run that was open finished on the first one, with its settings");

run(["rollback", "-s", "prod", "-t", String(first)], deployer);
await answers("one");
const eve = await begin("Eve", "one");
await finish(bob, "Bob", "two");
await finish(eve, "Eve", "one");
console.log("the same on the way back");

run(["remove", "-s", "prod"], deployer);
await me.open("refund");
await page.getByText(/not found/i).first().waitFor();
console.log("what is removed is gone");

assert.deepEqual(problems, []);
await close();
await server.stop();
rmSync(project, { recursive: true, force: true });
rmSync(routes, { recursive: true, force: true });
