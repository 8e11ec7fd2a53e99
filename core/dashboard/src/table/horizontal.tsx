// SPDX-License-Identifier: MIT
// Owns the ordinary table: header with sorting, rows with selection and menus. Roles are automation hooks (io-methods 19.3).
import { useEffect, useRef } from "preact/hooks";
import { toDate } from "../lib/time";
import { Icon } from "../ui/icon";
import { isRich } from "../ui/value";
import { CellContent, highlightOf } from "./cell";
import type { TableModel } from "./model";
import { RowMenu } from "./row-menu";
import { type Column, columnKey, type Row } from "./schema";
import type { Selection } from "./selection";

interface Props {
    model: TableModel;
    selection?: Selection;
    editable: boolean;
}

const BLANK_ROWS = 5;

const SHORT_TEXT = 24;

/** Values that never need a second line. */
function isShort(cell: unknown): boolean {
    const shown = isRich(cell) ? cell.label : cell;
    return typeof shown === "number" || toDate(shown) !== null || (typeof shown === "string" && shown.length <= SHORT_TEXT && !shown.includes("\n"));
}

function HeaderCell({ model, column, index }: { model: TableModel; column: Column; index: number }) {
    const { isSortable, isAsync } = model.props.value;
    const key = columnKey(column, index);
    const sorted = model.sortColumn.value === key ? model.sortDirection.value : null;
    const sortable = isSortable && (!isAsync || column.accessorKey !== undefined);
    return (
        <th role="columnheader" scope="col" aria-sort={sorted === null ? undefined : sorted === "asc" ? "ascending" : "descending"}>
            {sortable ? (
                <button type="button" class="sort-button" onClick={() => model.sortBy(key)}>
                    {column.label}
                    {sorted !== null && <Icon name={sorted === "asc" ? "arrowUp" : "arrowDown"} size={14} />}
                </button>
            ) : (
                column.label
            )}
        </th>
    );
}

function SelectAll({ selection, editable }: { selection: Selection; editable: boolean }) {
    const box = useRef<HTMLInputElement>(null);
    const count = selection.keys.value.length;
    const all = selection.isAll.value;
    useEffect(() => {
        box.current!.indeterminate = count > 0 && !all;
    }, [count, all]);
    return (
        <input
            ref={box}
            type="checkbox"
            aria-label={all ? "Select none" : "Select all"}
            checked={all}
            disabled={!editable}
            onChange={() => selection.toggleAll()}
        />
    );
}

function BodyRow({ model, row, selection, editable, hasMenus }: Props & { row: Row; hasMenus: boolean }) {
    const { columns } = model.props.value;
    const cells = columns.map((column, i) => row.data[columnKey(column, i)]);
    const colors = cells.map(highlightOf);
    const whole = colors.length > 0 && colors.every((color) => color !== undefined && color === colors[0]) ? colors[0] : undefined;
    const chosen = selection?.set.value.has(row.key) ?? false;
    const onClick = (event: MouseEvent) => {
        const inside = event.target as Element;
        if (selection && editable && !inside.closest("a, button, .row-menu")) {
            if (event.shiftKey) {
                getSelection()?.removeAllRanges();
            }
            selection.toggle(row.key, event.shiftKey);
        }
    };
    return (
        <tr
            role="row"
            class={selection && editable ? "selectable" : ""}
            data-chosen={chosen || undefined}
            data-highlight-color={whole}
            onClick={onClick}
        >
            {selection && (
                <td role="cell" class="select-cell">
                    <input
                        type="checkbox"
                        aria-label={`Select row ${row.key}`}
                        checked={chosen}
                        disabled={!editable}
                        onClick={(event) => {
                            event.stopPropagation();
                            selection.toggle(row.key, event.shiftKey);
                            event.currentTarget.checked = selection.set.peek().has(row.key);
                        }}
                    />
                </td>
            )}
            {cells.map((cell, i) => (
                <td key={i} role="cell" data-highlight-color={colors[i]} class={isShort(cell) ? "cell-short" : ""}>
                    <CellContent cell={cell} plain={columns[i]?.isPlain} />
                </td>
            ))}
            {hasMenus && (
                <td role="cell" class="row-menu">
                    {row.menu && row.menu.length > 0 && <RowMenu items={row.menu} />}
                </td>
            )}
        </tr>
    );
}

export function HorizontalTable({ model, selection, editable }: Props) {
    const { columns } = model.props.value;
    const rows = model.rows.value;
    const hasMenus = rows.some((row) => row.menu && row.menu.length > 0);
    const shown = useRef(BLANK_ROWS);
    const waiting = model.busy.value && rows.length === 0;
    if (rows.length > 0) {
        shown.current = rows.length;
    }
    return (
        <table class="table" aria-busy={model.busy.value || undefined}>
            <thead>
                <tr>
                    {selection && (
                        <td class="select-cell">{!selection.single.value && <SelectAll selection={selection} editable={editable} />}</td>
                    )}
                    {columns.map((column, i) => (
                        <HeaderCell key={i} model={model} column={column} index={i} />
                    ))}
                    {hasMenus && (
                        <td class="row-menu">
                            <span class="visually-hidden">Options</span>
                        </td>
                    )}
                </tr>
            </thead>
            <tbody data-pw-search={model.appliedQuery.value}>
                {waiting
                    ? Array.from({ length: shown.current }, (_, i) => (
                          <tr key={i} class="blank-row" aria-hidden="true">
                              {Array.from({ length: columns.length + (selection ? 1 : 0) }, (_unused, k) => (
                                  <td key={k}>
                                      <span class="skeleton" />
                                  </td>
                              ))}
                          </tr>
                      ))
                    : rows.map((row) => (
                          <BodyRow key={row.key} model={model} row={row} selection={selection} editable={editable} hasMenus={hasMenus} />
                      ))}
            </tbody>
        </table>
    );
}
