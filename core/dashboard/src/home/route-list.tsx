// SPDX-License-Identifier: MIT
// Owns the list of pages and actions as cards or lines, with their badges.
import { plural } from "../lib/format";
import { routePath } from "../lib/place";
import { childrenOf } from "../lib/route-tree";
import { place } from "../lib/session";
import type { Route } from "../lib/wire";
import { Icon } from "../ui/icon";
import { view } from "./view-switch";

export function RouteBadges({ route }: { route: Route }) {
    return (
        <>
            {route.status === "OFFLINE" && (
                <span class="badge badge-warning" title="Nothing serves this route right now.">
                    Offline
                </span>
            )}
            {route.status === "DISABLED" && (
                <span class="badge badge-danger" title={route.disabled?.message}>
                    Disabled after crashes
                </span>
            )}
            {route.unlisted && <span class="badge">Unlisted</span>}
            {route.backgroundable && (
                <span class="badge" title="Keeps running when you leave.">
                    Background
                </span>
            )}
        </>
    );
}

function hooksOf(route: Route): Record<string, string> {
    return route.kind === "page"
        ? { "data-pw-action-group": route.slug }
        : { "data-pw-run-slug": route.slug, "data-pw": "run-action" };
}

function Item({ route, all }: { route: Route; all: Route[] }) {
    const isPage = route.kind === "page";
    const count = isPage ? childrenOf(all, route.slug).length : 0;
    return (
        <li class={`route ${route.status === "ONLINE" ? "" : "route-off"}`}>
            <span class={`route-icon ${isPage ? "route-icon-page" : ""}`}>
                <Icon name={isPage ? (route.hasHandler ? "page" : "folder") : "play"} />
            </span>
            <div class="route-text">
                <p class="route-name">
                    <a href={routePath(place.value, route.slug)} {...hooksOf(route)}>
                        {route.name}
                    </a>
                </p>
                {route.description && (
                    <p class="route-description" title={route.description}>
                        {route.description}
                    </p>
                )}
                <p class="route-foot">
                    {count > 0 && <span class="muted small">{plural(count, "item")}</span>}
                    <RouteBadges route={route} />
                </p>
            </div>
            <Icon name="chevronRight" size={16} />
        </li>
    );
}

export function RouteList({ routes, all }: { routes: Route[]; all: Route[] }) {
    return (
        <ul class={`routes routes-${view.value}`} data-pw-actions-list>
            {routes.map((route) => (
                <Item key={route.slug} route={route} all={all} />
            ))}
        </ul>
    );
}
