// SPDX-License-Identifier: MIT
// Owns the table of durable calls, and choosing some of them.
import { formatMicros } from "../lib/format";
import { callPath } from "../lib/place";
import { place } from "../lib/session";
import { Ago } from "../ui/when";
import { StateBadge, attemptWord, whose } from "./state-badge";
import type { AsyncCall } from "./wire";

/** Ids of the calls that were ticked. */
export interface Choice {
    chosen: ReadonlySet<string>;
    choose(ids: string[], isChosen: boolean): void;
}

interface BoxProps {
    label: string;
    checked: boolean;
    onChange(checked: boolean): void;
}

function Box({ label, checked, onChange }: BoxProps) {
    return <input type="checkbox" aria-label={label} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

function Row({ call, choice }: { call: AsyncCall; choice?: Choice }) {
    return (
        <tr data-call={call.id}>
            {choice && (
                <td class="call-box">
                    <Box label={`Choose ${call.id}`} checked={choice.chosen.has(call.id)} onChange={(checked) => choice.choose([call.id], checked)} />
                </td>
            )}
            <td class="call-name">
                <a class="history-name mono small" href={callPath(place.value, call.id)}>
                    {call.id}
                </a>
                <span class="muted small">{whose(call)}</span>
            </td>
            <td>
                <Ago at={call.createdAt} />
            </td>
            <td>
                <span class="call-state">
                    <StateBadge state={call.state} /> {call.status !== null && <span class="mono small">{call.status}</span>}
                </span>
                {call.error && <span class="muted small call-error">{call.error}</span>}
            </td>
            <td data-label="Attempt">{attemptWord(call)}</td>
            <td data-label="Took">{call.durationUs !== null && formatMicros(call.durationUs)}</td>
        </tr>
    );
}

export function CallTable({ calls, choice }: { calls: AsyncCall[]; choice?: Choice }) {
    const ids = calls.map((call) => call.id);
    return (
        <table class="history calls">
            <thead>
                <tr>
                    {choice && (
                        <td class="call-box">
                            <Box label="Choose all on this page" checked={ids.every((id) => choice.chosen.has(id))} onChange={(checked) => choice.choose(ids, checked)} />
                        </td>
                    )}
                    <th scope="col">Call</th>
                    <th scope="col">Accepted</th>
                    <th scope="col">State</th>
                    <th scope="col">Attempt</th>
                    <th scope="col">Took</th>
                </tr>
            </thead>
            <tbody>
                {calls.map((call) => (
                    <Row key={call.cursor} call={call} choice={choice} />
                ))}
            </tbody>
        </table>
    );
}
