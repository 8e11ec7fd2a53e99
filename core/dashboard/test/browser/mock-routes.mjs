// SPDX-License-Identifier: MIT
// Owns the sample routes of the mock: each method, each way a run can go.
import { asyncTable, table } from "./mock-host.mjs";
import { inputActions } from "./mock-inputs.mjs";
import { sdkActions, sdkPages } from "./mock-sdk.mjs";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const CITIES = ["Lagos", "Oslo", "Brno", "Quito"];

export const people = Array.from({ length: 1200 }, (_, i) => ({
    id: i + 1,
    name: `Person ${i + 1}`,
    email: `person${i + 1}@example.com`,
    city: CITIES[i % 4],
    amount: (i * 37) % 1000,
    active: i % 3 === 0,
    joined: new Date(Date.UTC(2024, i % 12, (i % 28) + 1, 9, 30)),
}));

const image =
    "data:image/svg+xml," +
    encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><rect width="40" height="30" fill="#8aa0f0"/><circle cx="20" cy="15" r="9" fill="#fff"/></svg>');

const options = [
    { label: "Red", value: "red", description: "Warm", image: { url: image } },
    { label: "Green", value: "green", description: "Calm" },
    { label: "Blue", value: "blue", description: "Cool" },
    { label: new Date("2022-02-25T10:00:00Z"), value: new Date("2022-02-25T10:00:00Z") },
    { label: 7, value: 7 },
];

const simple = ["a", "b", "c"].map((v) => ({ label: v, value: v }));

const inputs = () => [
    { methodName: "INPUT_TEXT", label: "Name", props: { placeholder: "Ada", helpText: "As in your **passport**", minLength: 5, maxLength: 20 } },
    { methodName: "INPUT_TEXT", label: "Notes", props: { multiline: true, lines: 3 }, isOptional: true },
    { methodName: "INPUT_EMAIL", label: "Email", props: {} },
    { methodName: "INPUT_URL", label: "Website", props: { allowedProtocols: ["https"] } },
    { methodName: "INPUT_NUMBER", label: "Age", props: { min: 13, max: 120 } },
    { methodName: "INPUT_NUMBER", label: "Price", props: { currency: "USD" } },
    { methodName: "INPUT_BOOLEAN", label: "Subscribe", props: { helpText: "You can stop at any time." } },
    { methodName: "SELECT_SINGLE", label: "Favourite colour", props: { options } },
    { methodName: "SELECT_MULTIPLE", label: "Tags", props: { options: simple, minSelections: 1, maxSelections: 2 } },
    { methodName: "INPUT_DATE", label: "Date", props: { min: { year: 2000, month: 1, day: 1 }, max: { year: 2022, month: 12, day: 30 } } },
    { methodName: "INPUT_TIME", label: "Time", props: { min: { hour: 8, minute: 30 }, max: { hour: 20, minute: 0 } } },
    { methodName: "INPUT_DATETIME", label: "Date and time", props: {} },
];

const tall = "A long text.\n\n" + "It goes on and on, line after line. ".repeat(30);

