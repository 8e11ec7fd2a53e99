// SPDX-License-Identifier: MIT
// Owns INPUT_SPREADSHEET on screen: three ways to begin, the sheet, what is wrong on other pages. Loaded when first drawn.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ViewProps } from "../forms/method";
import type { SpreadsheetProps } from "../methods/input-spreadsheet";
import { plural } from "../lib/format";
import { Button, buttonClass } from "../ui/button";
import { Icon } from "../ui/icon";
import { Notice } from "../ui/notice";
import { isBlankSheet, PAGE_ROWS, sheetProblems } from "./cells";
import type { Imported } from "./csv";
import { ImportDialog, PasteDialog } from "./import-dialog";
import { Sheet } from "./sheet";
import { SheetGrid } from "./sheet-grid";
import "./sheet.css";

const LISTED = 5;

/** Cells that are wrong where nobody looks now. */
function Elsewhere({ sheet }: { sheet: Sheet }) {
    const page = sheet.page.value;
    const found = sheetProblems(sheet.columns, sheet.rows.value).filter(({ row }) => Math.floor(row / PAGE_ROWS) !== page);
    if (found.length === 0) {
        return null;
    }
    return (
        <Notice tone="warning" title={`${plural(found.length, "issue")} on other pages`}>
            <ul class="bullets">
                {found.slice(0, LISTED).map(({ row, column, message }) => (
                    <li key={`${row}:${column.name}`}>
                        <button type="button" class="text-button sheet-jump" onClick={() => sheet.show(row)}>
                            {`Row ${row + 1}: ${column.name} ${message}`}
                        </button>
                    </li>
                ))}
                {found.length > LISTED && <li>{`and ${plural(found.length - LISTED, "more issue", "more issues")}`}</li>}
            </ul>
        </Notice>
    );
}

interface BeginProps {
    id: string;
    started: boolean;
    importText(text: string): Promise<void>;
    paste(): void;
    manual(): void;
}

function Begin({ id, started, importText, paste, manual }: BeginProps) {
    const trouble = useSignal<string | null>(null);
    const read = async (file: File | undefined) => {
        trouble.value = null;
        try {
            await importText((await file?.text()) ?? "");
        } catch (error) {
            trouble.value = (error as Error).message;
        }
    };
    return (
        <>
            <div class="row">
                <label class={`${buttonClass("secondary")} sheet-upload`}>
                    <input
                        type="file"
                        id={id}
                        class="visually-hidden"
                        accept=".csv,.tsv,.txt,text/csv"
                        {...(started ? {} : { "data-autofocus-target": "" })}
                        onChange={(event) => {
                            void read(event.currentTarget.files?.[0]);
                            event.currentTarget.value = "";
                        }}
                    />
                    <Icon name="upload" size={16} />
                    Upload CSV
                </label>
                <Button icon="copy" onClick={paste}>
                    Paste data
                </Button>
                {!started && (
                    <Button icon="grid" onClick={manual}>
                        Enter manually
                    </Button>
                )}
            </div>
            {trouble.value !== null && (
                <p class="field-error" role="alert">
                    {trouble.value}
                </p>
            )}
        </>
    );
}

export function SheetView({ field, props, label, editable, current, invalid }: ViewProps<SpreadsheetProps>) {
    const kept = useRef<Sheet | undefined>(undefined);
    const sheet = (kept.current ??= new Sheet(field, props.columns));
    const pasting = useSignal(false);
    const imported = useSignal<Imported | null>(null);
    const started = sheet.started.value;
    const importText = async (text: string) => {
        const { readCsv } = await import("./csv");
        imported.value = readCsv(text);
        pasting.value = false;
    };
    if (!current) {
        const skipped = field.value.value.kind === "unset";
        return skipped ? <p class="muted">No rows</p> : <SheetGrid sheet={sheet} label={label} editable={false} showProblems={false} />;
    }
    return (
        <fieldset class="sheet-field" disabled={!editable}>
            <Begin
                id={field.id}
                started={started}
                importText={importText}
                paste={() => (pasting.value = true)}
                manual={() => sheet.add(0)}
            />
            {started && <SheetGrid sheet={sheet} label={label} editable showProblems={invalid} />}
            {invalid && <Elsewhere sheet={sheet} />}
            {pasting.value && <PasteDialog done={importText} close={() => (pasting.value = false)} />}
            {imported.value !== null && (
                <ImportDialog
                    columns={sheet.columns}
                    imported={imported.value}
                    replaces={isBlankSheet(sheet.rows.value) ? 0 : sheet.rows.value.length}
                    done={(rows) => {
                        imported.value = null;
                        sheet.replace(rows);
                    }}
                    close={() => (imported.value = null)}
                />
            )}
        </fieldset>
    );
}
