// SPDX-License-Identifier: MIT
// Owns instants on screen: how long ago, and when exactly.
import { formatAgo, formatExact, formatInstant } from "../lib/format";

/** "3 minutes ago"; to the millisecond where the pointer rests. */
export function Ago({ at }: { at: number }) {
    return (
        <time dateTime={new Date(at).toISOString()} title={formatExact(at)}>
            {formatAgo(at)}
        </time>
    );
}

/** Both at once, for the page about one thing. */
export function When({ at }: { at: number }) {
    const ago = formatAgo(at);
    const instant = formatInstant(at);
    return (
        <span class="when">
            <Ago at={at} /> {ago !== instant && <span class="muted small">{instant}</span>}
        </span>
    );
}