export const actions = {
    ...inputActions,
    ...sdkActions,
    greet: {
        name: "Greet",
        description: "Says hello to somebody. It only asks for a name.",
        run: async (io, params) => {
            io.log("started https://example.com/docs");
            const name = await io.one("INPUT_TEXT", "Your name", { minLength: 2, defaultValue: params.name }, {
                validate: (value) => (value === "Nobody" ? "Nobody is not a name." : undefined),
            });
            io.log(`asked: ${name}`);
            return { greeting: `Hello, ${name}`, at: new Date("2023-01-02T16:05:00Z"), length: name.length, nested: { a: [1, 2] }, home: "https://example.com" };
        },
    },
    form: {
        name: "Form demo",
        description: "Many inputs on one step, with limits, defaults and help texts.",
        run: async (io) => {
            const { values, choice } = await io.ask(inputs(), {
                choices: [
                    { label: "Save", value: "save" },
                    { label: "Delete", value: "delete", theme: "danger" },
                ],
                validate: (all) => (all[0] === "Wrong" + "ness" ? "The form as a whole is wrong." : undefined),
            });
            return { choice, json: JSON.stringify(values) };
        },
    },
    quick: {
        name: "For quick hands",
        run: async (io) => {
            await io.one("INPUT_TEXT", "First", {}, { isOptional: true });
            const colour = await io.one("SELECT_SINGLE", "Favourite colour", { options });
            const cities = CITIES.map((name, id) => ({ id, name }));
            const { values } = await io.ask(table("City", cities, { select: true, props: { minSelections: 1, selectedKeys: [] } }));
            return { colour: colour.value, cities: values[0].length };
        },
    },
    confirm: {
        name: "Confirm demo",
        backgroundable: true,
        run: async (io) => {
            const yes = await io.one("CONFIRM", "Delete this account?", { helpText: "All of its **data** goes with it." });
            return yes ? "Deleted" : "Kept";
        },
    },
    displays: {
        name: "Displays",
        description: "Headings, markdown, HTML, code, images, metadata, objects.",
        run: async (io) => {
            await io.ask([
                {
                    methodName: "DISPLAY_HEADING",
                    label: "Account 42",
                    props: { level: 2, description: "Everything about it", menuItems: [{ label: "Greet", route: "greet", params: { name: "Ada" } }, { label: "Remove", route: "confirm", theme: "danger" }] },
                },
                { methodName: "DISPLAY_MARKDOWN", label: "## Notes\n\nSome *text* with a [link](https://example.com).\n\n- [x] one\n- [ ] two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```c\nint main(void)\n{\n    return 0; /* fine */\n}\n```\n\n<script>alert(1)</script>" },
                { methodName: "DISPLAY_HTML", label: "Sanitised", props: { html: '<h1>Title</h1><p onclick="x()" style="color:red">Text <b>bold</b><img src=x onerror=alert(1)><script>alert(1)</script></p>' } },
                { methodName: "DISPLAY_CODE", label: "hello.py", props: { code: 'def hello(name):\n    # greets\n    return f"Hello {name}" * 2\n', language: "python" } },
                { methodName: "DISPLAY_IMAGE", label: "A picture", props: { url: image, alt: "A white disc", width: "medium", height: "medium" } },
                { methodName: "DISPLAY_LINK", label: "Open the docs", props: { url: "https://example.com", theme: "secondary" } },
                {
                    methodName: "DISPLAY_METADATA",
                    label: "Facts",
                    props: { data: [{ label: "Name", value: "Ada" }, { label: "Since", value: new Date("2023-01-02T16:05:00Z") }, { label: "Calls", value: 12345.5 }, { label: "Big", value: 12345678901234567890n }, { label: "Nothing", value: null }, { label: "Profile", value: "open", route: "users/edit" }] },
                },
                { methodName: "DISPLAY_METADATA", label: "Cards", props: { layout: "card", data: [{ label: "People", value: 10000 }, { label: "Cities", value: 4 }, { label: "Later" }] } },
                { methodName: "DISPLAY_METADATA", label: "List", props: { layout: "list", data: [{ label: "Email", value: "ada@example.com" }, { label: "Active", value: true }] } },
                { methodName: "DISPLAY_OBJECT", label: "Object", props: { data: { name: "Ada", tags: ["x", "y"], deep: { a: 1, b: 2, c: 3, d: 4, e: 5 }, big: 5n, none: null, at: new Date("2023-01-02T16:05:00Z"), yes: true } } },
                { methodName: "DISPLAY_FUTURE", label: "From a newer SDK", props: {} },
                { methodName: "DISPLAY_CODE", label: "Broken", props: { code: 5 } },
            ]);
            await io.one("INPUT_TEXT", "Done?", {});
            return ["a", { b: 1 }];
        },
    },
    table_sync: {
        name: "Table, synchronous",
        run: async (io) => {
            const rows = people.map((p, i) => ({ ...p, note: i === 0 ? { label: "coloured", highlightColor: "red" } : i === 1 ? tall : i === 2 ? null : `row *${i}*` }));
            await io.ask(
                table("People", rows, {
                    menu: (row) => [{ label: "Edit", route: "users/edit", params: { id: row.id } }, { label: "Site", url: "https://example.com" }, { label: "Remove", theme: "danger", disabled: true }],
                }),
            );
            await io.ask(table("Small", people.slice(0, 3).map(({ id, name, city }) => ({ id, name, city })), { props: { orientation: "vertical" } }));
            await io.ask(table("Empty", [], { columns: ["id"] }));
            await io.one("INPUT_TEXT", "done?", {});
            return null;
        },
    },
    table_async: {
        name: "Table, asynchronous",
        run: async (io) => {
            await io.ask(
                asyncTable("People", ["id", "name", "city"], async ({ queryTerm, sortColumn, sortDirection, offset, pageSize }) => {
                    await pause(150);
                    let rows = people.map(({ id, name, city }) => ({ id, name, city }));
                    if (queryTerm) {
                        rows = rows.filter((row) => row.name.includes(queryTerm));
                    }
                    if (sortColumn) {
                        rows.sort((a, b) => (a[sortColumn] < b[sortColumn] ? -1 : 1) * (sortDirection === "desc" ? -1 : 1));
                    }
                    return { data: rows.slice(offset, offset + pageSize), totalRecords: rows.length };
                }),
            );
            await io.one("INPUT_TEXT", "done?", {});
        },
    },
    select_table: {
        name: "Select from a table",
        run: async (io) => {
            const rows = people.map(({ id, name, city }) => ({ id, name, city }));
            const { values } = await io.ask(table("Who?", rows, { select: true, props: { minSelections: 2, maxSelections: 800, selectedKeys: [] } }));
            const single = await io.ask(table("And one", rows.slice(0, 8), { select: true, props: { minSelections: 1, maxSelections: 1, selectedKeys: [] } }));
            return { first: values[0].length, one: single.values[0].map((row) => row.key).join() };
        },
    },
    loading: {
        name: "Loading",
        warnOnClose: false,
        run: async (io) => {
            io.load({ label: "Reticulating", description: "Splines first" });
            await pause(1500);
            for (let done = 0; done <= 5; done++) {
                io.load({ label: "Reticulating", description: "Splines first", itemsInQueue: 5, itemsCompleted: done });
                io.log(`item ${done}`);
                await pause(900);
            }
        },
    },
    failing: {
        name: "Failing",
        run: async (io) => {
            await io.one("INPUT_TEXT", "Reason", {}, { isOptional: true });
            throw Object.assign(new Error("x"), { data: { error: "TypeError", message: "Cannot read the moon.\nIt is too far.", cause: "RangeError: 384400 km" } });
        },
    },
    crashing: {
        name: "Crashing",
        run: async () => {
            throw Object.assign(new Error("x"), {
                data: { error: "RouteCrashed", message: "crashing crashed: SIGSEGV (segmentation fault). Its runner has been replaced.", route: "crashing", signal: "SIGSEGV" },
            });
        },
    },
    disabled: {
        name: "Disabled",
        status: "DISABLED",
        disabled: { until: 0, message: "disabled crashed 3 times in 10 s (SIGSEGV)." },
        refuse: { type: "ERROR", code: "DISABLED", message: "disabled crashed 3 times in 10 s (SIGSEGV).", retryAfterMs: 3000 },
    },
    busy: {
        name: "Busy",
        run: async (io) => {
            await pause(200);
            io.emit("HOST_BUSY", { cpuSeconds: 10.2, others: [{ name: "Import", user: "grace@example.com" }] });
            await new Promise(() => undefined);
        },
    },
    redirecting: {
        name: "Redirecting",
        run: async (io) => {
            io.resultStatus = "REDIRECTED";
            io.emit("REDIRECT", { route: "greet", params: { name: "Redirected" }, replace: true });
            await pause(50);
        },
    },
    silent: { name: "Silent", unlisted: true, run: () => new Promise(() => undefined) },
    offline: { name: "Offline one", status: "OFFLINE", refuse: { type: "ERROR", code: "OFFLINE", message: "No host serves offline right now." } },
    "users/edit": { name: "Edit user", description: "Changes one user.", run: async (io, params) => ({ ok: await io.one("INPUT_TEXT", `Name of user ${params.id ?? "?"}`, {}) }) },
    "users/create": { name: "Create user", run: async (io) => ({ ok: await io.one("INPUT_TEXT", "Name", {}) }) },
};

