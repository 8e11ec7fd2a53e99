// SPDX-License-Identifier: MIT
// A host without an SDK, for what no SDK of today sends: it says on the wire what old ones said (host-protocol 1, 2).
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";

// The SDKs bring it along.
const WebSocket = createRequire(createRequire(import.meta.url).resolve("sdk-2.0.0"))("ws");

/** `actions`: slug -> async (io) => result. `io.show` renders components and resolves to the answer, when there is one. */
export class ScriptedHost {
    /** Resolves when the server knows the actions. */
    static async connect(endpoint, key, sdk, actions) {
        const host = new ScriptedHost(endpoint, key, actions);
        await once(host.socket, "message"); // "authenticated"
        const answer = await host.call("INITIALIZE_HOST", { ...sdk, actions: Object.keys(actions).map((slug) => ({ slug })) });
        if (answer.type !== "success") {
            throw new Error(`the host is refused: ${JSON.stringify(answer)}`);
        }
        return host;
    }

    constructor(endpoint, key, actions) {
        this.actions = actions;
        this.count = 0;
        this.waiting = new Map(); // id of a call, or key of an input group -> who waits
        this.socket = new WebSocket(endpoint, { headers: { "x-api-key": key, "x-instance-id": randomUUID() } });
        this.socket.on("message", (text) => this.take(JSON.parse(String(text))));
    }

    take(frame) {
        if (frame.type === "ACK") {
            return;
        }
        this.socket.send(JSON.stringify({ type: "ACK", id: frame.id }));
        if (frame.data === "authenticated") {
            return;
        }
        const { id, kind, methodName, data } = JSON.parse(frame.data);
        if (kind === "RESPONSE") {
            this.waiting.get(id)(data);
            return;
        }
        this.message({ id, kind: "RESPONSE", methodName });
        if (methodName === "START_TRANSACTION") {
            void this.run(data);
        } else if (methodName === "IO_RESPONSE") {
            const response = JSON.parse(data.value);
            this.waiting.get(response.inputGroupKey)?.(response);
        }
    }

    message(rpc) {
        this.socket.send(JSON.stringify({ id: randomUUID(), type: "MESSAGE", data: JSON.stringify(rpc) }));
    }

    call(methodName, data) {
        const id = String(++this.count);
        this.message({ id, kind: "CALL", methodName, data });
        return new Promise((resolve) => this.waiting.set(id, resolve));
    }

    async run({ transactionId, actionName }) {
        const result = await this.actions[actionName]({
            show: (toRender, key = randomUUID()) => {
                const ioCall = JSON.stringify({ id: randomUUID(), inputGroupKey: key, kind: "RENDER", toRender });
                const answer = new Promise((resolve) => this.waiting.set(key, resolve));
                return this.call("SEND_IO_CALL", { transactionId, ioCall }).then((taken) => ({ taken, answer, key }));
            },
        });
        await this.call("MARK_TRANSACTION_COMPLETE", { transactionId, result: JSON.stringify({ status: "SUCCESS", data: result }) });
    }

    close() {
        this.socket.close();
    }
}
