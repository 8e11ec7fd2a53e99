// SPDX-License-Identifier: MIT
// Owns the toolbar of a rich text. The names of its controls are automation hooks (io-methods 8.6).
import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import type { Command, EditorState } from "prosemirror-state";
import { isApple } from "../forms/form-view";
import { commands, hasMark, headingLevel, isInside, linkAt, setHeading } from "./commands";
import { schema } from "./schema";

const { nodes, marks } = schema;

interface Tool {
    label: string;
    keys?: string;
    /** A path on a 20 x 20 grid, or the letter that says it. */
    face: string | ComponentChildren;
    /** What it does, or which dialog it opens. */
    run: Command | "link" | "image";
    pressed?(state: EditorState): boolean;
}

const GROUPS: Tool[][] = [
    [
        { label: "Toggle bold", keys: "B", face: <b>B</b>, run: commands.bold, pressed: (s) => hasMark(s, marks.strong) },
        { label: "Toggle italic", keys: "I", face: <i>I</i>, run: commands.italic, pressed: (s) => hasMark(s, marks.em) },
        { label: "Toggle underline", keys: "U", face: <u>U</u>, run: commands.underline, pressed: (s) => hasMark(s, marks.underline) },
        { label: "Toggle strikethrough", keys: "Shift+X", face: <s>S</s>, run: commands.strike, pressed: (s) => hasMark(s, marks.strike) },
    ],
    [
        {
            label: "Toggle bulleted list",
            keys: "Shift+8",
            face: "M8 5h9M8 10h9M8 15h9M3.500 5h.01M3.500 10h.01M3.500 15h.01",
            run: commands.bullets,
            pressed: (s) => isInside(s, nodes.bullet_list),
        },
        {
            label: "Toggle ordered list",
            keys: "Shift+7",
            face: "M9 5h8M9 10h8M9 15h8M3 3.500l1.200-.5v4.500M3 12.700c.3-1.500 2.600-1.300 2.300.1-.2.9-2.300 1.900-2.300 3.200h2.500",
            run: commands.ordered,
            pressed: (s) => isInside(s, nodes.ordered_list),
        },
        {
            label: "Toggle blockquote",
            keys: "Shift+B",
            face: "M3 4v12M7 6h10M7 10h10M7 14h6",
            run: commands.quote,
            pressed: (s) => isInside(s, nodes.blockquote),
        },
    ],
    [
        {
            label: "Add link...",
            keys: "Shift+K",
            face: "M8.500 11.500a3 3 0 0 0 4.300 0l2.700-2.700a3 3 0 0 0-4.300-4.300l-.8.8M11.500 8.500a3 3 0 0 0-4.300 0l-2.700 2.700a3 3 0 0 0 4.300 4.300l.8-.8",
            run: "link",
            pressed: (s) => linkAt(s) !== null,
        },
        { label: "Add image...", face: "M3 4h14v12H3zM3 13.500l4-4 3.500 3.500 2.500-2 4 3.500M12.500 7.500h.01", run: "image" },
    ],
    [
        { label: "Undo", keys: "Z", face: "M7 4 3.500 7.500 7 11M3.500 7.500H12a4.500 4.500 0 0 1 0 9H7", run: commands.undo },
        { label: "Redo", keys: "Shift+Z", face: "M13 4l3.500 3.500L13 11M16.500 7.500H8a4.500 4.500 0 0 0 0 9h5", run: commands.redo },
        { label: "Clear formatting", face: "M5 4h10M10 4 8 12M4 16h5M12.500 12.500l4 4M16.500 12.500l-4 4", run: commands.clear },
    ],
];

const ALL = GROUPS.flat();
const modifier = isApple ? "⌘" : "Ctrl+";

function Face({ face }: { face: Tool["face"] }) {
    return typeof face === "string" ? (
        <svg class="icon" width={20} height={20} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d={face} />
        </svg>
    ) : (
        <span class="tool-letter" aria-hidden="true">
            {face}
        </span>
    );
}

interface ToolbarProps {
    label: string;
    state: EditorState;
    disabled: boolean;
    run(command: Command): void;
    open(dialog: "link" | "image"): void;
}

export function Toolbar({ label, state, disabled, run, open }: ToolbarProps) {
    const at = useSignal(0);
    const level = headingLevel(state);
    /** The buttons are one stop for Tab; arrows go from one to the next. */
    const onKeyDown = (event: KeyboardEvent) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
        if (step !== undefined) {
            event.preventDefault();
            at.value = (buttons.indexOf(event.target as HTMLButtonElement) + step + ALL.length) % ALL.length;
            buttons[at.value]?.focus();
        }
    };
    const isOff = (tool: Tool) => (tool.run === commands.undo || tool.run === commands.redo) && !(tool.run as Command)(state);
    const press = (tool: Tool) => {
        at.value = ALL.indexOf(tool);
        if (tool.run === "link" || tool.run === "image") {
            open(tool.run);
        } else {
            run(tool.run);
        }
    };
    return (
        <div class="tools" role="toolbar" aria-label={`Formatting of ${label}`}>
            <select
                class="tool-select"
                aria-label="Heading level"
                disabled={disabled}
                value={level > 3 ? "" : String(level)}
                onChange={(event) => run(setHeading(Number(event.currentTarget.value)))}
            >
                <option value="0">Normal</option>
                <option value="1">Heading 1</option>
                <option value="2">Heading 2</option>
                <option value="3">Heading 3</option>
            </select>
            <div class="tool-groups" onKeyDown={onKeyDown}>
                {GROUPS.map((group, i) => (
                    <div key={i} class="tool-group">
                        {group.map((tool) => (
                            <button
                                key={tool.label}
                                type="button"
                                class="tool"
                                aria-label={tool.label}
                                title={tool.keys ? `${tool.label} (${modifier}${tool.keys})` : tool.label}
                                aria-pressed={tool.pressed?.(state)}
                                aria-disabled={isOff(tool) || undefined}
                                disabled={disabled}
                                tabIndex={ALL[at.value] === tool ? 0 : -1}
                                onPointerDown={(event) => event.preventDefault()}
                                onClick={() => press(tool)}
                            >
                                <Face face={tool.face} />
                            </button>
                        ))}
                    </div>
                ))}
            </div>
        </div>
    );
}
