// SPDX-License-Identifier: MIT
// Pages: layouts, what comes later, menus, errors, folders.
import { isAtLeast } from "./version.mjs";

export function actions({ version, sdk }) {
    if (!isAtLeast(version, "0.38.0")) {
        return {};
    }
    const { Page, Layout, io } = sdk;
    const later = (value) => new Promise((done) => setTimeout(() => done(value), 20));
    return {
        people: new Page({
            name: "People",
            description: "All of them",
            handler: async () =>
                new Layout({
                    title: () => later("Everybody"),
                    description: "Who is here",
                    menuItems: [{ label: "Add", route: "people/add", action: "people/add" }],
                    children: [
                        io.display.metadata("Count", { data: [{ label: "People", value: isAtLeast(version, "1.4.0") ? () => later(2500) : 2500 }] }),
                        io.display.table("People", {
                            data: Array.from({ length: 2500 }, (_, i) => ({ id: i, name: `person ${i}` })),
                            rowMenuItems: (row) => [{ label: "Edit", route: "people/add", action: "people/add", params: { id: row.id } }],
                        }),
                    ],
                }),
            routes: {
                add: async (_, ctx) => ({ added: ctx.params.id ?? "new" }),
                hidden: { handler: async () => "seen", unlisted: true },
                deep: new Page({ name: "Deep", routes: { leaf: async () => "leaf" } }),
            },
        }),
        broken: new Page({
            name: "Broken",
            handler: async () => {
                throw new RangeError("no layout today");
            },
        }),
        halfBroken: new Page({
            name: "Half broken",
            handler: async () =>
                new Layout({
                    title: "Half",
                    description: async () => {
                        throw new Error("no description");
                    },
                    children: [io.display.markdown("still here")],
                }),
        }),
    };
}

export const journeys = {
    async people(me) {
        await me.open("people");
        await me.heading("Everybody");
        await me.see("Who is here");
        await me.page.locator("dd", { hasText: "2,500" }).waitFor();
        await me.see("1 - 20 of 2,500");
        await me.filter("person 249");
        await me.rows(11);
        await me.page.locator("[aria-label='Clear filter']").first().click();
        await me.see("1 - 20 of 2,500");
        await me.menu("person 3", "Edit");
        await me.ended("Completed", "added3");
        await me.open("people");
        await me.heading("Everybody");
        await me.page.locator("a", { hasText: "Add" }).first().click();
        await me.ended("Completed", "addednew");
    },

    async deep(me) {
        await me.open("people/deep");
        await me.page.locator("[data-pw-run-slug='people/deep/leaf']").first().click();
        await me.ended("Completed", "leaf");
    },

    async broken(me) {
        await me.open("broken");
        await me.see("RangeError");
        await me.see("no layout today");
    },

    async halfBroken(me) {
        await me.open("halfBroken");
        await me.heading("Half");
        await me.see("still here");
    },
};
