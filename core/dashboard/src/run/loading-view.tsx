// SPDX-License-Identifier: MIT
// Owns the loading state: texts, spinner, progress bar.
import type { Loading } from "../lib/wire";
import { Spinner } from "../ui/spinner";

export function LoadingView({ state }: { state: Loading }) {
    const label = state.label ?? state.title;
    const { itemsInQueue: total, itemsCompleted: done } = state;
    const counted = typeof total === "number" && typeof done === "number";
    return (
        <div class="loading" role="status">
            <Spinner />
            <div class="loading-text">
                {label && (
                    <p class="loading-label" data-pw-label>
                        {label}
                    </p>
                )}
                {state.description && (
                    <p class="muted" data-pw-description>
                        {state.description}
                    </p>
                )}
                {counted && (
                    <>
                        <progress class="progress" max={Math.max(total, 1)} value={done} aria-label={label || "Progress"} />
                        <p class="muted small">
                            Completed {done} of {total}
                        </p>
                    </>
                )}
            </div>
        </div>
    );
}
