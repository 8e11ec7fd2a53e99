// SPDX-License-Identifier: MIT
// Owns drawing one table cell: markdown texts, links, images, colours, and folding of tall contents.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { toDate } from "../lib/time";
import { Markdown } from "../ui/markdown";
import { isRich, type RichObject, Value } from "../ui/value";

const TALL_PX = 220;
const MAY_BE_TALL = 240;
const COLORS = new Set(["red", "orange", "yellow", "green", "blue", "purple", "pink", "gray"]);

export function highlightOf(cell: unknown): string | undefined {
    const color = typeof cell === "object" && cell !== null ? (cell as RichObject).highlightColor : undefined;
    return color && COLORS.has(color) ? color : undefined;
}

function Tall({ children }: { children: ComponentChildren }) {
    const ref = useRef<HTMLDivElement>(null);
    const tall = useSignal(false);
    const expanded = useSignal(false);
    useLayoutEffect(() => {
        const observer = new ResizeObserver(() => (tall.value = ref.current!.scrollHeight > TALL_PX + 4));
        observer.observe(ref.current!);
        return () => observer.disconnect();
    }, []);
    return (
        <>
            <div ref={ref} class={expanded.value ? "cell-tall cell-open" : "cell-tall"} tabIndex={expanded.value ? 0 : undefined}>
                {children}
            </div>
            {tall.value && (
                <button
                    type="button"
                    class="text-button"
                    aria-expanded={expanded.value}
                    onClick={(event) => {
                        event.stopPropagation();
                        expanded.value = !expanded.value;
                    }}
                >
                    {expanded.value ? "Collapse" : "Expand"}
                </button>
            )}
        </>
    );
}

function isLong(text: string): boolean {
    return text.length > MAY_BE_TALL || text.split("\n").length > 8;
}

function CellText({ text, plain }: { text: string; plain: boolean | undefined }) {
    const body = plain ? <span class="cell-plain">{text}</span> : <Markdown text={text} />;
    return isLong(text) ? <Tall>{body}</Tall> : body;
}

/** plain: texts are what they are, not markdown. */
export function CellContent({ cell, plain }: { cell: unknown; plain?: boolean | undefined }) {
    if (cell === null || cell === undefined || cell === "") {
        return <span class="cell-empty">-</span>;
    }
    if (typeof cell === "string" && toDate(cell) === null) {
        return cell === "-" ? <>-</> : <CellText text={cell} plain={plain} />;
    }
    if (typeof cell !== "object" || cell instanceof Date) {
        return <Value value={cell} plainNumbers />;
    }
    if (isRich(cell)) {
        const plainText = typeof cell.label === "string" && !cell.image && !(cell.url ?? cell.href ?? cell.route ?? cell.action);
        if (plainText && toDate(cell.label) === null) {
            return <CellContent cell={cell.label} plain={plain} />;
        }
        if (cell.image) {
            return (
                <Tall>
                    <Value value={cell} plainNumbers />
                </Tall>
            );
        }
        return cell.label === null && Object.keys(cell).length === 1 ? <span class="cell-empty">-</span> : <Value value={cell} plainNumbers />;
    }
    return (
        <Tall>
            <Value value={cell} plainNumbers />
        </Tall>
    );
}
