// SPDX-License-Identifier: MIT
// Owns the table of durable calls.
import { formatAgo, formatInstant } from "../lib/format";
import { callPath } from "../lib/place";
import { place } from "../lib/session";
import { formatMicros } from "./chart";
import { StateBadge } from "./state-badge";
import type { AsyncCall } from "./wire";

function Row({ call }: { call: AsyncCall }) {
    return (
        <tr data-call={call.id}>
            <td>
                <a class="history-name mono small" href={callPath(place.value, call.id)}>
                    {call.id}
                </a>
                <span class="muted small">{call.function}</span>
            </td>
            <td title={formatInstant(call.createdAt)}>{formatAgo(call.createdAt)}</td>
            <td>
                <StateBadge state={call.state} /> {call.status ? <span class="mono small">{call.status}</span> : null}
                {call.error && <span class="muted small call-error">{call.error}</span>}
            </td>
            <td>{`${call.attempt} of ${call.maxAttempts}`}</td>
            <td>{call.durationUs ? formatMicros(call.durationUs) : ""}</td>
        </tr>
    );
}

export function CallTable({ calls }: { calls: AsyncCall[] }) {
    return (
        <table class="history calls">
            <thead>
                <tr>
                    <th scope="col">Call</th>
                    <th scope="col">Accepted</th>
                    <th scope="col">State</th>
                    <th scope="col">Attempt</th>
                    <th scope="col">Took</th>
                </tr>
            </thead>
            <tbody>
                {calls.map((call) => (
                    <Row key={call.id} call={call} />
                ))}
            </tbody>
        </table>
    );
}
