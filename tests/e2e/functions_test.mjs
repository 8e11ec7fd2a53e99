// SPDX-License-Identifier: MIT
// Functions, their durable calls, queues, dead letters and callers' keys in a real browser on a real server; what an auditor and
// a stranger see of them. Every screen is audited, in both colour schemes, and at 320 px.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, startBrowser } from "./browser.mjs";
import { startForTeam, startServer } from "./server.mjs";

const INTERLUDE = process.env.INTERLUDE ?? "build/dev/interlude";
const ROUTES = process.env.INTERLUDE_ROUTES ?? "build/dev/routes";
const LONG = "a-function-with-a-name-that-nobody-would-call-short";
const PAGE = 50;

const CONFIG = `service: shop
provider:
  name: interlude
  apiGateway: { apiKeys: [ partner ], usagePlan: { quota: { limit: 500, period: MONTH } } }
functions:
  quote: { handler: shop.quote, description: price for a basket, events: [ { http: 'POST /quote/{item}' }, { http: { path: quote, method: get, private: true } } ] }
  failing: { handler: shop.failing, events: [ { http: ANY /failing } ] }
  gate: { handler: shop.gate, timeout: 300, events: [ { http: ANY /gate } ] }
  ${LONG}: { handler: shop.quote, events: [ { http: 'GET /a/path/that/goes/{on}/and/{on-and-on}/until/it/does/not/fit/{proxy+}' }, { schedule: { rate: cron(15 3 * * ? *), enabled: false } }, { sqs: orders } ] }
custom:
  interlude:
    functions:
      failing: { async: { attempts: 0 } }
      gate: { async: { queue: slow } }
`;

/** `gate` waits until somebody opens the pipe for writing. */
const code = (gate) => `#include <interlude.h>
#include <fcntl.h>
#include <unistd.h>
static il_status quote(il_request *req, il_response *res)
{
    il_str body = il_body(req);
    return body.len && body.p[0] == '{' ? il_respond(res, 200, "application/json", body.p, body.len)
                                        : il_respond(res, 200, "image/png", body.p, body.len);
}
static il_status failing(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 500, "text/plain", "for no reason", 13);
}
static il_status gate(il_request *req, il_response *res)
{
    close(open("${gate}", O_RDONLY));
    return quote(req, res);
}
static const il_route routes[] = {
    IL_ROUTE_FUNCTION("quote", quote, .method = "ANY"),
    IL_ROUTE_FUNCTION("failing", failing, .method = "ANY"),
    IL_ROUTE_FUNCTION("gate", gate, .method = "ANY"),
};
IL_MODULE(routes);
`;

