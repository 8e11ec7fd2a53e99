// SPDX-License-Identifier: MIT
// Owns drawing a table with its controls; state is model.ts, selection is selection.ts.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { fileName, saveFile } from "../ui/copy";
import { Controls, type FileFormat } from "./controls";
import { linesOf, toCsv } from "./csv";
import { HorizontalTable } from "./horizontal";
import type { TableModel } from "./model";
import type { Selection } from "./selection";
import { VerticalTable } from "./vertical";

interface TableViewProps {
    model: TableModel;
    label: string;
    downloadName?: string;
    selection?: Selection;
    selectionText?: ComponentChildren;
    editable?: boolean;
    describedBy?: string;
}

export function TableView({ model, label, downloadName, selection, selectionText, editable = true, describedBy }: TableViewProps) {
    const progress = useSignal<number | null>(null);
    const query = model.appliedQuery.value;
    const nothing = model.total.value === 0 && model.rows.value.length === 0 && !model.busy.value;
    const download = async (format: FileFormat) => {
        progress.value = 0;
        const rows = await model.loadAll((part) => (progress.value = part));
        progress.value = null;
        if (rows === null) {
            return;
        }
        const { columns, vertical } = model.props.peek();
        const lines = linesOf(columns, rows, vertical);
        const name = fileName(downloadName ?? label, format);
        if (format === "csv") {
            saveFile(name, "text/csv;charset=utf-8", toCsv(lines));
        } else {
            const { EXCEL_TYPE, toExcel } = await import("./excel");
            saveFile(name, EXCEL_TYPE, toExcel(lines));
        }
    };
    if (nothing && query === "" && model.query.value === "") {
        return (
            <div class="iv-table">
                <p class="table-empty">There are no items to display.</p>
            </div>
        );
    }
    const controls = (
        <Controls
            model={model}
            selection={selectionText}
            onDownload={progress.value === null ? download : undefined}
            downloadProgress={progress.value}
        />
    );
    return (
        <div class="iv-table">
            {controls}
            <div class="table-scroll" tabIndex={0} role="region" aria-label={label || "Table"} aria-describedby={describedBy}>
                {model.props.value.vertical ? (
                    <VerticalTable model={model} />
                ) : (
                    <HorizontalTable model={model} selection={selection} editable={editable} />
                )}
                {nothing && <p class="table-empty">No records found matching '{query}'</p>}
            </div>
            {controls}
        </div>
    );
}
