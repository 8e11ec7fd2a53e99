// SPDX-License-Identifier: MIT
// Owns sample routes for the larger inputs: slider, search, rich text, spreadsheet, upload, identity.

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const COUNTRIES = ["Norway", "Nepal", "Nigeria", "Namibia", "Niger", "Peru", "Poland", "Portugal", "Japan", "Jamaica"];

const flag = (hue) =>
    "data:image/svg+xml," +
    encodeURIComponent(
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"><rect width="30" height="20" fill="hsl(${hue} 60% 55%)"/><rect y="7" width="30" height="6" fill="#fff"/></svg>`,
    );

/** What the SDK does for `io.search`: each search is a batch, and values name batch and index. */
export function search(label, { multiple = false, defaultValue, ...props } = {}, rest = {}) {
    let batch = 0;
    const shown = (names) =>
        names.map((name, i) => ({
            value: `${batch}:${i}`,
            label: name,
            ...(i % 2 === 0 ? { description: `${name.length} letters`, image: { url: flag(i * 70), size: "thumbnail" } } : {}),
        }));
    const state = { ...props, results: shown(COUNTRIES.slice(0, 3)) };
    if (defaultValue !== undefined) {
        state.results = [...state.results, { value: "default:0", label: defaultValue }];
        state.defaultValue = multiple ? undefined : "default:0";
    }
    return {
        ...rest,
        methodName: "SEARCH",
        label,
        isStateful: true,
        isMultiple: multiple,
        multipleProps: multiple ? { defaultValue: defaultValue === undefined ? null : ["default:0"] } : undefined,
        props: state,
        async onState({ queryTerm }) {
            await pause(250);
            batch++;
            state.results = shown(COUNTRIES.filter((name) => name.toLowerCase().includes(queryTerm.toLowerCase())));
        },
    };
}

const upload = (label, props, rest = {}) => ({ methodName: "UPLOAD_FILE", label, props, isStateful: true, ...rest });

/** A host that signs addresses itself; `give` makes them, or throws. */
function signed(label, give, rest) {
    const component = upload(label, { fileUrls: null }, rest);
    component.onState = async ({ files }) => {
        await pause(150);
        component.props.fileUrls = give(files);
    };
    return component;
}

export const inputActions = {
    upload: {
        name: "Upload",
        run: async (io) => {
            const { values } = await io.ask([
                upload("Report", { allowedExtensions: [".txt", "csv"], helpText: "Text only" }),
                upload("Pictures", {}, { isMultiple: true, isOptional: true }),
            ]);
            return { json: JSON.stringify(values) };
        },
    },
    rich_text: {
        name: "Rich text",
        run: async (io) => {
            const { values } = await io.ask([
                { methodName: "INPUT_RICH_TEXT", label: "Body", props: { helpText: "Use **bold** sparingly." } },
                { methodName: "INPUT_RICH_TEXT", label: "Footer", props: { defaultValue: '<p>Kind <b>regards</b>, <a href="javascript:alert(1)">me</a></p><script>alert(1)</script>', placeholder: "Greet" }, isOptional: true },
            ]);
            await io.ask([{ methodName: "DISPLAY_HTML", label: "As others see it", props: { html: values[0] } }]);
            await io.one("INPUT_TEXT", "done?", {}, { isOptional: true });
            return { html: values[0] };
        },
    },
    sheet: {
        name: "Spreadsheet",
        run: async (io) => {
            const columns = { "first name": "string", "last name": "string?", age: "number", vip: "boolean", paid: "boolean?" };
            const { values } = await io.ask([
                { methodName: "INPUT_SPREADSHEET", label: "People", props: { columns, helpText: "One row for each of **them**." } },
                { methodName: "INPUT_SPREADSHEET", label: "Codes", props: { columns: { code: "string?" }, defaultValue: null }, isOptional: true },
            ]);
            await io.one("INPUT_TEXT", "done?", {}, { isOptional: true });
            return { rows: values[0].length };
        },
    },
    identity: {
        name: "Identity",
        run: async (io) => ((await io.one("CONFIRM_IDENTITY", "Wire 400 € to Ada", { gracePeriodMs: 0 })) ? "Wired" : "Not wired"),
    },
    upload_signed: {
        name: "Upload to a bucket",
        run: async (io) => {
            const give = (files) => files.map(({ name }) => ({ uploadUrl: `${io.bucket}/in/${name}`, downloadUrl: `${io.bucket}/out/${name}` }));
            const { values } = await io.ask([signed("Two", give, { isMultiple: true })]);
            return { json: JSON.stringify(values) };
        },
    },
    upload_python: {
        name: "Upload as Python asks",
        run: async (io) => {
            const component = upload("File", { fileUrls: [] });
            component.onState = () => delete component.props.fileUrls;
            const { values } = await io.ask([component]);
            return { json: JSON.stringify(values) };
        },
    },
    upload_refused: {
        name: "Upload that fails",
        run: async (io) => {
            const full = (files) => files.map(({ name }) => ({ uploadUrl: `${io.bucket}/full/${name}`, downloadUrl: "x" }));
            const error = () => [{ uploadUrl: "error", downloadUrl: "error" }];
            await io.ask([signed("Full", full), signed("Unsigned", error, { isOptional: true })]);
        },
    },
    slider: {
        name: "Slider",
        run: async (io) => {
            const { values } = await io.ask([
                { methodName: "INPUT_SLIDER", label: "Volume", props: { min: 10, max: 100, helpText: "Mind the **neighbours**." } },
                { methodName: "INPUT_SLIDER", label: "Share", props: { min: 0, max: 1, step: 0.25, defaultValue: 0.5 } },
                { methodName: "INPUT_SLIDER", label: "Off", props: { min: -5, max: 5 }, isOptional: true },
            ]);
            return { json: JSON.stringify(values) };
        },
    },
    search: {
        name: "Search",
        run: async (io) => {
            const { values } = await io.ask([
                search("Country", { helpText: "Where it happened" }),
                search("Countries", { multiple: true, defaultValue: "Atlantis", placeholder: "Find some" }),
                search("Nowhere", {}, { isOptional: true }),
            ]);
            return { json: JSON.stringify(values) };
        },
    },
};