const { page, problems, close } = await startBrowser();
const folders = [];
const servers = [];
let me;
const screen = async (name) => {
    await me.audit(`functions-${name}`);
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${name} is ${width} px wide at 320`);
    await page.setViewportSize({ width: 1280, height: 900 });
    console.log(name);
};
const rows = (count) => page.waitForFunction((n) => document.querySelectorAll("tr[data-call]").length === n, count);
const search = () => new URL(page.url()).searchParams;

function temporary(name) {
    folders.push(mkdtempSync(join(tmpdir(), `interlude-${name}-`)));
    return folders.at(-1);
}

async function developer() {
    const project = temporary("functions");
    const gate = join(project, "gate");
    execFileSync("mkfifo", [gate]);
    mkdirSync(join(project, "routes"));
    writeFileSync(join(project, "shop.c"), code(gate));
    writeFileSync(join(project, "serverless.yml"), CONFIG);
    const server = await startServer(project);
    servers.push(server);
    const at = `${server.origin}/dashboard/local/develop`;
    const send = async (path, id, body = "{}") => {
        const answer = await fetch(`${server.origin}/fn/shop/dev/${path}`, { method: "POST", body, headers: id ? { "x-call-id": id } : {} });
        return answer.status;
    };
    const deadline = Date.now() + 60_000;
    while ((await send("quote/tea")) !== 200) { // until it is compiled
        assert.ok(Date.now() < deadline, server.output.join("\n"));
    }
    me = new Person(page, `${at}/actions`, process.env.SHOTS);
    await list(at);
    await calls(at, send);
    await watching(at, send, gate);
    await dead(at, send);
    await queues(at, send);
    await keys(at);
}

async function list(at) {
    await page.goto(`${at}/functions`);
    const quote = page.locator("[data-function='shop-dev-quote']");
    await quote.getByText("1 call", { exact: true }).waitFor();
    await quote.getByRole("button", { name: "Copy a curl command for POST /fn/shop/dev/quote/{item}" }).waitFor();
    await page.locator(`[data-function='shop-dev-${LONG}'] >> text=cron(15 3 * * ? *) (off) · messages of orders`).waitFor();
    await screen("list");
    await page.getByRole("searchbox", { name: "Filter" }).fill("dev quote/{item}");
    await page.waitForFunction(() => document.querySelectorAll("[data-function]").length === 1);
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll("[data-function]").length === 1);
    await quote.getByRole("link").focus();
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "quote" }).waitFor();
    await page.getByText("at most 1", { exact: true }).waitFor();
    await screen("one");
}

async function calls(at, send) {
    await page.goto(`${at}/calls`);
    await page.getByText("No asynchronous calls yet").waitFor();
    await Promise.all(Array.from({ length: PAGE + 4 }, (_, i) => send("quote/tea/async", `order-${i}`)));
    await send("failing/async", "x".repeat(128));
    await rows(PAGE); // without a reload
    await screen("calls");
    await page.getByRole("link", { name: "Older calls" }).click();
    await rows(5);
    await page.goBack();
    await rows(PAGE);
    await page.selectOption("select[aria-label='State']", "dead");
    await rows(1);
    await page.reload();
    await rows(1);
    assert.equal(search().get("state"), "dead");
    await page.goBack();
    await rows(PAGE);
    await page.getByRole("searchbox").fill("order-3");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "order-3" }).waitFor();
    await page.goto(`${at}/calls/nothing`);
    await page.getByText("There is no such call").waitFor();
}

/** One call looked at from its beginning to its end. */
async function watching(at, send, gate) {
    await send("gate/async", "watched", '{"long":12345678901234567890}');
    await page.goto(`${at}/calls/watched`);
    await page.locator("h1 .badge", { hasText: "Running" }).waitFor();
    await page.locator("[aria-labelledby='sent-title']").getByText("12345678901234567890").waitFor();
    await page.context().setOffline(true);
    await page.getByText("What is below was so a while ago.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("What is below was so a while ago.").waitFor({ state: "detached" });
    writeFileSync(gate, "");
    await page.locator("h1 .badge", { hasText: "Succeeded" }).waitFor();
    await page.locator("[aria-labelledby='answer-title']").getByText("12345678901234567890").waitFor();
    await page.locator("[data-attempt='1'] >> text=200").waitFor();
    assert.equal(await page.getByRole("button", { name: "Cancel" }).count(), 0);
    await screen("call");
    await send("quote/tea/async", "bytes", Uint8Array.from({ length: 300 }, (_, i) => i));
    await page.goto(`${at}/calls/bytes`);
    await page.locator("[aria-labelledby='answer-title']").getByText("image/png, 300 B, the first 256 bytes:").waitFor();
    await page.getByText("00000010 10 11 12").waitFor();
    const saved = page.waitForEvent("download");
    await page.locator("[aria-labelledby='answer-title']").getByRole("button", { name: "Download" }).click();
    assert.equal((await saved).suggestedFilename(), "bytes answer.png");
}

async function dead(at, send) {
    await Promise.all(["dead-1", "dead-2", "dead-3"].map((id) => send("failing/async", id)));
    await page.goto(`${at}/calls?function=shop-dev-failing&state=dead`);
    await rows(4);
    await page.getByText("4 dead letters").waitFor();
    await page.getByRole("checkbox", { name: "Choose dead-1" }).focus();
    await page.keyboard.press("Space");
    await page.getByRole("checkbox", { name: "Choose dead-2" }).check();
    await screen("dead");
    await page.getByRole("button", { name: "Try 2 again" }).click();
    await page.getByText("2 calls will run again.").waitFor();
    await rows(4); // and fail again
    await page.getByRole("button", { name: "Try all again" }).click();
    await page.getByText("4 calls will run again.").waitFor();
    await page.getByText("4 dead letters").waitFor();
    await page.goto(`${at}/calls/dead-1`);
    await page.waitForFunction(() => document.querySelectorAll("tr[data-attempt='1']").length === 3);
    await page.goBack();
    await page.getByRole("button", { name: "Delete all" }).click();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("4 dead letters deleted.").waitFor();
    await page.getByText("No calls found").waitFor();
}

async function queues(at, send) {
    await send("gate/async", "busy");
    await page.goto(`${at}/queues`);
    const slow = page.locator("[data-queue='slow']");
    await slow.locator("td[data-label='Running']", { hasText: "1" }).waitFor();
    await slow.getByRole("button", { name: "Pause" }).click();
    await slow.locator(".badge", { hasText: "Paused" }).waitFor();
    await send("gate/async", "held");
    await slow.locator("td[data-label='Waiting']", { hasText: "1" }).waitFor();
    await screen("queues");
    await slow.getByRole("button", { name: "Empty" }).click();
    await page.locator("dialog").getByText("1 call is cancelled").waitFor();
    await page.locator("dialog").getByRole("button", { name: "Empty it" }).click();
    await page.getByText("The queue slow is empty.").waitFor();
    await slow.getByRole("button", { name: "Resume" }).click();
    await page.getByText("slow goes on.").waitFor();
    await page.goto(`${at}/calls/held`);
    await page.locator("h1 .badge", { hasText: "Cancelled" }).waitFor();
    await page.goto(`${at}/calls/busy`);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator("dialog").getByRole("button", { name: "Cancel the call" }).click();
    await page.locator("h1 .badge", { hasText: "Cancelled" }).waitFor();
}

async function keys(at) {
    await page.goto(`${at}/function-keys`);
    await page.locator("[data-key='partner'] >> text=0 of 500 this month").waitFor();
    await page.getByRole("button", { name: "Create key" }).click();
    await page.locator("dialog input[name='label']").fill("Front desk");
    await page.keyboard.press("Enter");
    await page.locator("dialog").getByRole("button", { name: "OK" }).click();
    await page.locator("[data-key='Front desk']").waitFor();
    await screen("keys");
    await page.getByRole("button", { name: "Delete Front desk" }).click();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("The key Front desk is deleted.").waitFor();
}

const PASSWORD = "correct horse battery";

async function signIn(origin, email) {
    await page.context().clearCookies();
    await page.goto(`${origin}/login`);
    await page.locator("input[name='email']").fill(email);
    await page.locator("button[type='submit']").click();
    await page.locator("input[name='password']").fill(PASSWORD);
    await page.locator("button[type='submit']").click();
    await page.locator("#desktop-nav").waitFor();
}

/** An auditor looks and changes nothing; people of another organization see nothing. */
async function team() {
    const routes = temporary("routes");
    copyFileSync(join(ROUTES, "ping.so"), join(routes, "ping.so"));
    const server = await startForTeam({ org: "acme", email: "ada@example.com", password: PASSWORD, routes });
    servers.push(server);
    const run = (args) => execFileSync(INTERLUDE, [...args, "--data", server.data], { input: `${PASSWORD}\n`, stdio: ["pipe", "ignore", "inherit"] });
    run(["org", "add", "other"]);
    run(["user", "add", "eve@example.com", "--org", "acme", "--role", "auditor"]);
    run(["user", "add", "mallory@example.com", "--org", "other", "--role", "admin"]);
    const sent = await fetch(`${server.origin}/fn/ping/async`, { method: "POST", body: "hello", headers: { "x-call-id": "greeting", "x-delay-seconds": "600" } });
    assert.equal(sent.status, 202);

    const changes = ["Pause", "Empty", "Cancel", "Try again"];
    const seen = () => Promise.all(changes.map((name) => page.getByRole("button", { name }).count()));
    await signIn(server.origin, "eve@example.com");
    await page.locator("#desktop-nav").getByRole("link", { name: "Functions" }).click();
    await page.locator("[data-function='ping']").waitFor();
    assert.deepEqual(await page.locator(".tab").allInnerTexts(), ["Functions", "Calls", "Queues"]);
    await page.getByRole("link", { name: "Queues" }).click();
    await page.locator("[data-queue='default']").waitFor();
    assert.deepEqual(await seen(), [0, 0, 0, 0]);
    await page.goto(`${server.origin}/dashboard/acme/calls/greeting`);
    await page.locator("[aria-labelledby='sent-title']").getByText("hello").waitFor();
    assert.deepEqual(await seen(), [0, 0, 0, 0]);
    assert.equal(await page.evaluate(async () => (await fetch("/api/v1/queues/default/purge", { method: "POST" })).status), 403);

    await signIn(server.origin, "mallory@example.com");
    assert.equal(await page.locator("#desktop-nav").getByRole("link", { name: "Functions" }).count(), 0);
    await page.goto(`${server.origin}/dashboard/other/calls`);
    await page.getByText("belong to another organization").waitFor();
    assert.equal(await page.locator("tr[data-call], .empty").count(), 0);
    console.log("auditor and stranger");
}

try {
    await developer();
    await team();
    assert.deepEqual(problems, []);
} finally {
    await close();
    await Promise.all(servers.map((server) => server.stop()));
    folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
}
