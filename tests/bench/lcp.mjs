// SPDX-License-Identifier: MIT
// How soon a browser without a cache has drawn the largest thing of a page (LCP), in ms; as JSON, once for each time it was opened.
// usage: node lcp.mjs URL COUNT
import { startBrowser } from "../e2e/browser.mjs";

/** In the page: the newest entry there is once the frame after the text has been drawn. */
async function largest() {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const entries = await new Promise((done) =>
        new PerformanceObserver((list) => done(list.getEntries())).observe({ type: "largest-contentful-paint", buffered: true }));
    return entries.at(-1).startTime;
}

const [url, count] = process.argv.slice(2);
const { page, close } = await startBrowser();
const session = await page.context().newCDPSession(page);
await session.send("Network.setCacheDisabled", { cacheDisabled: true });
const took = [];
for (let i = 0; i < Number(count); i++) {
    await page.goto(url);
    await page.getByText("Trivial").first().waitFor();
    took.push(await page.evaluate(largest));
}
await close();
console.log(JSON.stringify(took));
