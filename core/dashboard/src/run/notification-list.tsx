// SPDX-License-Identifier: MIT
// Owns what would have been sent: in development notifications are shown, not delivered.
import type { Notification } from "../lib/wire";

export function NotificationList({ list }: { list: Notification[] }) {
    if (list.length === 0) {
        return <p class="muted small">No notifications yet. In development they are shown here and not delivered.</p>;
    }
    return (
        <ul class="stack">
            {list.map((one, i) => (
                <li key={i}>
                    <p>
                        {one.title && <strong>{one.title}: </strong>}
                        {one.message}
                    </p>
                    {one.deliveries.map((target, k) => (
                        <p key={k} class="muted small">
                            Would have sent to {target.to} via {target.method ?? "EMAIL"}
                        </p>
                    ))}
                </li>
            ))}
        </ul>
    );
}
