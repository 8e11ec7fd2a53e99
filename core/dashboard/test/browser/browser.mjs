// SPDX-License-Identifier: MIT
// Owns driving Chromium for the walk: start, steps, accessibility audits in both schemes and at both widths.
// DASHBOARD_SHOTS=DIR keeps pictures.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { source: AXE } = createRequire(import.meta.url)("axe-core");
const SHOTS = process.env.DASHBOARD_SHOTS;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 700 };
const STAYS_MS = 10_000;
/** An automation hook that is no role: browsers ignore it, axe reports it. */
const GRID_HOOK = 'role="grid-cell"';
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What another colour scheme can change. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

export async function startBrowser() {
    const profile = mkdtempSync(join(tmpdir(), "dashboard-walk-"));
    if (SHOTS) {
        rmSync(SHOTS, { recursive: true, force: true });
        mkdirSync(SHOTS, { recursive: true });
    }
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ARGS,
        viewport: WIDE,
        acceptDownloads: true,
        timezoneId: "UTC",
        reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const problems = [];
    page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
    page.on("console", (message) => {
        const text = message.text();
        if (message.type() === "error" && !/WebSocket connection|Failed to load resource|ERR_|net::/.test(text)) {
            problems.push(`console: ${text}`);
        }
    });
    const close = async () => {
        await context.close();
        rmSync(profile, { recursive: true, force: true });
    };
    return { page, problems, close };
}

/** A picture of what is on screen, when somebody wants them. */
export async function picture(page, name) {
    if (SHOTS) {
        await page.screenshot({ path: join(SHOTS, `${name}.png`) });
    }
}

async function violations(page, rules) {
    const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
    return found.violations
        .filter((one) => one.impact === "serious" || one.impact === "critical")
        .map((one) => ({ ...one, nodes: one.nodes.filter((node) => one.id !== "aria-roles" || !node.html.includes(GRID_HOOK)) }))
        .filter((one) => one.nodes.length > 0)
        .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? node.all[0]?.message ?? ""})`).join(" | ")}`);
}

/** In the page: the frame after a change has been drawn, and nothing fades any more. */
export async function settled() {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(fading.map((one) => one.finished));
}

/**
 * What axe finds now. A finding counts when it stays: Chromium gives some elements the colours of a new scheme a frame
 * or more after it has drawn the others.
 */
async function findings(page, rules, ignored) {
    if (!(await page.evaluate(() => "axe" in window))) {
        await page.evaluate(AXE);
    }
    const deadline = Date.now() + STAYS_MS;
    for (;;) {
        const found = (await violations(page, rules)).filter((text) => ignored === "" || !text.includes(ignored));
        if (found.length === 0 || Date.now() > deadline) {
            return found;
        }
        await page.evaluate(settled);
    }
}

/** Audits what is on screen in light and dark, at 1280 and at 320 pixels. `ignored` names one rule. */
export async function audit(page, name, ignored = "") {
    const found = [];
    for (const [scheme, rules] of [["light", RULES], ["dark", COLOUR_RULES]]) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.evaluate(settled);
        found.push(...(await findings(page, rules, ignored)).map((text) => `${scheme}: ${text}`));
        await picture(page, `${name}-${scheme}-1280`);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(NARROW);
    await page.evaluate(settled);
    await picture(page, `${name}-light-320`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) {
        found.push(`scrolls sideways by ${overflow} px at 320 px`);
    }
    found.push(...(await findings(page, RULES, ignored)).map((text) => `320: ${text}`));
    await page.setViewportSize(WIDE);
    if (found.length > 0) {
        throw new Error(`${name}:\n      ${found.join("\n      ")}`);
    }
}
