// SPDX-License-Identifier: MIT
// A host as its author would start it: node host.mjs VERSION ENDPOINT KEY. Says {ready} and what an action tells it, over IPC.
import { families } from "./families.mjs";
import { isAtLeast } from "./version.mjs";

const [version, endpoint, apiKey] = process.argv.slice(2);
const module = await import(`sdk-${version}`);
const sdk = module.default.Interval ? module.default : module;
const { Interval } = sdk;
const tell = (what) => process.send?.(what);

const routes = {};
for (const family of Object.values(families)) {
    Object.assign(routes, family.actions({ version, sdk, tell, host: () => interval }));
}
const interval = new Interval({
    apiKey,
    endpoint,
    retryIntervalMs: 200,
    [isAtLeast(version, "0.38.0") ? "routes" : "actions"]: routes,
});
process.on("message", async (what) => {
    if (what === "close") {
        await interval.safelyClose();
        process.exit(0);
    }
});
process.on("disconnect", () => process.exit(0));
await interval.listen();
tell({ ready: true });
