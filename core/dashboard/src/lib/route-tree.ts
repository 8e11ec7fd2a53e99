// SPDX-License-Identifier: MIT
// Owns questions about the flat list of routes as a tree: children, parents, lookups.
import type { Route } from "./wire";

export const parentSlug = (slug: string) => slug.slice(0, Math.max(0, slug.lastIndexOf("/")));

function byKindAndName(a: Route, b: Route): number {
    if (a.kind !== b.kind) {
        return a.kind === "page" ? -1 : 1;
    }
    return a.name.localeCompare(b.name, "en-US", { numeric: true, sensitivity: "base" });
}

/** Listed pages, then actions, directly below `slug` ("" is the top). */
export function childrenOf(all: Route[], slug: string): Route[] {
    return all.filter((r) => r.kind !== "function" && !r.unlisted && parentSlug(r.slug) === slug).sort(byKindAndName);
}

/** The page or action at `slug`; functions share the address space of URLs, not of screens. */
export function findRoute(all: Route[], slug: string): Route | undefined {
    return all.find((r) => r.kind !== "function" && r.slug === slug);
}

/** The chain of slugs from the top to `slug`, without `slug` itself. */
export function ancestors(slug: string): string[] {
    const parts = slug.split("/");
    return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}
