// SPDX-License-Identifier: MIT
// Owns the screen of one durable call: where it stands, its attempts, whom it told, what was sent and answered; retry and cancel.
import { useRoute } from "preact-iso";
import { useRef } from "preact/hooks";
import { formatDuration, formatMicros, plural } from "../lib/format";
import { callsPath, functionPath } from "../lib/place";
import { place } from "../lib/session";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy";
import { ask } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { Ago, When } from "../ui/when";
import { type Act, useAct } from "./act";
import { Attempts } from "./attempts";
import { Fact } from "./fact";
import { MessageView } from "./message-view";
import { usePolled } from "./poll";
import { StateBadge, attemptWord, isOver, whose } from "./state-badge";
import { Screen, may } from "./tabs";
import { type CallResult, type Callback, type SentRequest, type WholeCall, cancelCall, getCall, getRequest, getResult, retryCall } from "./wire";

interface Known {
    call: WholeCall;
    sent: SentRequest | null;
    result: CallResult | null;
}

const outcomeOf = (call: WholeCall) => `${call.cursor} ${call.state} ${call.attempt} ${call.finishedAt}`;

/** Bodies are long: they are asked for when the call has become another one only. What was sent is shown on after the server has forgotten it. */
async function load(id: string, before: Known | null): Promise<Known> {
    const call = await getCall(id);
    const known = before?.call.cursor === call.cursor ? before : null;
    if (known && outcomeOf(known.call) === outcomeOf(call)) {
        return { ...known, call };
    }
    const [sent, result] = await Promise.all([known?.sent ?? getRequest(id), isOver(call) ? getResult(id) : null]);
    return { call, sent, result };
}

function Facts({ call }: { call: WholeCall }) {
    const at = place.value;
    const isWaiting = !isOver(call) && call.nextAttemptAt !== null && call.nextAttemptAt > Date.now();
    return (
        <dl class="facts function-facts">
            <Fact name="Function">{call.function === "" ? whose(call) : <a href={functionPath(at, call.function)}>{call.function}</a>}</Fact>
            <Fact name="Queue">
                <a href={callsPath(at, { queue: call.queue })}>{call.queue}</a>
            </Fact>
            {call.attempt > 0 && <Fact name="Attempt">{attemptWord(call)}</Fact>}
            <Fact name="Accepted">
                <When at={call.createdAt} />
            </Fact>
            {isWaiting && (
                <Fact name={call.attempt === 0 ? "Runs" : "Next attempt"}>
                    <Ago at={call.nextAttemptAt!} />
                </Fact>
            )}
            {call.durationUs !== null && <Fact name="Took">{formatMicros(call.durationUs)}</Fact>}
            {call.finishedAt !== null && <Fact name="From acceptance to end">{formatDuration(call.finishedAt - call.createdAt)}</Fact>}
        </dl>
    );
}

const CALLBACKS: Record<Callback["state"], [string, string]> = {
    none: ["Told when the call is over", ""],
    pending: ["Being delivered", "badge-info"],
    delivered: ["Delivered", "badge-good"],
    failed: ["Given up", "badge-danger"],
};

function CallbackSection({ call, callback: { url, state, attempts, lastStatus, lastError } }: { call: WholeCall; callback: Callback }) {
    const [word, tone] = state === "none" && isOver(call) ? ["Not told", ""] : CALLBACKS[state];
    return (
        <section class="function-section">
            <h2>Callback</h2>
            <p class="function-url">
                <span class={`badge ${tone}`}>{word}</span>
                <span class="mono small">{url}</span>
                <CopyButton bare text={url} label="Copy address of the callback" />
            </p>
            {attempts > 0 && (
                <p class="muted">
                    {`${plural(attempts, "delivery", "deliveries")} tried`}
                    {lastStatus !== null && `, last answer ${lastStatus}`}
                    {lastError !== null && `, ${lastError}`}
                </p>
            )}
        </section>
    );
}

function Sent({ id, sent }: { id: string; sent: SentRequest }) {
    const query = sent.rawQueryString === "" ? "" : `?${sent.rawQueryString}`;
    return (
        <section class="function-section" aria-labelledby="sent-title">
            <h2 id="sent-title">Request</h2>
            {sent.path !== "" && (
                <p class="function-url">
                    <span class="badge badge-info mono">{sent.method}</span>
                    <span class="mono small">{sent.path + query}</span>
                </p>
            )}
            <MessageView of={sent} name={`${id} request`} />
        </section>
    );
}

function Answer({ id, result }: { id: string; result: CallResult }) {
    return (
        <section class="function-section" aria-labelledby="answer-title">
            <h2 id="answer-title">{`Answer ${result.status}`}</h2>
            <MessageView of={result} name={`${id} answer`} />
        </section>
    );
}

/** What can be done with the call as it stands. */
function Actions({ call, act }: { call: WholeCall; act: Act }) {
    const cancel = async () => {
        if (await ask("Cancel this call?", "It is not run any more; one that runs is told to end.", "Cancel the call", true)) {
            await act(async () => (await cancelCall(call.id), ""));
        }
    };
    if (call.state === "failed" || call.state === "dead") {
        return (
            <Button look="primary" icon="refresh" onClick={() => act(async () => (await retryCall(call.id), ""))}>
                Try again
            </Button>
        );
    }
    return isOver(call) ? null : (
        <Button icon="stop" onClick={cancel}>
            Cancel
        </Button>
    );
}

function Whole({ call, sent, result }: Known) {
    return (
        <>
            <Facts call={call} />
            {call.error !== null && <Notice tone={isOver(call) ? "danger" : "warning"} title={call.error} />}
            <Attempts of={call} />
            {call.callback && <CallbackSection call={call} callback={call.callback} />}
            {result && <Answer id={call.id} result={result} />}
            {result === null && isOver(call) && call.status !== null && <p class="muted function-section">What it answered is not kept any more.</p>}
            {sent ? <Sent id={call.id} sent={sent} /> : <p class="muted function-section">What was sent is kept until the call has succeeded.</p>}
        </>
    );
}

export default function CallDetail() {
    const id = useRoute().params.id ?? "";
    const before = useRef<Known | null>(null);
    const { value, error, again } = usePolled(id, async () => (before.current = await load(id, before.current)));
    const { act, told } = useAct(again);
    const call = value?.call;
    const heading = (
        <>
            <span class="mono call-id">{id}</span> <CopyButton bare text={id} label="Copy id" /> {call && <StateBadge state={call.state} />}
        </>
    );
    return (
        <Screen tab="Calls" title={id} heading={heading} error={error} waiting={value === null} actions={call && may().mayOperate && <Actions call={call} act={act} />}>
            {told}
            {value && <Whole {...value} />}
        </Screen>
    );
}
