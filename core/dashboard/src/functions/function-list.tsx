// SPDX-License-Identifier: MIT
// Owns the list of all HTTP functions: where they answer and how they did in the last hour.
import { plural } from "../lib/format";
import { functionPath } from "../lib/place";
import { place } from "../lib/session";
import { CodeBlock } from "../ui/code-block";
import { CopyButton } from "../ui/copy";
import { Empty } from "../ui/notice";
import { CallsChart, LatencyChart, errorRate, formatMicros, totalOf } from "./chart";
import { usePolled } from "./poll";
import { Screen } from "./tabs";
import { type Endpoint, type FunctionInfo, type Minute, getFunctions } from "./wire";

const FIRST = `#include <interlude.h>

static il_status ping(il_request *req, il_response *res)
{
    il_str body = il_body(req);
    return il_respond(res, 200, "text/plain", body.p, body.len);
}
IL_FUNCTION(ping, .method = "POST");`;

export function EndpointLine({ endpoint }: { endpoint: Endpoint }) {
    const url = location.origin + endpoint.url;
    return (
        <p class="function-url">
            <span class="badge badge-info mono">{endpoint.method}</span>
            <span class="mono">{url}</span>
            <CopyButton bare text={url} label={`Copy ${endpoint.method} ${endpoint.url}`} />
            {endpoint.isPrivate && <span class="badge">API key</span>}
            {endpoint.isAsync && <span class="badge">Asynchronous</span>}
        </p>
    );
}

function Figures({ minutes }: { minutes: Minute[] }) {
    const hour = totalOf(minutes);
    return (
        <dl class="function-figures">
            <div>
                <dt>{plural(hour.count, "call")}</dt>
                <dd>
                    <CallsChart minutes={minutes} />
                </dd>
            </div>
            <div>
                <dt>{`${formatMicros(hour.sumUs / hour.count)} mean`}</dt>
                <dd>
                    <LatencyChart minutes={minutes} />
                </dd>
            </div>
            <div class="function-rate">
                <dt>Failed</dt>
                <dd class={hour.errors > 0 ? "danger-text" : ""}>{errorRate(hour)}</dd>
            </div>
        </dl>
    );
}

function Line({ one }: { one: FunctionInfo }) {
    const hour = totalOf(one.minutes);
    return (
        <li class="function-card" data-function={one.name}>
            <div class="function-about">
                <p class="route-name">
                    <a href={functionPath(place.value, one.name)}>{one.key ?? one.name}</a>{" "}
                    {one.service && <span class="muted small">{`${one.service} · ${one.stage}`}</span>}{" "}
                    {!one.isLive && <span class="badge badge-warning">Not running: see problems</span>}
                </p>
                {one.description && <p class="muted small">{one.description}</p>}
                {one.endpoints.slice(0, 3).map((endpoint) => (
                    <EndpointLine key={endpoint.method + endpoint.url} endpoint={endpoint} />
                ))}
                {one.endpoints.length > 3 && <p class="muted small">{`and ${plural(one.endpoints.length - 3, "address", "addresses")} more`}</p>}
            </div>
            {hour.count === 0 ? <p class="muted small">No calls in the last hour</p> : <Figures minutes={one.minutes} />}
        </li>
    );
}

export default function FunctionList() {
    const { value, error } = usePolled("functions", getFunctions);
    const sorted = [...(value ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    return (
        <Screen tab="Functions" error={error} waiting={value === null}>
            {sorted.length === 0 ? (
                <>
                    <Empty icon="bolt" title="No functions yet">
                        <p>A function answers HTTP requests. Save this as routes/ping.c and it answers at /fn/ping.</p>
                    </Empty>
                    <div class="function-section">
                        <CodeBlock code={FIRST} language="c" name="routes/ping.c" />
                    </div>
                </>
            ) : (
                <ul class="function-cards">
                    {sorted.map((one) => (
                        <Line key={one.name} one={one} />
                    ))}
                </ul>
            )}
        </Screen>
    );
}
