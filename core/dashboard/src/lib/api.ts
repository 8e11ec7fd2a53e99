// SPDX-License-Identifier: MIT
// Owns the REST calls: one function each, typed. Errors become ApiError with the server's own sentence.
import { signal } from "@preact/signals";
import type { LiveKey, Notification, Problem, QueuedItem, Route, Session, TransactionDetail, TransactionSummary } from "./wire";

const LOGIN = "/api/auth/login";
const IDENTITY = "/api/v1/identity";
/** Where 401 says that a password is wrong, not that nobody is signed in. */
const ASKS_PASSWORD = new Set([`POST ${LOGIN}`, `POST ${IDENTITY}`]);

/** True when the server wants a sign-in. */
export const signedOut = signal(false);

export class ApiError extends Error {
    constructor(
        readonly status: number,
        message: string,
        readonly retryAfterSeconds: number | null = null,
    ) {
        super(message);
    }
}

async function errorOf(answer: Response): Promise<ApiError> {
    const retry = Number(answer.headers.get("retry-after"));
    let message = `The server answered ${answer.status}.`;
    try {
        const problem = (await answer.json()) as { title?: string; detail?: string };
        message = problem.detail ?? problem.title ?? message;
    } catch {
        // Not a problem document: the status has to do.
    }
    return new ApiError(answer.status, message, retry > 0 ? retry : null);
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = { method, credentials: "same-origin", headers: { accept: "application/json" } };
    if (body !== undefined) {
        init.body = JSON.stringify(body);
        init.headers = { ...init.headers, "content-type": "application/json" };
    }
    let answer: Response;
    try {
        answer = await fetch(path, init);
    } catch {
        throw new ApiError(0, "The server cannot be reached.");
    }
    if (answer.status === 401 && !ASKS_PASSWORD.has(`${method} ${path}`)) {
        signedOut.value = true;
    }
    if (!answer.ok) {
        throw await errorOf(answer);
    }
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T; // "done" needs no body
}

export function query(values: Record<string, string | number | undefined>): string {
    const out = new URLSearchParams();
    for (const [key, value] of Object.entries(values)) {
        if (value !== undefined && value !== "") {
            out.set(key, String(value));
        }
    }
    return out.toString();
}

export const getSession = () => request<Session>("GET", "/api/v1/session");
export const logout = () => request<boolean>("POST", "/api/auth/logout");

/** True, or false for what does not fit the password. */
async function isRight(path: string, body: object): Promise<boolean> {
    try {
        await request<boolean>("POST", path, body);
        return true;
    } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
            return false;
        }
        throw error;
    }
}

export const login = (email: string, password: string) => isRight(LOGIN, { email, password });

export interface Identity {
    /** True: confirmed lately enough, and now recorded for this request. */
    confirmed: boolean;
    method: "password" | "none";
}

export const getIdentity = (transaction: string, group: string) =>
    request<Identity>("GET", `${IDENTITY}?${query({ transaction, group })}`);

export const confirmIdentity = (transactionId: string, inputGroupKey: string, password: string) =>
    isRight(IDENTITY, { transactionId, inputGroupKey, password });

export interface UploadUrl {
    uploadUrl: string;
    downloadUrl: string;
}

/** Places on this server for the files of a field, in the order of the keys. */
export async function createUploads(transactionId: string, inputGroupKey: string, objectKeys: string[]): Promise<UploadUrl[]> {
    const body = { transactionId, inputGroupKey, objectKeys };
    const { urls } = await request<{ urls: (UploadUrl & { objectKey: string })[] }>("POST", "/api/v1/uploads", body);
    return objectKeys.map((key) => {
        const found = urls.find((one) => one.objectKey === key);
        if (found === undefined) {
            throw new ApiError(0, "The server gave no place for the file.");
        }
        return found;
    });
}

export async function getRoutes(org: string, env: string): Promise<Route[]> {
    return (await request<{ routes: Route[] }>("GET", `/api/v1/routes?${query({ org, env })}`)).routes;
}

export async function getProblems(org: string, env: string): Promise<Problem[]> {
    return (await request<{ problems: Problem[] }>("GET", `/api/v1/problems?${query({ org, env })}`)).problems;
}

export interface TransactionQuery {
    org: string;
    env: string;
    q?: string;
    slug?: string;
    status?: string;
    before?: string;
    limit?: number;
}

export const getTransactions = (of: TransactionQuery) =>
    request<{ transactions: TransactionSummary[]; next: string | null }>("GET", `/api/v1/transactions?${query({ ...of })}`);

export async function getTransaction(id: string): Promise<TransactionDetail> {
    const path = `/api/v1/transactions/${encodeURIComponent(id)}`;
    return (await request<{ transaction: TransactionDetail }>("GET", path)).transaction;
}

export const cancelTransaction = (id: string) =>
    request<unknown>("POST", `/api/v1/transactions/${encodeURIComponent(id)}/cancel`);

export const getQueue = (org: string, env: string) => request<{ items: QueuedItem[] }>("GET", `/api/v1/queue?${query({ org, env })}`);

export const dequeue = (id: string) => request<void>("DELETE", `/api/v1/queue/${encodeURIComponent(id)}`);

/** What a run has told so far, newest first. */
export async function getNotifications(org: string, env: string, transaction: string): Promise<Notification[]> {
    const path = `/api/v1/notifications?${query({ org, env, transaction })}`;
    return (await request<{ notifications: Notification[] }>("GET", path)).notifications;
}

export const getKeys = (org: string) =>
    request<{ developmentKey: string | null; keys: LiveKey[] }>("GET", `/api/v1/keys?${query({ org })}`);

export const createKey = (org: string, label: string, environment: string) =>
    request<{ id: string; key: string }>("POST", "/api/v1/keys", { org, label, environment });

export const deleteKey = (id: string) => request<void>("DELETE", `/api/v1/keys/${encodeURIComponent(id)}`);
