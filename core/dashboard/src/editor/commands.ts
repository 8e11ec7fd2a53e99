// SPDX-License-Identifier: MIT
// Owns what the toolbar and the keyboard can do to a rich text, and asking whether it is done already.
import { baseKeymap, chainCommands, lift, newlineInCode, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { MarkType, NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, type EditorState, type Plugin } from "prosemirror-state";
import { schema } from "./schema";

const { nodes, marks } = schema;

export function hasMark(state: EditorState, type: MarkType): boolean {
    const { from, to, empty, $from } = state.selection;
    return empty ? type.isInSet(state.storedMarks ?? $from.marks()) !== undefined : state.doc.rangeHasMark(from, to, type);
}

/** Is the selection inside a block of this type? */
export function isInside(state: EditorState, type: NodeType): boolean {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth--) {
        if ($from.node(depth).type === type) {
            return true;
        }
    }
    return false;
}

/** 1 to 6, or 0 for anything but a heading. */
export function headingLevel(state: EditorState): number {
    const { parent } = state.selection.$from;
    return parent.type === nodes.heading ? (parent.attrs.level as number) : 0;
}

export const setHeading = (level: number): Command =>
    level === 0 ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level });

/** Into a list of this kind; out of it when already there; from one kind to the other. */
function toggleList(type: NodeType): Command {
    const other = type === nodes.bullet_list ? nodes.ordered_list : nodes.bullet_list;
    return (state, dispatch, view) => {
        if (isInside(state, type)) {
            return liftListItem(nodes.list_item)(state, dispatch, view);
        }
        const { $from } = state.selection;
        for (let depth = $from.depth; depth > 0; depth--) {
            if ($from.node(depth).type === other) {
                dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
                return true;
            }
        }
        return wrapInList(type)(state, dispatch, view);
    };
}

const toggleQuote: Command = (state, dispatch, view) =>
    (isInside(state, nodes.blockquote) ? lift : wrapIn(nodes.blockquote))(state, dispatch, view);

const clearFormatting: Command = (state, dispatch) => {
    const { from, to } = state.selection;
    dispatch?.(state.tr.removeMark(from, to).setStoredMarks([]).setBlockType(from, to, nodes.paragraph));
    return true;
};

/** The link around the cursor or in the selection: its address and where it is. */
export function linkAt(state: EditorState): { href: string; from: number; to: number } | null {
    const { $from, from, to, empty } = state.selection;
    const around = empty ? $from.parent : null;
    let found: { href: string; from: number; to: number } | null = null;
    const look = (start: number, end: number) =>
        state.doc.nodesBetween(start, end, (node, at) => {
            const mark = marks.link.isInSet(node.marks);
            const touches = !empty || (at <= from && from <= at + node.nodeSize);
            if (mark && touches && found === null) {
                found = { href: mark.attrs.href as string, from: at, to: at + node.nodeSize };
            }
        });
    look(around ? $from.start() : from, around ? $from.end() : to);
    return found;
}

/** Links the selection; without one, the link around the cursor, or the address itself as text. */
export function setLink(href: string): Command {
    return (state, dispatch) => {
        const { from, to, empty } = state.selection;
        const old = linkAt(state);
        const mark = marks.link.create({ href });
        const tr = state.tr;
        if (!empty) {
            tr.removeMark(from, to, marks.link).addMark(from, to, mark);
        } else if (old !== null) {
            tr.removeMark(old.from, old.to, marks.link).addMark(old.from, old.to, mark);
        } else {
            tr.replaceSelectionWith(schema.text(href, [mark]), false);
        }
        dispatch?.(tr);
        return true;
    };
}

export const removeLink: Command = (state, dispatch) => {
    const { from, to, empty } = state.selection;
    const old = linkAt(state);
    if (old !== null) {
        dispatch?.(empty ? state.tr.removeMark(old.from, old.to, marks.link) : state.tr.removeMark(from, to, marks.link));
    }
    return old !== null;
};

export const addImage =
    (src: string, alt: string): Command =>
    (state, dispatch) => {
        dispatch?.(state.tr.replaceSelectionWith(nodes.image.create({ src, alt: alt || null })).scrollIntoView());
        return true;
    };

const breakLine: Command = (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
    return true;
};

export const commands = {
    bold: toggleMark(marks.strong),
    italic: toggleMark(marks.em),
    underline: toggleMark(marks.underline),
    strike: toggleMark(marks.strike),
    bullets: toggleList(nodes.bullet_list),
    ordered: toggleList(nodes.ordered_list),
    quote: toggleQuote,
    undo,
    redo,
    clear: clearFormatting,
};

/** Ctrl+Enter is the form's, Tab goes on to the next field; everything else is as people know it. */
function keys(askLink: () => void): Record<string, Command> {
    const { "Mod-Enter": _form, ...base } = baseKeymap;
    const ask: Command = () => (askLink(), true);
    return {
        ...base,
        "Enter": chainCommands(splitListItem(nodes.list_item), baseKeymap.Enter!),
        "Shift-Enter": chainCommands(newlineInCode, breakLine),
        "Mod-b": commands.bold,
        "Mod-i": commands.italic,
        "Mod-u": commands.underline,
        "Mod-Shift-x": commands.strike,
        "Mod-Shift-8": commands.bullets,
        "Mod-Shift-7": commands.ordered,
        "Mod-Shift-b": commands.quote,
        "Mod-Shift-k": ask,
        "Mod-z": undo,
        "Mod-y": redo,
        "Mod-Shift-z": redo,
        "Mod-[": liftListItem(nodes.list_item),
        "Mod-]": sinkListItem(nodes.list_item),
        ...Object.fromEntries([0, 1, 2, 3].map((level) => [`Mod-Alt-${level}`, setHeading(level)])),
    };
}

const rules = inputRules({
    rules: [
        wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
        wrappingInputRule(/^\s*([-+*])\s$/, nodes.bullet_list),
        wrappingInputRule(/^\s*1\.\s$/, nodes.ordered_list),
        textblockTypeInputRule(/^```$/, nodes.code_block),
        textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, (match) => ({ level: match[1]!.length })),
    ],
});

export const plugins = (askLink: () => void): Plugin[] => [history(), rules, keymap(keys(askLink))];
