// SPDX-License-Identifier: MIT
// Owns what a cell of INPUT_SPREADSHEET may hold: kinds of columns, text to value, what is wrong (io-methods 8.11).
import { type Shape } from "../forms/shape";
import { parseNumber } from "../methods/input-number";

export type Kind = "string" | "number" | "boolean";
export type Cell = string | number | boolean | null;
export type SheetRow = Record<string, Cell>;

export interface Column {
    name: string;
    kind: Kind;
    required: boolean;
}

export interface CellProblem {
    row: number;
    column: Column;
    message: string;
}

export const MAX_ROWS = 1000;
export const PAGE_ROWS = 20;

export const KIND_WORDS: Record<Kind, string> = { string: "Text", number: "Number", boolean: "Yes or no" };

const TYPE = /^(string|number|boolean)(\?)?$/;
const YES = /^(true|yes|y|1)$/i;
const NO = /^(false|no|n|0)$/i;

/** Columns in the order in which the host wrote them. */
export const columnsShape: Shape<Column[]> = (value, path, problems) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        problems.push(`${path}: expected an object of column types`);
        return [];
    }
    return Object.entries(value).flatMap(([name, type]): Column[] => {
        const match = TYPE.exec(String(type));
        if (match === null) {
            problems.push(`${path}.${name}: expected string, number or boolean, perhaps with "?"`);
            return [];
        }
        return [{ name, kind: match[1] as Kind, required: match[2] === undefined }];
    });
};

/** What a text means in this column; a text that means nothing there stays, and is then wrong. */
export function cast({ kind, required }: Column, text: string): Cell {
    const trimmed = text.trim();
    if (kind === "boolean") {
        if (trimmed === "") {
            return required ? false : null;
        }
        return YES.test(trimmed) ? true : NO.test(trimmed) ? false : text;
    }
    if (trimmed === "") {
        return null;
    }
    return kind === "number" ? (parseNumber(trimmed) ?? text) : text;
}

export const cellText = (cell: Cell | undefined) => (cell === null || cell === undefined ? "" : String(cell));

export const blankRow = (columns: Column[]): SheetRow => Object.fromEntries(columns.map((column) => [column.name, cast(column, "")]));

/** Rows as they come from a host: other types become text, missing cells empty. */
export function rowsFrom(columns: Column[], data: Record<string, unknown>[]): SheetRow[] {
    const read = (column: Column, value: unknown): Cell =>
        typeof value === column.kind ? (value as Cell) : cast(column, value instanceof Date ? value.toISOString() : cellText(value as Cell));
    return data.map((row) => Object.fromEntries(columns.map((column) => [column.name, read(column, row[column.name])])));
}

/** Rows of imported text; `picks` names the imported column of each expected one, null for none. */
export function importRows(columns: Column[], rows: string[][], picks: (number | null)[]): SheetRow[] {
    return rows.map((row) =>
        Object.fromEntries(columns.map((column, i) => [column.name, cast(column, picks[i] === null ? "" : (row[picks[i]!] ?? ""))])),
    );
}

/** The imported column for each expected one: of the same name, else the one at the same place that no other has by name. */
export function matchColumns(columns: Column[], headers: string[]): (number | null)[] {
    const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, "");
    const named = columns.map((column) => headers.findIndex((header) => plain(header) === plain(column.name)));
    return named.map((found, i) => (found >= 0 ? found : i < headers.length && !named.includes(i) ? i : null));
}

export function cellProblem(column: Column, cell: Cell | undefined): string | undefined {
    if (cell === null || cell === undefined) {
        return column.required ? "must not be empty" : undefined;
    }
    if (typeof cell === column.kind) {
        return undefined;
    }
    return column.kind === "number" ? "must be a number" : column.kind === "boolean" ? "must be yes or no" : "must be text";
}

export function sheetProblems(columns: Column[], rows: SheetRow[]): CellProblem[] {
    return rows.flatMap((row, at) =>
        columns.flatMap((column): CellProblem[] => {
            const message = cellProblem(column, row[column.name]);
            return message === undefined ? [] : [{ row: at, column, message }];
        }),
    );
}

/** Nobody has entered anything: a required yes-or-no is "no" by itself. */
export const isBlankSheet = (rows: SheetRow[]) => rows.every((row) => Object.values(row).every((cell) => cell === null || cell === false));

export function sheetMessage(columns: Column[], rows: SheetRow[]): string | undefined {
    if (rows.length === 0) {
        return "Please enter at least one row.";
    }
    return sheetProblems(columns, rows).length > 0 ? "There are one or more issues with the data you entered." : undefined;
}
