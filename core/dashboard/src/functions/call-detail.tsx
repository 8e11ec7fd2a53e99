// SPDX-License-Identifier: MIT
// Owns the screen of one durable call: where it stands, its attempts, whom it told, what it answered; retry and cancel.
import { useSignal } from "@preact/signals";
import { useRoute } from "preact-iso";
import { ApiError } from "../lib/api";
import { formatInstant } from "../lib/format";
import { functionPath } from "../lib/place";
import { place } from "../lib/session";
import { Button } from "../ui/button";
import { CodeBlock } from "../ui/code-block";
import { ask } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { formatMicros } from "./chart";
import { usePolled } from "./poll";
import { StateBadge, isOver } from "./state-badge";
import { Screen } from "./tabs";
import { type AsyncCall, type Attempt, type CallResult, cancelCall, getCall, getResult, retryCall } from "./wire";

async function load(id: string): Promise<{ call: AsyncCall; result: CallResult | null }> {
    const call = await getCall(id);
    if (!isOver(call.state) || call.status === null) {
        return { call, result: null };
    }
    try {
        return { call, result: await getResult(id) };
    } catch (problem) {
        if (problem instanceof ApiError && problem.status === 404) {
            return { call, result: null };
        }
        throw problem;
    }
}

function Time({ name, at }: { name: string; at: number | null }) {
    return at === null ? null : (
        <div>
            <dt>{name}</dt>
            <dd>
                <time dateTime={new Date(at).toISOString()}>{formatInstant(at)}</time>
            </dd>
        </div>
    );
}

function Facts({ call }: { call: AsyncCall }) {
    return (
        <dl class="facts function-facts">
            <div>
                <dt>State</dt>
                <dd>
                    <StateBadge state={call.state} />
                </dd>
            </div>
            <div>
                <dt>Function</dt>
                <dd>
                    <a href={functionPath(place.value, call.function)}>{call.function}</a>
                </dd>
            </div>
            <div>
                <dt>Queue</dt>
                <dd>{call.queue}</dd>
            </div>
            <div>
                <dt>Attempt</dt>
                <dd>{`${call.attempt} of ${call.maxAttempts}`}</dd>
            </div>
            <Time name="Accepted" at={call.createdAt} />
            <Time name="Began" at={call.startedAt} />
            <Time name="Next attempt" at={isOver(call.state) ? null : call.nextAttemptAt} />
            <Time name="Ended" at={call.finishedAt} />
            {call.durationUs !== null && call.durationUs > 0 && (
                <div>
                    <dt>Took</dt>
                    <dd>{formatMicros(call.durationUs)}</dd>
                </div>
            )}
        </dl>
    );
}

function Attempts({ attempts }: { attempts: Attempt[] }) {
    return (
        <section class="function-section">
            <h2>Failed attempts</h2>
            <table class="history">
                <thead>
                    <tr>
                        <th scope="col">Attempt</th>
                        <th scope="col">At</th>
                        <th scope="col">Outcome</th>
                        <th scope="col">Took</th>
                    </tr>
                </thead>
                <tbody>
                    {attempts.map((one) => (
                        <tr key={one.attempt}>
                            <td>{one.attempt}</td>
                            <td>{one.at ? formatInstant(one.at) : ""}</td>
                            <td>
                                {one.status ? <span class="mono">{one.status} </span> : null}
                                {one.error}
                            </td>
                            <td>{one.durationUs ? formatMicros(one.durationUs) : ""}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </section>
    );
}

function Callback({ callback }: { callback: NonNullable<AsyncCall["callback"]> }) {
    const tone = callback.state === "delivered" ? "good" : callback.state === "failed" ? "danger" : "info";
    const tries = `${callback.attempts} ${callback.attempts === 1 ? "delivery" : "deliveries"} tried`;
    return (
        <section class="function-section">
            <h2>Callback</h2>
            <Notice tone={tone} title={`${callback.state.charAt(0).toUpperCase()}${callback.state.slice(1)}: ${callback.url}`}>
                <p>
                    {tries}
                    {callback.lastStatus ? `, last answer ${callback.lastStatus}` : ""}
                    {callback.lastError ? `, ${callback.lastError}` : ""}
                </p>
            </Notice>
        </section>
    );
}

function pretty(text: string): [string, string] {
    try {
        return [JSON.stringify(JSON.parse(text), null, 2), "json"];
    } catch {
        return [text, "text"];
    }
}

function Result({ result }: { result: CallResult }) {
    const [text, language] = pretty(result.body ?? "");
    return (
        <section class="function-section">
            <h2>{`Answer ${result.status}`}</h2>
            {result.body === null && <p class="muted">The body is too large to be shown here.</p>}
            {result.body === "" && <p class="muted">It has no body.</p>}
            {result.body && <CodeBlock code={text} language={language} name={result.isBase64Encoded ? "body, base64" : "body"} />}
        </section>
    );
}

export default function CallDetail() {
    const id = useRoute().params.id ?? "";
    const { value, error, again } = usePolled(id, () => load(id));
    const refused = useSignal<string | null>(null);
    const call = value?.call ?? null;
    const act = async (change: () => Promise<unknown>) => {
        try {
            await change();
            refused.value = null;
        } catch (problem) {
            refused.value = (problem as Error).message;
        }
        await again();
    };
    const cancel = async () => {
        if (await ask("Cancel this call?", "It is not run any more; one that runs is told to end.", "Cancel the call", true)) {
            await act(() => cancelCall(id));
        }
    };
    const actions = call && (
        <>
            {(call.state === "failed" || call.state === "dead") && (
                <Button look="primary" icon="refresh" onClick={() => act(() => retryCall(id))}>
                    Try again
                </Button>
            )}
            {!isOver(call.state) && (
                <Button icon="stop" onClick={cancel}>
                    Cancel
                </Button>
            )}
        </>
    );
    return (
        <Screen tab="Calls" title={id} error={refused.value ?? error} waiting={value === null} actions={actions}>
            {call && (
                <>
                    <Facts call={call} />
                    {call.error && <Notice tone={isOver(call.state) ? "danger" : "warning"} title={call.error} />}
                    {(call.attempts ?? []).length > 0 && <Attempts attempts={call.attempts!} />}
                    {call.callback && <Callback callback={call.callback} />}
                    {value?.result && <Result result={value.result} />}
                </>
            )}
        </Screen>
    );
}
