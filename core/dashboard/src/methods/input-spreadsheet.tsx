// SPDX-License-Identifier: MIT
// Owns INPUT_SPREADSHEET as a method; the sheet itself is sheet/, which is loaded when first drawn.
import { defineMethod, type ViewProps } from "../forms/method";
import { any, type Infer, list, maybe, object, type Shape, text } from "../forms/shape";
import { columnsShape, rowsFrom, sheetMessage, type SheetRow } from "../sheet/cells";
import { lazyView } from "../ui/lazy";
import "../styles/input.css";

const shape = object({
    helpText: maybe(text),
    columns: columnsShape,
    defaultValue: maybe(list(any as Shape<Record<string, unknown>>)),
});
export type SpreadsheetProps = Infer<typeof shape>;

const View = lazyView<ViewProps<SpreadsheetProps>>(async () => (await import("../sheet/sheet-view")).SheetView, "sheet-skeleton");

export const inputSpreadsheet = defineMethod<SpreadsheetProps>({
    shape,
    View,
    ownDisabled: true,
    labelFor: "group",
    initial: ({ columns, defaultValue }) => (defaultValue?.length ? rowsFrom(columns, defaultValue) : undefined),
    problem: (value, { columns }) => sheetMessage(columns, value as SheetRow[]),
});
