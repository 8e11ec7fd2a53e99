// SPDX-License-Identifier: MIT
// Owns the state of one table: which rows are known, sorted, filtered, shown; when the host is asked for more (io-methods 10.3).
import { batch, computed, signal } from "@preact/signals";
import { type Direction, matches, type Row, sortRows, type TableProps } from "./schema";

export interface TableState {
    queryTerm?: string;
    sortColumn?: string;
    sortDirection?: Direction;
    offset: number;
    pageSize: number;
    isSelectAll?: boolean;
}

const DEFAULT_PAGE = 20;
const DEFAULT_VERTICAL_PAGE = 5;
const MAX_PAGE = 100;
const AHEAD_ROWS = 100;
const AHEAD_PAGES = 3;
/** How much a host sends at once: three pages, but not more than its buffer. */
const HOST_PAGES = 3;
const HOST_ROWS = 500;

/** Sends state to the host; its answer arrives as `update`. */
type SendState = (state: TableState) => void;

export class TableModel {
    readonly props = signal<TableProps>(null as unknown as TableProps);
    /** Rows known so far, in host order; for async tables the current page only. */
    readonly known = signal<Row[]>([]);
    readonly pageIndex = signal(0);
    readonly sortColumn = signal<string | null>(null);
    readonly sortDirection = signal<Direction>("asc");
    readonly query = signal("");
    /** The query that the shown rows answer. */
    readonly appliedQuery = signal("");
    readonly busy = signal(false);
    /** Where the filtered rows turned out to end, for hosts that count unfiltered. */
    private readonly end = signal<number | null>(null);
    private lastSent: TableState | null = null;
    private onRows: (() => void) | null = null;

    constructor(
        props: TableProps,
        private readonly send: SendState,
        private readonly stateExtra: () => Partial<TableState> = () => ({}),
    ) {
        this.props.value = props;
        this.known.value = props.data;
        if (props.isAsync) {
            this.request(0);
        }
    }

    readonly pageSize = computed(() => {
        const { defaultPageSize, vertical } = this.props.value;
        const wanted = defaultPageSize ?? (vertical ? DEFAULT_VERTICAL_PAGE : DEFAULT_PAGE);
        return Number.isFinite(wanted) ? Math.max(1, Math.min(wanted, MAX_PAGE)) : MAX_PAGE;
    });

    /** Everything the host has for this query is here: sort and page without asking. */
    readonly inMemory = computed(() => {
        const told = this.told.value;
        return !this.props.value.isAsync && (told === undefined || this.known.value.length >= told);
    });

    /** How many records the host says there are. */
    private readonly told = computed(() => this.end.value ?? this.props.value.totalRecords);

    private readonly filtersLocally = computed(() => !this.props.value.isAsync && this.props.value.totalRecords === undefined);

    private readonly sorted = computed(() => {
        let rows = this.known.value;
        if (this.filtersLocally.value && this.query.value !== "") {
            rows = rows.filter((row) => matches(row, this.query.value, this.props.value.searchKeys));
        }
        return this.inMemory.value ? sortRows(rows, this.sortColumn.value, this.sortDirection.value) : rows;
    });

    /** Number of records, or null when an async host does not tell. */
    readonly total = computed<number | null>(() => {
        const unknown = this.props.value.isAsync ? null : this.known.value.length;
        return this.filtersLocally.value ? this.sorted.value.length : (this.told.value ?? unknown);
    });

    readonly rows = computed(() => {
        if (this.props.value.isAsync) {
            return this.known.value.slice(0, this.pageSize.value);
        }
        const start = this.pageIndex.value * this.pageSize.value;
        return this.sorted.value.slice(start, start + this.pageSize.value);
    });

    readonly first = computed(() => this.pageIndex.value * this.pageSize.value);
    readonly hasNext = computed(() => {
        const total = this.total.value;
        return total === null ? this.rows.value.length === this.pageSize.value : this.first.value + this.pageSize.value < total;
    });

    /** All rows that match now and are in memory, in the order shown. */
    get loaded(): Row[] {
        return this.sorted.peek();
    }

    get isComplete(): boolean {
        return this.inMemory.peek();
    }

    /** A render arrived for this table. */
    update(props: TableProps): void {
        const before = this.props.peek();
        batch(() => {
            this.props.value = props;
            const fresh = this.lastSent === null || this.lastSent.offset === 0 || props.totalRecords !== before.totalRecords;
            this.known.value = props.isAsync || fresh ? props.data : this.merged(props.data);
            this.appliedQuery.value = this.lastSent?.queryTerm ?? "";
            this.end.value = this.endOf(props);
            this.busy.value = false;
        });
        this.onRows?.();
        this.fillPage();
    }

