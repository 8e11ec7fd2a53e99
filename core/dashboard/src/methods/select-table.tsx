// SPDX-License-Identifier: MIT
// Owns SELECT_TABLE: a table whose rows are chosen. Hosts that send no totals (before 0.28) get whole rows back.
import { useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { boolean, type Infer, list, maybe, number, object, or, text } from "../forms/shape";
import { plural } from "../lib/format";
import { TableModel, type TableState } from "../table/model";
import { tableFields, type TableProps } from "../table/schema";
import { Selection } from "../table/selection";
import { TableView } from "../table/table";
import { useTable } from "../table/use-table";
import { Notice } from "../ui/notice";
import { Button } from "../ui/button";
import { selectionProblem, selectionText } from "./select-multiple";
import "../styles/table.css";

const shape = object({
    ...tableFields,
    disabled: or(boolean, false),
    minSelections: maybe(number),
    maxSelections: maybe(number),
    selectedKeys: or(list(text), []),
});
type Props = Infer<typeof shape>;

const tableProps = (props: Props): TableProps => ({ ...props, isAsync: false, vertical: false });

function answer(props: Props, model: TableModel, keys: string[]): unknown[] {
    if (props.totalRecords !== undefined) {
        return keys.map((key) => ({ key }));
    }
    const rows = new Map(model.loaded.map((row) => [row.key, row]));
    return keys.map((key) => rows.get(key) ?? { key });
}

interface Parts {
    model: TableModel;
    selection: Selection;
}

function useParts({ field, props }: ViewProps<Props>): Parts {
    const parts = useRef<Parts | undefined>(undefined);
    if (parts.current === undefined) {
        const extra = (): Partial<TableState> => ({ isSelectAll: parts.current?.selection.askedAll ?? false });
        const model = new TableModel(tableProps(props), (state) => field.setState(state), extra);
        const selection = new Selection(model, (keys) => {
            const list = answer(field.props.peek() as Props, model, keys);
            field.set(list.length === 0 && field.optional.peek() ? undefined : list);
        });
        selection.keys.value = props.selectedKeys;
        parts.current = { model, selection };
    }
    parts.current.selection.limits.value = { minSelections: props.minSelections, maxSelections: props.maxSelections };
    return parts.current;
}

function View(view: ViewProps<Props>) {
    const { field, props, label, editable } = view;
    const { model, selection } = useParts(view);
    useTable(field, model, tableProps(props), () => selection.askedAll && selection.takeAll(props.selectedKeys));
    const count = selection.keys.value.length;
    const words = selectionText(count, props) ?? (count > 0 ? `${count} selected` : undefined);
    return (
        <>
            <TableView
                model={model}
                label={label}
                downloadName="download"
                selection={selection}
                selectionText={words}
                editable={editable && !props.disabled}
                describedBy={view.describedBy}
            />
            {selection.elsewhere.value > 0 && editable && (
                <Notice
                    actions={
                        <Button look="quiet" onClick={() => selection.clear()}>
                            Clear selection
                        </Button>
                    }
                >
                    <p>{plural(selection.elsewhere.value, "selected row is", "selected rows are")} not on this page.</p>
                </Notice>
            )}
        </>
    );
}

export const selectTable = defineMethod<Props>({
    shape,
    View,
    labelFor: "group",
    initial: (props, optional) =>
        props.selectedKeys.length === 0 && optional ? undefined : props.selectedKeys.map((key) => ({ key })),
    problem: (value, props) => selectionProblem((value as unknown[]).length, props),
});
