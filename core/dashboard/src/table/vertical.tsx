// SPDX-License-Identifier: MIT
// Owns the vertical table: one line per column, one column per record.
import { CellContent, highlightOf } from "./cell";
import type { TableModel } from "./model";
import { RowMenu } from "./row-menu";
import { columnKey } from "./schema";

export function VerticalTable({ model }: { model: TableModel }) {
    const rows = model.rows.value;
    const hasMenus = rows.some((row) => row.menu && row.menu.length > 0);
    return (
        <table class="table table-vertical" aria-busy={model.busy.value || undefined}>
            <tbody data-pw-search={model.appliedQuery.value}>
                {model.props.value.columns.map((column, i) => (
                    <tr key={i}>
                        <th role="rowheader" scope="row">
                            {column.label}
                        </th>
                        {rows.map((row) => {
                            const cell = row.data[columnKey(column, i)];
                            return (
                                <td key={row.key} data-highlight-color={highlightOf(cell)}>
                                    <CellContent cell={cell} plain={column.isPlain} />
                                </td>
                            );
                        })}
                    </tr>
                ))}
                {hasMenus && (
                    <tr>
                        <th scope="row">
                            <span class="visually-hidden">Options</span>
                        </th>
                        {rows.map((row) => (
                            <td key={row.key} class="row-menu">
                                {row.menu && row.menu.length > 0 && <RowMenu items={row.menu} />}
                            </td>
                        ))}
                    </tr>
                )}
            </tbody>
        </table>
    );
}
