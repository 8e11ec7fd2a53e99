// SPDX-License-Identifier: MIT
// Owns the steps for functions, durable calls and queues.
import assert from "node:assert/strict";
import { audit } from "./browser.mjs";

export const functionSteps = {
    "functions: list and detail": async ({ page, mock, home }) => {
        await home();
        await page.click("#desktop-nav a:has-text('Functions')");
        await page.locator("[data-function='shop-dev-quote']").waitFor();
        await page.locator(`text=${mock.url}/fn/shop/dev/quote/{id}`).waitFor();
        await page.locator("[data-function='gone'] >> text=Not running").waitFor();
        await audit(page, "functions");
        await page.click("[data-function='shop-dev-quote'] a");
        await page.locator("h1:has-text('quote')").waitFor();
        await page.locator("text=2.1 ms").waitFor();
        await page.locator("text=1 run missed").waitFor();
        await page.locator("[data-call='call-dead']").waitFor();
        await audit(page, "function");
        await page.click("text=All calls of this function");
        await page.waitForURL("**/calls?function=shop-dev-quote");
    },
    "functions: none yet": async ({ page, mock, base }) => {
        const functions = mock.state.functions;
        mock.state.functions = [];
        await page.goto(base.replace("actions", "functions"));
        await page.locator("text=IL_FUNCTION").waitFor();
        await audit(page, "functions-empty");
        mock.state.functions = functions;
    },
    "functions: calls": async ({ page, base }) => {
        await page.goto(base.replace("actions", "calls"));
        await page.locator("[data-call='call-done']").waitFor();
        await audit(page, "calls");
        await page.selectOption("select[aria-label='State']", "dead");
        await page.locator("[data-call='call-done']").waitFor({ state: "detached" });
        await page.click("[data-call='call-dead'] a");
        await page.locator(".notice >> text=its last attempt failed").waitFor();
        await page.locator("text=11 deliveries tried, last answer 500").waitFor();
        await page.locator("text=Answer 503").waitFor();
        await page.locator("[aria-labelledby='answer-title'] >> text=12345678901234567890").waitFor();
        await audit(page, "call-dead");
        await page.click("button:has-text('Try again')");
        await page.locator("h1 .badge:has-text('Queued')").waitFor();
        await page.click("button:has-text('Cancel')");
        await page.click("dialog button:has-text('Cancel the call')");
        await page.locator("h1 .badge:has-text('Cancelled')").waitFor();
        await page.goto(`${base.replace("actions", "calls")}/nothing`);
        await page.locator("text=There is no such call").waitFor();
    },
    "functions: queues": async ({ page, base }) => {
        await page.goto(base.replace("actions", "queues"));
        await page.locator("[data-queue='default'] >> text=120").first().waitFor();
        await page.locator("[data-queue='slow'] >> text=Paused").waitFor();
        await audit(page, "queues");
        await page.click("[data-queue='default'] button:has-text('Pause')");
        await page.locator("[data-queue='default'] .badge:has-text('Paused')").waitFor();
        await page.click("[data-queue='default'] button:has-text('Try again')");
        await page.locator("text=2 calls will run again.").waitFor();
        await page.locator("[data-queue='default'] button:has-text('Delete')").waitFor({ state: "detached" });
    },
    "functions: keys": async ({ page, base }) => {
        await page.goto(base.replace("actions", "function-keys"));
        await page.locator("[data-key='dev-partner'] >> text=1,234 of 5,000 this month").waitFor();
        assert.equal(await page.locator("[data-key='dev-partner'] button").count(), 0, "keys of services are not deleted here");
        await audit(page, "function-keys");
        await page.click("button:has-text('Create key')");
        await page.fill("input[name='label']", "Partner");
        await page.fill("input[name='rate']", "5");
        await audit(page, "function-key-new");
        await page.click("dialog button:has-text('Create key')");
        await page.locator("text=9zYxWvUtSecret").waitFor();
        await page.click("dialog button:has-text('OK')");
        await page.locator("[data-key='Partner'] >> text=5 a second, 5 at once").waitFor();
        await page.click("[data-key='Partner'] button");
        await page.click("dialog button:has-text('Delete')");
        await page.locator("[data-key='Partner']").waitFor({ state: "detached" });
    },
};
