// SPDX-License-Identifier: MIT
// Owns the line about one address of a function, with what people copy of it.
import { CopyButton } from "../ui/copy";
import type { Endpoint } from "./wire";

const HAS_BODY = new Set(["POST", "PUT", "PATCH"]);

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command that sends a request to it. What stands in braces, and the key, are for people to fill in. */
export function curlOf({ method, url, isPrivate }: Endpoint, origin: string): string {
    const verb = method === "ANY" ? "POST" : method;
    const parts = ["curl", "-i", ...(verb === "GET" ? [] : ["-X", verb]), quoted(origin + url)];
    if (isPrivate) {
        parts.push("-H", quoted("x-api-key: KEY"));
    }
    if (HAS_BODY.has(verb)) {
        parts.push("-H", quoted("content-type: application/json"), "-d", quoted("{}"));
    }
    return parts.join(" ");
}

export function EndpointLine({ endpoint }: { endpoint: Endpoint }) {
    const { method, url, isPrivate, isAsync } = endpoint;
    return (
        <p class="function-url">
            <span class="badge badge-info mono">{method}</span>
            <span class="mono small">
                <span class="muted">{location.origin}</span>
                {url}
            </span>
            {isPrivate && <span class="badge">API key</span>}
            {isAsync && <span class="badge">Asynchronous</span>}
            <span class="function-copy">
                <CopyButton bare text={location.origin + url} label={`Copy address ${method} ${url}`} />
                <CopyButton text={curlOf(endpoint, location.origin)} label="curl" title={`Copy a curl command for ${method} ${url}`} />
            </span>
        </p>
    );
}
