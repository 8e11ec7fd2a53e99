// SPDX-License-Identifier: MIT
// Owns DISPLAY_GRID: connects the table model to the call. Items are drawn in table/grid.tsx.
import { useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { GridView } from "../table/grid";
import { type GridProps, gridShape } from "../table/grid-schema";
import { TableModel } from "../table/model";
import type { TableProps } from "../table/schema";
import { useTable } from "../table/use-table";
import { Markdown } from "../ui/markdown";
import "../styles/table.css";
import "../styles/grid.css";

const tableProps = (props: GridProps): TableProps => ({
    ...props,
    columns: [],
    isSortable: false,
    vertical: false,
    countsUnfiltered: true,
    searchKeys: ["label", "title", "description"],
});

function View({ field, props, label }: ViewProps<GridProps>) {
    const model = useRef<TableModel | undefined>(undefined);
    model.current ??= new TableModel(tableProps(props), (state) => field.setState(state));
    useTable(field, model.current, tableProps(props));
    return (
        <>
            {label && <h4 class="display-label">{label}</h4>}
            {props.helpText && (
                <div class="field-help">
                    <Markdown text={props.helpText} limited />
                </div>
            )}
            <GridView model={model.current} label={label} idealWidth={props.idealColumnWidth} />
        </>
    );
}

export const displayGrid = defineMethod<GridProps>({ shape: gridShape, View, display: true });
