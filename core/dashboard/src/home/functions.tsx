// SPDX-License-Identifier: MIT
// Owns the list of HTTP functions with the address each one answers at.
import type { Route } from "../lib/wire";
import { CopyButton } from "../ui/copy";
import { RouteBadges } from "./route-list";

function Line({ route }: { route: Route }) {
    const url = location.origin + (route.url ?? `/fn/${route.slug}`);
    return (
        <li class="function">
            <span class="function-methods">
                {(route.methods ?? ["ANY"]).map((method) => (
                    <span key={method} class="badge badge-info mono">
                        {method}
                    </span>
                ))}
            </span>
            <div class="grow">
                <p class="route-name">{route.name}</p>
                {route.description && <p class="muted small">{route.description}</p>}
                <p class="function-url">
                    <a class="mono" href={url} target="_blank" rel="noreferrer">
                        {url}
                    </a>
                    <CopyButton bare text={url} label={`Copy address of ${route.name}`} />
                </p>
            </div>
            <RouteBadges route={route} />
        </li>
    );
}

export function Functions({ functions }: { functions: Route[] }) {
    const sorted = [...functions].sort((a, b) => a.slug.localeCompare(b.slug));
    return (
        <section class="home-section" aria-labelledby="functions-title">
            <h2 id="functions-title">Functions</h2>
            <ul class="functions">
                {sorted.map((route) => (
                    <Line key={route.slug} route={route} />
                ))}
            </ul>
        </section>
    );
}
