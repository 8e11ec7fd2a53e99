// SPDX-License-Identifier: MIT
// Owns turning rows into an Excel workbook of one sheet (ECMA-376): numbers stay numbers, instants become dates.
import { toDate } from "../lib/time";
import { cellCsv, shownOf } from "./schema";
import { zip } from "./zip";

export const EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/** What Excel takes in one cell. */
const MAX_TEXT = 32_767;
const MS_PER_DAY = 86_400_000;
/** 1970-01-01 as Excel counts days. */
const EPOCH_DAYS = 25_569;

/** XML 1.0 knows no control characters but three. */
function escape(text: string): string {
    const plain = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "").slice(0, MAX_TEXT);
    return plain.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** The clock on the wall, as the screen shows it: Excel knows no time zones. */
function serial(date: Date): number {
    return (date.getTime() - date.getTimezoneOffset() * 60_000) / MS_PER_DAY + EPOCH_DAYS;
}

function cellXml(cell: unknown): string {
    const shown = shownOf(cell);
    const date = toDate(shown);
    if (date !== null && serial(date) >= 0) {
        return `<c s="1"><v>${serial(date)}</v></c>`;
    }
    if (typeof shown === "number" && Number.isFinite(shown)) {
        return `<c><v>${shown}</v></c>`;
    }
    if (typeof shown === "boolean") {
        return `<c t="b"><v>${Number(shown)}</v></c>`;
    }
    const text = cellCsv(cell);
    return text === "" ? "<c/>" : `<c t="inlineStr"><is><t xml:space="preserve">${escape(text)}</t></is></c>`;
}

function sheetXml(lines: unknown[][]): string {
    const rows = lines.map((line) => `<row>${line.map(cellXml).join("")}</row>`).join("");
    return `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`;
}

const override = (part: string, kind: string) => `<Override PartName="/xl/${part}.xml" ContentType="${SHEET_TYPE}.${kind}+xml"/>`;
const relation = (id: string, kind: string, target: string) => `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`;

export function toExcel(lines: unknown[][]): Blob {
    const files = {
        "[Content_Types].xml": `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override("workbook", "sheet.main")}${override("worksheets/sheet1", "worksheet")}${override("styles", "styles")}</Types>`,
        "_rels/.rels": `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relation("r1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
        "xl/workbook.xml": `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>`,
        "xl/_rels/workbook.xml.rels": `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relation("r1", "worksheet", "worksheets/sheet1.xml")}${relation("r2", "styles", "styles.xml")}</Relationships>`,
        // Style 1 is the built-in format 22: date and time as the reader's country writes them.
        "xl/styles.xml": `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`,
        "xl/worksheets/sheet1.xml": sheetXml(lines),
    };
    return new Blob(zip(files), { type: EXCEL_TYPE });
}
