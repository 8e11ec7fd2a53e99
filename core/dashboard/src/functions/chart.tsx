// SPDX-License-Identifier: MIT
// Owns the pictures of the last hour: calls per minute with the failed part of them, and how long they took. The bars serve
// other spans of time, too.
import { formatNumber, plural } from "../lib/format";
import type { Minute } from "./wire";

const BAR = 3;
const GAP = 1;

/** "340 µs", "4.2 ms", "1.3 s" */
export function formatMicros(us: number): string {
    if (us < 1000) {
        return `${Math.round(us)} µs`;
    }
    const ms = us / 1000;
    return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const totalOf = (minutes: Minute[]) =>
    minutes.reduce((sum, one) => ({ count: sum.count + one.count, errors: sum.errors + one.errors, sumUs: sum.sumUs + one.sumUs }), {
        count: 0,
        errors: 0,
        sumUs: 0,
    });

export function errorRate({ count, errors }: { count: number; errors: number }): string {
    if (errors === 0) {
        return "0 %";
    }
    const rate = (100 * errors) / Math.max(1, count);
    return rate < 0.1 ? "< 0.1 %" : `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} %`;
}

function Bar({ minute, x, height, most }: { minute: Minute; x: number; height: number; most: number }) {
    const whole = minute.count === 0 ? 0 : Math.max(1.5, (height * minute.count) / most);
    const failed = minute.errors === 0 ? 0 : Math.max(1.5, (whole * minute.errors) / minute.count);
    return (
        <>
            {whole > 0 && <rect class="chart-calls" x={x} y={height - whole} width={BAR} height={whole} />}
            {failed > 0 && <rect class="chart-errors" x={x} y={height - failed} width={BAR} height={failed} />}
        </>
    );
}

function hourLabel(minutes: Minute[], most: number): string {
    const { count, errors } = totalOf(minutes);
    return `${plural(count, "call")} in the last hour, ${formatNumber(errors)} failed; at most ${formatNumber(most)} in a minute`;
}

/** One bar a minute, red from the ground up for what failed. `label`: where it is not the last hour. */
export function CallsChart({ minutes, height = 28, label: given }: { minutes: Minute[]; height?: number; label?: string }) {
    const most = Math.max(1, ...minutes.map((one) => one.count));
    const width = minutes.length * (BAR + GAP);
    const label = given ?? hourLabel(minutes, most);
    return (
        <svg class="chart" viewBox={`0 0 ${width} ${height}`} style={{ height }} preserveAspectRatio="none" role="img" aria-label={label}>
            <title>{label}</title>
            <line class="chart-ground" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
            {minutes.map((minute, i) => (
                <Bar key={i} minute={minute} x={i * (BAR + GAP)} height={height} most={most} />
            ))}
        </svg>
    );
}

/** The mean of each minute in which something ran, as a line. */
export function LatencyChart({ minutes, height = 28 }: { minutes: Minute[]; height?: number }) {
    const means = minutes.map((one) => (one.count === 0 ? null : one.sumUs / one.count));
    const most = Math.max(1, ...means.map((mean) => mean ?? 0));
    const width = minutes.length * (BAR + GAP);
    const points = means.flatMap((mean, i) => (mean === null ? [] : [[i * (BAR + GAP) + BAR / 2, height - 2 - ((height - 4) * mean) / most]]));
    const label = points.length === 0 ? "Nothing ran in the last hour" : `Mean time of a call, at most ${formatMicros(most)} in the last hour`;
    return (
        <svg class="chart" viewBox={`0 0 ${width} ${height}`} style={{ height }} preserveAspectRatio="none" role="img" aria-label={label}>
            <title>{label}</title>
            <line class="chart-ground" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
            {points.length > 1 && <polyline class="chart-latency" points={points.map(([x, y]) => `${x},${y}`).join(" ")} />}
            {points.map(([x, y]) => (
                <rect key={x} class="chart-point" x={x! - 1} y={y! - 1} width="2" height="2" />
            ))}
        </svg>
    );
}
