// SPDX-License-Identifier: MIT
// What an action has besides IO: who and where, loading, logs, notifications, the queue, redirects, results, failures.
import assert from "node:assert/strict";
import { isAtLeast } from "./version.mjs";

export function actions({ version, tell, host }) {
    const all = {
        async about(_, ctx) {
            const { user, environment, organization, action, params } = ctx;
            return { email: user.email, environment, organization: organization.slug, action: action.slug, id: params.id };
        },
        async work(io, ctx) {
            await ctx.loading.start({ title: "Working", label: "Working", description: "On it", itemsInQueue: 3 });
            for (let i = 0; i < 2; i++) {
                await ctx.loading.completeOne();
            }
            await new Promise((done) => (release = done));
            await io.input.text("Next");
            return "worked";
        },
        async release() {
            release();
        },
        async logs(_, ctx) {
            ctx.log("first", 1, { deep: [true] }, undefined);
            ctx.log("שלום 🦆 <b>");
            await ctx.log("y".repeat(12_000));
            return "logged";
        },
        async notifies(io, ctx) {
            await ctx.notify({ title: "Look", message: "It is done", delivery: [{ to: "ada@example.org", method: "EMAIL" }] });
            await io.input.text("Read?");
        },
        async fails() {
            throw new TypeError("it went wrong: 💥");
        },
        async failsOddly() {
            throw "not an error";
        },
        async result() {
            return {
                text: "two\nlines", number: 12.5, no: false, nothing: null, absent: undefined, day: new Date(Date.UTC(2020, 0, 2)),
                big: 9007199254740993n, link: "https://example.org/x",
            };
        },
        async list() {
            return [1, "two", new Date(0)];
        },
        async nothing() {},
        async credentials(io) {
            return await io.experimental.credentials("github");
        },
        async waits(io) {
            try {
                await io.input.text("Never answered");
            } catch (error) {
                tell({ canceled: error.kind });
                throw error;
            }
        },
        async enqueues() {
            const interval = host();
            const queue = interval.enqueue ? interval : (interval.actions ?? interval);
            const { id } = await queue.enqueue("queued", { params: { from: "queue", n: 7 } });
            const gone = await queue.enqueue("queued", { params: { from: "taken back" } });
            const back = await queue.dequeue(gone.id);
            return { isQueued: id !== "", back: back.params.from };
        },
        async queued(_, ctx) {
            return { from: ctx.params.from, n: ctx.params.n };
        },
        async goes(_, ctx) {
            await ctx.redirect({ action: "about", route: "about", params: { id: 5 } });
        },
        background: {
            backgroundable: true,
            name: "In the background",
            description: "Goes on without you",
            async handler(io) {
                return { answer: await io.input.text("Still there?") };
            },
        },
    };
    const since = { goes: "0.38.0", credentials: "1.4.0" };
    return Object.fromEntries(Object.entries(all).filter(([name]) => isAtLeast(version, since[name] ?? "0.0.0")));
}

let release = () => {};

export const journeys = {
    async about(me, { version }) {
        await me.open("about", { id: "42" });
        await me.ended("Completed", "environmentdevelopment", "organizationlocal", "actionabout", "id42");
        assert.ok(version);
    },

    async work(me, { other }) {
        await me.open("work");
        await me.page.locator("[data-pw-label]", { hasText: "Working" }).waitFor();
        await me.see("Completed 2 of 3");
        await other("release");
        await me.fill("Next", "x");
        assert.equal(await me.page.locator("[data-pw-label]").count(), 0);
        await me.press();
        await me.ended("Completed", "worked");
    },

    async logs(me) {
        await me.open("logs");
        await me.ended("Completed", "logged");
        await me.logged("first 1 {");
        await me.logged("שלום 🦆 <b>");
        await me.logged("yyyyyyyyyy");
    },

    async notifies(me) {
        await me.open("notifies");
        await me.field("Read?").waitFor();
        await me.page.locator("[data-pw-tab-id='Notifications']").click();
        await me.see("Look: It is done");
        await me.see("Would have sent to ada@example.org via EMAIL");
        await me.fill("Read?", "yes");
        await me.press();
        await me.ended("Completed");
    },

    async fails(me) {
        await me.open("fails");
        await me.ended("Error", "TypeError", "it went wrong: 💥");
    },

    async failsOddly(me) {
        await me.open("failsOddly");
        await me.ended("Error");
    },

    async result(me) {
        await me.open("result");
        await me.ended("Completed", "texttwo\nlines", "number12.5", "nofalse", "nothingnull", "dayJan 2, 2020", "big9007199254740993");
    },

    async list(me) {
        await me.open("list");
        await me.ended("Completed", "two");
    },

    async nothing(me) {
        await me.open("nothing");
        await me.page.locator("[data-test-id='result-type']:has-text('Completed')").waitFor();
    },

    async credentials(me) {
        await me.open("credentials");
        await me.ended("Error", "io.experimental.credentials is not supported");
    },

    async waits(me, { told }) {
        await me.open("waits");
        await me.field("Never answered").waitFor();
        const canceled = told("canceled");
        await me.page.locator("button", { hasText: "Cancel" }).first().click();
        assert.equal((await canceled).canceled, "CANCELED");
    },

    async enqueues(me) {
        await me.open("enqueues");
        await me.ended("Completed", "isQueuedtrue", "backtaken back");
        await me.page.goto(me.base);
        await me.page.locator("[data-pw-queued-action-slug='queued'] a").first().click();
        await me.ended("Completed", "fromqueue", "n7");
    },

    async goes(me) {
        await me.open("goes");
        await me.ended("Completed", "actionabout", "id5");
    },

    async background(me) {
        await me.open("background");
        await me.field("Still there?").waitFor();
        await me.page.goto(me.base);
        await me.page.locator("a", { hasText: "Continue" }).first().click();
        await me.fill("Still there?", "yes");
        await me.press();
        await me.ended("Completed", "answeryes");
    },
};
