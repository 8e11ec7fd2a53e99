// SPDX-License-Identifier: MIT
// Owns laying out JSON for people. The text itself stays as it is: numbers too long for JavaScript, doubled keys and escapes are not touched.

const TOKEN = /"(?:\\.|[^"\\])*"|[[\]{},:]|[^\s[\]{},:"]+/g;
const INDENT = "  ";

/** Null: it is not JSON. */
export function prettyJson(text: string): string | null {
    try {
        JSON.parse(text);
    } catch {
        return null;
    }
    let depth = 0;
    let out = "";
    let opened = false;
    const line = () => `\n${INDENT.repeat(depth)}`;
    for (const [token] of text.matchAll(TOKEN)) {
        const closes = token === "]" || token === "}";
        depth -= closes ? 1 : 0;
        if (opened !== closes) {
            out += line();
        }
        out += token;
        opened = token === "[" || token === "{";
        depth += opened ? 1 : 0;
        out += token === "," ? line() : token === ":" ? " " : "";
    }
    return out;
}
