// SPDX-License-Identifier: MIT
// Owns SELECT_SINGLE: a combobox that filters its options by label. The list itself is option-list.tsx.
import { useSignal } from "@preact/signals";
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase, option, type Option, sameValue } from "../forms/shared-shapes";
import { boolean, type Infer, list, maybe, object, or } from "../forms/shape";
import { scalarText } from "../lib/format";
import { Icon } from "../ui/icon";
import { useCombobox } from "./combobox";
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
    const listId = `${field.id}-options`;
    const query = useSignal("");
    const needle = query.value.trim().toLowerCase();
    const shown = needle === "" ? props.options : props.options.filter((one) => scalarText(one.label).toLowerCase().includes(needle));
    const choose = (one: Option | undefined) => {
        field.set(one);
        box.close();
        box.input.current?.focus();
    };
    const box = useCombobox({
        query,
        shown,
        usable: editable && !props.disabled,
        first: () => Math.max(0, chosen ? props.options.findIndex((one) => sameValue(one.value, chosen.value)) : 0),
        tabChooses: query.value !== "",
        choose,
        erase: () => chosen && choose(undefined),
    });
    const { open, focused } = box;

    return (
        <div class="iv-select-container" ref={box.frame} onFocusOut={box.onFocusOut}>
            <div class="input input-frame select-frame" onClick={box.onClick}>
                {chosen && query.value === "" && (
                    <span class="iv-select__single-value" id={`${field.id}-value`}>
                        <OptionImage of={chosen} selected />
                        <span class="truncate">{scalarText(chosen.label)}</span>
                    </span>
                )}
                <input
                    ref={box.input}
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
                    onInput={(event) => box.type(event.currentTarget.value)}
                    onKeyDown={box.onKeyDown}
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
