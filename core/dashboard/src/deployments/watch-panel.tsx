// SPDX-License-Identifier: MIT
// Owns the picture of a watch window: requests and errors of each second after a new version became live.
import { CallsChart, errorRate } from "../functions/chart";
import { formatNumber } from "../lib/format";
import type { Watch } from "./wire";
import { secondsOf, shortName, watchSentence } from "./words";

const LOOKS: Record<Watch["state"], [string, string]> = {
    watching: ["Watching", "badge-info"],
    live: ["Stayed live", "badge-good"],
    returned: ["Went back", "badge-danger"],
    replaced: ["Replaced before its end", ""],
};

export function WatchChart({ watch, height }: { watch: Watch; height: number }) {
    const minutes = secondsOf(watch).map((one) => ({ count: one.requests, errors: one.errors, sumUs: 0 }));
    const label = `Requests of each of ${formatNumber(minutes.length)} seconds: ${watchSentence(watch)}`;
    return <CallsChart minutes={minutes} height={height} label={label} />;
}

function Rule({ watch }: { watch: Watch }) {
    switch (watch.state) {
        case "watching":
            return <p class="muted small">Above 5 % failed of at least 10 requests, the version before answers again.</p>;
        case "returned":
            return watch.reason === null ? null : <p class="danger-text">{watch.reason}</p>;
        default:
            return null;
    }
}

export function WatchPanel({ watch }: { watch: Watch }) {
    const [word, tone] = LOOKS[watch.state];
    const left = Math.ceil(watch.leftMs / 1000);
    return (
        <section class="function-section deployment-watch" data-watch={watch.state} aria-labelledby="watch-title">
            <h2 id="watch-title">
                {`Watch window of ${shortName(watch.version)}`} <span class={`badge ${tone}`}>{word}</span>
            </h2>
            <dl class="facts">
                <div>
                    <dt>{watch.state === "watching" ? "Left" : "Length"}</dt>
                    <dd>{`${formatNumber(watch.state === "watching" ? left : Math.ceil(watch.durationMs / 1000))} s`}</dd>
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
            <figure>
                <WatchChart watch={watch} height={64} />
                <figcaption class="muted small">
                    <span class="deployment-key deployment-key-requests" /> Requests a second <span class="deployment-key deployment-key-errors" /> failed
                </figcaption>
            </figure>
            <Rule watch={watch} />
        </section>
    );
}
