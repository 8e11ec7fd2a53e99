// SPDX-License-Identifier: MIT
// Owns the coloured word for the state of a durable call.
import type { CallState } from "./wire";

const LOOKS: Record<CallState, [string, string]> = {
    queued: ["Queued", "badge-info"],
    running: ["Running", "badge-info"],
    retrying: ["Retrying", "badge-warning"],
    succeeded: ["Succeeded", "badge-good"],
    failed: ["Failed", "badge-danger"],
    dead: ["Dead letter", "badge-danger"],
    cancelled: ["Cancelled", ""],
};

export const STATES = Object.keys(LOOKS) as CallState[];
export const stateWord = (state: CallState) => LOOKS[state][0];
export const isOver = (state: CallState) => state === "succeeded" || state === "failed" || state === "dead" || state === "cancelled";

export function StateBadge({ state }: { state: CallState }) {
    const [word, tone] = LOOKS[state] ?? [state, ""];
    return <span class={`badge ${tone}`}>{word}</span>;
}
