// SPDX-License-Identifier: MIT
// Owns which rows of a select table are chosen: clicks, ranges, all, limits.
import { computed, signal } from "@preact/signals";
import type { TableModel } from "./model";

export interface Limits {
    minSelections?: number;
    maxSelections?: number;
}

export class Selection {
    /** In order of selection. */
    readonly keys = signal<string[]>([]);
    readonly limits = signal<Limits>({});
    /** "Select all" was asked of the host; the keys come with its next render. */
    askedAll = false;
    private lastKey: string | null = null;

    constructor(
        private readonly model: TableModel,
        private readonly changed: (keys: string[]) => void,
    ) {}

    readonly single = computed(() => this.limits.value.minSelections === 1 && this.limits.value.maxSelections === 1);
    readonly set = computed(() => new Set(this.keys.value));
    readonly isAll = computed(() => {
        const total = this.model.total.value;
        return total !== null && total > 0 && this.keys.value.length >= total;
    });
    /** Chosen rows that the page on screen does not show. */
    readonly elsewhere = computed(() => {
        const shown = new Set(this.model.rows.value.map((row) => row.key));
        return this.keys.value.filter((key) => !shown.has(key)).length;
    });

    private put(keys: string[]): void {
        this.keys.value = keys;
        this.changed(keys);
    }

    toggle(key: string, range: boolean): void {
        const now = this.keys.peek();
        if (this.single.peek()) {
            this.put(now.length === 1 && now[0] === key ? [] : [key]);
        } else if (range && this.lastKey !== null) {
            const between = this.between(this.lastKey, key);
            this.put([...now, ...between.filter((one) => !now.includes(one))]);
        } else {
            this.put(now.includes(key) ? now.filter((one) => one !== key) : [...now, key]);
        }
        this.lastKey = key;
    }

    private between(from: string, to: string): string[] {
        const keys = this.model.loaded.map((row) => row.key);
        const [a, b] = [keys.indexOf(from), keys.indexOf(to)].sort((x, y) => x - y) as [number, number];
        return a < 0 ? [to] : keys.slice(a, b + 1);
    }

    /** With any selection: clears. Otherwise all rows that match, asking the host for those not here. */
    toggleAll(): void {
        if (this.keys.peek().length > 0) {
            this.clear();
        } else if (this.model.isComplete) {
            this.put(this.model.loaded.map((row) => row.key));
        } else {
            this.askedAll = true;
            this.model.refresh();
        }
    }

    clear(): void {
        this.lastKey = null;
        this.put([]);
    }

    /** The host's answer to "select all". */
    takeAll(keys: string[]): void {
        this.askedAll = false;
        this.put(keys);
    }
}
