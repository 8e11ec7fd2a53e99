// SPDX-License-Identifier: MIT
// Owns addresses of the dashboard: which organization, environment and mode a path means, and the paths of each screen.
import type { Link } from "./wire";

export interface Place {
    org: string;
    env: string;
    mode: "live" | "console";
}

export const DEVELOPMENT = "development";
const PRODUCTION = "production";

/** Reads the place out of `/dashboard/<org>[+<env>]/…`; null when the path names no organization. */
export function readPlace(path: string, search = ""): Place | null {
    const [root, first, second] = path.split("/").filter(Boolean);
    if (root !== "dashboard" || first === undefined) {
        return null;
    }
    const [org = "", env] = decodeURIComponent(first).split("+");
    const named = new URLSearchParams(search).get("environment");
    if (second === "develop" || env === DEVELOPMENT || named === DEVELOPMENT) {
        return { org, env: DEVELOPMENT, mode: "console" };
    }
    return { org, env: named ?? env ?? PRODUCTION, mode: "live" };
}

/** Screens that may stand where an organization should: such an address is meant for whoever opens it. */
const SCREENS = new Set(["account", "actions", "calls", "deployments", "develop", "function-keys", "functions", "history", "organization", "queues", "transactions"]);

/** The same address under `org`, when `path` names no organization or another one; else null. */
export function underOrg(path: string, org: string): string | null {
    const [, root, first = "", ...rest] = path.split("/");
    if (root !== "dashboard" || first === "") {
        return null;
    }
    const [named, env] = decodeURIComponent(first).split("+");
    if (named === org) {
        return null;
    }
    const isScreen = SCREENS.has(first);
    const place = isScreen || env === undefined ? org : `${org}+${env}`;
    return ["/dashboard", place, ...(isScreen ? [first] : []), ...rest].join("/");
}

export function orgPath(place: Place): string {
    const suffix = place.mode === "live" && place.env !== PRODUCTION ? `+${place.env}` : "";
    return `/dashboard/${place.org}${suffix}`;
}

export function homePath(place: Place): string {
    return `${orgPath(place)}${place.mode === "console" ? "/develop" : ""}/actions`;
}

function paramText(params: Record<string, unknown> | null | undefined): string {
    const out = new URLSearchParams();
    for (const [key, value] of Object.entries(params ?? {})) {
        if (value) {
            out.set(key, value instanceof Date ? value.toISOString() : String(value));
        }
    }
    const text = out.toString();
    return text === "" ? "" : `?${text}`;
}

export function routePath(place: Place, slug: string, params?: Record<string, unknown> | null): string {
    return `${homePath(place)}/${slug.split("/").map(encodeURIComponent).join("/")}${paramText(params)}`;
}

const sectionPath = (place: Place, section: string) => `${orgPath(place)}${place.mode === "console" ? "/develop" : ""}/${section}`;

export const functionsPath = (place: Place) => sectionPath(place, "functions");
export const functionKeysPath = (place: Place) => sectionPath(place, "function-keys");
export const deploymentsPath = (place: Place) => sectionPath(place, "deployments");
export const queuesPath = (place: Place) => sectionPath(place, "queues");
export const callsPath = (place: Place, filter?: { function?: string; queue?: string; state?: string; before?: string }) => sectionPath(place, "calls") + paramText(filter);
export const callPath = (place: Place, id: string) => `${sectionPath(place, "calls")}/${encodeURIComponent(id)}`;

export function functionPath(place: Place, name: string): string {
    return `${functionsPath(place)}/${name.split("/").map(encodeURIComponent).join("/")}`;
}

export const stagePath = (place: Place, service: string, stage: string) =>
    `${deploymentsPath(place)}/${encodeURIComponent(service)}/${encodeURIComponent(stage)}`;

const environmentQuery = (place: Place) => (place.mode === "console" ? `?environment=${DEVELOPMENT}` : "");

export const historyPath = (place: Place) => `${orgPath(place)}/history${environmentQuery(place)}`;
export const keysPath = (place: Place) => `/dashboard/${place.org}/develop/keys`;

export function transactionPath(place: Place, id: string): string {
    return `${orgPath(place)}/transactions/${encodeURIComponent(id)}${environmentQuery(place)}`;
}

export interface Target {
    href: string;
    internal: boolean;
}

const SAFE_URL = /^(https?:|mailto:|tel:|sms:|blob:|data:image\/|\/|#|\.)/i;

/** Where a link of an IO component leads; null when it leads nowhere. A route wins over a URL (io-methods 7.3). */
export function linkTarget(place: Place, link: Link): Target | null {
    const route = link.route ?? link.action;
    if (route) {
        return { href: routePath(place, route, link.params), internal: true };
    }
    const url = link.url ?? link.href;
    if (!url) {
        return null;
    }
    const address = /^[a-z][a-z0-9+.-]*:/i.test(url) || /^[/#.]/.test(url) ? url : `https://${url}`;
    return SAFE_URL.test(address) ? { href: address, internal: false } : null;
}
