// SPDX-License-Identifier: MIT
// Owns the sub-schemas that several methods share (io-methods 7).
import { any, boolean, list, maybe, number, object, oneOf, or, text, type Infer, type Shape } from "./shape";

export const imageSize = oneOf("thumbnail", "small", "medium", "large");
export type ImageSize = Infer<typeof imageSize>;

export const image = object({
    url: or(text, null),
    alt: maybe(text),
    size: maybe(imageSize),
    width: maybe(imageSize),
    height: maybe(imageSize),
});
export type ImageProps = Infer<typeof image>;

export const link = {
    url: maybe(text),
    href: maybe(text),
    route: maybe(text),
    action: maybe(text),
    params: maybe(any as Shape<Record<string, unknown>>),
    disabled: maybe(boolean),
};

export const theme = oneOf("primary", "secondary", "danger", "default");
export const menuItem = object({ label: text, theme: maybe(theme), ...link });
export type MenuItem = Infer<typeof menuItem>;

/** Checks, and keeps what came, with unknown keys and nulls. */
const asSent =
    <T>(shape: Shape<T>): Shape<T> =>
    (value, path, problems) => {
        shape(value, path, problems);
        return value as T;
    };

/** The answer must be the option as it was sent. */
export const option = asSent(object({ label: any, value: any, description: maybe(text), imageUrl: maybe(text), image: maybe(image) }));
export type Option = Infer<typeof option>;

export const dateParts = object({ year: number, month: number, day: number });
export const timeParts = object({ hour: number, minute: number });
export const momentParts = object({ year: number, month: number, day: number, hour: number, minute: number });

export const inputBase = { helpText: maybe(text), disabled: or(boolean, false) };

export const items = maybe(list(menuItem));

/** Options are equal when type and value are; Dates when they mean the same instant. */
export function sameValue(a: unknown, b: unknown): boolean {
    return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : Object.is(a, b);
}