export const pages = {
    ...sdkPages,
    users: {
        name: "Users",
        description: "People and what they do",
        hasHandler: true,
        layout: () => ({
            title: "All users",
            description: "Ten thousand of **them**",
            menuItems: [{ label: "Docs", url: "https://example.com" }, { label: "Create user", route: "users/create" }],
            children: [
                { methodName: "DISPLAY_METADATA", label: "Stats", props: { layout: "card", data: [{ label: "People", value: people.length }, { label: "Cities", value: 4 }] } },
                table("People", people.map(({ id, name, email, city }) => ({ id, name, email, city })), {
                    menu: (row) => [{ label: "Edit", route: "users/edit", params: { id: row.id } }],
                }),
            ],
        }),
    },
    "users/reports": { name: "Reports", hasHandler: false },
    broken: { name: "Broken page", hasHandler: true, layout: () => ({ errors: [{ error: "RouteCrashed", message: "broken crashed: SIGABRT (aborted)." }] }) },
    folder: { name: "Empty folder", hasHandler: false },
};

export const functions = {
    ping: { name: "Ping", description: "Answers with the length of the body", methods: ["POST"], url: "/fn/ping" },
    quote: { name: "Quote", methods: ["GET", "HEAD"], url: "/fn/quote" },
};

export const problems = [
    {
        id: "p1",
        kind: "compile",
        file: "routes/users/edit.c",
        slug: "users/edit",
        message: "users/edit.c does not compile: 1 error.",
        at: Date.now() - 60_000,
        stillServing: true,
        diagnostics: [
            {
                file: "routes/users/edit.c",
                line: 12,
                column: 29,
                severity: "error",
                message: "'il_textt' undeclared (first use in this function); did you mean 'il_text'?",
                source: '    IL_TRY(il_ask(ctx, il_textt(&name, "Name")));',
                caret: "                       ^~~~~~~~",
            },
        ],
    },
];
