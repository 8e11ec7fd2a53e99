// SPDX-License-Identifier: MIT
// Owns how a run ended (io-methods 17): status line, value, table of values, tree, error, crash.
import { decode } from "../lib/rich";
import { formatInstant, jsonText, statusWord } from "../lib/format";
import { transactionPath } from "../lib/place";
import { place } from "../lib/session";
import { toDate } from "../lib/time";
import type { Result } from "../lib/wire";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy";
import { Icon, type IconName } from "../ui/icon";
import { Notice } from "../ui/notice";
import { ObjectTree } from "../ui/object-tree";
import { isRich, Value } from "../ui/value";

interface Failure {
    error?: string;
    message?: string;
    cause?: string;
    route?: string;
    signal?: string;
}

interface Props {
    id: string;
    status: string;
    result: Result | null;
    at: number | null;
    slug: string;
    restart?: () => void;
}

const LOOKS: Record<string, { icon: IconName; tone: string }> = {
    SUCCESS: { icon: "check", tone: "good" },
    FAILURE: { icon: "alert", tone: "danger" },
    CANCELED: { icon: "close", tone: "quiet" },
    REDIRECTED: { icon: "external", tone: "quiet" },
};

function Crashed({ failure, restart }: { failure: Failure; restart?: () => void }) {
    return (
        <Notice
            tone="danger"
            role="alert"
            title="This route crashed"
            actions={
                restart && (
                    <Button icon="refresh" onClick={restart}>
                        Start over
                    </Button>
                )
            }
        >
            <p>{failure.message}</p>
            <p>
                It ran in a process of its own
                {failure.signal && (
                    <>
                        , which ended by <code>{failure.signal}</code>
                    </>
                )}
                : the server and all other runs go on.
            </p>
            <p class="muted">What the route wrote before the crash is under Logs, below.</p>
        </Notice>
    );
}

/** Errors of SDK schema libraries carry a JSON list of {path, message}. */
function issuesOf(message: string | undefined): { path: string; message: string }[] | null {
    if (!message?.trimStart().startsWith("[")) {
        return null;
    }
    try {
        const list = JSON.parse(message) as { path?: unknown[]; message?: string }[];
        return list.map((issue) => ({ path: (issue.path ?? []).join("."), message: issue.message ?? "" }));
    } catch {
        return null;
    }
}

function FailureBox({ failure }: { failure: Failure | null }) {
    if (failure === null) {
        return (
            <Notice tone="danger" title="The action failed without saying why.">
                <p>Look into the log of its host.</p>
            </Notice>
        );
    }
    const issues = issuesOf(failure.message);
    return (
        <Notice tone="danger" title={failure.error ?? "Error"}>
            {issues === null ? (
                <p class="keep-lines">{failure.message}</p>
            ) : (
                <ul class="bullets">
                    {issues.map((issue, i) => (
                        <li key={i}>
                            <code>{issue.path}</code>: {issue.message}
                        </li>
                    ))}
                </ul>
            )}
            {failure.cause && <p class="keep-lines muted">Caused by {failure.cause}</p>}
            <p class="muted small">The log of the route's host may say more.</p>
        </Notice>
    );
}

function Cell({ value }: { value: unknown }) {
    const nested = typeof value === "object" && value !== null && toDate(value) === null && !isRich(value);
    return nested ? <pre class="value-json">{jsonText(value)}</pre> : <Value value={value} />;
}

function ValueView({ value }: { value: unknown }) {
    if (Array.isArray(value) || value instanceof Set) {
        return <ObjectTree label="Result" value={value} />;
    }
    const isObject = typeof value === "object" && value !== null && toDate(value) === null;
    if (!isObject) {
        return (
            <div class="result-scalar">
                <Value value={value} />
            </div>
        );
    }
    const entries = value instanceof Map ? [...value].map(([k, v]) => [String(k), v] as const) : Object.entries(value);
    return (
        <table class="result-table">
            <tbody>
                {entries.map(([key, item]) => (
                    <tr key={key}>
                        <th scope="row">{key}</th>
                        <td>
                            <Cell value={item} />
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function Outcome({ status, result, restart }: Pick<Props, "status" | "result" | "restart">) {
    if (result === null) {
        return null;
    }
    const value = decode(result.data, result.meta);
    if (status === "FAILURE") {
        const failure = value as Failure | null;
        return failure?.error === "RouteCrashed" ? <Crashed failure={failure} restart={restart} /> : <FailureBox failure={failure} />;
    }
    return value === null || value === undefined ? null : <ValueView value={value} />;
}

export function ResultView({ id, status, result, at, restart }: Props) {
    const look = LOOKS[status] ?? LOOKS.SUCCESS!;
    const link = location.origin + transactionPath(place.value, id);
    return (
        <section class="result" data-test-id="transaction-result" aria-label="Result">
            <p class="result-status" role="status">
                <span class={`result-icon result-${look.tone}`}>
                    <Icon name={look.icon} size={18} />
                </span>
                <span>
                    <strong data-test-id="result-type">{statusWord("COMPLETED", status)}</strong>
                    {at !== null && <span class="muted"> at {formatInstant(at)}</span>}
                </span>
            </p>
            <Outcome status={status} result={result} restart={restart} />
            <div>
                <CopyButton text={link} label="Share these results" />
            </div>
        </section>
    );
}
