// SPDX-License-Identifier: MIT
// Owns the address of a route: decides between run, page and "not found", and starts anew on each visit.
import { useLocation, useRoute } from "preact-iso";
import { useRef } from "preact/hooks";
import { NotFound } from "../shell/not-found";
import { visit } from "../lib/nav";
import { findRoute } from "../lib/route-tree";
import { place, routes, routesError } from "../lib/session";
import type { Route } from "../lib/wire";
import { PageScreen } from "../page/page-screen";
import { Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";
import { RunScreen } from "./run-screen";
import "../styles/run.css";

export default function RouteScreen() {
    const { url, query } = useLocation();
    const { params } = useRoute();
    const slug = params.slug ?? "";
    // A route that is being replaced may be off the list for a moment; what runs goes on.
    const last = useRef<{ key: string; route: Route } | undefined>(undefined);
    const all = routes.value;
    if (all === null) {
        return routesError.value === null ? (
            <Waiting>Loading routes</Waiting>
        ) : (
            <Notice tone="danger" title={routesError.value} role="alert" />
        );
    }
    const key = `${place.value.env} ${url} ${visit.value}`;
    const route = findRoute(all, slug) ?? (last.current?.key === key ? last.current.route : undefined);
    last.current = route && { key, route };
    if (route === undefined) {
        return <NotFound what="Action" />;
    }
    return route.kind === "page" ? (
        <PageScreen key={key} route={route} params={query} />
    ) : (
        <RunScreen key={key} route={route} params={query} />
    );
}
