// SPDX-License-Identifier: MIT
// Owns the list of deployed services: each stage with what is live there and what happened last.
import { usePolled } from "../functions/poll";
import { Screen } from "../functions/tabs";
import { formatAgo, formatInstant } from "../lib/format";
import { stagePath } from "../lib/place";
import { place } from "../lib/session";
import { CodeBlock } from "../ui/code-block";
import { Empty } from "../ui/notice";
import { WatchMini } from "./watch-panel";
import { type StageSummary, getStages } from "./wire";
import { byWhom, changeWord, contents, shortName, shortReason } from "./words";
import "./deployments.css";

const first = (origin: string) => `# once: a key of yours here, known to the server there
interlude login ${origin}
interlude keys add-deployer NAME PUBLIC-KEY    # on the server, with what login printed

# in the directory of a serverless.yml
interlude deploy --stage prod`;

export function Badges({ of }: { of: Pick<StageSummary, "isChanging" | "watch"> & { isLive: boolean } }) {
    return (
        <>
            {of.isLive ? <span class="badge badge-good">Live</span> : <span class="badge">Nothing live</span>}{" "}
            {of.isChanging && <span class="badge badge-info">Changing</span>} {of.watch?.state === "watching" && <span class="badge badge-info">Watching</span>}
        </>
    );
}

function Line({ of }: { of: StageSummary }) {
    const { live, last, watch } = of;
    return (
        <li class="function-card" data-stage={`${of.service}/${of.stage}`}>
            <div class="function-about">
                <p class="route-name">
                    <a href={stagePath(place.value, of.service, of.stage)}>{`${of.service} · ${of.stage}`}</a> <Badges of={{ ...of, isLive: live !== null }} />
                </p>
                {live && (
                    <p>
                        <code>{shortName(live.version)}</code>{" "}
                        <span class="muted small" title={formatInstant(live.createdAt)}>
                            {`${contents(live)}, deployed ${formatAgo(live.createdAt)}${byWhom(live.deployer)}`}
                        </span>
                    </p>
                )}
                {last && last.action !== "deploy" && (
                    <p class={last.action === "return" ? "small danger-text" : "muted small"}>
                        {`${changeWord(last)} ${formatAgo(last.at)}${last.action === "return" ? `: ${shortReason(last.reason ?? "")}` : byWhom(last.by?.name)}`}
                    </p>
                )}
            </div>
            {watch?.state === "watching" && <WatchMini watch={watch} />}
        </li>
    );
}

/** Where nothing is live any more comes last. */
const sorted = (stages: StageSummary[]) => [...stages.filter((one) => one.live), ...stages.filter((one) => !one.live)];

export default function StageList() {
    const { value, error } = usePolled("deployments", getStages);
    return (
        <Screen tab="Deployments" error={error} waiting={value === null}>
            {value?.length === 0 ? (
                <>
                    <Empty icon="upload" title="Nothing deployed yet">
                        <p>A service is the functions of one serverless.yml. Each deployment is a version that is live at once, and can be again.</p>
                    </Empty>
                    <div class="function-section">
                        <CodeBlock code={first(location.origin)} language="shell" name="How to deploy" />
                    </div>
                </>
            ) : (
                <ul class="function-cards">
                    {sorted(value ?? []).map((one) => (
                        <Line key={`${one.service}/${one.stage}`} of={one} />
                    ))}
                </ul>
            )}
        </Screen>
    );
}
