// SPDX-License-Identifier: MIT
// Owns reading CSV and what spreadsheets put on the clipboard. Loaded when something is imported.
import Papa from "papaparse";

export interface Imported {
    headers: string[];
    rows: string[][];
}

const BYTE_ORDER_MARK = /^\uFEFF/;

function parse(text: string, delimiter?: string): string[][] {
    const { data, errors } = Papa.parse<string[]>(text.replace(BYTE_ORDER_MARK, ""), { delimiter, skipEmptyLines: "greedy" });
    const broken = errors.find((error) => error.type === "Quotes");
    if (broken !== undefined) {
        throw new Error(`Line ${(broken.row ?? 0) + 1}: ${broken.message}.`);
    }
    return data;
}

/** A header line and rows; the delimiter is found out. Throws with a sentence when there is nothing to import. */
export function readCsv(text: string): Imported {
    const [headers, ...rows] = parse(text);
    if (headers === undefined) {
        throw new Error("There is nothing to import.");
    }
    if (rows.length === 0) {
        throw new Error("There are no rows below the header line.");
    }
    return { headers, rows };
}

/** Cells copied from a spreadsheet. */
export const readCells = (text: string): string[][] => parse(text, "\t");
