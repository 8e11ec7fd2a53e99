// SPDX-License-Identifier: MIT
// Owns driving Chromium: start, and what a person does on an action or a page, by the hooks of the dashboard.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { source: AXE } = createRequire(import.meta.url)("axe-core");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What another colour scheme can change. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function startBrowser() {
    const profile = mkdtempSync(join(tmpdir(), "interlude-chromium-"));
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ARGS,
        viewport: { width: 1280, height: 900 },
        timezoneId: "UTC",
        reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const problems = [];
    page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
    const close = async () => {
        await context.close();
        rmSync(profile, { recursive: true, force: true });
    };
    return { page, problems, close };
}

/** An automation hook that is no role: browsers ignore it, axe reports it. */
function isGridHook(node) {
    return node.html.includes('role="grid-cell"');
}

/** The label of a field, which says when the field is optional. */
function named(label) {
    return new RegExp(`^${label.replace(/[^\w ]/g, "\\$&")}( \\(optional\\))?$`);
}

/** In the page: the frame after a change has been drawn, and colours no longer fade. */
async function settled() {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(fading.map((one) => one.finished));
}

/** One person at one browser. `base` is the address that slugs are below. */
export class Person {
    constructor(page, base, shots) {
        this.page = page;
        this.base = base;
        this.shots = shots;
        this.looksClosely = true; // audits cost as much as all the rest: once is enough for what is drawn the same elsewhere
        if (shots) {
            mkdirSync(shots, { recursive: true });
        }
    }

    open(slug, params = {}) {
        const query = new URLSearchParams(params).toString();
        return this.page.goto(`${this.base}/${slug}${query ? `?${query}` : ""}`);
    }

    see(text) {
        return this.page.getByText(text).first().waitFor();
    }

    heading(text) {
        return this.page.locator("h2, h3", { hasText: text }).first().waitFor();
    }

    /** A field of the form on screen, by its label. */
    field(label) {
        return this.page.getByLabel(named(label)).last();
    }

    fill(label, value) {
        return this.field(label).fill(value);
    }

    async choose(label, option) {
        const name = this.page.locator("label", { hasText: named(label) });
        const frame = this.page.locator("[data-pw='field']").filter({ has: name }).last();
        await frame.locator(".iv-select-container").click();
        await this.page.locator(".iv-select__menu [role='option']").filter({ hasText: option }).first().click();
    }

    /** One file or several, for the last upload on screen. */
    pick(chosen) {
        return this.page.locator("input.drop-input").last().setInputFiles(chosen);
    }

    /** Types into a search and takes the result that is wanted. */
    async find(label, query, result) {
        await this.field(label).fill(query);
        await this.page.locator("[data-pw-search-result]", { hasText: result }).first().click();
    }

    press(button = "Continue") {
        return this.page.locator("button[data-pw='continue-button']", { hasText: button }).last().click({ position: { x: 3, y: 3 } });
    }

    confirm() {
        return this.page.locator("[data-io-confirm] button", { hasText: "Confirm" }).click();
    }

    /** The message below a field or above the buttons. */
    told(text) {
        return this.page.locator("[data-pw='field-error']", { hasText: text }).first().waitFor();
    }

    async ended(word, ...pairs) {
        await this.page.locator(`[data-test-id='result-type']:has-text('${word}')`).waitFor();
        const text = await this.page.locator("[data-test-id='transaction-result']").textContent();
        for (const pair of pairs) {
            assert.ok(text.includes(pair), `the result lacks "${pair}": ${text}`);
        }
    }

    row(text) {
        return this.page.locator("[role='row']", { hasText: text }).first();
    }

    async rows(count) {
        await this.page.waitForFunction((n) => document.querySelectorAll("[role='row']").length === n, count);
    }

    async filter(text) {
        await this.page.locator("input[placeholder='Filter']").first().fill(text);
        await this.page.locator(`[data-pw-search="${text}"]`).waitFor();
    }

    /** Sorts by a column and waits until the first row begins with `first`. */
    async sort(column, first) {
        await this.page.locator("[role='columnheader']", { hasText: column }).first().click();
        await this.page.waitForFunction((text) => document.querySelector("[role='row']")?.textContent.includes(text), first);
    }

    async menu(row, entry) {
        await this.row(row).locator("button", { hasText: "Open options" }).click();
        await this.page.locator("[data-pw='dropdown-menu'] a", { hasText: entry }).click();
    }

    link(text) {
        return this.page.locator("a", { hasText: text }).first().click();
    }

    async logged(text) {
        if (!(await this.page.locator("[data-pw-transaction-logs]").isVisible())) {
            await this.page.locator("[data-pw-tab-id='Logs']").click();
        }
        await this.page.locator("[data-pw-transaction-logs] div", { hasText: text }).first().waitFor();
    }

    async notified(text) {
        const tab = this.page.locator("[data-pw-tab-id='Notifications']");
        if ((await tab.getAttribute("aria-expanded")) !== "true") { // it stays open from one run to the next
            await tab.click();
        }
        await this.see(text);
    }

    /** Serious findings of axe in both colour schemes, and pictures when SHOTS names a directory. */
    async audit(name) {
        if (!this.looksClosely) {
            return;
        }
        await this.page.evaluate(AXE);
        for (const [colorScheme, rules] of [["dark", COLOUR_RULES], ["light", RULES]]) {
            await this.page.emulateMedia({ colorScheme });
            await this.page.evaluate(settled);
            if (this.shots) {
                await this.page.screenshot({ path: join(this.shots, `${name}-${colorScheme}.png`), fullPage: true });
            }
            const found = await this.findings(rules);
            assert.deepEqual(found, [], `accessibility of ${name}, ${colorScheme}`);
        }
    }

    /**
     * What axe finds now. A finding counts when it stays: Chromium gives some elements the colours of a new scheme a frame
     * or more after it has drawn the others.
     */
    async findings(rules) {
        const deadline = Date.now() + 10_000;
        for (;;) {
            const { violations } = await this.page.evaluate(
                (runOnly) => window.axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
            const serious = violations.filter(({ impact, id, nodes }) =>
                (impact === "serious" || impact === "critical") && !(id === "aria-roles" && nodes.every(isGridHook)));
            if (serious.length === 0 || Date.now() > deadline) {
                return serious.map(({ id, nodes }) => `${id}: ${nodes[0].target.join(" ")} ${nodes[0].failureSummary}`);
            }
            await this.page.evaluate(settled);
        }
    }
}
