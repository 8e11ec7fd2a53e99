// SPDX-License-Identifier: MIT
// Owns the screen of one function: addresses, the last hour in pictures, schedules, its latest durable calls.
import { useRoute } from "preact-iso";
import { formatInstant, formatNumber, plural } from "../lib/format";
import { callsPath } from "../lib/place";
import { place } from "../lib/session";
import { Notice } from "../ui/notice";
import { CallTable } from "./call-table";
import { CallsChart, LatencyChart, errorRate, formatMicros, totalOf } from "./chart";
import { EndpointLine } from "./function-list";
import { usePolled } from "./poll";
import { Screen } from "./tabs";
import { type FunctionInfo, type Schedule, getCalls, getFunctions } from "./wire";

const LATEST = 10;

async function load(name: string) {
    const [functions, calls] = await Promise.all([getFunctions(), getCalls({ function: name, limit: LATEST })]);
    return { one: functions.find((f) => f.name === name) ?? null, calls: calls.calls };
}

function Figures({ one }: { one: FunctionInfo }) {
    const hour = totalOf(one.minutes);
    return (
        <>
            <dl class="facts function-facts">
                <div>
                    <dt>Running now</dt>
                    <dd>{formatNumber(one.inFlight)}</dd>
                </div>
                <div>
                    <dt>Last hour</dt>
                    <dd>{plural(hour.count, "call")}</dd>
                </div>
                <div>
                    <dt>Failed</dt>
                    <dd class={hour.errors > 0 ? "danger-text" : ""}>{errorRate(hour)}</dd>
                </div>
                <div>
                    <dt>Half within</dt>
                    <dd>{one.calls === 0 ? "–" : formatMicros(one.p50Us)}</dd>
                </div>
                <div>
                    <dt>95 % within</dt>
                    <dd>{one.calls === 0 ? "–" : formatMicros(one.p95Us)}</dd>
                </div>
                <div>
                    <dt>Since the start</dt>
                    <dd>{plural(one.calls, "call")}</dd>
                </div>
            </dl>
            <div class="function-charts">
                <figure>
                    <figcaption>Calls a minute</figcaption>
                    <CallsChart minutes={one.minutes} height={90} />
                </figure>
                <figure>
                    <figcaption>Mean time of a call</figcaption>
                    <LatencyChart minutes={one.minutes} height={90} />
                </figure>
            </div>
        </>
    );
}

function ScheduleLine({ rule }: { rule: Schedule }) {
    return (
        <li>
            <code>{rule.expression}</code> {rule.timezone && <span class="muted small">{rule.timezone}</span>}{" "}
            {rule.isEnabled ? (
                <span class="muted small">{rule.next === null ? "does not run any more" : `runs next ${formatInstant(rule.next)}`}</span>
            ) : (
                <span class="badge">Off</span>
            )}
            {rule.skipped > 0 && <span class="muted small">{`, ${plural(rule.skipped, "run")} missed while the server was down`}</span>}
        </li>
    );
}

export default function FunctionDetail() {
    const name = useRoute().params.name ?? "";
    const { value, error } = usePolled(name, () => load(name));
    const one = value?.one;
    return (
        <Screen tab="Functions" title={one?.key ?? name} error={error} waiting={value === null}>
            {one === null && (
                <Notice tone="warning" title={`There is no function ${name} now.`}>
                    <p>It may have been removed, or its file has a problem.</p>
                </Notice>
            )}
            {one && (
                <>
                    {one.service && <p class="muted">{`Service ${one.service}, stage ${one.stage}, deployed as ${one.name}`}</p>}
                    {one.description && <p>{one.description}</p>}
                    <div class="function-urls">
                        {one.endpoints.map((endpoint) => (
                            <EndpointLine key={endpoint.method + endpoint.url} endpoint={endpoint} />
                        ))}
                    </div>
                    <Figures one={one} />
                    {one.schedules.length > 0 && (
                        <section class="function-section">
                            <h2>Schedules</h2>
                            <ul class="schedule-list">
                                {one.schedules.map((rule) => (
                                    <ScheduleLine key={rule.name} rule={rule} />
                                ))}
                            </ul>
                        </section>
                    )}
                </>
            )}
            {value !== null && value.calls.length > 0 && (
                <section class="function-section">
                    <h2>Latest asynchronous calls</h2>
                    <CallTable calls={value.calls} />
                    <p class="function-more">
                        <a href={callsPath(place.value, { function: name })}>All calls of this function</a>
                    </p>
                </section>
            )}
        </Screen>
    );
}
