// SPDX-License-Identifier: MIT
// Owns a stand-in for the server, for tests of the dashboard alone: static files with the real policy, REST, WebSocket.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { deploymentAnswer, deploymentState } from "./browser/mock-deployments.mjs";
import { startFiles } from "./browser/mock-files.mjs";
import { functionAnswer, functionState } from "./browser/mock-functions.mjs";
import { Transaction, encode } from "./browser/mock-host.mjs";
import { actions, functions, pages, problems } from "./browser/mock-routes.mjs";

const DIST = process.env.DASHBOARD_DIST ?? fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src * data: blob:; media-src * data: blob:; connect-src 'self' http: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";

const user = { id: "u1", email: "ada@example.com", firstName: "Ada", lastName: "Lovelace", role: "admin" };
const production = { id: "e1", slug: "production", name: "Production", color: "none" };
const staging = { id: "e3", slug: "staging", name: "Staging", color: "cyan" };
const development = { id: "e2", slug: "development", name: "Development", color: "orange" };

for (const [slug, action] of Object.entries(actions)) {
    action.slug = slug;
}

function routeList() {
    const base = { description: null, unlisted: false, backgroundable: false, warnOnClose: true, hasHandler: true, status: "ONLINE", file: null, methods: null, url: null, disabled: null, host: null };
    const pick = ({ name, description, unlisted, backgroundable, warnOnClose, hasHandler, status, methods, url, disabled, host }) =>
        Object.fromEntries(Object.entries({ name, description, unlisted, backgroundable, warnOnClose, hasHandler, status, methods, url, disabled, host }).filter(([, v]) => v !== undefined));
    const list = (kind, routes) => Object.entries(routes).map(([slug, route]) => ({ ...base, kind, slug, ...pick(route) }));
    return [...list("page", pages), ...list("action", actions), ...list("function", functions)];
}

