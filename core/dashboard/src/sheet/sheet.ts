// SPDX-License-Identifier: MIT
// Owns the rows of one INPUT_SPREADSHEET while they are edited, and keeps the field in step with them.
import { batch, computed, signal } from "@preact/signals";
import type { Field } from "../forms/field";
import { blankRow, cast, type Cell, type Column, isBlankSheet, MAX_ROWS, PAGE_ROWS, type SheetRow } from "./cells";

export class Sheet {
    readonly rows = signal<SheetRow[]>([]);
    /** There is a sheet to edit, were it empty. */
    readonly started = signal(false);
    readonly page = signal(0);
    readonly pages = computed(() => Math.max(1, Math.ceil(this.rows.value.length / PAGE_ROWS)));
    /** Row whose first cell wants the focus once it is drawn. */
    readonly focusRow = signal<number | null>(null);

    constructor(
        private readonly field: Field,
        readonly columns: Column[],
    ) {
        this.rows.value = field.current<SheetRow[]>() ?? [];
        this.started.value = this.rows.value.length > 0;
    }

    get isFull(): boolean {
        return this.rows.value.length >= MAX_ROWS;
    }

    private change(rows: SheetRow[]): void {
        batch(() => {
            this.rows.value = rows;
            this.started.value = true;
            this.page.value = Math.min(this.page.peek(), this.pages.value - 1);
            this.field.set(this.field.optional.peek() && isBlankSheet(rows) ? undefined : rows);
        });
    }

    set(row: number, column: Column, cell: Cell): void {
        this.change(this.rows.peek().map((old, i) => (i === row ? { ...old, [column.name]: cell } : old)));
    }

    add(at: number): void {
        if (!this.isFull) {
            const rows = this.rows.peek();
            this.change([...rows.slice(0, at), blankRow(this.columns), ...rows.slice(at)]);
            this.show(at);
        }
    }

    remove(at: number): void {
        const rows = this.rows.peek().filter((_, i) => i !== at);
        this.change(rows);
        if (rows.length > 0) {
            this.show(Math.min(at, rows.length - 1));
        }
    }

    replace(rows: SheetRow[]): void {
        this.page.value = 0;
        this.change(rows);
    }

    /** Goes to the page of a row, and into it. */
    show(row: number): void {
        batch(() => {
            this.page.value = Math.floor(row / PAGE_ROWS);
            this.focusRow.value = row;
        });
    }

    /** Puts copied cells where they were pasted; rows are added, columns beyond the last are left out. */
    async paste(row: number, at: number, text: string): Promise<void> {
        const { readCells } = await import("./csv");
        const rows = [...this.rows.peek()];
        readCells(text).forEach((cells, i) => {
            const target = row + i;
            if (target < MAX_ROWS) {
                const changed = this.columns.slice(at).flatMap((column, j) => (j < cells.length ? [[column.name, cast(column, cells[j]!)]] : []));
                rows[target] = { ...(rows[target] ?? blankRow(this.columns)), ...(Object.fromEntries(changed) as SheetRow) };
            }
        });
        this.change(rows);
    }
}
