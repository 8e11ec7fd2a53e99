// SPDX-License-Identifier: MIT
// Owns DISPLAY_TABLE: connects the table model to the call.
import { useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { TableModel } from "../table/model";
import { type DisplayTableProps, displayTableShape, type TableProps } from "../table/schema";
import { TableView } from "../table/table";
import { useTable } from "../table/use-table";
import { Markdown } from "../ui/markdown";
import "../styles/table.css";

const tableProps = (props: DisplayTableProps): TableProps => ({ ...props, vertical: props.orientation === "vertical" });

function View({ field, props, label }: ViewProps<DisplayTableProps>) {
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
            <TableView model={model.current} label={label} />
        </>
    );
}

export const displayTable = defineMethod<DisplayTableProps>({ shape: displayTableShape, View, display: true });
