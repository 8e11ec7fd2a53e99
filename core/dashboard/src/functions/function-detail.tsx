// SPDX-License-Identifier: MIT
// Owns the screen of one function: addresses, the last hour in pictures, schedules, its latest durable calls.
import type { ComponentChildren } from "preact";
import { useRoute } from "preact-iso";
import { formatMicros, formatNumber, plural } from "../lib/format";
import { callsPath, functionPath, queuesPath, stagePath } from "../lib/place";
import { place } from "../lib/session";
import { Notice } from "../ui/notice";
import { Ago } from "../ui/when";
import { CallTable } from "./call-table";
import { CallsChart, LatencyChart, errorRate, longestMean, mostCalls, totalOf } from "./chart";
import { EndpointLine } from "./endpoint";
import { Fact } from "./fact";
import { usePolled } from "./poll";
import { Screen, may } from "./tabs";
import { type FunctionInfo, type Schedule, getCalls, getFunctions } from "./wire";

const LATEST = 10;

async function load(name: string) {
    const [functions, { calls }] = await Promise.all([getFunctions(), getCalls({ function: name }, LATEST)]);
    return { one: functions.find((f) => f.name === name) ?? null, siblings: functions, calls };
}

function Figures({ one }: { one: FunctionInfo }) {
    const hour = totalOf(one.minutes);
    return (
        <dl class="facts function-facts">
            <Fact name="Running now">{formatNumber(one.inFlight)}</Fact>
            <Fact name="Last hour">{plural(hour.count, "call")}</Fact>
            <Fact name="Failed" isBad={hour.errors > 0}>
                {errorRate(hour)}
            </Fact>
            {one.calls > 0 && (
                <>
                    <Fact name="Half within">{formatMicros(one.p50Us)}</Fact>
                    <Fact name="95 % within">{formatMicros(one.p95Us)}</Fact>
                </>
            )}
            <Fact name="Since the start">{plural(one.calls, "call")}</Fact>
        </dl>
    );
}

function Chart({ name, most, children }: { name: string; most: string; children: ComponentChildren }) {
    return (
        <figure>
            <figcaption>
                <span>{name}</span>
                <span>{most}</span>
            </figcaption>
            {children}
            <p class="chart-span" aria-hidden="true">
                <span>an hour ago</span>
                <span>now</span>
            </p>
        </figure>
    );
}

function Charts({ minutes }: { minutes: FunctionInfo["minutes"] }) {
    const longest = longestMean(minutes);
    return (
        <div class="function-charts">
            <Chart name="Calls a minute" most={`at most ${formatNumber(mostCalls(minutes))}`}>
                <CallsChart minutes={minutes} height={90} detailed />
            </Chart>
            <Chart name="Mean time of a call" most={longest === 0 ? "nothing ran" : `at most ${formatMicros(longest)}`}>
                <LatencyChart minutes={minutes} height={90} detailed />
            </Chart>
        </div>
    );
}

function ScheduleLine({ rule }: { rule: Schedule }) {
    return (
        <li>
            <code>{rule.expression}</code> {rule.timezone && <span class="muted small">{rule.timezone}</span>}{" "}
            {!rule.isEnabled ? (
                <span class="badge">Off</span>
            ) : rule.next === null ? (
                <span class="muted small">does not run any more</span>
            ) : (
                <span class="muted small">
                    runs next <Ago at={rule.next} />
                </span>
            )}
            {rule.skipped > 0 && <span class="muted small">{`, ${plural(rule.skipped, "run")} missed while the server was down`}</span>}
        </li>
    );
}

/** The same function of other stages. */
function Stages({ one, siblings }: { one: FunctionInfo; siblings: FunctionInfo[] }) {
    const others = siblings.filter((other) => other.service === one.service && other.key === one.key && other.stage !== one.stage);
    return (
        <p class="muted">
            {`Service ${one.service}, stage `}
            {may().mayOperate ? <a href={stagePath(place.value, one.service!, one.stage!)}>{one.stage}</a> : one.stage}
            {`, deployed as ${one.name}`}
            {others.map((other) => (
                <span key={other.name}>
                    {" · "}
                    <a href={functionPath(place.value, other.name)}>{`stage ${other.stage}`}</a>
                </span>
            ))}
        </p>
    );
}

function About({ one, siblings }: { one: FunctionInfo; siblings: FunctionInfo[] }) {
    return (
        <>
            {one.service && <Stages one={one} siblings={siblings} />}
            {one.description && <p>{one.description}</p>}
            {!one.isLive && <Notice tone="warning" title="It is not running: its module has a problem." />}
            <div class="function-urls">
                {one.endpoints.map((endpoint) => (
                    <EndpointLine key={endpoint.method + endpoint.url} endpoint={endpoint} />
                ))}
            </div>
            {one.queues.map((queue) => (
                <p key={queue}>
                    {"Takes the messages of the queue "}
                    <a href={queuesPath(place.value)}>{queue}</a>
                </p>
            ))}
            <Figures one={one} />
            <Charts minutes={one.minutes} />
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
    );
}

export default function FunctionDetail() {
    const name = useRoute().params.name ?? "";
    const { value, error } = usePolled(name, () => load(name));
    const calls = value?.calls ?? [];
    return (
        <Screen tab="Functions" title={value?.one?.key ?? name} error={error} waiting={value === null}>
            {value !== null &&
                (value.one === null ? (
                    <Notice tone="warning" title={`There is no function ${name} now.`}>
                        <p>It may have been removed, or its file has a problem.</p>
                    </Notice>
                ) : (
                    <About one={value.one} siblings={value.siblings} />
                ))}
            {calls.length > 0 && (
                <section class="function-section">
                    <h2>Latest asynchronous calls</h2>
                    <CallTable calls={calls} />
                    <p class="function-more">
                        <a href={callsPath(place.value, { function: name })}>All calls of this function</a>
                    </p>
                </section>
            )}
        </Screen>
    );
}
