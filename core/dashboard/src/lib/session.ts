// SPDX-License-Identifier: MIT
// Owns who is signed in and where: session, place, routes and problems of that environment, kept fresh by INVALIDATE.
import { computed, effect, signal } from "@preact/signals";
import { ApiError, getProblems, getRoutes, getSession, signedOut } from "./api";
import { here, visit } from "./nav";
import { DEVELOPMENT, type Place, readPlace } from "./place";
import { call, listen, onReady, socketState } from "./socket";
import type { Environment, Problem, Route, Session } from "./wire";

const WANTED = "interlude.wanted";

export const session = signal<Session | null>(null);
export const sessionError = signal<string | null>(null);
export const place = signal<Place>({ org: "", env: DEVELOPMENT, mode: "console" });
/** null until the first answer. */
export const routes = signal<Route[] | null>(null);
export const routesError = signal<string | null>(null);
export const problems = signal<Problem[]>([]);
/** Grows when the list of runs changed. */
export const transactionsVersion = signal(0);
/** Grows when the queue changed. */
export const queueVersion = signal(0);

export const product = computed(() => session.value?.product ?? "Interlude");
export const environment = computed(
    () => session.value?.environments.find((candidate) => candidate.slug === place.value.env) ?? null,
);

/** Development is orange unless somebody chose another colour. */
export function colorOf(of: Environment | null): string {
    return of?.color ?? (of?.slug === DEVELOPMENT ? "orange" : "none");
}

export function setTitle(title: string): void {
    document.title = `${title} | ${product.value}`;
}

export function rememberWanted(): void {
    if (!location.pathname.startsWith("/login")) {
        sessionStorage.setItem(WANTED, here() + location.hash);
    }
}

export function takeWanted(): string {
    const wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    return wanted?.startsWith("/dashboard") ? wanted : "/dashboard";
}

export async function loadSession(): Promise<void> {
    try {
        session.value = await getSession();
        sessionError.value = null;
        signedOut.value = false;
    } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
            session.value = null;
        } else if (session.value === null) {
            sessionError.value = (error as Error).message;
        }
    }
}

/** Answers may overtake each other; only that of the last question counts. */
const asked = { routes: 0, problems: 0 };

async function loadRoutes(of: Place): Promise<void> {
    const question = ++asked.routes;
    try {
        const found = await getRoutes(of.org, of.env);
        if (question === asked.routes) {
            routes.value = found;
            routesError.value = null;
        }
    } catch (error) {
        if (question === asked.routes) {
            routesError.value = (error as Error).message;
        }
    }
}

async function loadProblems(of: Place): Promise<void> {
    const question = ++asked.problems;
    const found = of.mode === "console" ? await getProblems(of.org, of.env).catch(() => []) : [];
    if (question === asked.problems) {
        problems.value = found;
    }
}

function enter(next: Place): void {
    const old = place.peek();
    if (old.org === next.org && old.env === next.env && old.mode === next.mode && routes.peek() !== null) {
        return;
    }
    place.value = next;
    routes.value = null;
    void loadRoutes(next);
    void loadProblems(next);
}

function onInvalidate({ environment: env, topics }: { environment: string; topics: string[] }): void {
    const now = place.peek();
    if (env !== now.env) {
        return;
    }
    if (topics.includes("routes")) {
        void loadRoutes(now);
    }
    if (topics.includes("problems")) {
        void loadProblems(now);
    }
    if (topics.includes("transactions")) {
        transactionsVersion.value++;
    }
    if (topics.includes("queue")) {
        queueVersion.value++;
    }
}

/** What changed between the first look and the subscription is found by a second look. */
function subscribe(): void {
    const now = place.peek();
    if (now.org === "") {
        return;
    }
    call("SUBSCRIBE", { organization: now.org, environment: now.env })
        .then(() => Promise.all([loadRoutes(place.peek()), loadProblems(place.peek())]))
        .catch(() => undefined);
}

export function startSession(): void {
    listen("INVALIDATE", onInvalidate);
    effect(() => {
        visit.value;
        const now = readPlace(location.pathname, location.search);
        if (now !== null && now.org === session.value?.organization.slug) {
            enter(now);
        }
    });
    let wasLost = false;
    let connected = false;
    const refresh = () => {
        subscribe();
        if (wasLost) {
            wasLost = false;
            transactionsVersion.value++;
            queueVersion.value++;
        }
    };
    effect(() => {
        if (session.value !== null && !connected) {
            connected = true;
            onReady(refresh);
        }
    });
    effect(() => {
        if (socketState.value === "lost") {
            wasLost = true;
            void loadSession();
        }
    });
    effect(() => {
        place.value;
        if (socketState.peek() === "open") {
            subscribe();
        }
    });
}
