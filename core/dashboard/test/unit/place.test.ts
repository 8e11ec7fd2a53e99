// SPDX-License-Identifier: MIT
// Owns the tests of addresses, links and the tree of routes; and that highlighting never changes code.
import assert from "node:assert/strict";
import { test } from "node:test";
import { historyPath, homePath, linkTarget, type Place, readPlace, routePath, transactionPath, underOrg } from "../../src/lib/place";
import { tokenize } from "../../src/ui/highlight";

const dev: Place = { org: "local", env: "development", mode: "console" };
const live: Place = { org: "acme", env: "production", mode: "live" };
const stage: Place = { org: "acme", env: "stage", mode: "live" };

test("places from addresses and back", () => {
    assert.deepEqual(readPlace("/dashboard/local/develop/actions/a/b"), dev);
    assert.deepEqual(readPlace("/dashboard/acme/actions"), live);
    assert.deepEqual(readPlace("/dashboard/acme+stage/actions"), stage);
    assert.deepEqual(readPlace("/dashboard/local/history", "?environment=development"), dev);
    assert.equal(readPlace("/login"), null);
    for (const place of [dev, live, stage]) {
        assert.deepEqual(readPlace(homePath(place)), place);
        const history = new URL(historyPath(place), "http://x");
        assert.deepEqual(readPlace(history.pathname, history.search), place);
    }
    assert.equal(transactionPath(dev, "t1"), "/dashboard/local/transactions/t1?environment=development");
});

test("addresses without an organization, or with one that is not there, move", () => {
    assert.equal(underOrg("/dashboard/acme/actions", "acme"), null);
    assert.equal(underOrg("/dashboard/acme+stage/actions/a/b", "acme"), null);
    assert.equal(underOrg("/dashboard", "acme"), null);
    assert.equal(underOrg("/login", "acme"), null);
    assert.equal(underOrg("/dashboard/develop/keys", "acme"), "/dashboard/acme/develop/keys");
    assert.equal(underOrg("/dashboard/gone/develop/actions/a", "acme"), "/dashboard/acme/develop/actions/a");
    assert.equal(underOrg("/dashboard/gone+stage/actions", "acme"), "/dashboard/acme+stage/actions");
});

test("links", () => {
    assert.equal(routePath(dev, "users/edit", { id: 5, none: "", flag: true }), "/dashboard/local/develop/actions/users/edit?id=5&flag=true");
    assert.deepEqual(linkTarget(live, { route: "a", url: "https://x.y" }), { href: "/dashboard/acme/actions/a", internal: true });
    assert.deepEqual(linkTarget(live, { href: "https://x.y" }), { href: "https://x.y", internal: false });
    assert.deepEqual(linkTarget(live, { url: "example.com/a" }), { href: "https://example.com/a", internal: false });
    assert.equal(linkTarget(live, { url: "javascript:alert(1)" }), null);
    assert.equal(linkTarget(live, {}), null);
});

test("tokens join to the source", () => {
    const code = 'int x = 1; /* "no */ char *s = "a\\"b"; // end\n#define A\n`';
    for (const language of ["c", "python", "sql", "json", undefined]) {
        assert.equal(tokenize(code, language).map((token) => token.text).join(""), code);
    }
    const kinds = tokenize("return 0; // x", "c").map((token) => token.kind);
    assert.deepEqual(kinds, ["keyword", "plain", "number", "plain", "comment"]);
});
