// SPDX-License-Identifier: MIT
// Owns the host side of the mock: runs sample handlers, makes renders, answers table state as the SDKs do.
import { randomUUID } from "node:crypto";

const BUFFER = 500;

/** Values of JavaScript to rich JSON. */
export function encode(value) {
    const found = {};
    const walk = (node, path) => {
        if (node === undefined) {
            found[path] = ["undefined"];
            return null;
        }
        if (node instanceof Date) {
            found[path] = ["Date"];
            return node.toISOString();
        }
        if (typeof node === "bigint") {
            found[path] = ["bigint"];
            return String(node);
        }
        if (node === Infinity) {
            found[path] = ["number"];
            return "Infinity";
        }
        if (node instanceof Set || node instanceof Map) {
            const { json, meta } = encode([...node]);
            found[path] = [node instanceof Set ? "set" : "map", ...(meta ? [meta.values] : [])];
            return json;
        }
        if (Array.isArray(node)) {
            return node.map((item, i) => walk(item, path ? `${path}.${i}` : String(i)));
        }
        if (node && typeof node === "object") {
            return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, path ? `${path}.${key}` : key)]));
        }
        return node;
    };
    const json = walk(value, "");
    const meta = found[""] ? { values: found[""] } : Object.keys(found).length ? { values: found } : undefined;
    return { json, meta };
}

const sortValue = (cell) => (cell && typeof cell === "object" && !(cell instanceof Date) ? (cell.value ?? cell.label) : cell);

function compare(a, b) {
    if (typeof a === "string" && typeof b === "string") {
        return a.localeCompare(b, "en-US", { numeric: true });
    }
    return a < b ? -1 : a > b ? 1 : 0;
}

function cellText(cell) {
    if (cell instanceof Date) {
        return cell.toLocaleDateString("en-US");
    }
    return cell && typeof cell === "object" ? String(cell.label) : String(cell ?? "");
}

/** A table over all of `rows`: what the SDK does with `data`. */
export function table(label, rows, options = {}) {
    const columns = (options.columns ?? Object.keys(rows[0] ?? {})).map((c) => (typeof c === "string" ? { label: c, accessorKey: c } : c));
    const keyed = rows.map((data, i) => ({ key: String(i), data, menu: options.menu?.(data) }));
    const props = { ...options.props, columns, data: keyed.slice(0, BUFFER), totalRecords: keyed.length };
    return {
        methodName: options.select ? "SELECT_TABLE" : "DISPLAY_TABLE",
        label,
        props,
        isStateful: true,
        isOptional: options.optional,
        onState(state) {
            let found = keyed;
            if (state.queryTerm) {
                const needle = state.queryTerm.toLowerCase();
                found = found.filter((row) => Object.values(row.data).map(cellText).join(" ").toLowerCase().includes(needle));
            }
            if (state.sortColumn) {
                const sign = state.sortDirection === "desc" ? -1 : 1;
                found = [...found].sort((a, b) => sign * compare(sortValue(a.data[state.sortColumn]), sortValue(b.data[state.sortColumn])));
            }
            props.data = found.slice(state.offset, state.offset + Math.min(3 * state.pageSize, BUFFER));
            props.totalRecords = found.length;
            if (options.select) {
                props.selectedKeys = state.isSelectAll ? found.map((row) => row.key) : [];
            }
        },
    };
}

/** A grid over all of `rows`; as the Node SDK does, it tells the unfiltered number of rows when it filters. */
export function grid(label, rows, renderItem, options = {}) {
    const keyed = rows.map((row, i) => ({ key: String(i), data: renderItem(row, i) }));
    const props = { ...options, data: keyed.slice(0, BUFFER), totalRecords: keyed.length };
    return {
        methodName: "DISPLAY_GRID",
        label,
        props,
        isStateful: true,
        onState({ queryTerm, offset, pageSize }) {
            const needle = (queryTerm ?? "").toLowerCase();
            const found = keyed.filter((_, i) => Object.values(rows[i]).join(" ").toLowerCase().includes(needle));
            props.data = found.slice(offset, offset + Math.min(3 * pageSize, BUFFER));
        },
    };
}

/** A table whose rows come page by page. */
export function asyncTable(label, columns, getData) {
    const props = { columns: columns.map((c) => ({ label: c, accessorKey: c })), data: [], isAsync: true };
    return {
        methodName: "DISPLAY_TABLE",
        label,
        props,
        isStateful: true,
        async onState(state) {
            const { data, totalRecords } = await getData(state);
            props.data = data.map((row, i) => ({ key: String(state.offset + i), data: row }));
            props.totalRecords = totalRecords;
        },
    };
}

function wireComponent({ onState: _onState, props, message, isOptional, ...rest }) {
    const { json, meta } = encode(props ?? {});
    return { ...rest, isOptional: isOptional ?? false, props: json, propsMeta: meta, validationErrorMessage: message };
}

/** One IO call: renders itself through `send`, takes responses, settles when valid. */
class IoCall {
    constructor(components, options, send) {
        Object.assign(this, { components, options, send, key: randomUUID() });
        this.promise = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    }

    render() {
        this.last = {
            id: randomUUID(),
            inputGroupKey: this.key,
            kind: "RENDER",
            toRender: this.components.map(wireComponent),
            validationErrorMessage: this.message,
            choiceButtons: this.options.choices,
        };
        this.send(this.last);
    }

