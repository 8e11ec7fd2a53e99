// SPDX-License-Identifier: MIT
// One of several, some of several, one of very many.
import { isAtLeast } from "./version.mjs";

const PEOPLE = Array.from({ length: 3000 }, (_, i) => ({ id: i, name: `Person ${i}`, email: `p${i}@example.org` }));
PEOPLE[7].name = "Żółć 🦆";

function search(io, label) {
    return io.search(label, {
        initialResults: PEOPLE.slice(0, 3),
        renderResult: (one) => ({ label: one.name, description: one.email }),
        onSearch: async (query) => PEOPLE.filter((one) => one.name.toLowerCase().includes(query.toLowerCase())).slice(0, 10),
    });
}

export function actions({ version }) {
    return {
        async single(io) {
            const [colour, size] = await io.group([
                io.select.single("Colour", { options: ["red", "green", "2024-01-02T03:04:05.000Z", "أزرق 🟦"].map(option) }),
                io.select.single("Size", {
                    options: [1, 2, 3].map((n) => ({ label: `${n} l`, value: String(n), litres: n })),
                    defaultValue: { label: "9 l", value: "9" },
                }),
            ]);
            return { colour: colour.value, litres: size.litres };
        },
        async fewOptions(io) {
            const one = await io.select.single("Which", { options: [option("this"), option("that")] });
            return { one: one.value };
        },
        async multiple(io) {
            const chosen = await io.select.multiple("Toppings", {
                options: ["Olives", "Onions", "Ham", "Basil", "זיתים 🫒"].map(option),
                defaultValue: [option("Ham")],
                minSelections: 2,
                maxSelections: 3,
            });
            return { chosen: chosen.map((one) => one.value).join("+") };
        },
        async search(io) {
            const person = await search(io, "Person");
            return { id: person.id, name: person.name };
        },
        ...(isAtLeast(version, "0.38.0") && {
            async searchMultiple(io) {
                const people = await search(io, "People").multiple();
                return { ids: people.map(({ id }) => id).join("+") };
            },
        }),
    };
}

const option = (text) => ({ label: text, value: text });

export const journeys = {
    async single(me) {
        await me.open("single");
        await me.press();
        await me.told("This field is required.");
        const colour = me.page.getByRole("combobox", { name: "Colour" });
        await colour.fill("mauve");
        await me.see("No results found.");
        await colour.press("Enter");
        await me.press();
        await me.told("This field is required.");
        await me.choose("Colour", "أزرق 🟦");
        await me.press();
        await me.told("This field is required."); // a default that is no option is none
        await me.choose("Size", "2 l");
        await me.press();
        await me.ended("Completed", "colourأزرق 🟦", "litres2");
    },

    async fewOptions(me) {
        await me.open("fewOptions");
        await me.choose("Which", "that");
        await me.page.evaluate(lieAbout, ["that", "mauve"]);
        await me.press();
        await me.see("The answer could not be delivered."); // the SDK would have taken it for nothing at all
        await me.page.evaluate(() => window.tellTheTruth());
        await me.press();
        await me.ended("Completed", "onethat");
    },

    async multiple(me) {
        await me.open("multiple");
        const box = (value) => me.page.locator(`input[type='checkbox'][value='${value}']`);
        await me.press();
        await me.told("Please make at least 2 selections.");
        await box("זיתים 🫒").check();
        await box("Basil").check();
        await box("Onions").check();
        await me.press();
        await me.told("Please make no more than 3 selections.");
        await box("Ham").uncheck();
        await me.press();
        await me.ended("Completed", "chosenזיתים 🫒+Basil+Onions");
    },

    async search(me) {
        await me.open("search");
        await me.press();
        await me.told("This field is required.");
        await find(me, "Person", "no such person");
        await me.see("No results found.");
        await find(me, "Person", "żółć");
        await me.page.locator("[data-pw-search-result]", { hasText: "Żółć 🦆" }).click();
        await me.page.locator("[data-pw-selected-search-result]", { hasText: "Żółć 🦆" }).waitFor();
        await me.press();
        await me.ended("Completed", "id7", "nameŻółć 🦆");
    },

    async searchMultiple(me) {
        await me.open("searchMultiple");
        await me.press();
        await me.told("This field is required.");
        for (const n of [2999, 1234]) {
            await find(me, "People", `Person ${n}`);
            await me.page.locator("[data-pw-search-result]", { hasText: `Person ${n}` }).click();
        }
        await me.page.locator("[aria-label='Remove Person 2999']").waitFor();
        await me.press();
        await me.ended("Completed", "ids2999+1234");
    },
};

/** In the page: a browser that sends another word than what was chosen. */
function lieAbout([word, lie]) {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (text) {
        send.call(this, text.replaceAll(word, lie));
    };
    window.tellTheTruth = () => (WebSocket.prototype.send = send);
}

async function find(me, label, query) {
    await me.page.getByRole("combobox", { name: label }).last().fill(query);
}
