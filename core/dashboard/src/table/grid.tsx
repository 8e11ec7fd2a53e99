// SPDX-License-Identifier: MIT
// Owns drawing a grid: cards with a picture, or bordered cards without one. State is model.ts, as for tables.
import { useRef } from "preact/hooks";
import { linkTarget } from "../lib/place";
import { place } from "../lib/session";
import { Value } from "../ui/value";
import { Controls } from "./controls";
import type { GridItem } from "./grid-schema";
import type { TableModel } from "./model";
import { RowMenu } from "./row-menu";

const IDEAL_PX = 400;
const MIN_PX = 100;
/** Columns may be this much narrower than ideal before one column less is shown. */
const TOLERANCE = 7 / 8;
const BLANK_ITEMS = 3;

/** The role is an automation hook and none that screen readers know: to them this is a list item. */
const HOOK = { role: "grid-cell" } as object;

const has = (value: unknown) => value !== undefined && value !== null && value !== "";

function Picture({ of }: { of: NonNullable<GridItem["image"]> }) {
    return (
        <div class="grid-picture" style={{ aspectRatio: String(of.aspectRatio > 0 ? of.aspectRatio : 1) }}>
            {of.url && <img class={`grid-${of.fit}`} src={of.url} alt={of.alt ?? ""} loading="lazy" />}
        </div>
    );
}

function Title({ item }: { item: GridItem }) {
    const target = linkTarget(place.value, item);
    const label = has(item.label) ? item.label : item.title;
    const words = has(label) ? <Value value={label} /> : null;
    if (target === null) {
        return words && <p class="grid-title">{words}</p>;
    }
    // Inside a link an address in the text must not become a second link.
    const inner = typeof label === "string" ? label : words;
    const name = has(label) ? undefined : item.image?.alt || "Open";
    return (
        <p class="grid-title">
            <a
                class="grid-link"
                href={target.href}
                aria-label={name}
                {...(target.internal ? { "data-io-link": "" } : { target: "_blank", rel: "noreferrer" })}
            >
                {inner}
            </a>
        </p>
    );
}

function Item({ item }: { item: GridItem }) {
    return (
        <li {...HOOK} class={item.image ? "grid-item" : "grid-item grid-card"}>
            {item.image && <Picture of={item.image} />}
            <div class="grid-foot">
                <div class="grid-text">
                    <Title item={item} />
                    {has(item.description) && (
                        <div class="grid-description">
                            <Value value={item.description} />
                        </div>
                    )}
                </div>
                {item.menu && item.menu.length > 0 && (
                    <div class="grid-menu">
                        <RowMenu items={item.menu} />
                    </div>
                )}
            </div>
        </li>
    );
}

function Blank() {
    return (
        <li class="grid-item grid-card">
            <span class="skeleton" role="img" aria-label="Loading" />
        </li>
    );
}

interface GridViewProps {
    model: TableModel;
    label: string;
    idealWidth?: number;
}

export function GridView({ model, label, idealWidth = IDEAL_PX }: GridViewProps) {
    const rows = model.rows.value;
    const shown = useRef(BLANK_ITEMS);
    const query = model.appliedQuery.value;
    const waiting = model.busy.value && rows.length === 0;
    const nothing = rows.length === 0 && model.total.value === 0 && !model.busy.value;
    if (rows.length > 0) {
        shown.current = rows.length;
    }
    if (nothing && query === "" && model.query.value === "") {
        return <p class="grid-empty">There are no items to display.</p>;
    }
    const width = Math.max(MIN_PX, idealWidth) * TOLERANCE;
    return (
        <div class="grid-frame">
            <Controls model={model} />
            {nothing ? (
                <p class="grid-empty">No records found matching '{query}'</p>
            ) : (
                <ul
                    class="grid"
                    aria-label={label || "Items"}
                    aria-busy={model.busy.value || undefined}
                    data-pw-search={query}
                    style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${width}px), 1fr))` }}
                >
                    {waiting
                        ? Array.from({ length: shown.current }, (_, i) => <Blank key={i} />)
                        : rows.map((row) => <Item key={row.key} item={row.data as GridItem} />)}
                </ul>
            )}
            <Controls model={model} />
        </div>
    );
}
