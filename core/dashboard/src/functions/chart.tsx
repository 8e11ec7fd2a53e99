// SPDX-License-Identifier: MIT
// Owns the pictures of the last hour: calls per minute with the failed part of them, and how long they took. The bars serve
// other spans of time, too.
import type { ComponentChildren } from "preact";
import { formatMicros, formatNumber, plural } from "../lib/format";
import type { Minute } from "./wire";

const BAR = 3;
const GAP = 1;

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

/** The box that all charts of a span of minutes share. */
function Frame({ label, count, height, children }: { label: string; count: number; height: number; children: ComponentChildren }) {
    const width = count * (BAR + GAP);
    return (
        <svg class="chart" viewBox={`0 0 ${width} ${height}`} style={{ height }} preserveAspectRatio="none" role="img" aria-label={label}>
            <title>{label}</title>
            <line class="chart-ground" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
            {children}
        </svg>
    );
}

/** What one minute was like, where the pointer rests; without words nothing is drawn. */
function Hints({ words, height }: { words: string[]; height: number }) {
    return (
        <>
            {words.map((text, i) => (
                <rect key={i} class="chart-hint" x={i * (BAR + GAP)} width={BAR + GAP} height={height}>
                    <title>{text}</title>
                </rect>
            ))}
        </>
    );
}

const minuteWords = (minutes: Minute[], say: (one: Minute) => string) =>
    minutes.map((one, i) => (i === minutes.length - 1 ? `This minute: ${say(one)}` : `${minutes.length - 1 - i} min ago: ${say(one)}`));

const callWords = ({ count, errors }: Minute) => plural(count, "call") + (errors > 0 ? `, ${formatNumber(errors)} failed` : "");

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
    return `${callWords(totalOf(minutes))} in the last hour; at most ${formatNumber(most)} in a minute`;
}

interface ChartProps {
    minutes: Minute[];
    height?: number;
    /** Each minute tells about itself. */
    detailed?: boolean;
}

export const mostCalls = (minutes: Minute[]) => Math.max(0, ...minutes.map((one) => one.count));

/** One bar a minute, red from the ground up for what failed. `label`: where it is not the last hour. */
export function CallsChart({ minutes, height = 28, detailed = false, label }: ChartProps & { label?: string }) {
    const most = Math.max(1, mostCalls(minutes));
    return (
        <Frame label={label ?? hourLabel(minutes, most)} count={minutes.length} height={height}>
            {minutes.map((minute, i) => (
                <Bar key={i} minute={minute} x={i * (BAR + GAP)} height={height} most={most} />
            ))}
            {detailed && <Hints words={minuteWords(minutes, callWords)} height={height} />}
        </Frame>
    );
}

const meanOf = (one: Minute) => (one.count === 0 ? null : one.sumUs / one.count);
const meanWords = (one: Minute) => (one.count === 0 ? "nothing ran" : `${formatMicros(one.sumUs / one.count)} mean`);

export const longestMean = (minutes: Minute[]) => Math.max(0, ...minutes.map((one) => meanOf(one) ?? 0));

/** Paths: lines that are broken where nothing ran, and the dots of minutes before and after which nothing did. */
function pathsOf(minutes: Minute[], height: number, most: number): { lines: string; dots: string } {
    const means = minutes.map(meanOf);
    const has = (i: number) => (means[i] ?? null) !== null;
    const paths = { lines: "", dots: "" };
    means.forEach((mean, i) => {
        const at = `${i * (BAR + GAP) + BAR / 2} ${height - 3 - ((height - 6) * (mean ?? 0)) / most}`;
        if (has(i) && !has(i - 1) && !has(i + 1)) {
            paths.dots += `M${at}h.01`;
        } else if (has(i)) {
            paths.lines += `${has(i - 1) ? "L" : "M"}${at}`;
        }
    });
    return paths;
}

/** The mean of each minute in which something ran, as a line. */
export function LatencyChart({ minutes, height = 28, detailed = false }: ChartProps) {
    const most = longestMean(minutes);
    const label = most === 0 ? "Nothing ran in the last hour" : `Mean time of a call, at most ${formatMicros(most)} in the last hour`;
    const { lines, dots } = pathsOf(minutes, height, Math.max(1, most));
    return (
        <Frame label={label} count={minutes.length} height={height}>
            <path class="chart-latency" d={lines} />
            <path class="chart-dot" d={dots} />
            {detailed && <Hints words={minuteWords(minutes, meanWords)} height={height} />}
        </Frame>
    );
}
