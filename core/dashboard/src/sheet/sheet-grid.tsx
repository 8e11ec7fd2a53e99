// SPDX-License-Identifier: MIT
// Owns the sheet on screen: cells that are edited in place, arrow keys, pasting many cells, the menu of a row, pages.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Menu } from "../ui/menu";
import { cast, type Cell, cellProblem, cellText, type Column, KIND_WORDS, PAGE_ROWS } from "./cells";
import type { Sheet } from "./sheet";

interface CellProps {
    sheet: Sheet;
    column: Column;
    row: number;
    at: number;
    showProblems: boolean;
}

function TextCell({ sheet, column, row, at, showProblems }: CellProps) {
    const cell = sheet.rows.value[row]![column.name] as Cell;
    /** What is typed, as typed; the value of "1." is 1. */
    const draft = useSignal<string | null>(null);
    const before = useRef<Cell>(null);
    const problem = showProblems ? cellProblem(column, cell) : undefined;
    return (
        <input
            type="text"
            class="sheet-input"
            inputMode={column.kind === "number" ? "decimal" : undefined}
            autocomplete="off"
            spellcheck={column.kind === "string"}
            data-at={`${row}:${at}`}
            aria-label={`${column.name}, row ${row + 1}`}
            aria-invalid={problem !== undefined || undefined}
            title={problem === undefined ? undefined : `${column.name} ${problem}`}
            {...(row === 0 && at === 0 ? { "data-autofocus-target": "" } : {})}
            value={draft.value ?? cellText(cell)}
            onFocus={(event) => {
                before.current = cell;
                event.currentTarget.select();
            }}
            onInput={(event) => {
                draft.value = event.currentTarget.value;
                sheet.set(row, column, cast(column, draft.value));
            }}
            onKeyDown={(event) => {
                if (event.key === "Escape" && draft.value !== null) {
                    event.stopPropagation();
                    draft.value = null;
                    sheet.set(row, column, before.current);
                }
            }}
            onPaste={(event) => {
                const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
                if (/[\t\n]/.test(text)) {
                    event.preventDefault();
                    draft.value = null;
                    void sheet.paste(row, at, text);
                }
            }}
            onBlur={() => (draft.value = null)}
        />
    );
}

function BooleanCell({ sheet, column, row, at, showProblems }: CellProps) {
    const cell = sheet.rows.value[row]![column.name] as Cell;
    const box = useRef<HTMLInputElement>(null);
    useLayoutEffect(() => {
        box.current!.indeterminate = cell === null;
    }, [cell]);
    if (typeof cell === "string") {
        return <TextCell sheet={sheet} column={column} row={row} at={at} showProblems={showProblems} />;
    }
    return (
        <input
            ref={box}
            type="checkbox"
            data-at={`${row}:${at}`}
            aria-label={`${column.name}, row ${row + 1}`}
            checked={cell === true}
            onChange={(event) => sheet.set(row, column, event.currentTarget.checked)}
        />
    );
}

function RowMenu({ sheet, row }: { sheet: Sheet; row: number }) {
    return (
        <Menu button={<Icon name="dots" size={16} />} buttonClass="icon-button sheet-dots" label={`Options of row ${row + 1}`}>
            <button type="button" disabled={sheet.isFull} onClick={() => sheet.add(row)}>
                Add row above
            </button>
            <button type="button" disabled={sheet.isFull} onClick={() => sheet.add(row + 1)}>
                Add row below
            </button>
            <button type="button" class="menu-danger" onClick={() => sheet.remove(row)}>
                Delete row
            </button>
        </Menu>
    );
}

const focusCell = (table: HTMLElement, row: number, at: number) => table.querySelector<HTMLElement>(`[data-at="${row}:${at}"]`)?.focus();

/** Up and down always go; left and right only from the edge of what is typed. */
function step(event: KeyboardEvent, input: HTMLInputElement): [number, number] | undefined {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
        return undefined;
    }
    const isBox = input.type === "checkbox";
    const all = isBox || (input.selectionStart === 0 && input.selectionEnd === input.value.length);
    switch (event.key) {
        case "ArrowUp":
            return [-1, 0];
        case "ArrowDown":
        case "Enter":
            return [1, 0];
        case "ArrowLeft":
            return all || input.selectionEnd === 0 ? [0, -1] : undefined;
        case "ArrowRight":
            return all || input.selectionStart === input.value.length ? [0, 1] : undefined;
        default:
            return undefined;
    }
}

