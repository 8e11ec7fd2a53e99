// SPDX-License-Identifier: MIT
// Owns an open page as this browser sees it: its layout, the state of its tables, reopening when the connection breaks.
import { batch, signal } from "@preact/signals";
import { Call } from "../forms/call";
import { navigateFromRoute } from "../lib/nav";
import { linkTarget, type Place } from "../lib/place";
import { call, listen, tell } from "../lib/socket";
import { uuid } from "../lib/uuid";
import type { Link, Loading, PageLayout } from "../lib/wire";

const RETRY_MS = 1000;
const REDIRECT_MS = 10;
/** Refusals in a row before they are shown; a host that restarts is usually back by then. */
const QUIET_ATTEMPTS = 2;

export class Page {
    readonly layout = signal<PageLayout | null>(null);
    readonly children = signal<Call | null>(null);
    readonly loading = signal<Loading | null>(null);
    readonly refusal = signal<string | null>(null);
    /** The handler returned nothing: the page is the list of its routes. */
    readonly empty = signal(false);
    private key = "";
    private attempts = 0;
    private ended = false;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private readonly ends: (() => void)[] = [];

    constructor(
        private readonly place: Place,
        private readonly environmentId: string,
        private readonly slug: string,
        private readonly params: Record<string, string>,
    ) {
        this.ends.push(
            listen<{ pageKey: string; page?: string | null }>("RENDER_PAGE", (data) => data.pageKey === this.key && this.onPage(data.page)),
            listen<{ transactionId: string } & Loading>("LOADING_STATE", (data) => {
                if (data.transactionId === this.key) {
                    this.loading.value = data;
                }
            }),
            // What is shown stays when its host goes; only a page that has not come yet is asked for anew.
            listen<{ transactionId: string }>("HOST_CLOSED_UNEXPECTEDLY", (data) => {
                if (data.transactionId === this.key && this.layout.peek() === null && !this.empty.peek()) {
                    this.reopenLater();
                }
            }),
            listen<{ transactionId: string; replace?: boolean } & Link>("REDIRECT", (data) => data.transactionId === this.key && this.onRedirect(data)),
        );
    }

    /** Opens the page under a fresh key, as each visit must. */
    async open(): Promise<void> {
        if (this.ended) {
            return;
        }
        this.key = uuid();
        const answer = await call<{ type: string; message?: string }>("REQUEST_PAGE", {
            pageKey: this.key,
            pageSlug: this.slug,
            actionMode: this.place.mode,
            organization: this.place.org,
            organizationEnvironmentId: this.environmentId,
            params: this.params,
        }).catch((error: Error) => ({ type: "ERROR", message: error.message }));
        if (answer.type === "SUCCESS") {
            this.attempts = 0;
            this.refusal.value = null;
        } else if (!this.ended) {
            this.attempts++;
            if (this.attempts > QUIET_ATTEMPTS) {
                this.refusal.value = answer.message ?? "The page could not be opened.";
            }
            this.reopenLater();
        }
    }

    private reopenLater(): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.open(), RETRY_MS);
    }

    private onPage(text: string | null | undefined): void {
        let layout: PageLayout | null = null;
        try {
            layout = text ? (JSON.parse(text) as PageLayout) : null;
        } catch {
            layout = { kind: "BASIC", errors: [{ error: "Error", message: "Received invalid message from page." }] };
        }
        batch(() => {
            this.loading.value = null;
            this.refusal.value = null;
            if (layout === null) {
                this.empty.value = true;
                return;
            }
            this.layout.value = layout;
            this.empty.value = false;
            const render = layout.children;
            if (!render || !Array.isArray(render.toRender)) {
                this.children.value = null;
            } else if (this.children.peek()?.key === render.inputGroupKey) {
                this.children.peek()!.update(render);
            } else {
                this.children.value = new Call(render, (response) => this.respond(response));
            }
        });
    }

    private async respond(response: object): Promise<boolean> {
        const transactionId = this.key;
        const ioResponse = JSON.stringify({ ...response, transactionId });
        const taken = await call<boolean>("RESPOND_TO_IO_CALL", { transactionId, ioResponse }).catch(() => false);
        if (taken === false) {
            this.reopenLater();
        }
        return taken !== false;
    }

    private onRedirect(link: Link & { replace?: boolean }): void {
        const target = linkTarget(this.place, link);
        if (target === null) {
            return;
        }
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

    leave(): void {
        this.ended = true;
        clearTimeout(this.timer);
        for (const end of this.ends.splice(0)) {
            end();
        }
        tell("LEAVE_PAGE", { pageKey: this.key });
    }
}
