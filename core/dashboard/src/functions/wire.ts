// SPDX-License-Identifier: MIT
// Owns the REST calls about HTTP functions, their durable calls and queues, with the shapes they answer in.
import { ApiError, query, request } from "../lib/api";

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
    /** Whose messages it takes. */
    queues: string[];
    inFlight: number;
    calls: number;
    errors: number;
    p50Us: number;
    p95Us: number;
    /** The last hour, oldest first; the last one is the present minute. */
    minutes: Minute[];
}

export type CallState = "queued" | "running" | "retrying" | "succeeded" | "failed" | "dead" | "cancelled";

/** One that was not the good one. Numbers begin again when a person has the call tried again. */
export interface Attempt {
    attempt: number;
    finishedAt: number;
    durationUs: number;
    /** Absent: it gave no answer. */
    status?: number;
    error?: string;
}

export interface Callback {
    url: string;
    state: "none" | "pending" | "delivered" | "failed";
    attempts: number;
    lastStatus: number | null;
    lastError: string | null;
}

export interface AsyncCall {
    id: string;
    /** "": a message, whose consumer is not known before it runs. */
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
    callback: Callback | null;
    /** Its place in lists. Ids may come again after a while, this does not. */
    cursor: number;
}

export type WholeCall = AsyncCall & { attempts: Attempt[] };

/** What is not over of one function in one queue, and its dead letters. */
export interface Lane {
    /** Null: messages. */
    function: string | null;
    queued: number;
    retrying: number;
    running: number;
    dead: number;
    oldestSeconds: number;
}

export interface CallQueue {
    name: string;
    isPaused: boolean;
    pausedSince: number | null;
    functions: Lane[];
}

/** Deliveries of callbacks, which nobody pauses. */
export interface CallbackQueue {
    name: string;
    waiting: number;
    nextAttemptAt: number | null;
}

export type Queue = CallQueue | CallbackQueue;

export const isCallQueue = (queue: Queue): queue is CallQueue => "functions" in queue;
export const isCallbackQueue = (queue: Queue): queue is CallbackQueue => !isCallQueue(queue);

/** A request or an answer, as it was sent. */
export interface Message {
    headers: Record<string, string>;
    isBase64Encoded: boolean;
    /** Null: too long to be shown. */
    body: string | null;
}

export type SentRequest = Message & { method: string; path: string; rawQueryString: string };
export type CallResult = Message & { status: number };

/** Of a list; a part that is missing or "" means any. */
export interface CallFilter {
    function?: string;
    queue?: string;
    state?: string;
    /** Older than the call with this cursor. */
    before?: string;
}

const callPath = (id: string) => `/api/v1/calls/${encodeURIComponent(id)}`;

const HOUR = 60;

/** The server names only the minutes in which something ran. */
type BusyMinute = Minute & { ago: number };

function wholeHour(busy: BusyMinute[]): Minute[] {
    const minutes: Minute[] = Array.from({ length: HOUR }, () => ({ count: 0, errors: 0, sumUs: 0 }));
    for (const { ago, ...minute } of busy) {
        minutes[HOUR - 1 - ago] = minute;
    }
    return minutes;
}

export async function getFunctions(): Promise<FunctionInfo[]> {
    const { functions } = await request<{ functions: (FunctionInfo & { minutes: BusyMinute[] })[] }>("GET", "/api/v1/functions");
    return functions.map((one) => ({ ...one, minutes: wholeHour(one.minutes) }));
}

export const getCalls = (filter: CallFilter, limit: number) =>
    request<{ calls: AsyncCall[]; next: number | null }>("GET", `/api/v1/calls?${query({ ...filter, limit })}`);

/** Null: it is not kept (any more). */
async function getKept<T>(path: string): Promise<T | null> {
    try {
        return await request<T>("GET", path);
    } catch (problem) {
        if (problem instanceof ApiError && problem.status === 404) {
            return null;
        }
        throw problem;
    }
}

export const getCall = (id: string) => request<WholeCall>("GET", callPath(id));
export const getRequest = (id: string) => getKept<SentRequest>(`${callPath(id)}/request`);
export const getResult = (id: string) => getKept<CallResult>(`${callPath(id)}/result`);
export const retryCall = (id: string) => request<unknown>("POST", `${callPath(id)}/retry`);
export const cancelCall = (id: string) => request<unknown>("POST", `${callPath(id)}/cancel`);

export const getQueues = async () => (await request<{ queues: Queue[] }>("GET", "/api/v1/queues")).queues;

export const changeQueue = (name: string, verb: "pause" | "resume" | "purge") =>
    request<unknown>("POST", `/api/v1/queues/${encodeURIComponent(name)}/${verb}`);

/** Which dead letters. A function of null: messages; undefined: any. */
export interface DeadFilter {
    function?: string | null;
    queue?: string;
}

/** How many there were. */
export async function changeDead(verb: "retry" | "delete", { function: name, queue }: DeadFilter): Promise<number> {
    const of = new URLSearchParams({ ...(name === undefined ? {} : { function: name ?? "" }), ...(queue ? { queue } : {}) });
    const [method, path] = verb === "retry" ? ["POST", "/async/dead/retry"] : ["DELETE", "/async/dead"];
    return (await request<{ count: number }>(method!, `${path!}?${of}`)).count;
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