function onTableKey(event: KeyboardEvent): void {
    const input = event.target as HTMLInputElement;
    const [row, at] = (input.dataset.at ?? "").split(":").map(Number);
    const move = at === undefined ? undefined : step(event, input);
    if (move !== undefined) {
        event.preventDefault();
        focusCell(event.currentTarget as HTMLElement, row! + move[0], at! + move[1]);
    }
}

/** The menu of the row, wherever in the row it is asked for. */
function onContextMenu(event: MouseEvent): void {
    const menu = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(".sheet-dots");
    if (menu !== null) {
        event.preventDefault();
        menu.click();
    }
}

interface GridProps {
    sheet: Sheet;
    label: string;
    /** False: what was entered, to read. */
    editable: boolean;
    showProblems: boolean;
}

export function SheetGrid({ sheet, label, editable, showProblems }: GridProps) {
    const table = useRef<HTMLTableElement>(null);
    const { columns } = sheet;
    const page = sheet.page.value;
    const pages = sheet.pages.value;
    const start = page * PAGE_ROWS;
    const shown = sheet.rows.value.slice(start, start + PAGE_ROWS);
    const wanted = sheet.focusRow.value;
    useLayoutEffect(() => {
        if (wanted !== null) {
            sheet.focusRow.value = null;
            focusCell(table.current!, wanted, 0);
        }
    }, [wanted]);
    return (
        <div class="sheet-frame">
            <div class="sheet-scroll" {...(editable ? {} : { tabIndex: 0, role: "group", "aria-label": label })}>
                <table class="sheet" ref={table} aria-label={label} onKeyDown={onTableKey}>
                    <thead>
                        <tr>
                            {columns.map((column) => (
                                <th key={column.name} scope="col" class={`sheet-${column.kind}`}>
                                    {column.name}
                                    {column.required && (
                                        <span class="sheet-star" aria-label="required">
                                            {" "}
                                            *
                                        </span>
                                    )}
                                    <span class="sheet-kind">{KIND_WORDS[column.kind]}</span>
                                </th>
                            ))}
                            {editable && (
                                <th class="sheet-end">
                                    <span class="visually-hidden">Options</span>
                                </th>
                            )}
                        </tr>
                    </thead>
                    <tbody>
                        {shown.map((row, i) => (
                            <tr key={start + i} onContextMenu={onContextMenu}>
                                {columns.map((column, at) => {
                                    const cell = row[column.name];
                                    const bad = showProblems && cellProblem(column, cell) !== undefined;
                                    const Editor = column.kind === "boolean" ? BooleanCell : TextCell;
                                    return (
                                        <td key={column.name} class={`sheet-${column.kind} ${bad ? "sheet-bad" : ""}`}>
                                            {editable ? (
                                                <Editor sheet={sheet} column={column} row={start + i} at={at} showProblems={showProblems} />
                                            ) : (
                                                cellText(cell)
                                            )}
                                        </td>
                                    );
                                })}
                                {editable && (
                                    <td class="sheet-end">
                                        <RowMenu sheet={sheet} row={start + i} />
                                    </td>
                                )}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            <div class="sheet-foot">
                {editable && (
                    <Button look="quiet" icon="plus" disabled={sheet.isFull} onClick={() => sheet.add(sheet.rows.value.length)}>
                        Add row
                    </Button>
                )}
                {pages > 1 && (
                    <div class="sheet-pages">
                        <span class="muted small">{`Page ${page + 1} of ${pages}`}</span>
                        <Button disabled={page === 0} onClick={() => (sheet.page.value = page - 1)}>
                            Prev
                        </Button>
                        <Button disabled={page === pages - 1} onClick={() => (sheet.page.value = page + 1)}>
                            Next
                        </Button>
                    </div>
                )}
            </div>
        </div>
    );
}
