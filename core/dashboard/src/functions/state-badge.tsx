// SPDX-License-Identifier: MIT
// Owns the words for durable calls: the coloured one for a state, and whose call it is.
import type { AsyncCall, CallState } from "./wire";

const LOOKS: Record<CallState, [string, string]> = {
    queued: ["Queued", "badge-info"],
    running: ["Running", "badge-info"],
    retrying: ["Retrying", "badge-warning"],
    succeeded: ["Succeeded", "badge-good"],
    failed: ["Failed", "badge-danger"],
    dead: ["Dead letter", "badge-danger"],
    cancelled: ["Cancelled", ""],
};
const OVER = new Set<CallState>(["succeeded", "failed", "dead", "cancelled"]);

export const STATES = Object.keys(LOOKS) as CallState[];
export const stateWord = (state: CallState) => LOOKS[state][0];
export const isOver = ({ state }: AsyncCall) => OVER.has(state);
export const whose = (call: AsyncCall) => call.function || `message of ${call.queue}`;

/** "2 of 11"; nothing before the first. */
export const attemptWord = ({ attempt, maxAttempts }: AsyncCall) => (attempt === 0 ? "" : `${attempt} of ${maxAttempts}`);

export function StateBadge({ state }: { state: CallState }) {
    const [word, tone] = LOOKS[state];
    return <span class={`badge ${tone}`}>{word}</span>;
}
