// SPDX-License-Identifier: MIT
// Owns who serves the routes besides this server: one line for all of them, and a name on a card where the line does not say it.
import type { Route } from "../lib/wire";

type Host = NonNullable<Route["host"]>;

/** The hosts that are connected, each SDK once. */
function connected(all: Route[]): Host[] {
    const found = new Map<string, Host>();
    for (const { host } of all) {
        if (host && host.instances > 0 && host.instances > (found.get(host.sdk)?.instances ?? 0)) {
            found.set(host.sdk, host);
        }
    }
    return [...found.values()];
}

const nameOf = ({ sdk, instances }: Host) => (instances > 1 ? `${sdk} × ${instances}` : sdk);

export function Hosts({ of }: { of: Route[] }) {
    const hosts = connected(of);
    return hosts.length === 0 ? null : (
        <p class="muted small">
            {hosts.length === 1 ? "Host" : "Hosts"}: {hosts.map(nameOf).join(", ")}
        </p>
    );
}

/** Says which host it is when there are several, or when it should be looked after. */
export function HostOf({ route, all }: { route: Route; all: Route[] }) {
    const { host, status } = route;
    return host && (status !== "ONLINE" || connected(all).length > 1) ? <span class="muted small">{nameOf(host)}</span> : null;
}
