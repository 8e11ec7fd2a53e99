// SPDX-License-Identifier: MIT
// Owns deployed services of the mock server. A window that is open goes on with every look at it.
const MINUTE = 60_000;

const modules = (of) => Object.fromEntries(Object.entries(of).map(([name, text]) => [name, { sha256: text.repeat(8) }]));

function versionOf(hash, age, functions, more) {
    const timestamp = Date.now() - age;
    const routes = modules(more?.routes ?? {});
    return { version: `${timestamp}-${hash}`, timestamp, size: 41_300, deployer: "ann", createdAt: timestamp + 900, isLive: false, ...more, functions: modules(functions), routes };
}

const change = (id, action, of, age, more) => ({
    id,
    action,
    version: of?.version ?? null,
    timestamp: of?.timestamp ?? 0,
    size: 41_300,
    by: { kind: "deployer", name: "ann" },
    at: Date.now() - age,
    reason: null,
    watch: null,
    ...more,
});

function samplesOf(count, shape) {
    return Array.from({ length: count }, (_, second) => ({ second, ...shape(second) }));
}

function watchOf(state, sinceMs, seconds, samples, reason = null) {
    const sum = (name) => samples.reduce((all, one) => all + one[name], 0);
    return { state, sinceMs, untilMs: sinceMs + seconds * 1000, requests: sum("requests"), errors: sum("errors"), reason, step: 1, samples };
}

const fine = (second) => ({ requests: Math.round(180 + 40 * Math.sin(second / 3)), errors: 0 });

function shop() {
    const old = versionOf("17c0a2ee", 50 * 60 * MINUTE, { quote: "aa", nightly: "bb" });
    const live = versionOf("9f2c41aa", 26 * 60 * MINUTE, { quote: "cc", nightly: "bb", thumbs: "dd" }, { isLive: true, routes: { "routes/refund.so": "ee" } });
    const bad = versionOf("e01d77b3", 12 * MINUTE, { quote: "ff", nightly: "bb", thumbs: "dd" }, { deployer: "continuous integration" });
    const hot = versionOf("77aa01fe", 90 * MINUTE, { quote: "c1", nightly: "bb", thumbs: "dd" }, { function: "quote" });
    const reason = `${bad.version}: 30 of 212 requests failed with a 5xx in the first 4.2 s`;
    const broken = watchOf("returned", bad.createdAt, 10, samplesOf(4, (second) => ({ requests: 50 + second * 2, errors: second * 5 })), reason);
    const passed = watchOf("live", live.createdAt, 30, samplesOf(30, fine));
    return {
        service: "shop",
        stage: "prod",
        isChanging: false,
        watch: null,
        versions: [bad, hot, live, old],
        changes: [
            change("c5", "return", live, 11 * MINUTE, { by: null, reason }),
            change("c4", "deploy", bad, 12 * MINUTE, { by: { kind: "deployer", name: "continuous integration" }, watch: broken }),
            change("c3c", "prune", null, 80 * MINUTE),
            change("c3b", "function", hot, 90 * MINUTE),
            change("c3", "rollback", live, 25 * 60 * MINUTE, { by: { kind: "user", name: "Ada Lovelace" } }),
            change("c2", "deploy", live, 26 * 60 * MINUTE, { watch: passed }),
            change("c1", "deploy", old, 50 * 60 * MINUTE, { watch: watchOf("live", old.createdAt, 3, []) }),
        ],
    };
}

function staging() {
    const live = versionOf("5b8e90d1", 6000, { quote: "ab" }, { isLive: true });
    const watch = watchOf("watching", live.createdAt, 60, samplesOf(6, fine));
    const earlier = Array.from({ length: 24 }, (_, i) => change(`s${24 - i}`, "deploy", { version: `1-${(0xbeef + i).toString(16)}`, timestamp: 1 }, (i + 1) * 33 * MINUTE));
    watch.drain = { version: "1-0000beef", isOver: false };
    return { service: "shop", stage: "staging", isChanging: true, watch, versions: [live], changes: [change("s25", "deploy", live, 6000), ...earlier] };
}

function removed() {
    return { service: "reports", stage: "prod", isChanging: false, watch: null, versions: [], changes: [change("r2", "remove", null, 70 * MINUTE), change("r1", "deploy", { version: "1-0badcafe", timestamp: 1 }, 99 * MINUTE)] };
}

/** `state.stages` may be changed by a test; `state.refuseRollBack` is what a roll back is refused with. */
export const deploymentState = () => ({ stages: [removed(), shop(), staging()], refuseRollBack: null });

function second({ watch }) {
    if (watch?.state === "watching" && watch.samples.length < 60) {
        watch.samples.push({ second: watch.samples.length, ...fine(watch.samples.length) });
        watch.requests += watch.samples.at(-1).requests;
    }
}

function detail(stage, limit) {
    second(stage);
    return { ...stage, changes: stage.changes.slice(0, limit), hasMore: stage.changes.length > limit, now: Date.now() };
}

function rollBack(state, body, user) {
    if (state.refuseRollBack) {
        return [409, { title: "Conflict", status: 409, detail: state.refuseRollBack }];
    }
    const stage = state.stages.find((one) => one.service === body.service && one.stage === body.stage);
    const to = stage.versions.find((one) => one.timestamp === body.timestamp);
    for (const version of stage.versions) {
        version.isLive = version === to;
    }
    stage.changes.unshift(change(`c${stage.changes.length + 1}`, "rollback", to, 0, { by: { kind: "user", name: user } }));
    return [200, { version: to.version, timestamp: to.timestamp }];
}

/** [status, body], or null for what is not about deployments. */
export function deploymentAnswer(state, method, url, body) {
    const [, service, stage] = /^\/api\/v1\/deployments\/([\w-]+)\/([\w-]+)$/.exec(url.pathname) ?? [];
    if (service) {
        const found = state.stages.find((one) => one.service === service && one.stage === stage);
        return found ? [200, detail(found, Number(url.searchParams.get("limit")))] : [404, { title: "Not found", status: 404, detail: `Nothing of ${service} was ever deployed to stage ${stage}.` }];
    }
    switch (`${method} ${url.pathname}`) {
        case "GET /api/v1/deployments":
            return [200, { stages: state.stages.map(({ versions, changes, ...rest }) => ({ ...rest, live: versions.find((one) => one.isLive) ?? null, last: changes[0] })) }];
        case "POST /api/v1/deployments/rollback":
            return rollBack(state, body, "Ada Lovelace");
        default:
            return null;
    }
}
