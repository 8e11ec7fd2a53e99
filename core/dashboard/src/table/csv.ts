// SPDX-License-Identifier: MIT
// Owns turning rows into CSV.
import { cellCsv, type Column, columnKey, type Row } from "./schema";

function quote(text: string): string {
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function toCsv(columns: Column[], rows: Row[]): string {
    const lines = [columns.map((column) => column.label)];
    for (const row of rows) {
        lines.push(columns.map((column, i) => cellCsv(row.data[columnKey(column, i)])));
    }
    return lines.map((line) => line.map(quote).join(",")).join("\r\n") + "\r\n";
}
