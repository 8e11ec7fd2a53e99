// SPDX-License-Identifier: MIT
// Owns the mock's uploads and identity: addresses, parts in order, a bucket of somebody else on its own origin.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const PART_BYTES = 8 * 1024 * 1024;

async function bytesOf(request) {
    const parts = [];
    for await (const part of request) {
        parts.push(part);
    }
    return Buffer.concat(parts);
}

function answer(response, status, data, headers = {}) {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(data === undefined ? undefined : JSON.stringify(data));
}

/** Somebody else's storage, as hosts use it: one PUT, no parts. */
async function startBucket(stored) {
    const server = createServer(async (request, response) => {
        const open = { "access-control-allow-origin": "*", "access-control-allow-methods": "PUT", "access-control-allow-headers": "content-type" };
        const name = decodeURIComponent(request.url.slice(1));
        if (request.method === "PUT" && name.startsWith("full/")) {
            answer(response, 507, { title: "The bucket is full." }, open);
        } else {
            if (request.method === "PUT") {
                stored.set(name, { bytes: await bytesOf(request), type: request.headers["content-type"] });
            }
            answer(response, 200, {}, open);
        }
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** `hold`, when set, is awaited before each answer to a PUT: a slow network. */
export async function startFiles() {
    const files = new Map();
    const stored = new Map();
    const bucket = await startBucket(stored);
    const state = { files, stored, bucket, hold: null, refuse: false, confirmed: false, method: "password", asked: [] };

    async function put(request, response, id) {
        const file = files.get(id);
        const bytes = await bytesOf(request);
        const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers["content-range"] ?? "");
        await state.hold;
        if (!file || bytes.length > PART_BYTES || (range && Number(range[1]) !== file.bytes.length)) {
            return answer(response, 400, { title: "Bad part" });
        }
        file.type = request.headers["content-type"];
        file.parts++;
        file.bytes = Buffer.concat([file.bytes, bytes]);
        if (range && file.bytes.length < Number(range[3])) {
            response.writeHead(308, { range: `bytes=0-${file.bytes.length - 1}` });
            return response.end();
        }
        return answer(response, 201, {});
    }

    async function take(request, response, url) {
        const path = `${request.method} ${url.pathname}`;
        if (path === "POST /api/v1/uploads") {
            const body = JSON.parse(await bytesOf(request));
            state.asked.push(body);
            if (state.refuse) {
                return answer(response, 404, { title: "Not found", detail: "This run is over." });
            }
            const urls = body.objectKeys.map((objectKey) => {
                const id = randomUUID();
                files.set(id, { bytes: Buffer.alloc(0), parts: 0 });
                // What the server calls itself is not always where the browser found it.
                const address = `https://interlude.example.com/uploads/${id}`;
                return { objectKey, uploadUrl: address, downloadUrl: address };
            });
            return answer(response, 200, { urls });
        }
        if (path === "GET /api/v1/identity") {
            return answer(response, 200, { confirmed: state.confirmed, method: state.method });
        }
        if (path === "POST /api/v1/identity") {
            const { password } = JSON.parse(await bytesOf(request));
            if (password === "again") {
                return answer(response, 429, { title: "Too many attempts", detail: "Too many attempts. Try again in a minute." });
            }
            const right = password === (state.method === "none" ? "" : "difference");
            return answer(response, right ? 200 : 401, right);
        }
        return request.method === "PUT" && url.pathname.startsWith("/uploads/") ? put(request, response, url.pathname.slice(9)) : false;
    }
    return { state, take, close: bucket.close };
}
