// SPDX-License-Identifier: MIT
// Owns the navigation inside a top-level page: a column at the left, a select when narrow.
import { navigate } from "../lib/nav";
import { routePath } from "../lib/place";
import { childrenOf, findRoute } from "../lib/route-tree";
import { place, routes } from "../lib/session";
import type { Route } from "../lib/wire";

interface Entry {
    route: Route;
    depth: number;
}

/** The top-level page whose navigation goes with `slug`, or null. */
export function subnavFor(slug: string): Route | null {
    const all = routes.value ?? [];
    const top = findRoute(all, slug.split("/")[0]!);
    if (top === undefined || top.kind !== "page" || childrenOf(all, top.slug).length === 0) {
        return null;
    }
    return slug !== top.slug || top.hasHandler ? top : null;
}

function entries(all: Route[], parent: string, current: string, depth: number): Entry[] {
    return childrenOf(all, parent).flatMap((route) => {
        const inside = route.kind === "page" && (current === route.slug || current.startsWith(`${route.slug}/`));
        return [{ route, depth }, ...(inside ? entries(all, route.slug, current, depth + 1) : [])];
    });
}

export function Subnav({ of, current }: { of: Route; current: string }) {
    const at = place.value;
    const list: Entry[] = [{ route: of, depth: 0 }, ...entries(routes.value ?? [], of.slug, current, 0)];
    return (
        <nav class="subnav" aria-label={of.name}>
            <ul>
                {list.map(({ route, depth }) => (
                    <li key={route.slug}>
                        <a
                            href={routePath(at, route.slug)}
                            class={`subnav-link subnav-depth-${Math.min(depth, 3)} ${route === of ? "subnav-top" : ""}`}
                            aria-current={route.slug === current ? "page" : undefined}
                            data-pw-run-slug={route.slug}
                        >
                            {route.name}
                        </a>
                    </li>
                ))}
            </ul>
            <select
                class="input"
                aria-label={`Go to, within ${of.name}`}
                value={current}
                onChange={(event) => void navigate(routePath(at, event.currentTarget.value))}
            >
                {list.map(({ route, depth }) => (
                    <option key={route.slug} value={route.slug}>
                        {"  ".repeat(depth) + route.name}
                    </option>
                ))}
            </select>
        </nav>
    );
}
