// SPDX-License-Identifier: MIT
// Owns putting files into a ZIP archive, uncompressed (PKWARE APPNOTE 4.3): what a spreadsheet file is made of.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01, the first day the format knows: the same rows give the same bytes. */
const DATE = 0x21;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 8; bit++) {
        c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    }
    return c;
});

export function crc32(bytes: Uint8Array): number {
    let crc = 0xffffffff;
    for (const byte of bytes) {
        crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
    }
    return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian numbers of 2 or 4 bytes. */
function header(...fields: [value: number, bytes: 2 | 4][]): Uint8Array {
    const out = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
    let at = 0;
    for (const [value, bytes] of fields) {
        if (bytes === 2) {
            out.setUint16(at, value, true);
        } else {
            out.setUint32(at, value, true);
        }
        at += bytes;
    }
    return new Uint8Array(out.buffer);
}

export function zip(files: Record<string, string>): Uint8Array<ArrayBuffer>[] {
    const encoder = new TextEncoder();
    const parts: Uint8Array[] = [];
    const directory: Uint8Array[] = [];
    const sizeOf = (list: Uint8Array[]) => list.reduce((sum, part) => sum + part.length, 0);
    for (const [path, text] of Object.entries(files)) {
        const name = encoder.encode(path);
        const data = encoder.encode(text);
        const offset = sizeOf(parts);
        const common: [number, 2 | 4][] = [
            [VERSION, 2], [FLAGS, 2], [0, 2], [0, 2], [DATE, 2],
            [crc32(data), 4], [data.length, 4], [data.length, 4], [name.length, 2], [0, 2],
        ];
        parts.push(header([LOCAL, 4], ...common), name, data);
        directory.push(header([CENTRAL, 4], [VERSION, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), name);
    }
    const count = Object.keys(files).length;
    const end = header([END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [sizeOf(directory), 4], [sizeOf(parts), 4], [0, 2]);
    return [...parts, ...directory, end] as Uint8Array<ArrayBuffer>[];
}
