// SPDX-License-Identifier: MIT
// Texts, e-mail addresses, numbers, web addresses, rich texts.
import { isAtLeast } from "./version.mjs";

const ODD = "2024-01-02T03:04:05.000Z שלום مرحبا 👩‍👩‍👧‍👦 <b>&amp;</b> \\\"'";
const HUGE = "x".repeat(200_000);

export function actions({ version }) {
    const all = {
        async text(io) {
            const name = await io.input.text("Name", { helpText: "As in your passport", placeholder: "Ada" });
            const story = await io.input.text("Story", { multiline: true, lines: 4, minLength: 5 });
            return { name, length: story.length };
        },
        async iso(io) {
            return io.input.text("Moment");
        },
        async email(io) {
            const [email, second] = await io.group([
                io.input.email("Address", { defaultValue: "ada" }),
                io.input.email("Second address").optional(),
            ]);
            return { email, second: second === undefined ? "none" : second };
        },
        async number(io) {
            const whole = await io.input.number("Seats", { min: 1, max: 12 });
            const price = await io.input.number("Price", { min: 0, decimals: 2, prepend: "EUR" });
            return { whole, price, sum: whole + price };
        },
        async richText(io) {
            return { html: await io.input.richText("Letter") };
        },
        async form(io) {
            const [first, age, isMember, note] = await io.group([
                io.input.text("First name"),
                io.input.number("Age"),
                io.input.boolean("Member", { helpText: "Tick if so" }),
                io.input.text("Note").optional(),
            ]);
            return { first, age, isMember, note: note === undefined ? "none" : note };
        },
        async url(io) {
            const url = await io.input.url("Site", { allowedProtocols: ["https"] });
            return { host: url.host, path: decodeURIComponent(url.pathname) };
        },
        async limits(io) {
            const [short, count] = await io.group([
                io.input.text("Short", { minLength: 2, maxLength: 4 }),
                io.input.number("Count", { min: -5 }),
            ]);
            return { short, count };
        },
        async slider(io) {
            return { volume: await io.input.slider("Volume", { min: 0, max: 11, step: 0.5 }) };
        },
        async checked(io) {
            const [low, high] = await io
                .group([
                    io.input.number("Low").validate((value) => (value === 13 ? "Not thirteen, please" : undefined)),
                    io.input.number("High"),
                ])
                .validate(([from, to]) => (from > to ? "Low must not be above high" : undefined));
            return { low, high };
        },
        async choices(io) {
            const { choice, returnValue } = await io.input
                .text("Comment")
                .withChoices(["Publish", { label: "Throw away", value: "trash", theme: "danger" }]);
            return { choice, returnValue };
        },
    };
    const since = { url: "0.38.0", checked: "0.38.0", slider: "2.0.0", choices: "1.4.0" };
    return Object.fromEntries(Object.entries(all).filter(([name]) => isAtLeast(version, since[name] ?? "0.0.0")));
}

