// SPDX-License-Identifier: MIT
// Owns the menu at the end of a row.
import type { MenuItem } from "../forms/shared-shapes";
import { linkTarget } from "../lib/place";
import { place } from "../lib/session";
import { Icon } from "../ui/icon";
import { Menu } from "../ui/menu";

function Item({ item }: { item: MenuItem }) {
    const target = item.disabled ? null : linkTarget(place.value, item);
    const look = item.theme === "danger" ? "menu-danger" : "";
    if (target === null) {
        return (
            <button type="button" class={look} disabled>
                {item.label}
            </button>
        );
    }
    const opensTab = !target.internal && !target.href.startsWith("#");
    return (
        <a
            href={target.href}
            class={look}
            data-io-link={target.internal ? "" : undefined}
            {...(opensTab ? { target: "_blank", rel: "noreferrer" } : {})}
        >
            {item.label}
        </a>
    );
}

export function RowMenu({ items }: { items: MenuItem[] }) {
    return (
        <Menu
            buttonClass="icon-button row-menu-button"
            button={
                <>
                    <Icon name="dots" />
                    <span class="visually-hidden">Open options</span>
                </>
            }
        >
            {items.map((item, i) => (
                <Item key={i} item={item} />
            ))}
        </Menu>
    );
}
