// SPDX-License-Identifier: MIT
// Owns the steps for deployed services: list, one stage with its watch window, the way back, nothing there.
import assert from "node:assert/strict";
import { audit } from "./browser.mjs";

export const deploymentSteps = {
    "deployments: list": async ({ page, home }) => {
        await home();
        await page.click("#desktop-nav a:has-text('Functions')");
        await page.click("nav[aria-label='Functions'] a:has-text('Deployments')");
        await page.locator("[data-stage='shop/prod'] >> text=Went back by itself to 9f2c41aa").waitFor();
        await page.locator("[data-stage='shop/staging'] .badge:has-text('Watching')").waitFor();
        await page.locator("[data-stage='reports/prod'] >> text=Removed").waitFor();
        assert.equal(await page.locator("#desktop-nav a[aria-current='page']").innerText(), "Functions");
        await audit(page, "deployments");
        await page.click("[data-stage='shop/prod'] a");
        await page.locator("h1:has-text('shop · prod')").waitFor();
    },
    "deployments: a stage and the way back": async ({ page, base, mock }) => {
        await page.goto(base.replace("actions", "deployments/shop/prod"));
        await page.locator(".deployment-live code:has-text('9f2c41aa')").waitFor();
        await page.locator("[data-change='return'] >> text=e01d77b3: 30 of 212 requests").waitFor();
        assert.equal(await page.locator("tr[data-version$='9f2c41aa'] button").count(), 0, "what is live cannot become so");
        await page.locator("[data-change='function'] >> text=Replaced quote: 77aa01fe").waitFor();
        await page.locator("tr[data-version$='77aa01fe'] >> text=only quote replaced").waitFor();
        await page.locator("[data-change='deploy']:has-text('17c0a2ee') >> text=Watched: no requests").waitFor();
        assert.equal(await page.locator("[data-change='deploy']:has-text('17c0a2ee') svg").count(), 0, "there is nothing to draw");
        await page.locator("tr[data-version$='e01d77b3'] >> text=Went back").waitFor();
        await page.locator("tr[data-version$='e01d77b3'] button:has-text('Go forward')").waitFor();
        await audit(page, "deployment");
        await page.click("tr[data-version$='e01d77b3'] button");
        await page.locator("dialog >> text=It failed when it was live last.").waitFor();
        await audit(page, "deployment-go-forward");
        await page.click("dialog button:has-text('Cancel')");
        await page.focus("tr[data-version$='17c0a2ee'] button");
        await page.keyboard.press("Enter");
        await page.locator("dialog .deployment-sides code:has-text('17c0a2ee')").waitFor();
        const lines = await page.locator("dialog .deployment-differences li").allInnerTexts();
        assert.deepEqual(lines.map((line) => line.replace(/\s+/g, " ")), ["quote other code", "thumbs is gone", "routes/refund.so is gone"]);
        await audit(page, "deployment-roll-back");
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
        mock.state.refuseRollBack = "Another deployment of shop to stage prod is on its way.";
        await page.click("tr[data-version$='17c0a2ee'] button");
        await page.click("dialog button:has-text('Roll back')");
        await page.locator("dialog [role='alert'] >> text=is on its way").waitFor();
        await audit(page, "deployment-refused");
        mock.state.refuseRollBack = null;
        await page.click("dialog button:has-text('Roll back')");
        await page.locator("[role='status'] >> text=17c0a2ee is live.").waitFor();
        await page.locator(".deployment-live code:has-text('17c0a2ee')").waitFor();
        await page.locator("[data-change='rollback'] >> text=Rolled back to 17c0a2ee").waitFor();
        await page.locator("tr[data-version$='9f2c41aa'] button:has-text('Go forward')").waitFor();
    },
    "deployments: an open window": async ({ page, base, mock }) => {
        await page.goto(base.replace("actions", "deployments/shop/staging"));
        const requests = page.locator("[data-watch='watching'] .facts dd").nth(1);
        const before = await requests.innerText();
        await audit(page, "deployment-watching");
        await page.waitForFunction((then) => document.querySelectorAll("[data-watch='watching'] .facts dd")[1].innerText !== then, before);
        await page.locator("text=A change is on its way").waitFor();
        const stage = mock.state.stages.find((one) => one.stage === "staging");
        stage.changes[0].watch = { ...stage.watch, state: "live" };
        Object.assign(stage, { watch: stage.changes[0].watch, isChanging: false });
        await page.locator("[data-watch='live'] .badge:has-text('Stayed live')").waitFor();
        assert.equal(await page.locator("[data-change]").count(), 20);
        await page.click("button:has-text('Show more')");
        await page.locator("[data-change]").nth(24).waitFor();
        assert.equal(await page.locator("button:has-text('Show more')").count(), 0);
    },
    "deployments: removed and unknown": async ({ page, base }) => {
        await page.goto(base.replace("actions", "deployments/reports/prod"));
        await page.locator("text=Nothing live").waitFor();
        await page.locator("[data-change='remove']").waitFor();
        await page.goto(base.replace("actions", "deployments/reports/dev"));
        await page.locator("text=Nothing of reports was ever deployed to stage dev").waitFor();
    },
    "deployments: none yet": async ({ page, mock, base }) => {
        const stages = mock.state.stages;
        mock.state.stages = [];
        await page.goto(base.replace("actions", "deployments"));
        await page.locator("text=interlude deploy --stage prod").waitFor();
        await audit(page, "deployments-empty");
        mock.state.stages = stages;
    },
};
