// SPDX-License-Identifier: MIT
// A serverless host as its users write one, behind an HTTP server and called as AWS Lambda does. Usage: serverless_host.mjs
// ENDPOINT KEY. It prints its port; POST /lambda hands the body, an event, to the Lambda handler.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { default: Interval } = createRequire(import.meta.url)("sdk-2.0.0/dist/experimental.js");
const [endpoint, apiKey] = process.argv.slice(2);
const interval = new Interval({ apiKey, endpoint, routes: { async ask(io) { return io.input.text("Name"); } } });

const server = createServer(async (request, response) => {
    if (request.url !== "/lambda") {
        return interval.httpRequestHandler(request, response);
    }
    let body = "";
    for await (const chunk of request) {
        body += chunk;
    }
    const { statusCode } = await interval.lambdaRequestHandler(JSON.parse(body));
    return response.writeHead(statusCode).end();
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
