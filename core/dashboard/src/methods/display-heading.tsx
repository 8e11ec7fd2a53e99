// SPDX-License-Identifier: MIT
// Owns DISPLAY_HEADING.
import { defineMethod, type ViewProps } from "../forms/method";
import { items } from "../forms/shared-shapes";
import { type Infer, maybe, object, oneOf, or, text } from "../forms/shape";
import { ItemButton, lookOf } from "../ui/button";
import { Markdown } from "../ui/markdown";

const shape = object({ level: or(oneOf(2, 3, 4), 2), description: maybe(text), menuItems: items });
type Props = Infer<typeof shape>;

function View({ props, label }: ViewProps<Props>) {
    const Tag = `h${props.level}` as "h2";
    return (
        <div class="heading">
            <div class="grow">
                <Tag>{label}</Tag>
                {props.description && (
                    <div class="muted">
                        <Markdown text={props.description} limited />
                    </div>
                )}
            </div>
            {props.menuItems && props.menuItems.length > 0 && (
                <div class="row">
                    {props.menuItems.map((item, i) => (
                        <ItemButton key={i} item={item} look={item.theme === "default" ? "primary" : lookOf(item.theme, "secondary")} />
                    ))}
                </div>
            )}
        </div>
    );
}

export const displayHeading = defineMethod<Props>({ shape, View, display: true });