/** One mock server. `state` may be changed by a test: mode, routes, problems. */
export async function startMock({ port = 0, mode = "dev" } = {}) {
    const state = { mode, signedIn: mode === "dev", routes: routeList(), problems: [], transactions: new Map(), calls: [], keys: [], queue: [], notifications: [], ...functionState(), ...deploymentState() };
    state.keys.push({ id: "k1", label: "Server in Oslo", environment: "production", prefix: "live_oslo", createdAt: Date.now() - 9e8, lastUsedAt: Date.now() - 5e6 });
    const sockets = new Set();
    const files = await startFiles();

    const rest = {
        "GET /api/v1/session": () => ({
            user,
            organization: { id: "o1", slug: "local", name: "Local workshop" },
            environments: [production, staging, development],
            functions: { mayLook: true, mayOperate: true, mayManageKeys: true },
            mode: state.mode,
            product: "Interlude",
            version: "0.1.0",
        }),
        "GET /api/v1/routes": () => ({ routes: state.routes }),
        "GET /api/v1/problems": () => ({ problems: state.problems }),
        "GET /api/v1/transactions": (url) => {
            const of = (name) => url.searchParams.get(name);
            const found = [...state.transactions.values()]
                .filter((t) => (!of("slug") || t.action.slug === of("slug")) && (of("status") !== "open" || t.status !== "COMPLETED"))
                .filter((t) => !of("q") || t.action.name.toLowerCase().includes(of("q").toLowerCase()))
                .reverse();
            const start = Number(of("before") ?? 0);
            const limit = Math.min(Number(of("limit") ?? 50), 5);
            const next = start + limit < found.length ? String(start + limit) : null;
            return { transactions: found.slice(start, start + limit).map((t) => t.summary()), next };
        },
        "GET /api/v1/queue": () => ({ items: state.queue }),
        "GET /api/v1/notifications": (url) => ({
            notifications: state.notifications.filter((one) => one.transactionId === url.searchParams.get("transaction")).reverse(),
            next: null,
        }),
        "GET /api/v1/keys": () => ({ developmentKey: "ada_dev_kcLjcxNFxmB1f0d2m5q9", keys: state.keys }),
        "POST /api/v1/keys": (_url, body) => {
            const id = randomUUID();
            state.keys.push({ id, label: body.label, environment: body.environment, prefix: "live_new0", createdAt: Date.now(), lastUsedAt: null });
            return { id, key: "live_new0Xw3rT9pQ2zL8vN6k" };
        },
        "POST /api/auth/logout": () => ((state.signedIn = false), true),
    };

    function restAnswer(request, url, body) {
        const path = `${request.method} ${url.pathname}`;
        if (path === "POST /api/auth/login") {
            state.signedIn = body.email === user.email && body.password === "difference";
            return [state.signedIn ? 200 : 401, state.signedIn];
        }
        if (!state.signedIn) {
            return [401, { title: "Not signed in", status: 401, detail: "Sign in first." }];
        }
        const answered = functionAnswer(state, request.method, url, body) ?? deploymentAnswer(state, request.method, url, body);
        if (answered) {
            return answered;
        }
        const transaction = /^GET \/api\/v1\/transactions\/([\w-]+)$/.exec(path);
        if (transaction) {
            const found = state.transactions.get(transaction[1]);
            return found ? [200, { transaction: found.detail() }] : [404, { title: "Not found", status: 404, detail: "No such transaction." }];
        }
        const canceled = /^POST \/api\/v1\/transactions\/([\w-]+)\/cancel$/.exec(path);
        if (canceled) {
            state.transactions.get(canceled[1])?.cancel();
            return [200, { ok: true }];
        }
        const queued = /^DELETE \/api\/v1\/queue\/([\w-]+)$/.exec(path);
        if (queued) {
            state.queue = state.queue.filter((one) => one.id !== queued[1]);
            return [204, null];
        }
        const key = /^DELETE \/api\/v1\/keys\/([\w-]+)$/.exec(path);
        if (key) {
            state.keys = state.keys.filter((one) => one.id !== key[1]);
            return [204, null];
        }
        return rest[path] ? [200, rest[path](url, body)] : [404, { title: "Not found", status: 404 }];
    }

    async function bodyOf(request) {
        let text = "";
        for await (const part of request) {
            text += part;
        }
        return text === "" ? undefined : JSON.parse(text);
    }

    const server = createServer(async (request, response) => {
        const url = new URL(request.url, "http://mock");
        if ((await files.take(request, response, url)) !== false) {
            return;
        }
        if (/^\/(api|async)\//.test(url.pathname)) {
            const [status, data] = restAnswer(request, url, await bodyOf(request));
            response.writeHead(status, { "content-type": "application/json" });
            response.end(status === 204 ? undefined : JSON.stringify(data));
            return;
        }
        const file = url.pathname.startsWith("/assets/") ? url.pathname : "/index.html";
        try {
            const bytes = readFileSync(join(DIST, file));
            response.writeHead(200, { "content-type": TYPES[extname(file)], "content-security-policy": POLICY });
            response.end(bytes);
        } catch {
            response.writeHead(404).end();
        }
    });

    const live = {
        INITIALIZE_CLIENT: () => true,
        SUBSCRIBE: () => true,
        CREATE_TRANSACTION: ({ slug, params, queuedActionId }) => {
            const action = actions[slug];
            if (!action) {
                return { type: "ERROR", code: "NOT_FOUND", message: `There is no ${slug}.` };
            }
            if (state.refuse ?? action.refuse) {
                return state.refuse ?? action.refuse;
            }
            const queued = state.queue.find((one) => one.id === queuedActionId);
            const transaction = new Transaction(action, user, { ...queued?.params, ...params });
            if (queued) {
                queued.transactionId = transaction.id;
            }
            transaction.onNotify = (told) => state.notifications.push({ id: randomUUID(), transactionId: transaction.id, ...told });
            transaction.bucket = files.state.bucket.url;
            state.transactions.set(transaction.id, transaction);
            return { type: "SUCCESS", transactionId: transaction.id, mode: transaction.summary().mode };
        },
        CONNECT_TO_TRANSACTION_AS_CLIENT: ({ transactionId }, peer) => {
            const transaction = state.transactions.get(transactionId);
            if (!transaction || state.deaf) {
                return false;
            }
            transaction.emit = (method, data) => peer.call(method, { transactionId, ...data });
            setImmediate(() => (transaction.status === "PENDING" ? transaction.start() : transaction.replay()));
            return true;
        },
        LEAVE_TRANSACTION: ({ transactionId }) => {
            const transaction = state.transactions.get(transactionId);
            if (transaction && transaction.status !== "COMPLETED" && !transaction.action.backgroundable) {
                transaction.cancel();
            }
            return true;
        },
        CANCEL_TRANSACTION: ({ transactionId }) => (state.transactions.get(transactionId)?.cancel(), true),
        STOP_TRANSACTION: ({ transactionId }) => {
            state.transactions.get(transactionId)?.complete("FAILURE", { error: "RunStopped", message: "Ada Lovelace stopped this run." });
            return true;
        },
        REQUEST_PAGE: ({ pageKey, pageSlug }, peer) => {
            if (!pages[pageSlug]) {
                return { type: "ERROR", message: "No such page." };
            }
            const built = pages[pageSlug].layout((part) => send(Object.assign(layout, part)));
            const { children, ...layout } = built ?? {};
            const send = () => {
                if (built === null) {
                    peer.call("RENDER_PAGE", { pageKey, hostInstanceId: "h" });
                    return;
                }
                const toRender = children?.map(({ onState: _onState, props, ...rest }) => {
                    const { json, meta } = encode(props);
                    return { ...rest, props: json, propsMeta: meta };
                });
                const render = toRender && { id: randomUUID(), inputGroupKey: pageKey, kind: "RENDER", toRender };
                peer.call("RENDER_PAGE", { pageKey, page: JSON.stringify({ kind: "BASIC", ...layout, children: render }), hostInstanceId: "h" });
            };
            peer.pages.set(pageKey, { children, send });
            setTimeout(send, 100);
            return { type: "SUCCESS", pageKey };
        },
        LEAVE_PAGE: ({ pageKey }, peer) => peer.pages.delete(pageKey),
        RESPOND_TO_IO_CALL: ({ transactionId, ioResponse }, peer) => {
            const response = JSON.parse(ioResponse);
            const page = peer.pages.get(transactionId);
            if (page) {
                response.values.forEach((value, i) => value !== null && page.children[i].onState?.(value));
                page.send();
                return true;
            }
            return state.transactions.get(transactionId)?.respond(response) ?? false;
        },
    };

    const websockets = new WebSocketServer({ server, path: "/websocket", verifyClient: () => !state.away });
    websockets.on("connection", (socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        let count = 0;
        const message = (data) => socket.send(JSON.stringify({ id: randomUUID(), data, type: "MESSAGE" }));
        const peer = {
            pages: new Map(),
            call: (methodName, data) => message(JSON.stringify({ id: String(++count), kind: "CALL", methodName, data })),
        };
        socket.peer = peer;
        message("authenticated");
        socket.on("message", async (text) => {
            const frame = JSON.parse(String(text));
            if (frame.type === "ACK") {
                return;
            }
            socket.send(JSON.stringify({ type: "ACK", id: frame.id }));
            if (frame.data === "ping") {
                return;
            }
            const call = JSON.parse(frame.data);
            if (call.kind === "CALL") {
                state.calls.push(call);
                const data = live[call.methodName] ? await live[call.methodName](call.data ?? {}, peer) : undefined;
                message(JSON.stringify({ id: call.id, kind: "RESPONSE", methodName: call.methodName, data }));
            }
        });
    });

    const invalidate = (...topics) => {
        for (const socket of sockets) {
            for (const environment of ["development", "production"]) {
                socket.peer.call("INVALIDATE", { organization: "local", environment, topics });
            }
        }
    };
    return new Promise((resolve) => {
        server.listen(port, "127.0.0.1", () => {
            resolve({
                state,
                files: files.state,
                invalidate,
                problems,
                url: `http://127.0.0.1:${server.address().port}`,
                dropSockets: () => sockets.forEach((socket) => socket.terminate()),
                close: () => {
                    sockets.forEach((socket) => socket.terminate());
                    server.close();
                    files.close();
                },
            });
        });
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const mock = await startMock({ port: Number(process.argv[2] ?? 3100) });
    mock.state.problems = problems;
    console.log(`${mock.url}/dashboard`);
}
