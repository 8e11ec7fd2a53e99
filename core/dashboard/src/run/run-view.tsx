// SPDX-License-Identifier: MIT
// Owns the body of a run: its calls in order, then what happens now (loading, busy, waiting) or how it ended.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { FormView } from "../forms/form-view";
import type { Route } from "../lib/wire";
import { Spinner, Waiting } from "../ui/spinner";
import { BusyNotice } from "./busy-notice";
import { LoadingView } from "./loading-view";
import { RefusalView } from "./refusal-view";
import { ResultView } from "./result-view";
import type { Run } from "./run";

const SPINNER_MS = 500;
const SILENCE_MS = 3000;

/** Nothing has arrived yet: first nothing, then a spinner, then words. */
function Silence({ run }: { run: Run }) {
    const waited = useSignal(0);
    const connecting = run.phase.value === "connecting";
    useEffect(() => {
        waited.value = 0;
        const timer = setTimeout(() => (waited.value = 1), connecting ? SPINNER_MS : SILENCE_MS);
        return () => clearTimeout(timer);
    }, [connecting]);
    if (waited.value === 0) {
        return null;
    }
    return connecting ? <Spinner label="Connecting" /> : <Waiting>Waiting to hear from action...</Waiting>;
}

interface Props {
    run: Run;
    route: Pick<Route, "slug" | "name">;
    restart?: () => void;
}

export function RunView({ run, route, restart }: Props) {
    const calls = run.calls.value;
    const phase = run.phase.value;
    const current = run.currentCall.value;
    const loading = run.loading.value;
    // The paged way: one thing at a time, so that a loading state or the result replaces the call.
    const shown = run.mode === "append" ? calls : phase === "running" && loading === null ? calls.slice(-1) : [];
    const silent = phase === "connecting" || (phase === "running" && calls.length === 0 && loading === null && run.busy.value === null);
    if (phase === "refused") {
        return <RefusalView refusal={run.refusal.value!} retry={restart} />;
    }
    return (
        <div class="run-body">
            {shown.map((one, i) => {
                const previous = shown[i - 1];
                const isCurrent = one === current;
                const past = !isCurrent && shown.some((other) => other.interactive.value);
                return (
                    <div key={one.key} class={past ? "past-call" : ""}>
                        <FormView
                            call={one}
                            current={isCurrent}
                            covered={loading !== null}
                            scrollTo={i > 0 && previous!.answeredWith.value !== null}
                        />
                    </div>
                );
            })}
            {silent && <Silence run={run} />}
            {loading !== null && <LoadingView state={loading} />}
            {run.busy.value !== null && <BusyNotice busy={run.busy.value} stop={() => run.stop()} />}
            {phase === "redirecting" && <Waiting>Redirecting...</Waiting>}
            {phase === "completed" && (
                <ResultView
                    id={run.id.value!}
                    status={run.resultStatus.value!}
                    result={run.result.value}
                    at={run.completedAt.value}
                    slug={route.slug}
                    restart={restart}
                />
            )}
        </div>
    );
}
