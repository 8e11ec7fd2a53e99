// SPDX-License-Identifier: MIT
// Owns SEARCH: a combobox whose options the host finds. Values are opaque; what they looked like is remembered per field.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Field } from "../forms/field";
import { defineMethod, type ViewProps } from "../forms/method";
import { inputBase, option, type Option } from "../forms/shared-shapes";
import { type Infer, list, maybe, object, text } from "../forms/shape";
import { scalarText } from "../lib/format";
import { Icon } from "../ui/icon";
import { Spinner } from "../ui/spinner";
import { useCombobox } from "./combobox";
import { OptionImage, OptionList } from "./option-list";
import "../styles/input.css";

const shape = object({ ...inputBase, results: list(option), defaultValue: maybe(text), placeholder: maybe(text) });
type Props = Infer<typeof shape>;

const TYPING_MS = 500;

/** Earlier results stay valid for the whole call, so what was chosen among them must stay drawable. */
const seenBy = new WeakMap<Field, Map<unknown, Option>>();

function remember(field: Field, results: Option[]): Map<unknown, Option> {
    const seen = seenBy.get(field) ?? new Map<unknown, Option>();
    seenBy.set(field, seen);
    for (const one of results) {
        seen.set(one.value, one);
    }
    return seen;
}

/** Sends the term after a pause; never an empty one, never one twice. True while an answer is on its way or a term is. */
function useTerm(field: Field, term: string): boolean {
    const asked = useRef("");
    const waits = term.trim() !== "" && term !== asked.current;
    useEffect(() => {
        if (!waits) {
            return undefined;
        }
        const timer = setTimeout(() => {
            asked.current = term;
            field.setState({ queryTerm: term });
        }, TYPING_MS);
        return () => clearTimeout(timer);
    }, [term]);
    return waits || field.waiting.value;
}

interface ChipsProps {
    options: Option[];
    removable: boolean;
    remove(option: Option): void;
}

function Chips({ options, removable, remove }: ChipsProps) {
    return (
        <>
            {options.map((one) => (
                <span key={String(one.value)} class="chip">
                    <OptionImage of={one} selected />
                    <span class="iv-select__multi-value__label truncate">{scalarText(one.label)}</span>
                    {removable && (
                        <button
                            type="button"
                            class="chip-remove"
                            aria-label={`Remove ${scalarText(one.label)}`}
                            onClick={(event) => {
                                event.stopPropagation();
                                remove(one);
                            }}
                        >
                            <Icon name="close" size={13} />
                        </button>
                    )}
                </span>
            ))}
        </>
    );
}

function View({ field, props, label, editable, current, describedBy, invalid }: ViewProps<Props>) {
    const multiple = field.multiple.value;
    const query = useSignal("");
    const seen = remember(field, props.results);
    const values = [field.current<unknown>() ?? []].flat() as unknown[];
    const chosen = values.map((value) => seen.get(value) ?? ({ label: `Result ${String(value)}`, value } as Option));
    const busy = useTerm(field, query.value);
    const shown = busy ? [] : props.results.filter((one) => !multiple || !values.includes(one.value));
    const usable = editable && !props.disabled;
    const listId = `${field.id}-options`;

    const keep = (options: Option[]) => {
        const next = options.map((one) => one.value);
        field.set(next.length === 0 ? undefined : multiple ? next : next[0]);
        box.close();
        box.input.current?.focus();
    };
    const box = useCombobox<Option>({
        query,
        shown,
        usable,
        tabChooses: true,
        choose: (one) => keep(multiple ? [...chosen, one] : [one]),
        erase: () => chosen.length > 0 && keep(chosen.slice(0, -1)),
    });
    const { open, focused } = box;
    const single = multiple ? undefined : chosen[0];
    return (
        <div class="iv-select-container" ref={box.frame} onFocusOut={box.onFocusOut}>
            <div class={`input input-frame select-frame ${multiple ? "select-chips" : ""}`} onClick={box.onClick}>
                {single && query.value === "" && (
                    <span class="iv-select__single-value" id={`${field.id}-value`} data-pw-selected-search-result>
                        <OptionImage of={single} selected />
                        <span class="truncate">{scalarText(single.label)}</span>
                    </span>
                )}
                {multiple && <Chips options={chosen} removable={usable} remove={(one) => keep(chosen.filter((other) => other !== one))} />}
                <input
                    ref={box.input}
                    id={field.id}
                    class="select-input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    aria-expanded={open.value}
                    aria-controls={listId}
                    aria-autocomplete="list"
                    aria-activedescendant={open.value && shown.length > 0 ? `${listId}-${focused.value}` : undefined}
                    aria-describedby={[single && `${field.id}-value`, describedBy].filter(Boolean).join(" ") || undefined}
                    aria-invalid={invalid || undefined}
                    aria-required={!field.optional.value || undefined}
                    disabled={props.disabled}
                    placeholder={chosen.length > 0 || !current ? undefined : (props.placeholder ?? "Search...")}
                    value={query.value}
                    data-autofocus-target
                    onInput={(event) => box.type(event.currentTarget.value)}
                    onKeyDown={box.onKeyDown}
                />
                {busy && <Spinner small />}
                {chosen.length > 0 && usable && (
                    <button
                        type="button"
                        class="select-button"
                        aria-label="Clear"
                        tabIndex={-1}
                        onClick={(event) => {
                            event.stopPropagation();
                            keep([]);
                        }}
                    >
                        <Icon name="close" size={15} />
                    </button>
                )}
            </div>
            {open.value && (
                <OptionList
                    id={listId}
                    label={label}
                    options={shown}
                    chosen={single}
                    focused={focused}
                    choose={(one) => keep(multiple ? [...chosen, one] : [one])}
                    found
                    busy={busy}
                />
            )}
        </div>
    );
}

export const search = defineMethod<Props>({ shape, View, multiple: true, initial: (props) => props.defaultValue });
