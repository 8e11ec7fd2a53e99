// SPDX-License-Identifier: MIT
// What is only shown.
import { isAtLeast } from "./version.mjs";

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

const afterAWhile = () => new Promise((done) => setTimeout(() => done("after a while"), 20));

export function actions({ version }) {
    const all = {
        async displays(io) {
            await io.display.heading("A heading");
            await io.display.markdown("Some **bold** text and `code` <script>alert(1)</script>");
            await io.display.link("A link", { url: "https://example.org/", href: "https://example.org/" });
            await io.display.object("An object", {
                data: { isTrue: true, number: 15, none: null, day: new Date(Date.UTC(2024, 1, 29)), nested: { name: "Deep" } },
            });
            return "shown";
        },
        async moreDisplays(io) {
            await io.display.code("Code", { code: "let x = 1;\n", language: "javascript" });
            await io.display.image("Image", { url: PIXEL, alt: "A pixel", size: "medium" });
            await io.display.video("Video", { url: "https://example.org/v.mp4", size: "small", muted: true });
            await io.display.metadata("Facts", {
                layout: "card",
                data: [
                    { label: "Now", value: "at once" },
                    { label: "Count", value: 12345678901234567890n },
                    { label: "Later", value: isAtLeast(version, "1.4.0") ? afterAWhile : "after a while" },
                ],
            });
            await io.display.grid("Grid", {
                data: Array.from({ length: 30 }, (_, i) => ({ title: `Item ${i}` })),
                renderItem: (one) => ({ label: one.title, title: one.title, description: "An item" }),
            });
            await io.input.text("Seen?");
        },
        async html(io) {
            await io.display.html("Html", { html: "<h1>Big</h1><script>document.title = 'bad'</script>" });
            await io.input.text("Seen?");
        },
    };
    const since = { moreDisplays: "0.38.0", html: "2.0.0" };
    return Object.fromEntries(Object.entries(all).filter(([name]) => isAtLeast(version, since[name] ?? "0.0.0")));
}

export const journeys = {
    async displays(me, { version }) {
        const step = async (look) => {
            await look();
            if (!isAtLeast(version, "0.38.0")) {
                await me.press(); // the oldest waits at every one
            }
        };
        await me.open("displays");
        await step(() => me.heading("A heading"));
        await step(() => me.page.locator("strong", { hasText: "bold" }).waitFor());
        await step(() => me.page.locator("a[href='https://example.org/']", { hasText: "A link" }).waitFor());
        await step(() => me.page.locator("dd", { hasText: "Deep" }).waitFor());
        await me.ended("Completed", "shown");
    },

    async moreDisplays(me) {
        await me.open("moreDisplays");
        await me.page.locator("pre code", { hasText: "let x = 1;" }).waitFor();
        await me.page.locator("img[data-pw-display-image][alt='A pixel']").waitFor();
        await me.page.locator("video[data-pw-display-video]").waitFor({ state: "attached" });
        await me.page.locator("dd", { hasText: "12345678901234567890n" }).waitFor();
        await me.page.locator("dd", { hasText: "after a while" }).waitFor();
        await me.page.locator("[role='grid-cell']", { hasText: "Item 19" }).waitFor();
        await me.page.locator("[aria-label='Next page']").first().click();
        await me.page.locator("[role='grid-cell']", { hasText: "Item 29" }).waitFor();
        await me.fill("Seen?", "yes");
        await me.press();
        await me.ended("Completed");
    },

    async html(me) {
        await me.open("html");
        await me.page.locator(".prose h1", { hasText: "Big" }).waitFor();
        await me.fill("Seen?", "yes");
        await me.press();
        await me.ended("Completed");
    },
};
