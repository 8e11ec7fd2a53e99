// SPDX-License-Identifier: MIT
// Owns the REST calls about HTTP functions, their durable calls and queues, with the shapes they answer in.
import { query, request } from "../lib/api";

export interface Minute {
    count: number;
    errors: number;
    sumUs: number;
}

export interface Endpoint {
    method: string;
    url: string;
    isPrivate: boolean;
    isAsync: boolean;
}

export interface Schedule {
    name: string;
    expression: string;
    timezone: string | null;
    isEnabled: boolean;
    next: number | null;
    skipped: number;
}

export interface FunctionInfo {
    name: string;
    key: string | null;
    service: string | null;
    stage: string | null;
    description: string | null;
    isLive: boolean;
    endpoints: Endpoint[];
    schedules: Schedule[];
    inFlight: number;
    calls: number;
    errors: number;
    p50Us: number;
    p95Us: number;
    /** The last hour, oldest first; the last one is the present minute. */
    minutes: Minute[];
}

export type CallState = "queued" | "running" | "retrying" | "succeeded" | "failed" | "dead" | "cancelled";

export interface Attempt {
    attempt: number;
    at: number;
    status: number | null;
    error: string | null;
    durationUs: number;
}

export interface AsyncCall {
    id: string;
    function: string;
    queue: string;
    stage: string | null;
    state: CallState;
    attempt: number;
    maxAttempts: number;
    createdAt: number;
    startedAt: number | null;
    finishedAt: number | null;
    nextAttemptAt: number | null;
    status: number | null;
    error: string | null;
    durationUs: number | null;
    callback: { url: string; state: string; attempts: number; lastStatus: number | null; lastError: string | null } | null;
    attempts?: Attempt[];
}

export interface Lane {
    function: string | null;
    queued: number;
    retrying: number;
    running: number;
    dead: number;
    oldestSeconds: number;
}

export interface Queue {
    name: string;
    isPaused: boolean;
    functions?: Lane[];
    /** Of the callbacks only. */
    waiting?: number;
    nextAttemptAt?: number | null;
}

export interface CallResult {
    status: number;
    headers: Record<string, string>;
    isBase64Encoded: boolean;
    body: string | null;
}

export interface CallFilter {
    function?: string;
    state?: string;
    before?: string;
    limit?: number;
}

const callPath = (id: string) => `/api/v1/calls/${encodeURIComponent(id)}`;

export const getFunctions = async () => (await request<{ functions: FunctionInfo[] }>("GET", "/api/v1/functions")).functions;

export const getCalls = (filter: CallFilter) =>
    request<{ calls: AsyncCall[]; next: number | null }>("GET", `/api/v1/calls?${query({ ...filter })}`);

export const getCall = (id: string) => request<AsyncCall>("GET", callPath(id));
export const getResult = (id: string) => request<CallResult>("GET", `${callPath(id)}/result`);
export const retryCall = (id: string) => request<unknown>("POST", `${callPath(id)}/retry`);
export const cancelCall = (id: string) => request<unknown>("POST", `${callPath(id)}/cancel`);

export const getQueues = async () => (await request<{ queues: Queue[] }>("GET", "/api/v1/queues")).queues;

export const changeQueue = (name: string, verb: "pause" | "resume" | "purge") =>
    request<unknown>("POST", `/api/v1/queues/${encodeURIComponent(name)}/${verb}`);

/** How many there were. */
export async function changeDead(verb: "retry" | "delete", name?: string): Promise<number> {
    const of = `?${query({ function: name })}`;
    const answer =
        verb === "retry"
            ? await request<{ count: number }>("POST", `/async/dead/retry${of}`)
            : await request<{ count: number }>("DELETE", `/async/dead${of}`);
    return answer.count;
}

export interface FunctionKey {
    id: string;
    service: string | null;
    stage: string | null;
    label: string | null;
    prefix: string;
    isEnabled: boolean;
    createdAt: number;
    rate?: number;
    burst?: number;
    quota?: number;
    period?: string;
    used?: number;
}

export interface NewKey {
    label: string;
    rate?: number;
    burst?: number;
    quota?: number;
    period?: string;
}

const KEYS = "/api/v1/function-keys";

export const getFunctionKeys = async () => (await request<{ keys: FunctionKey[] }>("GET", KEYS)).keys;
export const createFunctionKey = (key: NewKey) => request<{ id: string; key: string }>("POST", KEYS, key);
export const deleteFunctionKey = (id: string) => request<void>("DELETE", `${KEYS}/${encodeURIComponent(id)}`);
