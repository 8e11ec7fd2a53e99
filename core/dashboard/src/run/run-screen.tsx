// SPDX-License-Identifier: MIT
// Owns the screen of a running action: starting, leaving, restarting, title and buttons around the run.
import { useEffect, useRef } from "preact/hooks";
import { effect, useSignal } from "@preact/signals";
import { backTarget, forgetQueuedAction, leaveGuard, navigate, queuedAction } from "../lib/nav";
import { homePath, routePath } from "../lib/place";
import { parentSlug } from "../lib/route-tree";
import { place, setTitle } from "../lib/session";
import type { Route } from "../lib/wire";
import { Subnav, subnavFor } from "../page/subnav";
import { Button, LinkButton } from "../ui/button";
import { ask } from "../ui/dialog";
import { ControlPanel } from "./control-panel";
import { Run } from "./run";
import { RunView } from "./run-view";
import { useRunTrouble } from "./run-trouble";

/** What leaving now would lose, or null. */
function lossOf(run: Run, route: Route): string | null {
    if (!route.warnOnClose || run.place.mode !== "live" || run.phase.value === "completed" || run.phase.value === "refused") {
        return null;
    }
    if (run.currentCall.value?.touched.value) {
        return "What you entered has not been sent yet.";
    }
    return !route.backgroundable && run.calls.value.length > 1 ? "This action has not finished; leaving cancels it." : null;
}

const confirmLeaving = (loss: string) => ask("Leave this action?", loss, "Leave", true);

function useLeaveGuard(run: Run, route: Route): void {
    useEffect(() => {
        const end = effect(() => {
            const loss = lossOf(run, route);
            leaveGuard.value = loss === null ? null : () => confirmLeaving(loss);
        });
        return () => {
            end();
            leaveGuard.value = null;
        };
    }, [run]);
}

interface Props {
    route: Route;
    params: Record<string, string>;
}

export function RunScreen({ route, params }: Props) {
    const run = useSignal<Run | null>(null);
    const restart = async () => {
        const loss = run.value && lossOf(run.value, route);
        if (loss && !(await confirmLeaving(loss))) {
            return;
        }
        run.value?.leave();
        const next = new Run(place.peek(), params);
        const queued = queuedAction();
        run.value = next;
        await next.create(route.slug, queued);
        const isSettled = next.id.peek() !== null || next.refusal.peek()?.code === "NOT_FOUND";
        if (queued !== undefined && isSettled && queuedAction() === queued) {
            forgetQueuedAction();
        }
    };
    useEffect(() => {
        setTitle(route.name);
        void restart();
        return () => run.peek()?.leave();
    }, []);
    return run.value === null ? null : <ActiveRun key={run.value} run={run.value} route={route} restart={restart} />;
}

interface ActiveProps {
    run: Run;
    route: Route;
    restart(): void;
}

function ActiveRun({ run, route, restart }: ActiveProps) {
    useLeaveGuard(run, route);
    useRunTrouble(run, route.slug);
    const wasOnline = useRef(route.status === "ONLINE");
    useEffect(() => {
        const isOnline = route.status === "ONLINE";
        if (isOnline && !wasOnline.current && run.refusal.peek()?.code === "OFFLINE") {
            restart();
        }
        wasOnline.current = isOnline;
    }, [route.status]);
    const back = useRef(backTarget.peek());
    const parent = parentSlug(route.slug);
    const home = parent === "" ? homePath(run.place) : routePath(run.place, parent);
    const over = run.phase.value === "completed" || run.phase.value === "refused";
    const subnav = subnavFor(route.slug);
    return (
        <>
            <div class={subnav ? "with-subnav" : ""}>
                {subnav && <Subnav of={subnav} current={route.slug} />}
                <div class="run">
                    <div class="screen-head">
                        <div>
                            <h2>{route.name}</h2>
                        </div>
                        <div class="row">
                            <Button icon="refresh" onClick={restart}>
                                New transaction
                            </Button>
                            {over || route.backgroundable ? (
                                <LinkButton href={back.current ?? home}>Go back</LinkButton>
                            ) : (
                                <Button onClick={() => (run.id.value === null ? void navigate(home) : run.cancel())}>Cancel</Button>
                            )}
                        </div>
                    </div>
                    <RunView run={run} route={route} restart={restart} />
                </div>
            </div>
            <ControlPanel run={run} slug={route.slug} />
        </>
    );
}
