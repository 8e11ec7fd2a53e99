// SPDX-License-Identifier: MIT
// Owns one run of an action as this browser sees it: calls, loading, logs, result, and what went wrong. Drawing is run-view.tsx.
import { batch, computed, signal } from "@preact/signals";
import { Call, type Responder } from "../forms/call";
import { getNotifications } from "../lib/api";
import { navigateFromRoute } from "../lib/nav";
import { linkTarget, type Place } from "../lib/place";
import { call, listen, onReady, socketState, tell } from "../lib/socket";
import type { CreateAnswer, Link, Loading, LogLine, Mode, Notification, Render, Result } from "../lib/wire";

export type Phase = "connecting" | "running" | "redirecting" | "completed" | "refused";

export interface Busy {
    cpuSeconds: number;
    others: { name: string; user: string }[];
}

export interface Refusal {
    code: string;
    message: string;
    /** When a retry is allowed, as an instant. */
    retryAt: number | null;
}

export type HostTrouble = "none" | "usurped" | "host-dropped" | "host-missing" | "invalid";

const ATTACH_RETRY_MS = 1000;
const REDIRECT_MS = 10;
/** Refusals to attach in a row before they are shown; a host that restarts is usually back by then. */
const QUIET_ATTEMPTS = 3;

export class Run {
    readonly phase = signal<Phase>("connecting");
    readonly id = signal<string | null>(null);
    readonly calls = signal<Call[]>([]);
    readonly loading = signal<Loading | null>(null);
    readonly logs = signal<LogLine[]>([]);
    readonly notifications = signal<Notification[]>([]);
    readonly busy = signal<Busy | null>(null);
    readonly refusal = signal<Refusal | null>(null);
    readonly resultStatus = signal<string | null>(null);
    readonly result = signal<Result | null>(null);
    readonly completedAt = signal<number | null>(null);
    readonly hostTrouble = signal<HostTrouble>("none");
    private readonly ends: (() => void)[] = [];
    private ended = false;
    private attempts = 0;

    /** The call that waits for this person, if any. */
    readonly currentCall = computed<Call | null>(() => {
        const last = this.calls.value[this.calls.value.length - 1];
        return this.phase.value === "running" && last && last.answeredWith.value === null ? last : null;
    });

    readonly waitsForInput = computed(() => {
        const now = this.currentCall.value;
        return now !== null && now.submitting.value === null && (now.interactive.value || now.buttons.value.length > 0);
    });

    constructor(
        readonly place: Place,
        private readonly params: Record<string, string>,
        public mode: Mode = "append",
    ) {}

    /** Creates a transaction for `slug` and starts it; `queuedActionId` names the item of the queue that it takes. */
    async create(slug: string, queuedActionId?: string): Promise<void> {
        this.subscribe();
        let answer: CreateAnswer;
        try {
            answer = await call<CreateAnswer>("CREATE_TRANSACTION", {
                organization: this.place.org,
                environment: this.place.env,
                slug,
                params: this.params,
                queuedActionId,
            });
        } catch (error) {
            answer = { type: "ERROR", code: "OFFLINE", message: (error as Error).message };
        }
        if (this.ended) {
            if (answer.type === "SUCCESS") {
                tell("LEAVE_TRANSACTION", { transactionId: answer.transactionId });
            }
            return;
        }
        if (answer.type === "ERROR") {
            const retryAt = answer.retryAfterMs === undefined ? null : Date.now() + answer.retryAfterMs;
            batch(() => {
                this.refusal.value = { code: answer.code, message: answer.message, retryAt };
                this.phase.value = "refused";
            });
            return;
        }
        this.mode = answer.mode ?? this.mode;
        this.id.value = answer.transactionId;
        this.ends.push(onReady(() => void this.attach()));
    }

    /** Continues an existing transaction. */
    resume(id: string): void {
        this.subscribe();
        this.id.value = id;
        this.ends.push(onReady(() => void this.attach()));
    }

    private async attach(): Promise<void> {
        if (this.ended || this.phase.peek() === "completed") {
            return;
        }
        const attached = await call<boolean>("CONNECT_TO_TRANSACTION_AS_CLIENT", {
            transactionId: this.id.peek(),
            params: this.params,
        }).catch(() => false);
        if (this.ended) {
            return;
        }
        if (attached) {
            this.attempts = 0;
            void this.loadNotifications();
            batch(() => {
                this.hostTrouble.value = "none";
                if (this.phase.peek() === "connecting") {
                    this.phase.value = "running";
                }
            });
        } else if (socketState.peek() === "open") {
            if (++this.attempts >= QUIET_ATTEMPTS) {
                this.hostTrouble.value = "host-missing";
            }
            setTimeout(() => void this.attach(), ATTACH_RETRY_MS);
        }
    }

    /** What was told before this browser came; what comes meanwhile is put after it. */
    private async loadNotifications(): Promise<void> {
        const { org, env } = this.place;
        const known = this.notifications.peek().length;
        const told = await getNotifications(org, env, this.id.peek()!).catch(() => null);
        if (told !== null && told.length >= known) {
            const later = this.notifications.peek().slice(told.length);
            this.notifications.value = [...told.reverse(), ...later];
        }
    }

