// SPDX-License-Identifier: MIT
// Owns the first screen: runs in progress, the list of pages and actions, HTTP functions, and what to do when there is nothing.
import { useEffect } from "preact/hooks";
import { childrenOf } from "../lib/route-tree";
import { routes, routesError, setTitle } from "../lib/session";
import { Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";
import { FirstRoute } from "./first-route";
import { Functions } from "./functions";
import { Hosts } from "./hosts";
import { InProgress } from "./in-progress";
import { Queue } from "./queue";
import { RouteList } from "./route-list";
import { ViewSwitch } from "./view-switch";

export function Home() {
    const all = routes.value;
    useEffect(() => setTitle("Dashboard"), []);
    if (all === null) {
        return routesError.value === null ? (
            <Waiting>Loading routes</Waiting>
        ) : (
            <Notice tone="danger" title={routesError.value} role="alert" />
        );
    }
    const listed = childrenOf(all, "");
    const functions = all.filter((route) => route.kind === "function" && !route.unlisted);
    if (listed.length === 0 && functions.length === 0) {
        return <FirstRoute />;
    }
    return (
        <>
            <div class="screen-head">
                <div>
                    <h1>Dashboard</h1>
                    <Hosts of={all} />
                </div>
                {listed.length > 0 && <ViewSwitch />}
            </div>
            <InProgress />
            <Queue />
            {listed.length > 0 && <RouteList routes={listed} all={all} />}
            {functions.length > 0 && <Functions functions={functions} />}
        </>
    );
}
