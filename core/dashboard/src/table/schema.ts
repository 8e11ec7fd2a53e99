// SPDX-License-Identifier: MIT
// Owns the shapes of tables (io-methods 10.1) and reading one cell: its text, its sort value.
import { items } from "../forms/shared-shapes";
import { any, boolean, type Infer, list, maybe, number, object, oneOf, or, type Shape, text } from "../forms/shape";
import { jsonText } from "../lib/format";
import { toDate } from "../lib/time";
import { isRich } from "../ui/value";

// isPlain is ours: texts of the column are not markdown.
const column = object({ label: text, accessorKey: maybe(text), isPlain: maybe(boolean) });
export type Column = Omit<Infer<typeof column>, "isPlain"> & { isPlain?: boolean | undefined };

const row = object({ key: text, data: any as Shape<Record<string, unknown>>, menu: items });
export type Row = Infer<typeof row>;

export const tableFields = {
    helpText: maybe(text),
    columns: list(column),
    data: list(row),
    defaultPageSize: maybe(number),
    isSortable: or(boolean, true),
    isFilterable: or(boolean, true),
    totalRecords: maybe(number),
};

export const displayTableShape = object({
    ...tableFields,
    orientation: or(oneOf("horizontal", "vertical"), "horizontal"),
    isAsync: or(boolean, false),
});
export type DisplayTableProps = Infer<typeof displayTableShape>;

export interface TableProps {
    columns: Column[];
    data: Row[];
    defaultPageSize?: number;
    isSortable: boolean;
    isFilterable: boolean;
    totalRecords?: number;
    isAsync: boolean;
    vertical: boolean;
    /** The host tells how many rows there are in all even when it has filtered them (grids of Node). */
    countsUnfiltered?: boolean;
    /** What a filter looks at; all of a row when missing. */
    searchKeys?: readonly string[];
}

export const columnKey = (of: Column, index: number) => of.accessorKey ?? String(index);

/** What of a cell goes into a file. */
export const shownOf = (cell: unknown) => (isRich(cell) ? (cell.label ?? cell.url ?? cell.href ?? cell.route) : cell);

/** The text of a cell as it goes into a CSV file. */
export function cellCsv(cell: unknown): string {
    const shown = shownOf(cell);
    if (shown === null || shown === undefined) {
        return "";
    }
    const date = toDate(shown);
    if (date !== null) {
        return date.toISOString();
    }
    return typeof shown === "object" ? jsonText(shown) : String(shown);
}

function sortValue(cell: unknown): unknown {
    if (typeof cell === "object" && cell !== null && !(cell instanceof Date)) {
        const { value, label } = cell as { value?: unknown; label?: unknown };
        return value ?? label ?? cell;
    }
    return cell;
}

const collator = new Intl.Collator("en-US", { numeric: true, sensitivity: "base" });
const isMissing = (value: unknown) => value === null || value === undefined;

function compareValues(a: unknown, b: unknown): number {
    if (isMissing(a) || isMissing(b)) {
        return Number(isMissing(a)) - Number(isMissing(b));
    }
    if (typeof a === "string" && typeof b === "string") {
        return collator.compare(a, b);
    }
    const [x, y] = [a as number, b as number];
    return x < y ? -1 : x > y ? 1 : 0;
}

export type Direction = "asc" | "desc";

/** Sorts as hosts do: missing values last going up, first going down; without a column, by key. */
export function sortRows(rows: Row[], sortColumn: string | null, direction: Direction): Row[] {
    if (sortColumn === null) {
        return rows;
    }
    const sign = direction === "asc" ? 1 : -1;
    return [...rows].sort((a, b) => sign * compareValues(sortValue(a.data[sortColumn]), sortValue(b.data[sortColumn])));
}

export function matches(row: Row, query: string, keys?: readonly string[]): boolean {
    const needle = query.toLowerCase();
    const cells = keys === undefined ? Object.values(row.data) : keys.map((key) => row.data[key]);
    return cells.some((cell) => {
        const date = toDate(isRich(cell) ? cell.label : cell);
        const words = date ? `${date.getMonth() + 1}/${date.getDate()}/${date.getFullYear()}` : cellCsv(cell);
        return words.toLowerCase().includes(needle);
    });
}