export const journeys = {
    async text(me) {
        await me.open("text");
        await me.see("As in your passport");
        await me.press();
        await me.told("This field is required.");
        await me.fill("Name", ODD);
        await me.press();
        await me.fill("Story", "four");
        await me.press();
        await me.told("Please enter a value with at least 5 characters.");
        await me.fill("Story", HUGE);
        await me.press();
        await me.ended("Completed", `name${ODD}`, `length${HUGE.length.toLocaleString("en-US")}`);
    },

    async iso(me) {
        await me.open("iso");
        await me.fill("Moment", "2024-01-02T03:04:05.000Z");
        await me.press();
        await me.ended("Completed", "2024");
    },

    async email(me) {
        await me.open("email");
        await me.press();
        await me.told("valid email");
        await me.fill("Address", "");
        await me.press();
        await me.told("This field is required.");
        for (const wrong of ["ada lovelace@example.org", "ada@example", "@example.org", "ada@exa mple.org", "🦆", ODD]) {
            await me.fill("Address", wrong);
            await me.press();
            await me.told("valid email");
        }
        await me.fill("Address", "ada.lovelace+tag@mail.example.org");
        await me.press();
        await me.ended("Completed", "emailada.lovelace+tag@mail.example.org", "secondnone");
    },

    async number(me) {
        await me.open("number");
        await me.press();
        await me.told("This field is required.");
        await me.fill("Seats", "13");
        await me.press();
        await me.told("Please enter a number between 1 and 12.");
        await me.fill("Seats", "2.5");
        await me.press();
        await me.told("Please enter a whole number.");
        for (const wrong of ["two", "1e999", "٣", "🦆", "0x10", "--1"]) {
            await me.fill("Seats", wrong);
            await me.press();
            await me.told("Please enter a valid number.");
        }
        await me.fill("Seats", "12");
        await me.press();
        await me.fill("Price", "1,234.567");
        await me.press();
        await me.told("Please enter a number with up to 2 decimal places.");
        await me.fill("Price", "1,234.5");
        await me.press();
        await me.ended("Completed", "whole12", "price1,234.5", "sum1,246.5");
    },

    async richText(me) {
        await me.open("richText");
        await me.press();
        await me.told("This field is required.");
        await me.page.locator(".ProseMirror").last().click();
        await me.page.keyboard.type("Dear Ada, ");
        await me.page.locator("button[aria-label='Toggle bold']").last().click();
        await me.page.keyboard.type("bold <i>");
        await me.page.locator("button[aria-label='Toggle bold']").last().click();
        await me.page.keyboard.insertText("שלום 👩‍👩‍👧‍👦 2024-01-02T03:04:05.000Z");
        await me.press();
        await me.ended("Completed", "<p>Dear Ada, <strong>bold &lt;i&gt;</strong>שלום 👩‍👩‍👧‍👦 2024-01-02T03:04:05.000Z</p>");
    },

    async form(me) {
        await me.open("form");
        await me.press();
        await me.told("This field is required.");
        await me.fill("First name", "Ada");
        await me.fill("Age", "36");
        await me.field("Member").check();
        await me.press();
        await me.ended("Completed", "firstAda", "age36", "isMembertrue", "notenone");
    },

    async url(me) {
        await me.open("url");
        await me.press();
        await me.told("This field is required.");
        await me.fill("Site", "not an address");
        await me.press();
        await me.told("Please enter a valid URL.");
        for (const wrong of ["http://example.org/", "javascript:alert('https')", "ftp://https.example.org"]) {
            await me.fill("Site", wrong);
            await me.press();
            await me.told("The URL must begin with https.");
        }
        await me.fill("Site", "https://example.org/שלום/🦆?c=d");
        await me.press();
        await me.ended("Completed", "hostexample.org", "path/שלום/🦆");
    },

    async limits(me) {
        await me.open("limits");
        await me.fill("Short", "12345");
        await me.fill("Count", "-6");
        await me.press();
        await me.told("Please enter a value with between 2 and 4 characters.");
        await me.told("Please enter a number greater than or equal to -5.");
        await me.fill("Short", "🦆🦆");
        await me.fill("Count", "-5");
        await me.press();
        await me.ended("Completed", "short🦆🦆", "count-5");
    },

    async slider(me) {
        await me.open("slider");
        await me.press();
        await me.told("This field is required.");
        await me.field("Volume").fill("12");
        await me.press();
        await me.told("Please enter a number between 0 and 11.");
        await me.field("Volume").fill("loud");
        await me.press();
        await me.told("Please enter a valid number.");
        await me.field("Volume").fill("10.4"); // the nearest step is taken
        await me.press();
        await me.ended("Completed", "volume10.5");
    },

    async checked(me) {
        await me.open("checked");
        await me.fill("Low", "13");
        await me.fill("High", "4");
        await me.press();
        await me.told("Not thirteen, please");
        await me.fill("Low", "12");
        await me.press();
        await me.told("Low must not be above high");
        await me.fill("High", "40");
        await me.press();
        await me.ended("Completed", "low12", "high40");
    },

    async choices(me) {
        await me.open("choices");
        await me.press("Throw away");
        await me.told("This field is required.");
        await me.fill("Comment", "Good");
        await me.press("Throw away");
        await me.ended("Completed", "choicetrash", "returnValueGood");
    },
};
