// SPDX-License-Identifier: MIT
// A page of another origin calls functions from a real browser, which decides what the page may do and see: row F6 of the
// must-have table. What the server answers is tests/wire/cors_test.py's matter.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

const TALK = `#include <interlude.h>
#include <string.h>
static il_status talk(il_request *req, il_response *res)
{
    il_respond_header(res, "X-Secret", "shown");
    if (il_query(req, "says"))
        il_respond_header(res, "Access-Control-Allow-Origin", il_query(req, "says"));
    return il_respond(res, 200, "text/plain", il_method(req), strlen(il_method(req)));
}
IL_FUNCTION(talk, .method = "ANY", .cors = true);
`;

/** Two pages: one that the service knows, one that it does not. Their addresses differ in the host's name only. */
async function startPages() {
    const pages = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<title>page</title>"));
    pages.listen(0, "127.0.0.1");
    await once(pages, "listening");
    const { port } = pages.address();
    return { known: `http://127.0.0.1:${port}`, stranger: `http://localhost:${port}`, close: () => pages.close() };
}

const config = (known) => `service: shop
provider:
  name: interlude
  runtime: c17
  httpApi:
    cors: { allowedOrigins: [ '${known}' ], allowedHeaders: [ X-Foo ], allowedMethods: [ GET, PUT ], allowCredentials: true, exposedResponseHeaders: [ X-Secret ] }
functions:
  talk:
    handler: dist/talk.talk
    events:
      - http: { path: open, method: any, cors: true }
      - http: { path: listed, method: put, cors: { origins: [ '${known}' ], headers: [ X-Foo ], allowCredentials: true } }
      - http: { path: closed, method: any }
      - httpApi: '* /two'
`;

/** In the page: what a call comes to. */
async function call({ url, options }) {
    try {
        const answer = await fetch(url, options);
        return { status: answer.status, text: await answer.text(), secret: answer.headers.get("x-secret") };
    } catch {
        return "blocked";
    }
}

const pages = await startPages();
const project = mkdtempSync(join(tmpdir(), "interlude-cors-"));
mkdirSync(join(project, "dist"));
mkdirSync(join(project, "routes"));
writeFileSync(join(project, "dist/talk.c"), TALK);
writeFileSync(join(project, "routes/talk.c"), TALK);
writeFileSync(join(project, "serverless.yml"), config(pages.known));
const server = await startServer(project);
while ((await fetch(`${server.origin}/fn/shop/dev/two`)).status !== 200 || (await fetch(`${server.origin}/fn/talk`)).status !== 200);
const { page, close } = await startBrowser();
const from = async (origin, path, options = {}) => {
    if (!page.url().startsWith(origin)) {
        await page.goto(origin);
    }
    return page.evaluate(call, { url: server.origin + path, options });
};
const put = { method: "PUT", headers: { "x-foo": "1" } };
const withCookies = { ...put, credentials: "include" };
const shown = (text, secret = null) => ({ status: 200, text, secret });

let code = 1;
try {
    const { known, stranger } = pages;
    // http: the preflight is the server's, the answer itself the function's
    assert.equal(await from(known, "/fn/shop/dev/open"), "blocked");
    assert.deepEqual(await from(known, "/fn/shop/dev/open?says=*"), shown("GET"));
    assert.deepEqual(await from(known, "/fn/shop/dev/open?says=*", { method: "DELETE" }), shown("DELETE"));
    assert.deepEqual(await from(known, "/fn/shop/dev/open?says=*", { headers: { "x-api-key": "k" } }), shown("GET"));
    assert.equal(await from(known, "/fn/shop/dev/open?says=*", put), "blocked"); // X-Foo is not among the headers
    assert.equal(await from(known, "/fn/shop/dev/closed?says=*", put), "blocked");
    assert.deepEqual(await from(known, `/fn/shop/dev/listed?says=${known}`, put), shown("PUT"));
    assert.equal(await from(known, `/fn/shop/dev/listed?says=${known}`, withCookies), "blocked"); // the function allows none
    assert.equal(await from(stranger, `/fn/shop/dev/listed?says=${stranger}`, put), "blocked");
    // httpApi: all of it is the server's
    assert.deepEqual(await from(known, "/fn/shop/dev/two", withCookies), shown("PUT", "shown"));
    assert.equal(await from(known, "/fn/shop/dev/two", { method: "DELETE" }), "blocked");
    assert.equal(await from(stranger, "/fn/shop/dev/two", put), "blocked");
    assert.equal(await from(stranger, "/fn/shop/dev/two?says=*"), "blocked");
    // routes/ with .cors
    assert.deepEqual(await from(stranger, "/fn/talk", { method: "PATCH" }), shown("PATCH"));
    assert.equal(await from(stranger, "/fn/talk", put), "blocked");
    console.log("ok   what pages of other origins may do");
    code = 0;
} catch (error) {
    console.log(`FAIL ${error.message}\n${server.output.join("\n")}`);
}
await close();
await server.stop();
pages.close();
rmSync(project, { recursive: true, force: true });
process.exit(code);
