// SPDX-License-Identifier: MIT
// Owns one run: continues it when it is open and one's own; otherwise shows its steps, logs and result.
import { useSignal } from "@preact/signals";
import { useRoute } from "preact-iso";
import { useEffect } from "preact/hooks";
import { ApiError, getNotifications, getTransaction } from "../lib/api";
import { formatDuration, formatInstant, personName } from "../lib/format";
import { historyPath, homePath, routePath } from "../lib/place";
import { findRoute } from "../lib/route-tree";
import { place, routes, session, setTitle, transactionsVersion } from "../lib/session";
import type { Notification, TransactionDetail } from "../lib/wire";
import { ControlPanel } from "../run/control-panel";
import { LogLines } from "../run/log-lines";
import { NotificationList } from "../run/notification-list";
import { ResultView } from "../run/result-view";
import { Run } from "../run/run";
import { RunView } from "../run/run-view";
import { useRunTrouble } from "../run/run-trouble";
import { NotFound } from "../shell/not-found";
import { Button, LinkButton } from "../ui/button";
import { Notice } from "../ui/notice";
import { ObjectTree } from "../ui/object-tree";
import { Waiting } from "../ui/spinner";
import { StatusBadge } from "./status-badge";
import { StepView } from "./step-view";
import "../styles/run.css";
import "./history.css";

const OPEN = new Set(["PENDING", "RUNNING", "AWAITING_INPUT", "CLIENT_CONNECTION_DROPPED"]);

function Continued({ of }: { of: TransactionDetail }) {
    const run = useSignal<Run | null>(null);
    useEffect(() => {
        const resumed = new Run(place.peek(), {}, of.mode);
        run.value = resumed;
        resumed.resume(of.id);
        return () => resumed.leave();
    }, []);
    return run.value === null ? null : <ContinuedRun run={run.value} of={of} />;
}

function ContinuedRun({ run, of }: { run: Run; of: TransactionDetail }) {
    useRunTrouble(run, of.slug);
    const over = run.phase.value === "completed";
    return (
        <>
            <div class="screen-head">
                <div>
                    <h2>{of.name}</h2>
                </div>
                {over ? (
                    <LinkButton href={homePath(place.value)}>Go back</LinkButton>
                ) : (
                    <Button onClick={() => run.cancel()}>Cancel</Button>
                )}
            </div>
            <RunView run={run} route={of} />
            <ControlPanel run={run} slug={of.slug} />
        </>
    );
}

function Facts({ of }: { of: TransactionDetail }) {
    const took = of.completedAt === null ? null : formatDuration(of.completedAt - of.createdAt);
    return (
        <dl class="facts">
            <div>
                <dt>Ran by</dt>
                <dd>{personName(of.user)}</dd>
            </div>
            <div>
                <dt>Started</dt>
                <dd>{formatInstant(of.createdAt)}</dd>
            </div>
            {took !== null && (
                <div>
                    <dt>Took</dt>
                    <dd>{took}</dd>
                </div>
            )}
            <div>
                <dt>Environment</dt>
                <dd>{of.environment}</dd>
            </div>
        </dl>
    );
}

function Past({ of }: { of: TransactionDetail }) {
    const at = place.value;
    const exists = findRoute(routes.value ?? [], of.slug) !== undefined;
    const notifications = useSignal<Notification[]>([]);
    useEffect(() => {
        getNotifications(at.org, at.env, of.id)
            .then((found) => (notifications.value = found.reverse()))
            .catch(() => undefined);
    }, []);
    const hasParams = of.params !== null && Object.keys(of.params).length > 0;
    return (
        <>
            <div class="screen-head">
                <div>
                    <p class="small">
                        <a href={historyPath(at)}>History</a>
                    </p>
                    <h1>
                        {of.name} <StatusBadge status={of.status} resultStatus={of.resultStatus} />
                    </h1>
                </div>
                {exists && (
                    <LinkButton href={routePath(at, of.slug)} icon="play">
                        Run again
                    </LinkButton>
                )}
            </div>
            <div class="run-body">
                <Facts of={of} />
                {hasParams && <ObjectTree label="Parameters" value={of.params} />}
                {of.resultStatus !== null && (
                    <ResultView id={of.id} status={of.resultStatus} result={of.result} at={of.completedAt} slug={of.slug} />
                )}
                {of.status === "HOST_CONNECTION_DROPPED" && (
                    <Notice tone="warning" title="The connection was lost">
                        <p>The server or the host of this action ended while it ran. What it had asked and answered is kept below.</p>
                    </Notice>
                )}
                {of.steps.length > 0 && (
                    <section aria-labelledby="steps-title" class="stack">
                        <h2 id="steps-title">Steps</h2>
                        <ol class="history-steps">
                            {of.steps.map((step) => (
                                <StepView key={step.index} step={step} />
                            ))}
                        </ol>
                    </section>
                )}
                {notifications.value.length > 0 && (
                    <section aria-labelledby="notifications-title" class="stack">
                        <h2 id="notifications-title">Notifications</h2>
                        <NotificationList list={notifications.value} />
                    </section>
                )}
                <section aria-labelledby="logs-title" class="stack">
                    <h2 id="logs-title">Logs</h2>
                    {of.logs.length === 0 ? <p class="muted">This run logged nothing.</p> : <LogLines lines={of.logs} completed={of.completedAt !== null} />}
                </section>
            </div>
        </>
    );
}

export default function HistoryDetail() {
    const { params } = useRoute();
    const id = params.id ?? "";
    const run = useSignal<TransactionDetail | null>(null);
    const error = useSignal<Error | null>(null);
    const continued = useSignal(false);
    useEffect(() => {
        if (continued.peek()) {
            return;
        }
        getTransaction(id)
            .then((found) => {
                setTitle(found.name);
                continued.value = OPEN.has(found.status) && found.user?.email === session.peek()!.user.email;
                run.value = found;
            })
            .catch((problem: Error) => (error.value = problem));
    }, [id, transactionsVersion.value]);
    if (error.value !== null) {
        return error.value instanceof ApiError && error.value.status === 404 ? (
            <NotFound what="Transaction" />
        ) : (
            <Notice tone="danger" title={error.value.message} role="alert" />
        );
    }
    if (run.value === null) {
        return <Waiting>Loading transaction</Waiting>;
    }
    return continued.value ? <Continued of={run.value} /> : <Past key={run.value.status} of={run.value} />;
}
