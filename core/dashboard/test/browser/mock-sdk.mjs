// SPDX-License-Identifier: MIT
// Owns sample routes as SDK hosts serve them: grids, old displays, values that come later, the paged way of old SDKs.
import { grid } from "./mock-host.mjs";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const picture = (hue) =>
    "data:image/svg+xml," +
    encodeURIComponent(
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><rect width="160" height="120" fill="hsl(${hue} 55% 62%)"/><circle cx="52" cy="46" r="16" fill="#fff8"/><path d="M0 120 60 58l34 34 26-22 40 50z" fill="#0003"/></svg>`,
    );

const places = Array.from({ length: 64 }, (_, i) => ({ name: `Place ${i + 1}`, hue: (i * 47) % 360 }));

const cards = [
    { label: "Orders", description: "What was bought, and by whom", route: "users", menu: [{ label: "Edit", route: "users/edit" }] },
    { title: "Old label", description: null, image: null, url: "https://example.com" },
    { label: "Only a label" },
];

export const sdkActions = {
    grid: {
        name: "Grid",
        run: async (io) => {
            await io.ask(
                grid("Places", places, ({ name, hue }, i) => ({
                    label: name,
                    description: `Number ${i + 1} of ${places.length}`,
                    image: { url: i === 2 ? null : picture(hue), alt: name, ...(i === 1 ? { fit: "contain", aspectRatio: 1.777 } : {}) },
                    route: "greet",
                    params: { name },
                    menu: i === 0 ? [{ label: "Edit", route: "users/edit", params: { id: 1 } }, { label: "Remove", theme: "danger", disabled: true }] : undefined,
                }), { idealColumnWidth: 260, defaultPageSize: 8, helpText: "Pictures are **drawn**." }),
            );
            await io.ask(grid("Cards", cards, (card) => card));
            await io.ask(grid("None", [], (card) => card));
            await io.one("INPUT_TEXT", "done?", {}, { isOptional: true });
        },
    },
    old_displays: {
        name: "Old displays",
        run: async (io) => {
            await io.ask([
                { methodName: "DISPLAY_PROGRESS_STEPS", label: "Moving in", props: { steps: { completed: 2, total: 5 }, currentStep: "Unpacking books", subTitle: "It takes a day" } },
                { methodName: "DISPLAY_PROGRESS_INDETERMINATE", label: "Making tea", props: {} },
                {
                    methodName: "DISPLAY_PROGRESS_THROUGH_LIST",
                    label: "Rooms",
                    props: {
                        items: [
                            { label: "Kitchen", isComplete: true, resultDescription: "12 boxes" },
                            { label: "Hall", isComplete: false, resultDescription: null },
                            { label: "Attic", isComplete: false, resultDescription: null },
                        ],
                    },
                },
                { methodName: "DISPLAY_VIDEO", label: "A film", props: { url: "https://example.com/film.mp4", width: "medium", height: "medium", loop: true, muted: null } },
                { methodName: "DISPLAY_IMAGE", label: "Thumbnail", props: { url: picture(20), alt: "Hills", width: "thumbnail", height: "thumbnail", size: null } },
                { methodName: "DISPLAY_IMAGE", label: "Large", props: { url: picture(200), alt: "Hills again", width: "large", height: "large" } },
                { methodName: "DISPLAY_LINK", label: "By href", props: { href: "https://example.com/old", theme: "default", params: null } },
                { methodName: "DISPLAY_LINK", label: "By action", props: { action: "greet", params: { name: "Old", none: null } } },
                {
                    methodName: "DISPLAY_OBJECT",
                    label: "Special",
                    props: {
                        data: {
                            map: new Map([["at", new Date("2023-01-02T16:05:00Z")], ["big", 5n]]),
                            set: new Set(["a", "b"]),
                            undef: undefined,
                            infinite: Infinity,
                            none: null,
                        },
                    },
                },
            ]);
            await io.one("INPUT_TEXT", "done?", {}, { isOptional: true });
        },
    },
    notifying: {
        name: "Notifying",
        status: "ONLINE",
        host: { sdk: "@interval/sdk 2.0.0", instances: 2 },
        run: async (io) => {
            io.notify("The moon is full", "Tonight", [{ to: "ada@example.com", method: "EMAIL" }, { to: "#sky", method: "SLACK" }]);
            io.notify("It rises at nine", null, [{ to: "grace@example.com" }]);
            await io.one("INPUT_TEXT", "done?", {}, { isOptional: true });
        },
    },
    unreachable: { name: "Far away", status: "UNREACHABLE", host: { sdk: "interval-sdk 1.5.1", instances: 0 }, refuse: { type: "ERROR", code: "OFFLINE", message: "Its host is away." } },
    stopping: { name: "Stopping", status: "SHUTTING_DOWN", host: { sdk: "@interval/sdk 1.4.0", instances: 1 }, run: () => null },
    later: {
        name: "Values that come later",
        run: async (io) => {
            const item = { methodName: "DISPLAY_METADATA", label: "Facts", props: { layout: "grid", data: [{ label: "Name", value: "Ada" }, { label: "Score", value: undefined }] } };
            await io.ask(item);
            const shown = io.calls.at(-1);
            io.later = (value) => {
                item.props = { data: [item.props.data[0], { label: "Score", value }] };
                shown.render();
            };
            await io.one("INPUT_TEXT", "done?", {}, { isOptional: true });
        },
    },
    "sdk_nothing/child": { name: "Child", run: () => "I am a child" },
    "sdk_nothing/hidden": { name: "Hidden", unlisted: true, run: () => "I am hidden" },
    paged: {
        name: "The paged way",
        paged: true,
        run: async (io) => {
            await io.ask({ methodName: "DISPLAY_MARKDOWN", label: "## First\n\nRead this, then go on." });
            const name = await io.one("INPUT_TEXT", "Your name", {});
            io.load({ label: "Looking up", description: name });
            await pause(700);
            const yes = await io.one("CONFIRM", `Greet ${name}?`, { helpText: "It is **loud**." });
            await io.ask({ methodName: "DISPLAY_PROGRESS_STEPS", label: "Greeting", props: { steps: { completed: 1, total: 2 } } });
            await pause(700);
            return yes ? `Hello, ${name}` : "Silence";
        },
    },
};

export const sdkPages = {
    sdk: {
        name: "From an SDK",
        hasHandler: true,
        host: { sdk: "@interval/sdk 2.0.0", instances: 2 },
        layout: (update) => {
            setTimeout(() => update({ title: "Title that came later" }), 900);
            setTimeout(() => update({ description: "So did this." }), 1500);
            return { title: null, description: null, menuItems: [{ label: "Off", disabled: true }, { label: "Old link", action: "greet" }], children: [{ methodName: "DISPLAY_MARKDOWN", label: "Contents" }] };
        },
    },
    sdk_errors: {
        name: "Errors of a page",
        unlisted: true,
        hasHandler: true,
        layout: () => ({
            description: "Only parts of it failed",
            errors: [
                { layoutKey: "title", error: "TypeError", message: "no title" },
                { layoutKey: "description", error: "TypeError", message: "no description" },
                { layoutKey: "menuItems", error: "RangeError", message: "too many" },
                { layoutKey: "children", error: "Error", message: "boom", cause: "TypeError: why" },
                { error: "Error", message: "All of it" },
            ],
        }),
    },
    sdk_nothing: { name: "Nothing to say", unlisted: true, hasHandler: true, layout: () => null },
};
