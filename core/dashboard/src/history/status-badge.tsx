// SPDX-License-Identifier: MIT
// Owns the coloured word for the status of a run.
import { statusWord } from "../lib/format";

const TONES: Record<string, string> = {
    SUCCESS: "badge-good",
    FAILURE: "badge-danger",
    AWAITING_INPUT: "badge-warning",
    RUNNING: "badge-info",
    PENDING: "badge-info",
    HOST_CONNECTION_DROPPED: "badge-warning",
};

export function StatusBadge({ status, resultStatus }: { status: string; resultStatus: string | null }) {
    return <span class={`badge ${TONES[resultStatus ?? status] ?? ""}`}>{statusWord(status, resultStatus)}</span>;
}
