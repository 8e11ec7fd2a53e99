// SPDX-License-Identifier: MIT
// Owns bringing data into a sheet: pasting it, and saying which imported column is which.
import { useSignal } from "@preact/signals";
import { formatNumber, plural } from "../lib/format";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { type Column, importRows, KIND_WORDS, matchColumns, MAX_ROWS, type SheetRow } from "./cells";
import type { Imported } from "./csv";

interface PasteProps {
    done(text: string): Promise<void>;
    close(): void;
}

export function PasteDialog({ done, close }: PasteProps) {
    const text = useSignal("");
    const trouble = useSignal<string | null>(null);
    const next = () =>
        done(text.value).catch((error: Error) => {
            trouble.value = error.message;
        });
    return (
        <Dialog label="Paste data" class="dialog-wide" onClose={close}>
            <h2>Paste data</h2>
            <label class={`sheet-paste ${trouble.value === null ? "" : "has-error"}`}>
                Comma-separated values or cells of a spreadsheet, with a header line
                <textarea
                    class="input mono"
                    rows={9}
                    spellcheck={false}
                    autofocus
                    value={text.value}
                    onInput={(event) => (text.value = event.currentTarget.value)}
                />
            </label>
            {trouble.value !== null && (
                <p class="field-error" role="alert">
                    {trouble.value}
                </p>
            )}
            <div class="row row-end">
                <Button onClick={close}>Cancel</Button>
                <Button look="primary" onClick={next}>
                    Next
                </Button>
            </div>
        </Dialog>
    );
}

interface ImportProps {
    columns: Column[];
    imported: Imported;
    /** Rows that will be replaced. */
    replaces: number;
    done(rows: SheetRow[]): void;
    close(): void;
}

interface LineProps {
    column: Column;
    index: number;
    imported: Imported;
    pick: number | null;
    set(pick: number | null): void;
}

function Line({ column, index, imported: { headers, rows }, pick, set }: LineProps) {
    const sample = pick === null ? undefined : rows.find((row) => row[pick]?.trim())?.[pick];
    return (
        <li class="sheet-map">
            <span class="sheet-map-from">
                <select
                    class="input input-small"
                    data-testid={`col-select-${index}`}
                    aria-label={`Imported column for ${column.name}`}
                    disabled={pick === null}
                    value={pick === null ? "" : String(pick)}
                    onChange={(event) => set(Number(event.currentTarget.value))}
                >
                    {pick === null && <option value="">Skipped</option>}
                    {headers.map((header, i) => (
                        <option key={i} value={String(i)}>
                            {header || `Column ${i + 1}`}
                        </option>
                    ))}
                </select>
                <span class="muted small truncate">{sample === undefined ? "Empty" : sample}</span>
            </span>
            <Icon name="chevronRight" size={16} />
            <span class="sheet-map-to">
                <span class="sheet-map-name">
                    {column.name}
                    {column.required && " *"}
                </span>
                <span class="muted small">{KIND_WORDS[column.kind]}</span>
            </span>
            <label class="check">
                <input
                    type="checkbox"
                    checked={pick === null}
                    aria-label={`Skip ${column.name}`}
                    onChange={(event) => set(event.currentTarget.checked ? null : Math.min(index, headers.length - 1))}
                />
                <span>Skip</span>
            </label>
        </li>
    );
}

export function ImportDialog({ columns, imported, replaces, done, close }: ImportProps) {
    const picks = useSignal(matchColumns(columns, imported.headers));
    const count = imported.rows.length;
    const tooMany = count > MAX_ROWS;
    const set = (index: number, pick: number | null) => (picks.value = picks.value.map((old, i) => (i === index ? pick : old)));
    return (
        <Dialog label="Import data" class="dialog-wide" onClose={close}>
            <h2>Import data</h2>
            <p class="muted">
                {plural(count, "row")} found. Which imported column is which?
                {replaces > 0 && ` They replace ${plural(replaces, "row")} entered so far.`}
            </p>
            <ul class="sheet-maps">
                {columns.map((column, i) => (
                    <Line key={column.name} column={column} index={i} imported={imported} pick={picks.value[i] ?? null} set={(pick) => set(i, pick)} />
                ))}
            </ul>
            {tooMany && (
                <p class="field-error" role="alert">
                    {`At most ${formatNumber(MAX_ROWS)} rows can be imported.`}
                </p>
            )}
            <div class="row row-end">
                <Button onClick={close}>Cancel</Button>
                <Button look="primary" disabled={tooMany} onClick={() => done(importRows(columns, imported.rows, picks.value))}>
                    Import
                </Button>
            </div>
        </Dialog>
    );
}
