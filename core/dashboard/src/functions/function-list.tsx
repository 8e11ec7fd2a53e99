// SPDX-License-Identifier: MIT
// Owns the list of all HTTP functions: where they answer and how they did in the last hour.
import { useSignal } from "@preact/signals";
import { formatMicros, plural } from "../lib/format";
import { here } from "../lib/nav";
import { functionPath } from "../lib/place";
import { place } from "../lib/session";
import { Button } from "../ui/button";
import { CodeBlock } from "../ui/code-block";
import { Empty } from "../ui/notice";
import { CallsChart, LatencyChart, errorRate, totalOf } from "./chart";
import { EndpointLine } from "./endpoint";
import { usePolled } from "./poll";
import { Screen } from "./tabs";
import { type FunctionInfo, type Minute, getFunctions } from "./wire";

const FIRST = `#include <interlude.h>

static il_status ping(il_request *req, il_response *res)
{
    il_str body = il_body(req);
    return il_respond(res, 200, "text/plain", body.p, body.len);
}
IL_FUNCTION(ping, .method = "POST");`;

/** So many addresses of one function are shown in the list. */
const ADDRESSES = 3;
/** From so many functions on, looking for one by eye is work. */
const MANY = 3;

/** When it was called last, as far as the last hour knows. */
function lastCall(minutes: Minute[]): string {
    const ago = minutes.length - 1 - minutes.findLastIndex((one) => one.count > 0);
    return ago === 0 ? "just now" : `${ago} min ago`;
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
            <div class="function-rate">
                <dt>Last call</dt>
                <dd>{lastCall(minutes)}</dd>
            </div>
        </dl>
    );
}

/** What calls it besides HTTP. */
function Triggers({ of }: { of: FunctionInfo }) {
    const rules = of.schedules.map((rule) => (rule.isEnabled ? rule.expression : `${rule.expression} (off)`));
    const words = [...rules, ...of.queues.map((queue) => `messages of ${queue}`)];
    return words.length === 0 ? null : <p class="muted small">{words.join(" · ")}</p>;
}

function Line({ one }: { one: FunctionInfo }) {
    const more = one.endpoints.length - ADDRESSES;
    return (
        <li class="function-card" data-function={one.name}>
            <div class="function-about">
                <p class="route-name">
                    <a href={functionPath(place.value, one.name)}>{one.key ?? one.name}</a> {one.inFlight > 0 && <span class="badge badge-info">{`${one.inFlight} running`}</span>}{" "}
                    {!one.isLive && <span class="badge badge-warning">Not running: see problems</span>}
                </p>
                {one.description && <p class="muted small">{one.description}</p>}
                {one.endpoints.slice(0, ADDRESSES).map((endpoint) => (
                    <EndpointLine key={endpoint.method + endpoint.url} endpoint={endpoint} />
                ))}
                {more > 0 && <p class="muted small">{`and ${plural(more, "address", "addresses")} more`}</p>}
                <Triggers of={one} />
            </div>
            {totalOf(one.minutes).count === 0 ? <p class="muted small">No calls in the last hour</p> : <Figures minutes={one.minutes} />}
        </li>
    );
}

/** Those of a service and stage together, those of routes/ first. */
function groupsOf(functions: FunctionInfo[]): [string, FunctionInfo[]][] {
    const groups = new Map<string, FunctionInfo[]>();
    for (const one of functions.sort((a, b) => a.name.localeCompare(b.name))) {
        const name = one.service === null ? "" : `${one.service} · ${one.stage}`;
        groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

function Groups({ functions }: { functions: FunctionInfo[] }) {
    return (
        <>
            {groupsOf(functions).map(([name, members]) => (
                <section key={name} class="function-group" aria-label={name || "routes/"}>
                    <h2 class="function-group-name">{name || "Functions of routes/"}</h2>
                    <ul class="function-cards">
                        {members.map((one) => (
                            <Line key={one.name} one={one} />
                        ))}
                    </ul>
                </section>
            ))}
        </>
    );
}

function matches(one: FunctionInfo, words: string[]): boolean {
    const text = [one.name, one.service, one.stage, one.description, ...one.endpoints.map(({ method, url }) => `${method} ${url}`)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
}

function None() {
    return (
        <>
            <Empty icon="bolt" title="No functions yet">
                <p>A function answers HTTP requests. Save this as routes/ping.c and it answers at /fn/ping.</p>
            </Empty>
            <div class="function-section">
                <CodeBlock code={FIRST} language="c" name="routes/ping.c" />
            </div>
        </>
    );
}

export default function FunctionList() {
    const { value, error } = usePolled("functions", getFunctions);
    const typed = useSignal(new URLSearchParams(location.search).get("s") ?? "");
    const found = (value ?? []).filter((one) => matches(one, typed.value.toLowerCase().split(/\s+/)));
    const search = (text: string) => {
        typed.value = text;
        const url = new URL(here(), location.origin);
        url.searchParams.set("s", text);
        history.replaceState(null, "", text === "" ? url.pathname : url);
    };
    const filter = (
        <input
            class="input input-small"
            type="search"
            placeholder="Filter"
            aria-label="Filter"
            value={typed.value}
            onInput={(event) => search(event.currentTarget.value)}
        />
    );
    return (
        <Screen tab="Functions" error={error} waiting={value === null} actions={(value?.length ?? 0) > MANY && filter}>
            {value?.length === 0 && <None />}
            {value !== null && value.length > 0 && found.length === 0 && (
                <Empty icon="search" title="No functions found">
                    <p>Names, descriptions, services and addresses are searched.</p>
                    <Button onClick={() => search("")}>Clear filter</Button>
                </Empty>
            )}
            <Groups functions={found} />
        </Screen>
    );
}
