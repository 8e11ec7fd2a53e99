// SPDX-License-Identifier: MIT
// Owns rich JSON: plain JSON plus a tree of annotations (the superjson subset that SDKs send). It knows nothing of forms.
import type { Json, Meta } from "./wire";

type Annotation = [unknown, unknown?];

const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);

function splitPath(path: string): string[] {
    const parts: string[] = [];
    let part = "";
    for (let i = 0; i < path.length; i++) {
        const c = path[i];
        if (c === "\\" && (path[i + 1] === "." || path[i + 1] === "\\")) {
            part += path[++i];
        } else if (c === ".") {
            parts.push(part);
            part = "";
        } else {
            part += c;
        }
    }
    parts.push(part);
    return parts;
}

function isAnnotation(node: unknown): node is Annotation {
    return Array.isArray(node);
}

function has(container: unknown, key: string): container is Record<string, unknown> {
    return typeof container === "object" && container !== null && !FORBIDDEN.has(key) && Object.hasOwn(container, key);
}

/** Applies `change` to the value at `path`; paths that lead nowhere are skipped, as senders do produce them. */
function replaceAt(root: Record<string, unknown>, path: string[], change: (old: unknown) => unknown): void {
    let node: unknown = root;
    for (const key of path.slice(0, -1)) {
        if (!has(node, key)) {
            return;
        }
        node = node[key];
    }
    const last = path[path.length - 1]!;
    if (has(node, last)) {
        node[last] = change(node[last]);
    }
}

function readNumber(text: unknown): unknown {
    switch (text) {
        case "Infinity":
            return Infinity;
        case "-Infinity":
            return -Infinity;
        case "NaN":
            return NaN;
        case "-0":
            return -0;
        default:
            return text;
    }
}

function readBigint(text: unknown): unknown {
    return typeof text === "string" && /^-?\d+$/.test(text) ? BigInt(text) : text;
}

function readDate(text: unknown): unknown {
    const date = new Date(String(text));
    return Number.isNaN(date.getTime()) ? text : date;
}

function readMap(value: unknown): unknown {
    return Array.isArray(value) && value.every((pair) => Array.isArray(pair)) ? new Map(value as [unknown, unknown][]) : value;
}

function untransform(value: unknown, type: unknown): unknown {
    switch (type) {
        case "undefined":
            return undefined;
        case "Date":
            return readDate(value);
        case "bigint":
            return readBigint(value);
        case "number":
            return readNumber(value);
        case "map":
            return readMap(value);
        case "set":
            return Array.isArray(value) ? new Set(value) : value;
        default:
            return value;
    }
}

function applyTree(holder: Record<string, unknown>, base: string[], tree: unknown): void {
    if (isAnnotation(tree)) {
        if (tree.length > 1) {
            applyTree(holder, base, tree[1]);
        }
        replaceAt(holder, base, (old) => untransform(old, tree[0]));
    } else if (typeof tree === "object" && tree !== null) {
        for (const [path, node] of Object.entries(tree)) {
            applyTree(holder, base.concat(splitPath(path)), node);
        }
    }
}

/** Returns the value that `json` and `meta` describe. `json` itself is not changed. */
export function decode(json: unknown, meta: Meta): unknown {
    const tree = meta?.values;
    if (tree === undefined || tree === null) {
        return json;
    }
    const holder: Record<string, unknown> = { root: structuredClone(json) };
    applyTree(holder, ["root"], tree);
    return holder.root;
}

function escapeKey(key: string): string {
    return key.replace(/\\/g, "\\\\").replace(/\./g, "\\.");
}

function encodeNode(value: unknown, path: string, found: Record<string, [string]>): Json {
    if (value === undefined) {
        found[path] = ["undefined"];
        return null;
    }
    if (value instanceof Date) {
        found[path] = ["Date"];
        return value.toISOString();
    }
    if (typeof value === "bigint") {
        found[path] = ["bigint"];
        return value.toString();
    }
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
        found[path] = ["number"];
        return Object.is(value, -0) ? "-0" : String(value);
    }
    if (Array.isArray(value)) {
        return value.map((item, i) => encodeNode(item, path === "" ? String(i) : `${path}.${i}`, found));
    }
    if (typeof value === "object" && value !== null) {
        const out: { [key: string]: Json } = {};
        for (const [key, item] of Object.entries(value)) {
            const name = escapeKey(key);
            out[key] = encodeNode(item, path === "" ? name : `${path}.${name}`, found);
        }
        return out;
    }
    return value as Json;
}

/** Splits a list of answers into JSON and annotations; `meta` is left out when nothing needs one. */
export function encodeList(values: unknown[]): { values: Json[]; meta?: Meta } {
    const found: Record<string, [string]> = {};
    const json = values.map((value, i) => encodeNode(value, String(i), found));
    return Object.keys(found).length === 0 ? { values: json } : { values: json, meta: { values: found } };
}
