// SPDX-License-Identifier: MIT
// Owns the types of everything that travels between this program and the server; it holds no code.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Meta = { values?: unknown } | null | undefined;
export type Theme = "primary" | "secondary" | "danger" | "default";

export interface Session {
    user: { id: string; email: string; firstName: string | null; lastName: string | null; role: string };
    organization: { id: string; slug: string; name: string };
    environments: Environment[];
    /** What of HTTP functions, their calls and keys is this person's business. */
    functions: { mayLook: boolean; mayOperate: boolean; mayManageKeys: boolean };
    mode: "dev" | "start";
    product: string;
    version: string;
}

export interface Environment {
    id: string;
    slug: string;
    name: string;
    color: string | null;
}

export type RouteStatus = "ONLINE" | "DISABLED" | "OFFLINE" | "UNREACHABLE" | "SHUTTING_DOWN";

export interface Route {
    kind: "action" | "page" | "function";
    slug: string;
    name: string;
    description: string | null;
    unlisted: boolean;
    backgroundable: boolean;
    warnOnClose: boolean;
    hasHandler: boolean;
    status: RouteStatus;
    file: string | null;
    methods: string[] | null;
    url: string | null;
    disabled: { until: number; message: string } | null;
    /** Who serves it; null for routes of this server's own folder. */
    host?: { sdk: string; instances: number } | null;
}

export interface Diagnostic {
    file: string;
    line: number;
    column: number;
    severity: "error" | "warning" | "note";
    message: string;
    source: string;
    caret: string;
}

export interface Problem {
    id: string;
    kind: "compile" | "module" | "clash" | "crash";
    file: string;
    slug: string | null;
    message: string;
    at: number;
    stillServing: boolean;
    diagnostics: Diagnostic[];
}

export interface TransactionSummary {
    id: string;
    slug: string;
    name: string;
    status: string;
    resultStatus: string | null;
    backgroundable: boolean;
    user: { email: string; firstName: string | null; lastName: string | null } | null;
    createdAt: number;
    completedAt: number | null;
    mode?: Mode;
}

/** "append": each call stays on screen; "paged": only the current one is there (old SDKs). */
export type Mode = "append" | "paged";

export interface QueuedItem {
    id: string;
    slug: string;
    name: string;
    assignee: string | null;
    params: Json;
    paramsMeta?: Meta;
    createdAt: number;
    transactionId: string | null;
}

export interface Delivery {
    to: string;
    method?: string | null;
    status?: string;
}

/** What a route tells somebody, live over the socket or from the list of the server. */
export interface Notification {
    title?: string | null;
    message: string;
    deliveries: Delivery[];
}

export interface LogLine {
    index: number;
    timestamp: number;
    data: string | null;
}

export interface Step {
    index: number;
    inputGroupKey: string;
    render: Render | null;
    response: Response | null;
    renderedAt: number | null;
    answeredAt: number | null;
}

export interface TransactionDetail extends TransactionSummary {
    result: Result | null;
    logs: LogLine[];
    steps: Step[];
    environment: string;
    organization: string;
    params: Record<string, unknown> | null;
}

export interface Result {
    schemaVersion?: number;
    status: string;
    data: Json;
    meta?: Meta;
}

export interface LiveKey {
    id: string;
    label: string | null;
    environment: string;
    prefix: string;
    createdAt: number;
    lastUsedAt: number | null;
}

export interface Choice {
    label: string;
    value: string;
    theme?: Theme;
}

export interface WireComponent {
    methodName: string;
    label: string;
    props?: Json;
    propsMeta?: Meta;
    isStateful?: boolean;
    isOptional?: boolean;
    isMultiple?: boolean;
    multipleProps?: { defaultValue?: Json[] | null } | null;
    validationErrorMessage?: string | null;
}

export interface Render {
    id: string;
    inputGroupKey: string;
    toRender: WireComponent[];
    validationErrorMessage?: string | null;
    choiceButtons?: Choice[] | null;
    continueButton?: { label?: string; theme?: Theme } | null;
}

export interface Response {
    id: string;
    inputGroupKey?: string;
    transactionId: string;
    kind: "RETURN" | "SET_STATE" | "CANCELED";
    choice?: string;
    values: Json[];
    valuesMeta?: Meta;
}

export interface Loading {
    label?: string | null;
    title?: string | null;
    description?: string | null;
    itemsInQueue?: number | null;
    itemsCompleted?: number | null;
}

export interface Link {
    url?: string | null;
    href?: string | null;
    route?: string | null;
    action?: string | null;
    params?: Record<string, unknown> | null;
    disabled?: boolean | null;
}

export interface ButtonItem extends Link {
    label: string;
    theme?: Theme | null;
}

export interface PageError {
    layoutKey?: "title" | "description" | "children" | "menuItems" | null;
    error: string;
    message: string;
    cause?: string | null;
}

export interface PageLayout {
    kind: "BASIC";
    title?: string | null;
    description?: string | null;
    menuItems?: ButtonItem[] | null;
    children?: Render | null;
    metadata?: { json: Json; meta?: Meta } | null;
    errors?: PageError[] | null;
}

export type CreateAnswer =
    | { type: "SUCCESS"; transactionId: string; mode?: Mode }
    | { type: "ERROR"; code: string; message: string; retryAfterMs?: number };
