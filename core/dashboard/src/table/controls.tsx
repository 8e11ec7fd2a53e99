// SPDX-License-Identifier: MIT
// Owns the bars above and below a table: filter, selection text, pagination, options.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { formatNumber } from "../lib/format";
import { Icon } from "../ui/icon";
import { Menu } from "../ui/menu";
import { Spinner } from "../ui/spinner";
import type { TableModel } from "./model";

const DEBOUNCE_MS = 500;

function Filter({ model }: { model: TableModel }) {
    const typed = useSignal(model.query.value);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    const input = useRef<HTMLInputElement>(null);
    useEffect(() => {
        typed.value = model.query.value;
        return () => clearTimeout(timer.current);
    }, [model.query.value]);
    const type = (text: string) => {
        typed.value = text;
        clearTimeout(timer.current);
        if (text === "") {
            model.search("");
        } else {
            timer.current = setTimeout(() => model.search(text), DEBOUNCE_MS);
        }
    };
    return (
        <div class="table-filter" data-filled={typed.value !== "" || undefined}>
            <button type="button" class="icon-button table-filter-open" aria-label="Search this table" onClick={() => input.current?.focus()}>
                <Icon name="search" size={16} />
            </button>
            <input
                ref={input}
                class="input input-small"
                type="text"
                placeholder="Filter"
                aria-label="Filter"
                value={typed.value}
                onInput={(event) => type(event.currentTarget.value)}
            />
            {model.appliedQuery.value !== "" && (
                <button type="button" class="select-button" aria-label="Clear filter" onClick={() => type("")}>
                    <Icon name="close" size={15} />
                </button>
            )}
        </div>
    );
}

function rangeText(model: TableModel): string {
    const total = model.total.value;
    const first = model.first.value;
    const last = first + model.rows.value.length;
    if (total === 0 || (total === null && last === first)) {
        return "0 records";
    }
    const range = `${formatNumber(first + 1)} - ${formatNumber(total === null ? last : Math.min(first + model.pageSize.value, total))}`;
    return total === null ? range : `${range} of ${formatNumber(total)}`;
}

function Pagination({ model }: { model: TableModel }) {
    const waits = model.props.value.isAsync && model.busy.value;
    const unknown = waits && model.rows.value.length === 0 && model.total.value === null;
    return (
        <div class="pagination" role="group" aria-label="Pagination" data-pw="pagination">
            <span class="pagination-range">{unknown ? "" : rangeText(model)}</span>
            <button
                type="button"
                class="page-button"
                aria-label="Previous page"
                disabled={model.pageIndex.value === 0 || waits}
                onClick={() => model.goTo(model.pageIndex.value - 1)}
            >
                <Icon name="chevronLeft" size={16} />
                <span>Previous</span>
            </button>
            <button
                type="button"
                class="page-button"
                aria-label="Next page"
                disabled={!model.hasNext.value || waits}
                onClick={() => model.goTo(model.pageIndex.value + 1)}
            >
                <span>Next</span>
                <Icon name="chevronRight" size={16} />
            </button>
        </div>
    );
}

export type FileFormat = "csv" | "xlsx";

interface ControlsProps {
    model: TableModel;
    selection?: ComponentChildren;
    /** Starts the download; missing: no options menu. */
    onDownload?: (format: FileFormat) => void;
    downloadProgress?: number | null;
}

export function Controls({ model, selection, onDownload, downloadProgress }: ControlsProps) {
    return (
        <div class="table-controls">
            {model.props.value.isFilterable && <Filter model={model} />}
            <span class="table-selection muted small">{selection}</span>
            {model.busy.value && <Spinner small />}
            {typeof downloadProgress === "number" && (
                <span class="muted small" role="status">
                    Downloading {Math.round(downloadProgress * 100)}%
                </span>
            )}
            <Pagination model={model} />
            {onDownload && (
                <Menu
                    buttonClass="icon-button table-options"
                    button={
                        <>
                            <Icon name="dots" />
                            <span class="visually-hidden">Table options</span>
                        </>
                    }
                >
                    <button type="button" onClick={() => onDownload("csv")}>
                        <Icon name="download" size={16} /> Download as CSV
                    </button>
                    {!model.props.value.isAsync && (
                        <button type="button" onClick={() => onDownload("xlsx")}>
                            <Icon name="download" size={16} /> Download as Excel
                        </button>
                    )}
                </Menu>
            )}
        </div>
    );
}