    reconnect(): void {
        void this.attach();
    }

    private subscribe(): void {
        const on = <T extends { transactionId: string }>(method: string, handler: (data: T) => void) =>
            this.ends.push(listen<T>(method, (data) => data.transactionId === this.id.peek() && handler(data)));
        on<{ transactionId: string; toRender: string }>("RENDER", (data) => this.onRender(data.toRender));
        on<{ transactionId: string } & Loading>("LOADING_STATE", (data) => this.onLoading(data));
        on<{ transactionId: string } & LogLine>("LOG", (data) => this.onLog(data));
        on<{ transactionId: string } & Notification>("NOTIFY", (data) => {
            this.notifications.value = [...this.notifications.peek(), data];
        });
        on<{ transactionId: string; replace?: boolean } & Link>("REDIRECT", (data) => this.onRedirect(data));
        on<{ transactionId: string; resultStatus: string; result?: string }>("TRANSACTION_COMPLETED", (data) => {
            this.onCompleted(data.resultStatus, data.result);
        });
        on<{ transactionId: string } & Busy>("HOST_BUSY", (data) => (this.busy.value = data));
        on("CLIENT_USURPED", () => (this.hostTrouble.value = "usurped"));
        on("HOST_CLOSED_UNEXPECTEDLY", () => (this.hostTrouble.value = "host-dropped"));
        on("HOST_RECONNECTED", () => (this.hostTrouble.value = "none"));
    }

    private onRender(text: string): void {
        let render: Render;
        try {
            render = JSON.parse(text) as Render;
            if (!Array.isArray(render.toRender) || render.toRender.length === 0 || typeof render.inputGroupKey !== "string") {
                throw new Error("not a render");
            }
        } catch {
            this.hostTrouble.value = "invalid";
            return;
        }
        batch(() => {
            this.hostTrouble.value = "none";
            this.busy.value = null;
            if (this.phase.peek() === "connecting") {
                this.phase.value = "running";
            }
            const known = this.calls.peek().find((one) => one.key === render.inputGroupKey);
            if (known) {
                known.update(render);
                return;
            }
            this.finishCalls();
            this.loading.value = null;
            const respond: Responder = (response) => this.respond(response);
            this.calls.value = [...this.calls.peek(), new Call(render, respond, this.id.peek(), this.mode === "paged")];
        });
    }

    private async respond(response: object & { kind: string }): Promise<boolean> {
        if (response.kind === "RETURN") {
            this.loading.value = null;
        }
        const transactionId = this.id.peek();
        const ioResponse = JSON.stringify({ ...response, transactionId });
        return (await call<boolean>("RESPOND_TO_IO_CALL", { transactionId, ioResponse })) !== false;
    }

    private finishCalls(): void {
        for (const one of this.calls.peek()) {
            one.finish();
        }
    }

    private onLoading(state: Loading): void {
        if (!this.waitsForInput.peek() && this.phase.peek() !== "completed") {
            this.busy.value = null;
            this.loading.value = state;
        }
    }

    private onLog(line: LogLine): void {
        const now = this.logs.peek();
        if (!now.some((known) => known.index === line.index)) {
            this.logs.value = [...now, line].sort((a, b) => a.index - b.index);
        }
    }

    private onRedirect(link: Link & { replace?: boolean }): void {
        const target = linkTarget(this.place, link);
        if (target === null) {
            return;
        }
        this.phase.value = "redirecting";
        setTimeout(() => {
            if (target.internal) {
                navigateFromRoute(target.href, link.replace === true);
            } else if (link.replace) {
                location.replace(target.href);
            } else {
                location.assign(target.href);
            }
        }, REDIRECT_MS);
    }

    private onCompleted(status: string, text: string | undefined): void {
        let result: Result | null = null;
        let readable = true;
        try {
            result = text ? (JSON.parse(text) as Result) : null;
        } catch {
            readable = false;
        }
        batch(() => {
            this.finishCalls();
            this.loading.value = null;
            this.busy.value = null;
            this.hostTrouble.value = readable ? "none" : "invalid";
            this.resultStatus.value = status;
            this.result.value = result;
            this.completedAt.value = Date.now();
            if (this.phase.peek() !== "redirecting") {
                this.phase.value = "completed";
            }
        });
    }

    cancel(): void {
        void call("CANCEL_TRANSACTION", { transactionId: this.id.peek() }).catch(() => undefined);
    }

    /** Ends the runner that computes without asking. */
    stop(): void {
        void call("STOP_TRANSACTION", { transactionId: this.id.peek() }).catch(() => undefined);
    }

    /** The screen goes away. */
    leave(): void {
        this.ended = true;
        for (const end of this.ends.splice(0)) {
            end();
        }
        if (this.id.peek() !== null) {
            tell("LEAVE_TRANSACTION", { transactionId: this.id.peek() });
        }
    }
}
