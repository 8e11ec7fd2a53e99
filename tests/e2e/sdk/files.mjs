// SPDX-License-Identifier: MIT
// Uploads: the handler reads what the person chose.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAtLeast } from "./version.mjs";

const LARGE = 20 << 20;

export function actions({ version }) {
    const of = (io) => (isAtLeast(version, "0.38.0") ? io.input : io.experimental.input);
    return {
        async file(io) {
            const file = await of(io).file("Letter", { allowedExtensions: [".txt"] });
            return { name: file.name, type: file.type, size: file.size, text: await file.text() };
        },
        async largeFile(io) {
            const file = await of(io).file("Film");
            const bytes = await file.buffer();
            return { size: bytes.length, last: bytes[bytes.length - 1] };
        },
        ...(isAtLeast(version, "0.38.0") && {
            async files(io) {
                const all = await io.input.file("Letters").multiple();
                return { names: all.map(({ name }) => name).join("+"), sizes: all.map(({ size }) => size).join("+") };
            },
            async emptyFile(io) {
                const file = await io.input.file("Nothing in it");
                return { name: file.name, size: file.size, text: `"${await file.text()}"` };
            },
            async noFile(io) {
                const file = await io.input.file("Letter").optional();
                return { file: file === undefined ? "none" : file.name };
            },
        }),
    };
}

const put = (me, label, files) => me.field(label).setInputFiles(files);
const text = (name, content) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

export const journeys = {
    async file(me) {
        await me.open("file");
        await me.press();
        await me.told("This field is required.");
        await put(me, "Letter", text("brief.pdf", "no text"));
        await me.see("Please select a file of type");
        await me.press(); // and nothing is sent
        await put(me, "Letter", text("brief 📄.txt", "Grüße,\nAda"));
        await me.see("File selected");
        await me.press();
        await me.ended("Completed", "namebrief 📄.txt", "typetext/plain", "size12", "textGrüße,\nAda");
    },

    async largeFile(me) {
        const buffer = Buffer.alloc(LARGE, 1);
        buffer[LARGE - 1] = 42;
        const folder = mkdtempSync(join(tmpdir(), "interlude-film-"));
        writeFileSync(join(folder, "film.bin"), buffer);
        await me.open("largeFile");
        await put(me, "Film", join(folder, "film.bin"));
        await me.press();
        await me.ended("Completed", "size20,971,520", "last42");
        rmSync(folder, { recursive: true });
    },

    async files(me) {
        await me.open("files");
        await me.press();
        await me.told("This field is required.");
        await put(me, "Letters", [text("a.txt", "a"), text("b.txt", "bb")]);
        await me.see("2 files selected");
        await me.press();
        await me.ended("Completed", "namesa.txt+b.txt", "sizes1+2");
    },

    async emptyFile(me) {
        await me.open("emptyFile");
        await put(me, "Nothing in it", text("ריק.txt", ""));
        await me.press();
        await me.ended("Completed", "nameריק.txt", "size0", 'text""');
    },

    async noFile(me) {
        await me.open("noFile");
        await me.press();
        await me.ended("Completed", "filenone");
    },
};
