// SPDX-License-Identifier: MIT
// Owns the list of pages and actions as cards or lines, with their badges.
import { plural } from "../lib/format";
import { routePath } from "../lib/place";
import { childrenOf } from "../lib/route-tree";
import { place } from "../lib/session";
import type { Route, RouteStatus } from "../lib/wire";
import { Icon } from "../ui/icon";
import { HostOf } from "./hosts";
import { view } from "./view-switch";

/** What is wrong with a route that is not online, in a word and in a sentence. */
const TROUBLES: Partial<Record<RouteStatus, [string, string]>> = {
    OFFLINE: ["Offline", "Nothing serves this route right now."],
    UNREACHABLE: ["Unreachable", "Its host was connected a moment ago. It comes back by itself when the host does."],
    SHUTTING_DOWN: ["Shutting down", "Its host finishes what runs and takes nothing new."],
};

export function RouteBadges({ route }: { route: Route }) {
    const trouble = TROUBLES[route.status];
    return (
        <>
            {trouble && (
                <span class="badge badge-warning" title={trouble[1]}>
                    {trouble[0]}
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
                    <HostOf route={route} all={all} />
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
