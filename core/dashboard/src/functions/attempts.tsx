// SPDX-License-Identifier: MIT
// Owns the attempts of a durable call: those that failed, which the server lists, and the present or last one.
import { formatClock, formatMicros } from "../lib/format";
import { Ago } from "../ui/when";
import { stateWord } from "./state-badge";
import type { Attempt, WholeCall } from "./wire";

/** A row: one that failed, or the present or last one, with a word for what comes of it where that is no answer. */
type Try = Partial<Attempt> & { attempt: number; word?: string };

/** Is the attempt the call is at, or ended with, among those that are listed? Numbers may have begun again since. */
function isListed({ state, attempt, attempts }: WholeCall): boolean {
    const goesOn = state === "running" || state === "succeeded";
    return attempt === 0 || state === "queued" || state === "retrying" || (!goesOn && attempts.at(-1)?.attempt === attempt);
}

function triesOf(call: WholeCall): Try[] {
    const { state, attempt, attempts, status, finishedAt, durationUs, error } = call;
    if (isListed(call)) {
        return attempts;
    }
    if (state === "running" || state === "cancelled") {
        return [...attempts, { attempt, word: stateWord(state) }];
    }
    return [...attempts, { attempt, status: status ?? undefined, finishedAt: finishedAt ?? undefined, durationUs: durationUs ?? undefined, error: error ?? undefined }];
}

export function Attempts({ of }: { of: WholeCall }) {
    const tries = triesOf(of);
    return tries.length === 0 ? null : (
        <section class="function-section">
            <h2>Attempts</h2>
            <table class="history">
                <thead>
                    <tr>
                        <th scope="col">Attempt</th>
                        <th scope="col">Ended</th>
                        <th scope="col">Outcome</th>
                        <th scope="col">Took</th>
                    </tr>
                </thead>
                <tbody>
                    {tries.map((one, i) => (
                        <tr key={i} data-attempt={one.attempt}>
                            <td data-label="Attempt">{one.attempt}</td>
                            <td>
                                {one.finishedAt && (
                                    <>
                                        {formatClock(one.finishedAt)}{" "}
                                        <span class="muted small">
                                            <Ago at={one.finishedAt} />
                                        </span>
                                    </>
                                )}
                            </td>
                            <td>
                                {one.word ?? (
                                    <>
                                        {one.status && <span class="mono">{one.status}</span>} {one.error}
                                    </>
                                )}
                            </td>
                            <td data-label="Took">{one.durationUs !== undefined && formatMicros(one.durationUs)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </section>
    );
}
