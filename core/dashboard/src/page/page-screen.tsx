// SPDX-License-Identifier: MIT
// Owns the screen of a page: heading, menu, errors, contents, subnavigation; or the list of its routes.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { FormView } from "../forms/form-view";
import { RouteList } from "../home/route-list";
import { ViewSwitch } from "../home/view-switch";
import { decode } from "../lib/rich";
import { childrenOf } from "../lib/route-tree";
import { environment, place, routes, setTitle } from "../lib/session";
import type { PageError, PageLayout, Route } from "../lib/wire";
import { MetadataView } from "../methods/display-metadata";
import { LoadingView } from "../run/loading-view";
import { Button, ItemButton, lookOf } from "../ui/button";
import { Markdown } from "../ui/markdown";
import { Empty, Notice } from "../ui/notice";
import { Waiting } from "../ui/spinner";
import { Tooltip } from "../ui/tooltip";
import { Page } from "./page";
import { Subnav, subnavFor } from "./subnav";

const TO_COME_MS = 10_000;

interface Props {
    route: Route;
    params: Record<string, string>;
}

/** A page without contents of its own: its routes. */
function Folder({ route }: { route: Route }) {
    const all = routes.value ?? [];
    const list = childrenOf(all, route.slug);
    return (
        <>
            <div class="screen-head">
                <div>
                    <h2>{route.name}</h2>
                    {route.description && <p>{route.description}</p>}
                </div>
                {list.length > 0 && <ViewSwitch />}
            </div>
            {list.length > 0 ? (
                <RouteList routes={list} all={all} />
            ) : (
                <Empty icon="folder" title="Nothing here yet">
                    <p>
                        Save a route in the folder <code>routes/{route.slug}/</code> and it appears here.
                    </p>
                </Empty>
            )}
        </>
    );
}

function ErrorMark({ errors, of }: { errors: PageError[]; of: PageError["layoutKey"] }) {
    const mine = errors.filter((error) => error.layoutKey === of);
    const words = mine.map((error) => `${error.error}: ${error.message}`).join("; ");
    return mine.length === 0 ? null : <Tooltip text={words} error />;
}

/** Null means "not known yet", but some hosts say null and mean nothing: after a while it goes away. */
function DescriptionToCome() {
    const waits = useSignal(true);
    useEffect(() => {
        const timer = setTimeout(() => (waits.value = false), TO_COME_MS);
        return () => clearTimeout(timer);
    }, []);
    return waits.value ? (
        <p>
            <span class="skeleton" role="img" aria-label="Loading" />
        </p>
    ) : null;
}

const PARTS: Record<string, string> = { children: "While making the contents", menuItems: "While making the menu" };

function ErrorBox({ error, reopen }: { error: PageError; reopen(): void }) {
    const crashed = error.error === "RouteCrashed";
    return (
        <Notice
            tone="danger"
            role="alert"
            title={crashed ? "This page crashed" : error.error}
            actions={
                crashed && (
                    <Button icon="refresh" onClick={reopen}>
                        Open again
                    </Button>
                )
            }
        >
            {PARTS[error.layoutKey ?? ""] && <p class="muted">{PARTS[error.layoutKey ?? ""]}:</p>}
            <p class="keep-lines">{error.message}</p>
            {error.cause && <p class="muted">Caused by {error.cause}</p>}
            {crashed && <p class="muted">Only this page is affected: it runs in a process of its own. Everything else goes on.</p>}
        </Notice>
    );
}

function Heading({ layout, route }: { layout: PageLayout | null; route: Route }) {
    const errors = layout?.errors ?? [];
    const items = layout?.menuItems ?? [];
    return (
        <div class="screen-head">
            <div>
                <h2>
                    {layout?.title || route.name} <ErrorMark errors={errors} of="title" />
                </h2>
                {layout?.description === null && !errors.some((error) => error.layoutKey === "description") && <DescriptionToCome />}
                <div class="screen-description">
                    {layout?.description && <Markdown text={layout.description} limited />}
                    <ErrorMark errors={errors} of="description" />
                </div>
            </div>
            {items.length > 0 && (
                <div class="row">
                    {items.map((item, i) => (
                        <ItemButton
                            key={i}
                            item={item}
                            look={item.theme === "default" ? "primary" : lookOf(item.theme, i === items.length - 1 ? "primary" : "secondary")}
                        />
                    ))}
                </div>
            )}
        </div>
    );
}

function OldMetadata({ layout }: { layout: PageLayout }) {
    const data = layout.metadata && (decode(layout.metadata.json, layout.metadata.meta) as Parameters<typeof MetadataView>[0]["data"]);
    return Array.isArray(data) && data.length > 0 ? <MetadataView label="" data={data} layout="card" /> : null;
}

function Contents({ page, route }: { page: Page; route: Route }) {
    const layout = page.layout.value;
    const title = layout?.title || route.name;
    useEffect(() => setTitle(title), [title]);
    if (page.empty.value) {
        return <Folder route={route} />;
    }
    const shownAside = new Set(["title", "description"]);
    const errors = (layout?.errors ?? []).filter((error) => !shownAside.has(error.layoutKey ?? ""));
    return (
        <>
            <Heading layout={layout} route={route} />
            <div class="run-body">
                {page.refusal.value && (
                    <Notice tone="warning" title="This page cannot be reached" role="alert">
                        <p>{page.refusal.value} Trying again every second.</p>
                    </Notice>
                )}
                {errors.map((error, i) => (
                    <ErrorBox key={i} error={error} reopen={() => void page.open()} />
                ))}
                {layout && <OldMetadata layout={layout} />}
                {page.loading.value && <LoadingView state={page.loading.value} />}
                {page.children.value && <FormView key={page.children.value.key} call={page.children.value} current noButtons />}
                {layout === null && page.loading.value === null && page.refusal.value === null && <Waiting>Opening page</Waiting>}
            </div>
        </>
    );
}

export function PageScreen({ route, params }: Props) {
    const page = useSignal<Page | null>(null);
    useEffect(() => {
        setTitle(route.name);
        if (!route.hasHandler) {
            return undefined;
        }
        const opened = new Page(place.peek(), environment.peek()?.id ?? "", route.slug, params);
        page.value = opened;
        void opened.open();
        return () => opened.leave();
    }, []);
    const subnav = subnavFor(route.slug);
    return (
        <div class={subnav ? "with-subnav" : ""}>
            {subnav && <Subnav of={subnav} current={route.slug} />}
            <div class="run">{page.value === null ? route.hasHandler ? null : <Folder route={route} /> : <Contents page={page.value} route={route} />}</div>
        </div>
    );
}
