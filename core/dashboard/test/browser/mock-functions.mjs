// SPDX-License-Identifier: MIT
// Owns functions, durable calls and queues of the mock server.
const HOUR = 60;

function minutes(shape) {
    return Array.from({ length: HOUR }, (_, i) => ({ ago: HOUR - 1 - i, ...shape(i) }));
}

function busy(i) {
    const count = Math.round(120 + 80 * Math.sin(i / 6));
    return { count, errors: i > 40 && i < 48 ? Math.round(count / 3) : 0, sumUs: count * (900 + 40 * (i % 7)) };
}

function oneOf(name, more) {
    return {
        name,
        key: null,
        service: null,
        stage: null,
        description: null,
        isLive: true,
        endpoints: [{ method: "GET", url: `/fn/${name}`, isPrivate: false, isAsync: false }],
        schedules: [],
        queues: [],
        inFlight: 0,
        calls: 0,
        errors: 0,
        p50Us: 0,
        p95Us: 0,
        minutes: [],
        ...more,
    };
}

let cursor = 0;
const call = (id, state, more) => ({
    id,
    cursor: ++cursor,
    function: "shop-dev-quote",
    queue: "default",
    stage: "dev",
    state,
    attempt: 1,
    maxAttempts: 11,
    createdAt: Date.now() - 60_000,
    startedAt: Date.now() - 59_000,
    finishedAt: state === "running" ? null : Date.now() - 58_000,
    nextAttemptAt: null,
    status: state === "running" ? null : 200,
    error: null,
    durationUs: 4200,
    callback: null,
    attempts: [],
    ...more,
});

/** `state.functions`, `state.asyncCalls`, `state.queues` may be changed by a test. */
export function functionState() {
    const attempts = [1, 2].map((attempt) => ({ attempt, finishedAt: Date.now() - 50_000, status: 503, error: "the status of its answer is one of those that are retried", durationUs: 2100 }));
    return {
        functions: [
            oneOf("shop-dev-quote", {
                key: "quote",
                service: "shop",
                stage: "dev",
                description: "price for a basket",
                endpoints: [
                    { method: "POST", url: "/fn/shop/dev/quote", isPrivate: true, isAsync: false },
                    { method: "GET", url: "/fn/shop/dev/quote/{id}", isPrivate: false, isAsync: false },
                ],
                schedules: [{ name: "shop-dev-quote-rule-1", expression: "cron(15 3 * * ? *)", timezone: "Europe/Berlin", isEnabled: true, next: Date.now() + 3.6e6, skipped: 1 }],
                inFlight: 3,
                calls: 9241,
                errors: 230,
                p50Us: 800,
                p95Us: 2100,
                minutes: minutes(busy),
            }),
            oneOf("ping", {}),
            oneOf("gone", { isLive: false }),
        ],
        functionKeys: [
            { id: "fk1", service: "shop", stage: "dev", label: "dev-partner", prefix: "3kT0aBcD", isEnabled: true, createdAt: Date.now() - 9e8, rate: 100, burst: 200, quota: 5000, period: "MONTH", used: 1234 },
        ],
        asyncCalls: [
            call("call-running", "running"),
            call("call-dead", "dead", {
                status: 503,
                attempt: 2,
                maxAttempts: 2,
                error: "its last attempt failed",
                attempts,
                callback: { url: "https://hooks.example.com/done", state: "failed", attempts: 11, lastStatus: 500, lastError: null },
            }),
            call("call-done", "succeeded", { callback: { url: "https://hooks.example.com/done", state: "delivered", attempts: 1, lastStatus: 204, lastError: null } }),
        ],
        queues: [
            {
                name: "default",
                isPaused: false,
                pausedSince: null,
                functions: [
                    { function: "shop-dev-quote", queued: 120, retrying: 4, running: 8, dead: 2, oldestSeconds: 75 },
                    { function: "ping", queued: 0, retrying: 0, running: 1, dead: 0, oldestSeconds: 0 },
                ],
            },
            { name: "slow", isPaused: true, pausedSince: Date.now() - 600_000, functions: [] },
            { name: "callbacks", isPaused: false, waiting: 3, nextAttemptAt: Date.now() + 10_000 },
        ],
    };
}

function callAnswer(state, method, id, verb) {
    const found = state.asyncCalls.find((one) => one.id === id);
    if (!found) {
        return [404, { title: "Not found", status: 404, detail: "There is no such call. It may be over and forgotten." }];
    }
    if (method === "GET") {
        const message = { headers: { "content-type": "application/json" }, isBase64Encoded: false, body: '{"price":12345678901234567890}' };
        return [200, verb === "result" ? { ...message, status: found.status } : verb === "request" ? { ...message, method: "POST", path: "/fn/shop/dev/quote", rawQueryString: "" } : found];
    }
    found.state = verb === "retry" ? "queued" : "cancelled";
    return [202, null];
}

/** [status, body], or null for what is not about functions. */
export function functionAnswer(state, method, url, body) {
    const of = (name) => url.searchParams.get(name);
    const [, id, verb] = /^\/api\/v1\/calls\/([\w-]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    const [, queue, change] = /^\/api\/v1\/queues\/([\w-]+)\/(\w+)$/.exec(url.pathname) ?? [];
    const [, key] = /^\/api\/v1\/function-keys\/([\w-]+)$/.exec(url.pathname) ?? [];
    if (key) {
        state.functionKeys = state.functionKeys.filter((one) => one.id !== key);
        return [204, null];
    }
    if (id) {
        return callAnswer(state, method, id, verb);
    }
    if (queue) {
        const found = state.queues.find((one) => one.name === queue);
        found.isPaused = change === "pause";
        return [204, null];
    }
    switch (`${method} ${url.pathname}`) {
        case "GET /api/v1/functions":
            return [200, { functions: state.functions }];
        case "GET /api/v1/function-keys":
            return [200, { keys: state.functionKeys }];
        case "POST /api/v1/function-keys":
            state.functionKeys.push({ id: "fk2", service: null, stage: null, prefix: "9zYxWvUt", isEnabled: true, createdAt: Date.now(), ...body });
            return [201, { id: "fk2", key: "9zYxWvUtSecret" }];
        case "GET /api/v1/queues":
            return [200, { queues: state.queues }];
        case "GET /api/v1/calls": {
            const calls = state.asyncCalls.filter((one) => (!of("function") || one.function === of("function")) && (!of("state") || one.state === of("state")));
            return [200, { calls, next: null }];
        }
        case "POST /async/dead/retry": {
            const lane = state.queues[0].functions[0];
            const count = lane.dead;
            lane.dead = 0;
            return [200, { count }];
        }
        default:
            return null;
    }
}