    /** An answer shorter than a host may send is the last one. */
    private endOf(props: TableProps): number | null {
        const asked = this.lastSent;
        const full = Math.min(HOST_PAGES * this.pageSize.peek(), HOST_ROWS);
        const counts = props.countsUnfiltered && !props.isAsync && asked?.queryTerm !== undefined;
        return counts && props.data.length < full ? asked.offset + props.data.length : null;
    }

    /** The request failed or nobody answers: what is here stays. */
    stopWaiting(): void {
        this.busy.value = false;
        this.onRows?.();
    }

    private merged(rows: Row[]): Row[] {
        const seen = new Set(this.known.peek().map((row) => row.key));
        return this.known.peek().concat(rows.filter((row) => !seen.has(row.key)));
    }

    /** The host answered with fewer rows than this page needs: ask on, unless it made no progress. */
    private fillPage(): void {
        if (this.props.peek().isAsync || this.inMemory.peek()) {
            return;
        }
        const have = this.known.peek().length;
        const needed = Math.min((this.pageIndex.peek() + 1) * this.pageSize.peek(), this.told.peek() ?? 0);
        if (have < needed && have > (this.lastSent?.offset ?? -1)) {
            this.request(have);
        }
    }

    private request(offset: number): void {
        const state: TableState = { offset, pageSize: this.pageSize.peek() };
        const ordered: Partial<TableState> = {};
        if (this.query.peek() !== "") {
            ordered.queryTerm = this.query.peek();
        }
        if (this.sortColumn.peek() !== null) {
            ordered.sortColumn = this.sortColumn.peek()!;
            ordered.sortDirection = this.sortDirection.peek();
        }
        this.lastSent = { ...ordered, ...state, ...this.stateExtra() };
        this.busy.value = true;
        this.send(this.lastSent);
    }

    /** Asks again for what is shown, for example with "select all". */
    refresh(): void {
        this.request(0);
    }

    goTo(pageIndex: number): void {
        this.pageIndex.value = pageIndex;
        if (this.props.peek().isAsync) {
            this.request(pageIndex * this.pageSize.peek());
        } else if (!this.inMemory.peek() && this.known.peek().length < AHEAD_ROWS * (pageIndex + AHEAD_PAGES)) {
            this.request(this.known.peek().length);
        }
    }

    /** Ascending, descending, none. */
    sortBy(column: string): void {
        if (this.busy.peek()) {
            return;
        }
        batch(() => {
            if (this.sortColumn.peek() !== column) {
                this.sortColumn.value = column;
                this.sortDirection.value = "asc";
            } else if (this.sortDirection.peek() === "asc") {
                this.sortDirection.value = "desc";
            } else {
                this.sortColumn.value = null;
            }
            this.pageIndex.value = 0;
        });
        if (!this.inMemory.peek()) {
            this.request(0);
        }
    }

    search(query: string): void {
        if (query === this.query.peek()) {
            return;
        }
        batch(() => {
            this.query.value = query;
            this.pageIndex.value = 0;
        });
        if (this.filtersLocally.peek()) {
            this.appliedQuery.value = query;
        } else {
            this.request(0);
        }
    }

    /** Fetches what is missing, page after page; reports progress from 0 to 1. Null if the host stopped answering with rows. */
    async loadAll(progress: (part: number) => void): Promise<Row[] | null> {
        if (this.props.peek().isAsync) {
            return this.loadAllAsync(progress);
        }
        while (!this.isComplete) {
            const have = this.known.peek().length;
            progress(have / (this.told.peek() ?? have));
            await this.nextRows(have);
            if (this.known.peek().length === have) {
                return null;
            }
        }
        return this.loaded;
    }

    private async loadAllAsync(progress: (part: number) => void): Promise<Row[] | null> {
        const page = this.pageIndex.peek();
        const total = this.total.peek();
        const rows: Row[] = [];
        for (;;) {
            await this.nextRows(rows.length);
            const got = this.known.peek();
            rows.push(...got);
            progress(total === null ? 0 : rows.length / total);
            if (got.length === 0 || (total !== null ? rows.length >= total : got.length < this.pageSize.peek())) {
                break;
            }
        }
        this.goTo(page);
        return rows;
    }

    private nextRows(offset: number): Promise<void> {
        return new Promise((resolve) => {
            this.onRows = () => {
                this.onRows = null;
                resolve();
            };
            this.request(offset);
        });
    }
}
