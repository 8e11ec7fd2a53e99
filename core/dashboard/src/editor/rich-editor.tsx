// SPDX-License-Identifier: MIT
// Owns the editor of INPUT_RICH_TEXT: ProseMirror inside a field. Loaded when the first such field is drawn.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Command, EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import type { ViewProps } from "../forms/method";
import type { RichTextProps } from "../methods/input-rich-text";
import { safeFragment } from "../ui/sanitize";
import { addImage, linkAt, plugins, removeLink, setLink } from "./commands";
import { AddressDialog } from "./dialogs";
import { isBlank, parseHtml, toHtml } from "./schema";
import { Toolbar } from "./toolbar";
import "./editor.css";

type Asking = "link" | "image" | null;
type Props = ViewProps<RichTextProps>;

const PLACEHOLDER = "Write something";

/** Attributes of the editing area, which ProseMirror draws. */
function attributes(state: EditorState, { field, props, editable, describedBy, invalid }: Props): Record<string, string> {
    const empty = state.doc.childCount === 1 && state.doc.firstChild!.isTextblock && state.doc.firstChild!.content.size === 0;
    const found: Record<string, string | false | undefined> = {
        "id": field.id,
        "class": "prose",
        "role": "textbox",
        "aria-multiline": "true",
        "aria-labelledby": `${field.id}-label`,
        "aria-describedby": describedBy,
        "aria-invalid": invalid && "true",
        "aria-required": !field.optional.value && "true",
        "aria-disabled": !(editable && !props.disabled) && "true",
        "data-autofocus-target": "true",
        "data-placeholder": empty && (props.placeholder ?? PLACEHOLDER),
    };
    return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

export function RichEditor(view: Props) {
    const { field, props, label, editable } = view;
    const holder = useRef<HTMLDivElement>(null);
    const editor = useRef<EditorView | null>(null);
    const latest = useRef(view);
    latest.current = view;
    const state = useSignal<EditorState | null>(null);
    const asking = useSignal<Asking>(null);
    const disabled = !editable || props.disabled === true;

    useLayoutEffect(() => {
        const doc = parseHtml(safeFragment(field.current<string>() ?? ""));
        const start = EditorState.create({ doc, plugins: plugins(() => (asking.value = "link")) });
        const made = new EditorView(holder.current, {
            state: start,
            editable: () => latest.current.editable && latest.current.props.disabled !== true,
            attributes: (now) => attributes(now, latest.current),
            dispatchTransaction(change) {
                const next = made.state.apply(change);
                made.updateState(next);
                state.value = next;
                if (change.docChanged) {
                    field.set(isBlank(next.doc) ? undefined : toHtml(next.doc));
                }
            },
        });
        editor.current = made;
        state.value = start;
        return () => made.destroy();
    }, []);
    useLayoutEffect(() => editor.current?.setProps({}), [editable, props, view.describedBy, view.invalid]);

    const run = (command: Command) => {
        const now = editor.current!;
        command(now.state, now.dispatch, now);
        now.focus();
    };
    const finish = (command?: Command) => {
        asking.value = null;
        requestAnimationFrame(() => (command ? run(command) : editor.current?.focus()));
    };
    const link = state.value && asking.value === "link" ? linkAt(state.value) : null;
    return (
        <div class="input input-frame editor" data-disabled={disabled || undefined}>
            {state.value && <Toolbar label={label} state={state.value} disabled={disabled} run={run} open={(what) => (asking.value = what)} />}
            <div ref={holder} class="editor-area" />
            {asking.value === "link" && (
                <AddressDialog
                    title={link ? "Edit link" : "Add link"}
                    action={link ? "Save" : "Add"}
                    address={link?.href}
                    done={(address) => finish(setLink(address))}
                    remove={link ? () => finish(removeLink) : undefined}
                    close={() => finish()}
                />
            )}
            {asking.value === "image" && (
                <AddressDialog
                    title="Add image"
                    action="Add"
                    withText
                    done={(address, text) => finish(addImage(address, text))}
                    close={() => finish()}
                />
            )}
        </div>
    );
}
