// SPDX-License-Identifier: MIT
// Owns the shape of grids (io-methods 10.6): rows like those of a table, whose data is one item.
import { items, link } from "../forms/shared-shapes";
import { any, boolean, type Infer, list, maybe, number, object, oneOf, or, type Shape, text } from "../forms/shape";

const DEFAULT_RATIO = 16 / 9;

const image = object({
    url: or(text, null),
    alt: maybe(text),
    fit: or(oneOf("cover", "contain"), "cover"),
    aspectRatio: or(number, DEFAULT_RATIO),
});

const item = object({ label: any, title: any, description: any, image: maybe(image), menu: items, ...link });
export type GridItem = Infer<typeof item>;

const row = object({ key: text, data: item as Shape<GridItem & Record<string, unknown>>, menu: items });

export const gridShape = object({
    data: list(row),
    helpText: maybe(text),
    idealColumnWidth: maybe(number),
    defaultPageSize: maybe(number),
    isFilterable: or(boolean, true),
    totalRecords: maybe(number),
    isAsync: or(boolean, false),
});
export type GridProps = Infer<typeof gridShape>;
