// SPDX-License-Identifier: MIT
// Owns the collapsible tree of a nested value.
import { formatInstant, jsonText } from "../lib/format";
import { toDate } from "../lib/time";
import { IconButton } from "./button";
import { CopyButton, fileName, saveFile } from "./copy";

const OPEN_BELOW = 5;

type Entries = [string, unknown][];

function entriesOf(value: unknown): Entries | null {
    if (value instanceof Map) {
        return [...value].map(([key, item]) => [String(key), item]);
    }
    if (value instanceof Set) {
        return [...value].map((item, i) => [String(i), item]);
    }
    if (typeof value !== "object" || value === null || toDate(value) !== null) {
        return null;
    }
    return Object.entries(value);
}

/** An array counts its own length as one property. */
function sizeOf(value: unknown, entries: Entries): number {
    return entries.length + (Array.isArray(value) || value instanceof Set ? 1 : 0);
}

function Leaf({ value }: { value: unknown }) {
    const date = toDate(value);
    if (date !== null) {
        return <span class="tree-date">{formatInstant(date)}</span>;
    }
    switch (typeof value) {
        case "string":
            return <span class="tree-text">"{value}"</span>;
        case "number":
        case "boolean":
            return <span class="tree-number">{String(value)}</span>;
        case "bigint":
            return <span class="tree-number">{`${value}n`}</span>;
        default:
            return <span class="tree-null">{String(value)}</span>;
    }
}

function Branch({ entries }: { entries: Entries }) {
    return (
        <div class="tree-branch">
            {entries.map(([key, item]) => {
                const below = entriesOf(item);
                return below === null ? (
                    <dl key={key} class="tree-leaf">
                        <dt>{key}</dt>
                        <dd>
                            <Leaf value={item} />
                        </dd>
                    </dl>
                ) : (
                    <details key={key} open={sizeOf(item, below) < OPEN_BELOW}>
                        <summary>
                            {key}
                            <span class="tree-count" aria-hidden="true" data-count={Array.isArray(item) ? `[${below.length}]` : `{${below.length}}`} />
                        </summary>
                        <Branch entries={below} />
                    </details>
                );
            })}
        </div>
    );
}

export function ObjectTree({ label, value }: { label: string; value: unknown }) {
    const json = () => jsonText(value);
    const entries = entriesOf(value);
    return (
        <div class="tree">
            <div class="tree-head">
                <span class="truncate grow">{label}</span>
                <CopyButton bare text={json} label="Copy as JSON" />
                <IconButton
                    icon="download"
                    label="Download as JSON"
                    onClick={() => saveFile(fileName(label, "json"), "application/json", json())}
                />
            </div>
            <div class="tree-body" tabIndex={0} role="group" aria-label={label || "Object"}>
                {entries === null ? <Leaf value={value} /> : <Branch entries={entries} />}
            </div>
        </div>
    );
}
