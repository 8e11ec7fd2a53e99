// SPDX-License-Identifier: MIT
// Owns log lines: one div each, addresses clickable, newest kept in view.
import { useEffect, useRef } from "preact/hooks";
import { formatClock } from "../lib/format";
import type { LogLine } from "../lib/wire";

const ADDRESS = /(https?:\/\/[^\s<>"')\]]+)/;

function WithLinks({ text }: { text: string }) {
    return (
        <>
            {text.split(ADDRESS).map((part, i) =>
                i % 2 === 1 ? (
                    <a key={i} href={part} target="_blank" rel="noreferrer">
                        {part}
                    </a>
                ) : (
                    part
                ),
            )}
        </>
    );
}

export function LogLines({ lines, completed }: { lines: LogLine[]; completed: boolean }) {
    const end = useRef<HTMLParagraphElement>(null);
    useEffect(() => {
        const box = end.current?.closest(".panel-body");
        box?.scrollTo({ top: box.scrollHeight });
    }, [lines.length, completed]);
    return (
        <div class="logs" data-pw-transaction-logs>
            {lines.map((line) => (
                <div key={line.index} class="log-line" title={formatClock(line.timestamp)}>
                    <WithLinks text={line.data ?? ""} />
                </div>
            ))}
            <p ref={end} class="muted small">
                {completed ? "✔ Transaction completed" : lines.length === 0 ? "Nothing has been logged yet. Lines appear here as the route writes them." : ""}
            </p>
        </div>
    );
}