    async respond(response) {
        this.response = response;
        if (response.kind === "SET_STATE") {
            for (const [i, state] of response.values.entries()) {
                if (state !== null) {
                    await this.components[i].onState?.(state);
                }
            }
            this.render();
            return;
        }
        let valid = true;
        for (const [i, component] of this.components.entries()) {
            component.message = component.validate?.(response.values[i]);
            valid &&= !component.message;
        }
        this.message = valid ? this.options.validate?.(response.values) : undefined;
        if (!valid || this.message) {
            this.render();
        } else {
            this.resolve({ values: response.values, choice: response.choice });
        }
    }

    /** Resolves at once. In the paged way only what shows progress does. */
    get isDisplay() {
        if (this.options.paged) {
            return this.components.every((one) => /^DISPLAY_PROGRESS_(STEPS|INDETERMINATE)$/.test(one.methodName));
        }
        return !this.options.choices && this.components.every((one) => one.methodName.startsWith("DISPLAY_"));
    }
}

/** A run of a sample handler. `emit(method, data)` reaches the attached browser; everything is kept for replay. */
export class Transaction {
    constructor(action, user, params) {
        Object.assign(this, { id: randomUUID(), action, user, params, status: "PENDING", resultStatus: null, createdAt: Date.now() });
        Object.assign(this, { completedAt: null, result: null, calls: [], logs: [], pending: null, loading: null, emit: () => undefined });
    }

    start() {
        if (this.status !== "PENDING") {
            return;
        }
        this.status = "RUNNING";
        Promise.resolve()
            .then(() => this.action.run(this, this.params))
            .then(
                (value) => this.complete("SUCCESS", value),
                (error) => error !== "canceled" && this.complete("FAILURE", error.data ?? { error: error.name, message: error.message }),
            );
    }

    async ask(components, options = {}) {
        const call = new IoCall([components].flat(), { ...options, paged: this.action.paged }, (render) => {
            if (this.status === "COMPLETED") {
                return;
            }
            if (call === this.calls.at(-1)) {
                this.pending = render;
            }
            this.emit("RENDER", { toRender: JSON.stringify(render) });
        });
        this.calls.push(call);
        this.loading = null;
        this.status = call.isDisplay ? "RUNNING" : "AWAITING_INPUT";
        call.renderedAt = Date.now();
        call.render();
        if (call.isDisplay) {
            return { values: [] };
        }
        const answer = await call.promise;
        call.answeredAt = Date.now();
        this.status = "RUNNING";
        return answer;
    }

    /** Asks for one value. */
    async one(methodName, label, props, rest) {
        return (await this.ask({ methodName, label, props, ...rest })).values[0];
    }

    load(state) {
        this.loading = state;
        this.emit("LOADING_STATE", state);
    }

    log(data) {
        const line = { data, index: this.logs.length, timestamp: Date.now() };
        this.logs.push(line);
        this.emit("LOG", line);
    }

    notify(message, title, deliveries) {
        const told = { message, title, deliveries };
        this.onNotify?.(told);
        this.emit("NOTIFY", told);
    }

    respond(response) {
        const call = this.calls.find((one) => one.key === response.inputGroupKey);
        void call?.respond(response);
        return call !== undefined;
    }

    complete(status, value) {
        if (this.status === "COMPLETED") {
            return;
        }
        const { json, meta } = encode(value ?? null);
        this.status = "COMPLETED";
        this.resultStatus = this.resultStatus ?? status;
        this.completedAt = Date.now();
        this.result = { schemaVersion: 1, status, data: json, meta };
        this.pending = this.loading = null;
        this.emit("TRANSACTION_COMPLETED", { resultStatus: this.resultStatus, result: JSON.stringify(this.result) });
    }

    cancel() {
        this.resultStatus = "CANCELED";
        this.complete("CANCELED", null);
        this.result = null;
        for (const call of this.calls) {
            call.promise.catch(() => undefined);
            call.reject("canceled");
        }
    }

    summary() {
        const { id, status, resultStatus, createdAt, completedAt, user } = this;
        const { slug, name, backgroundable = false } = this.action;
        const mode = this.action.paged ? "paged" : "append";
        return { id, slug, name, status, resultStatus, backgroundable, user, createdAt, completedAt, mode };
    }

    detail() {
        const steps = this.calls.map((call, index) => ({
            index,
            inputGroupKey: call.key,
            render: call.last,
            response: call.response?.kind === "RETURN" ? call.response : null,
            renderedAt: call.renderedAt,
            answeredAt: call.answeredAt ?? null,
        }));
        return { ...this.summary(), result: this.result, logs: this.logs, steps, environment: "development", organization: "local", params: this.params };
    }

    replay() {
        for (const call of this.calls) {
            this.emit("RENDER", { toRender: JSON.stringify(call.last) });
        }
        for (const line of this.logs) {
            this.emit("LOG", line);
        }
        if (this.loading) {
            this.emit("LOADING_STATE", this.loading);
        }
        if (this.status === "COMPLETED") {
            this.emit("TRANSACTION_COMPLETED", { resultStatus: this.resultStatus, result: JSON.stringify(this.result) });
        }
    }
}
