// SPDX-License-Identifier: MIT
// Owns what a run has told people. In development notifications are shown, not delivered.
import { place } from "../lib/session";
import type { Delivery, Notification } from "../lib/wire";

/** Without a method it would have been the one that the person prefers, which is email unless they say otherwise. */
function deliveryText({ to, method, status }: Delivery): string {
    const way = `to ${to} via ${method ?? "EMAIL"}`;
    if (place.value.mode === "console") {
        return `Would have sent ${way}`;
    }
    return status === "LOGGED" ? `Logged, not sent: ${way}` : `Sent ${way}`;
}

export function NotificationList({ list }: { list: Notification[] }) {
    if (list.length === 0) {
        return <p class="muted small">No notifications yet. In development they are shown here and not delivered.</p>;
    }
    return (
        <ul class="notifications">
            {list.map((one, i) => (
                <li key={i}>
                    <p>
                        {one.title && <strong>{one.title}: </strong>}
                        {one.message}
                    </p>
                    {one.deliveries.map((target, k) => (
                        <p key={k} class="muted small">
                            {deliveryText(target)}
                        </p>
                    ))}
                    {one.deliveries.length === 0 && <p class="muted small">For whoever ran this action</p>}
                </li>
            ))}
        </ul>
    );
}
