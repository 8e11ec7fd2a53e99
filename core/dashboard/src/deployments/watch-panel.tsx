// SPDX-License-Identifier: MIT
// Owns the picture of a watch window: requests and errors of each second after a new version became live.
import { CallsChart, errorRate } from "../functions/chart";
import { formatNumber } from "../lib/format";
import type { Watch } from "./wire";
import { shortName, shortReason, watchSentence, wholeWindow } from "./words";

const LOOKS: Record<Watch["state"], [string, string]> = {
    watching: ["Watching", "badge-info"],
    live: ["Stayed live", "badge-good"],
    returned: ["Went back", "badge-danger"],
    replaced: ["Replaced before its end", ""],
};

/** The picture with its sentence, beside a line. */
export function WatchMini({ watch }: { watch: Watch }) {
    return (
        <div class="deployment-mini">
            {watch.requests > 0 && <WatchChart watch={watch} height={28} />}
            <p class="muted small">{`Watched: ${watchSentence(watch)}`}</p>
        </div>
    );
}

function WatchChart({ watch, height }: { watch: Watch; height: number }) {
    const bars = wholeWindow(watch).map((one) => ({ count: one.requests, errors: one.errors, sumUs: 0 }));
    return <CallsChart minutes={bars} height={height} label={`While it was watched: ${watchSentence(watch)}`} />;
}

function Rule({ watch }: { watch: Watch }) {
    switch (watch.state) {
        case "watching":
            return <p class="muted small">When more than 5 % of at least 10 requests fail, the version before it answers again.</p>;
        case "returned":
            return watch.reason === null ? null : <p class="danger-text">{shortReason(watch.reason)}</p>;
        default:
            return null;
    }
}

export function WatchPanel({ watch, version, now }: { watch: Watch; version: string; now: number }) {
    const [word, tone] = LOOKS[watch.state];
    const isOpen = watch.state === "watching";
    const span = Math.max(0, watch.untilMs - (isOpen ? now : watch.sinceMs));
    return (
        <section class="function-section deployment-watch" data-watch={watch.state} aria-labelledby="watch-title">
            <h2 id="watch-title">
                {`Watch window of ${shortName(version)}`} <span class={`badge ${tone}`}>{word}</span>
            </h2>
            <dl class="facts">
                <div>
                    <dt>{isOpen ? "Left" : "Length"}</dt>
                    <dd>{`${formatNumber(Math.ceil(span / 1000))} s`}</dd>
                </div>
                <div>
                    <dt>Requests</dt>
                    <dd>{formatNumber(watch.requests)}</dd>
                </div>
                <div>
                    <dt>Failed</dt>
                    <dd class={watch.errors > 0 ? "danger-text" : ""}>{watch.requests === 0 ? "–" : `${formatNumber(watch.errors)} (${errorRate({ count: watch.requests, errors: watch.errors })})`}</dd>
                </div>
            </dl>
            {watch.requests === 0 ? (
                <p class="muted">{isOpen ? "No requests yet." : "No requests came."}</p>
            ) : (
                <figure>
                    <WatchChart watch={watch} height={64} />
                    <figcaption class="muted small">
                        <span class="deployment-key deployment-key-requests" /> {watch.step === 1 ? "Requests a second" : `Requests in ${watch.step} s`}{" "}
                        <span class="deployment-key deployment-key-errors" /> failed
                    </figcaption>
                </figure>
            )}
            <Rule watch={watch} />
        </section>
    );
}
