// SPDX-License-Identifier: MIT
// Owns SELECT_SINGLE: a combobox that filters its options by label. The list itself is option-list.tsx.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase, option, type Option, sameValue } from "../forms/shared-shapes";
import { boolean, type Infer, list, maybe, object, or } from "../forms/shape";
import { scalarText } from "../lib/format";
import { Icon } from "../ui/icon";
import { OptionImage, OptionList } from "./option-list";

const shape = object({
    ...inputBase,
    options: list(option),
    defaultValue: maybe(option),
    searchable: or(boolean, true),
});
type Props = Infer<typeof shape>;

function View({ field, props, editable, current, describedBy, invalid }: ViewProps<Props>) {
    const chosen = field.current<Option>();
    const open = useSignal(false);
    const query = useSignal("");
    const focused = useSignal(0);
    const frame = useRef<HTMLDivElement>(null);
    const input = useRef<HTMLInputElement>(null);
    const listId = `${field.id}-options`;
    const needle = query.value.trim().toLowerCase();
    const shown = needle === "" ? props.options : props.options.filter((one) => scalarText(one.label).toLowerCase().includes(needle));

    const close = () => {
        open.value = false;
        query.value = "";
    };
    const show = () => {
        if (editable && !props.disabled && !open.value) {
            open.value = true;
            focused.value = Math.max(0, chosen ? props.options.findIndex((one) => sameValue(one.value, chosen.value)) : 0);
        }
    };
    const choose = (one: Option | undefined) => {
        field.set(one);
        close();
        input.current?.focus();
    };
    const onKeyDown = (event: KeyboardEvent) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (!open.value) {
                show();
            } else if (shown.length > 0) {
                focused.value = (focused.value + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length;
            }
        } else if ((event.key === "Enter" || event.key === "Tab") && open.value && shown[focused.value] && !event.ctrlKey && !event.metaKey) {
            if (event.key === "Enter" || query.value !== "") {
                choose(shown[focused.value]);
            }
        } else if (event.key === "Escape" && open.value) {
            event.stopPropagation();
            close();
        } else if ((event.key === "Backspace" || event.key === "Delete") && query.value === "" && chosen) {
            choose(undefined);
        }
    };
    useEffect(() => {
        if (!open.value) {
            return undefined;
        }
        const onOutside = (event: Event) => {
            if (!frame.current?.contains(event.target as Node)) {
                close();
            }
        };
        document.addEventListener("pointerdown", onOutside);
        return () => document.removeEventListener("pointerdown", onOutside);
    }, [open.value]);

    return (
        <div class="iv-select-container" ref={frame} onFocusOut={(event) => !frame.current?.contains(event.relatedTarget as Node) && close()}>
            <div class="input input-frame select-frame" data-disabled={!editable || props.disabled || undefined} onClick={() => (input.current?.focus(), show())}>
                {chosen && query.value === "" && (
                    <span class="iv-select__single-value" id={`${field.id}-value`}>
                        <OptionImage of={chosen} selected />
                        <span class="truncate">{scalarText(chosen.label)}</span>
                    </span>
                )}
                <input
                    ref={input}
                    id={field.id}
                    class="select-input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    aria-expanded={open.value}
                    aria-controls={listId}
                    aria-autocomplete={props.searchable ? "list" : "none"}
                    aria-activedescendant={open.value && shown.length > 0 ? `${listId}-${focused.value}` : undefined}
                    aria-describedby={[chosen && `${field.id}-value`, describedBy].filter(Boolean).join(" ") || undefined}
                    aria-invalid={invalid || undefined}
                    aria-required={!field.optional.value || undefined}
                    disabled={props.disabled}
                    placeholder={chosen || !current ? undefined : "Select..."}
                    readOnly={!props.searchable}
                    value={query.value}
                    data-autofocus-target
                    onInput={(event) => {
                        query.value = event.currentTarget.value;
                        focused.value = 0;
                        open.value = true;
                    }}
                    onKeyDown={onKeyDown}
                />
                {chosen && editable && !props.disabled && (
                    <button
                        type="button"
                        class="select-button"
                        aria-label="Clear"
                        tabIndex={-1}
                        onClick={(event) => {
                            event.stopPropagation();
                            choose(undefined);
                        }}
                    >
                        <Icon name="close" size={15} />
                    </button>
                )}
                <span class="select-button">
                    <Icon name="chevronDown" size={16} />
                </span>
            </div>
            {open.value && <OptionList id={listId} label={field.label.value} options={shown} chosen={chosen} focused={focused} choose={choose} />}
        </div>
    );
}

export const selectSingle = defineMethod<Props>({
    shape,
    View,
    initial: ({ defaultValue, options }) => defaultValue && options.find((one) => sameValue(one.value, defaultValue.value)),
});
