// SPDX-License-Identifier: MIT
// Owns the one WebSocket: ISocket frames (ACK, ping), the RPC envelope, reconnecting. What the calls mean is decided elsewhere.
import { signal } from "@preact/signals";
import { uuid } from "./uuid";

export type SocketState = "idle" | "connecting" | "open" | "lost";
type Handler = (data: never) => void;

const RETRY_MS = 2000;
const PING_MS = 15_000;
const ACK_MS = 10_000;
const CALL_MS = 30_000;

export const socketState = signal<SocketState>("idle");

interface Pending {
    resolve(data: unknown): void;
    reject(error: Error): void;
    timer: ReturnType<typeof setTimeout>;
}

const handlers = new Map<string, Set<Handler>>();
const readyListeners = new Set<() => void>();
const pending = new Map<string, Pending>();
const waitingForOpen: (() => void)[] = [];
/** One id for the life of this tab, kept across reconnects. */
let instanceId: string | null = null;
let socket: WebSocket | null = null;
let callCount = 0;
let pingTimer: ReturnType<typeof setInterval> | undefined;
let pingDeadline: ReturnType<typeof setTimeout> | undefined;
let pingId = "";

/** Nothing on a socket that is being closed: the browser would complain, and the next one begins anew. */
function sendFrame(ws: WebSocket, frame: { id: string; type: string; data?: string }): void {
    if (ws.readyState === WebSocket.OPEN) {
        ws.send(JSON.stringify(frame));
    }
}

function sendMessage(ws: WebSocket, data: string): string {
    const id = uuid();
    sendFrame(ws, { id, data, type: "MESSAGE" });
    return id;
}

function ping(ws: WebSocket): void {
    pingId = sendMessage(ws, "ping");
    clearTimeout(pingDeadline);
    pingDeadline = setTimeout(() => ws.close(), ACK_MS);
}

function failPending(): void {
    for (const call of pending.values()) {
        clearTimeout(call.timer);
        call.reject(new Error("The connection was lost."));
    }
    pending.clear();
}

function onLost(ws: WebSocket): void {
    if (ws !== socket) {
        return;
    }
    socket = null;
    clearInterval(pingTimer);
    clearTimeout(pingDeadline);
    failPending();
    socketState.value = "lost";
    setTimeout(connect, RETRY_MS);
}

async function onAuthenticated(ws: WebSocket): Promise<void> {
    pingTimer = setInterval(() => ping(ws), PING_MS);
    await transmit(ws, "INITIALIZE_CLIENT", undefined);
    socketState.value = "open";
    for (const listener of readyListeners) {
        listener();
    }
    for (const start of waitingForOpen.splice(0)) {
        start();
    }
}

function dispatch(ws: WebSocket, text: string): void {
    const frame = JSON.parse(text) as { id: string; kind: string; methodName: string; data?: unknown };
    if (frame.kind === "RESPONSE") {
        const call = pending.get(frame.id);
        pending.delete(frame.id);
        clearTimeout(call?.timer);
        call?.resolve(frame.data);
        return;
    }
    for (const handler of handlers.get(frame.methodName) ?? []) {
        handler(frame.data as never);
    }
    sendMessage(ws, JSON.stringify({ id: frame.id, kind: "RESPONSE", methodName: frame.methodName, data: true }));
}

function onFrame(ws: WebSocket, text: string): void {
    const frame = JSON.parse(text) as { type: string; id: string; data?: string };
    if (frame.type === "ACK") {
        if (frame.id === pingId) {
            clearTimeout(pingDeadline);
        }
        return;
    }
    sendFrame(ws, { type: "ACK", id: frame.id });
    if (frame.data === "authenticated") {
        void onAuthenticated(ws).catch(() => ws.close());
    } else if (frame.data !== undefined && frame.data !== "ping") {
        dispatch(ws, frame.data);
    }
}

function connect(): void {
    if (socket !== null) {
        return;
    }
    instanceId ??= uuid();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const ws = new WebSocket(`${scheme}//${location.host}/websocket?__INTERVAL_CLIENT_ISOCKET_ID=${instanceId}`);
    socket = ws;
    if (socketState.value === "idle") {
        socketState.value = "connecting";
    }
    ws.onmessage = (event) => onFrame(ws, String(event.data));
    ws.onclose = () => onLost(ws);
}

function transmit(ws: WebSocket, method: string, data: unknown): Promise<unknown> {
    const id = String(++callCount);
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
            pending.delete(id);
            reject(new Error("The server did not answer in time."));
        }, CALL_MS);
        pending.set(id, { resolve, reject, timer });
        sendMessage(ws, JSON.stringify({ id, kind: "CALL", methodName: method, data }));
    });
}

/** Calls the server; waits for the connection if it is not up. Rejects when the connection breaks before the answer. */
export async function call<T>(method: string, data: unknown): Promise<T> {
    connect();
    if (socketState.value !== "open") {
        await new Promise<void>((resolve) => waitingForOpen.push(resolve));
    }
    return (await transmit(socket!, method, data)) as T;
}

/** Calls the server only if the connection is up; nobody waits for the answer. */
export function tell(method: string, data: unknown): void {
    if (socket !== null && socketState.value === "open") {
        transmit(socket, method, data).catch(() => undefined);
    }
}

/** Registers for calls made by the server; returns the function that ends it. */
export function listen<T>(method: string, handler: (data: T) => void): () => void {
    const set = handlers.get(method) ?? new Set();
    handlers.set(method, set.add(handler as Handler));
    return () => set.delete(handler as Handler);
}

/** `listener` runs after each (re)connection; returns the function that ends it. */
export function onReady(listener: () => void): () => void {
    readyListeners.add(listener);
    if (socketState.value === "open") {
        listener();
    }
    connect();
    return () => readyListeners.delete(listener);
}

/** Drops the connection as a network fault would; used by the command bar's test entry. */
export function dropConnection(): void {
    socket?.close();
}
