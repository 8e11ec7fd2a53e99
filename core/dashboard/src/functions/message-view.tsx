// SPDX-License-Identifier: MIT
// Owns a request or an answer as people read it: its headers, and a body that may be JSON, text, bytes, or nothing.
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { formatBytes, plural } from "../lib/format";
import { prettyJson } from "../lib/pretty-json";
import { IconButton } from "../ui/button";
import { CodeBlock } from "../ui/code-block";
import { fileName, saveFile } from "../ui/copy";
import type { Message } from "./wire";

/** So many bytes of a binary body are shown. */
const SHOWN = 256;
const BYTES_A_LINE = 16;
/** Longer than that, a text is shown without colours: each of them is an element. */
const COLOURED = 64_000;

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** "00000010  de ad be ef …  ....": as hexdump -C prints it. */
export function hexDump(bytes: Uint8Array): string {
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
        const row = [...bytes.subarray(at, at + BYTES_A_LINE)];
        const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
        const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
        lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(3 * BYTES_A_LINE - 1)}  ${text}`);
    }
    return lines.join("\n");
}

function Binary({ bytes, type, name }: { bytes: Uint8Array<ArrayBuffer>; type: string; name: string }) {
    const rest = bytes.length - SHOWN;
    return (
        <figure class="code-block">
            <figcaption>
                <span class="truncate grow">{`${type}, ${formatBytes(bytes.length)}${rest > 0 ? `, the first ${SHOWN} bytes:` : ""}`}</span>
                <IconButton icon="download" label="Download" onClick={() => saveFile(name, type, bytes)} />
            </figcaption>
            <pre tabIndex={0} role="group" aria-label={name}>
                <code>{hexDump(bytes.subarray(0, SHOWN))}</code>
            </pre>
        </figure>
    );
}

/** "json" of application/json, "png" of image/png. */
function extensionOf(type: string, fallback: string): string {
    const subtype = /^\w+\/([a-z\d]{2,5})\b(?![-+.])/.exec(type)?.[1] ?? fallback;
    return subtype === "plain" ? "txt" : subtype;
}

const typeOf = (headers: Message["headers"]) => Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];

function drawBody({ headers, isBase64Encoded, body }: Message, name: string): VNode {
    if (body === null) {
        return <p class="muted">The body is too long to be shown here.</p>;
    }
    if (body === "") {
        return <p class="muted">It has no body.</p>;
    }
    if (isBase64Encoded) {
        const type = typeOf(headers) ?? "application/octet-stream";
        return <Binary bytes={bytesOf(body)} type={type} name={fileName(name, extensionOf(type, "bin"))} />;
    }
    const json = prettyJson(body);
    const type = typeOf(headers) ?? (json === null ? "text/plain" : "application/json");
    const shown = json ?? body;
    return (
        <CodeBlock
            code={shown}
            copied={body}
            language={json === null || shown.length > COLOURED ? "text" : "json"}
            name={`${type}, ${formatBytes(new Blob([body]).size)}`}
            file={fileName(name, extensionOf(type, "txt"))}
        />
    );
}

function Headers({ of }: { of: Message["headers"] }) {
    const entries = Object.entries(of);
    return entries.length === 0 ? null : (
        <details class="call-headers">
            <summary>{plural(entries.length, "header")}</summary>
            <dl class="mono small">
                {entries.map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
        </details>
    );
}

/** `name`: of the file when the body is saved. What is long is drawn once, not at every look at the call. */
export function MessageView({ of, name }: { of: Message; name: string }) {
    const body = useMemo(() => drawBody(of, name), [of, name]);
    return (
        <div class="stack call-message">
            <Headers of={of.headers} />
            {body}
        </div>
    );
}
