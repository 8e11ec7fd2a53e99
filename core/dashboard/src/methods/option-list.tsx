// SPDX-License-Identifier: MIT
// Owns the open list of a select: options with image, label and description. Class names are automation hooks.
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Option, sameValue } from "../forms/shared-shapes";
import { scalarText } from "../lib/format";

const ROOM_PX = 300;

export function OptionImage({ of, selected = false }: { of: Option; selected?: boolean }) {
    const url = of.image?.url ?? of.imageUrl;
    if (!url) {
        return null;
    }
    const size = selected ? "selected" : (of.image?.width ?? of.image?.size ?? "thumbnail");
    return <img class={`option-image option-image-${size}`} src={url} alt={of.image?.alt ?? ""} />;
}

interface ListProps {
    id: string;
    label: string;
    options: Option[];
    chosen: Option | undefined;
    focused: Signal<number>;
    choose(option: Option): void;
    /** The host finds the options; they carry the hooks of SEARCH. */
    found?: boolean;
    /** The host is still looking. */
    busy?: boolean;
}

const foundHooks = (focused: boolean) => ({ "data-pw-search-result": "", "data-pw-search-result-focused": String(focused) });

export function OptionList({ id, label, options, chosen, focused, choose, found = false, busy = false }: ListProps) {
    const menu = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => {
        const frame = menu.current!.parentElement!.getBoundingClientRect();
        menu.current!.classList.toggle("select-up", innerHeight - frame.bottom < ROOM_PX && frame.top > ROOM_PX);
        menu.current!.scrollIntoView({ block: "nearest" });
    }, []);
    useLayoutEffect(() => {
        menu.current!.querySelector(`[data-index="${focused.value}"]`)?.scrollIntoView({ block: "nearest" });
    }, [focused.value]);
    return (
        <div class="iv-select__menu" ref={menu}>
            <div class="select-list" role="listbox" id={id} aria-label={label}>
                {options.map((one, i) => (
                    <div
                        key={i}
                        id={`${id}-${i}`}
                        class="select-option"
                        {...(found ? foundHooks(focused.value === i) : {})}
                        role="option"
                        data-index={i}
                        data-focused={focused.value === i || undefined}
                        aria-selected={chosen !== undefined && sameValue(one.value, chosen.value)}
                        onPointerMove={() => (focused.value = i)}
                        onPointerDown={(event) => event.preventDefault()}
                        onClick={() => choose(one)}
                    >
                        <OptionImage of={one} />
                        <span class="option-text">
                            <span class={one.description ? "option-label" : ""}>{scalarText(one.label)}</span>
                            {one.description && <span class="option-description">{one.description}</span>}
                        </span>
                    </div>
                ))}
            </div>
            {options.length === 0 && <p class="select-none">{busy ? "Loading..." : "No results found."}</p>}
        </div>
    );
}
