// SPDX-License-Identifier: MIT
// Owns the lines of a table as files hold them, and turning them into CSV.
import { cellCsv, type Column, columnKey, type Row } from "./schema";

/** The labels and the cells, line by line; a vertical table is written as it is drawn, one line per column. */
export function linesOf(columns: Column[], rows: Row[], vertical = false): unknown[][] {
    if (vertical) {
        return columns.map((column, i) => [column.label, ...rows.map((row) => row.data[columnKey(column, i)])]);
    }
    return [columns.map((column) => column.label), ...rows.map((row) => columns.map((column, i) => row.data[columnKey(column, i)]))];
}

function quote(text: string): string {
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function toCsv(lines: unknown[][]): string {
    return lines.map((line) => line.map((cell) => quote(cellCsv(cell))).join(",")).join("\r\n") + "\r\n";
}
