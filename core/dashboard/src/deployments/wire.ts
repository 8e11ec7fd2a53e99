// SPDX-License-Identifier: MIT
// Owns the REST calls about deployed services, with the shapes they answer in.
import { query, request } from "../lib/api";

/** Whose key signed it, or who was signed in; null: the server itself. */
export type Author = { kind: "deployer" | "user"; name: string } | null;

/** What came in the `step` seconds that began so long after the window did. */
export interface Sample {
    second: number;
    requests: number;
    errors: number;
}

/** How a new version did while the server was ready to go back by itself. Without a window, both times are the same. */
export interface Watch {
    state: "watching" | "live" | "returned" | "replaced";
    sinceMs: number;
    untilMs: number;
    requests: number;
    errors: number;
    reason: string | null;
    step: number;
    samples: Sample[];
    /** Of what is live: requests that began on the version before and are not over yet. */
    drain?: { version: string; isOver: boolean };
}

export interface Change {
    id: string;
    action: "deploy" | "function" | "rollback" | "return" | "prune" | "remove";
    version: string | null;
    timestamp: number;
    size: number;
    by: Author;
    at: number;
    reason: string | null;
    watch: Watch | null;
}

/** The modules of a version by name; a hash of each. */
export type Modules = Record<string, { sha256: string }>;

export interface Version {
    version: string;
    timestamp: number;
    size: number;
    deployer: string | null;
    createdAt: number;
    isLive: boolean;
    /** The only one in which it differs from the version it was made of; absent: a whole deployment. */
    function?: string;
    functions: Modules;
    routes: Modules;
}

export interface StageSummary {
    service: string;
    stage: string;
    isChanging: boolean;
    live: Version | null;
    watch: Watch | null;
    /** The latest of all. */
    last: Change | null;
}

export interface Stage {
    service: string;
    stage: string;
    isChanging: boolean;
    /** Of what is live; null: nothing is, or has been since before the server's start. */
    watch: Watch | null;
    /** On the server's clock. */
    now: number;
    /** Newest first, as the changes. */
    versions: Version[];
    changes: Change[];
    hasMore: boolean;
}

const DEPLOYMENTS = "/api/v1/deployments";

export const getStages = async () => (await request<{ stages: StageSummary[] }>("GET", DEPLOYMENTS)).stages;

export const getStage = (service: string, stage: string, limit: number) =>
    request<Stage>("GET", `${DEPLOYMENTS}/${encodeURIComponent(service)}/${encodeURIComponent(stage)}?${query({ limit })}`);

export const rollBack = (service: string, stage: string, timestamp: number) =>
    request<unknown>("POST", `${DEPLOYMENTS}/rollback`, { service, stage, timestamp });
