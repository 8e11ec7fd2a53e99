// SPDX-License-Identifier: MIT
// Owns menus that drop down from a button: placement by the popover API, arrow keys, closing. Items are the caller's.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";

interface MenuProps {
    /** Visible content of the button. */
    button: ComponentChildren;
    buttonClass: string;
    /** Name for screen readers when the content is an icon. */
    label?: string;
    buttonProps?: Record<string, unknown>;
    align?: "start" | "end";
    children: ComponentChildren;
}

const GAP = 4;
const EDGE = 8;

function placeMenu(menu: HTMLElement, button: HTMLElement, align: "start" | "end"): void {
    const at = button.getBoundingClientRect();
    const width = menu.offsetWidth;
    const left = align === "end" ? at.right - width : at.left;
    const below = at.bottom + GAP;
    const fits = below + menu.offsetHeight <= innerHeight - EDGE || at.top < menu.offsetHeight;
    menu.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
    menu.style.top = `${fits ? below : at.top - GAP - menu.offsetHeight}px`;
}

export function Menu({ button, buttonClass, label, buttonProps, align = "end", children }: MenuProps) {
    const id = useId();
    const menu = useRef<HTMLDivElement>(null);
    const trigger = useRef<HTMLButtonElement>(null);
    const open = useSignal(false);
    const items = () => [...menu.current!.querySelectorAll<HTMLElement>("a[href], button:not(:disabled)")];
    const onBeforeToggle = (event: ToggleEvent) => (open.value = event.newState === "open");
    useEffect(() => {
        if (open.value) {
            placeMenu(menu.current!, trigger.current!, align);
            items()[0]?.focus();
        }
    }, [open.value]);
    const onKeyDown = (event: KeyboardEvent) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined) {
            event.preventDefault();
            const all = items();
            const at = all.indexOf(document.activeElement as HTMLElement);
            all[(at + step + all.length) % all.length]?.focus();
        } else if (event.key === "Tab") {
            menu.current?.hidePopover();
        }
    };
    const onClick = (event: MouseEvent) => {
        if ((event.target as Element).closest("a, button")) {
            menu.current?.hidePopover();
        }
    };
    return (
        <>
            <button
                {...buttonProps}
                ref={trigger}
                type="button"
                class={buttonClass}
                aria-label={label}
                aria-expanded={open.value}
                aria-haspopup="true"
                popovertarget={id}
            >
                {button}
            </button>
            <div id={id} ref={menu} popover="auto" class="menu" onBeforeToggle={onBeforeToggle} onKeyDown={onKeyDown} onClick={onClick}>
                {open.value && <div data-pw="dropdown-menu">{children}</div>}
            </div>
        </>
    );
}
