// SPDX-License-Identifier: MIT
// Owns the walk through every screen against the mock server: behaviour, automation hooks, accessibility.
// Usage: walk.mjs [filter], or walk.mjs --part 1/2 for the first half of it.
import { startMock } from "../mock-server.mjs";
import { picture, startBrowser } from "./browser.mjs";
import { deploymentSteps } from "./steps-deployments.mjs";
import { functionSteps } from "./steps-functions.mjs";
import { hookSteps } from "./steps-hooks.mjs";
import { inputSteps } from "./steps-inputs.mjs";
import { runSteps } from "./steps-run.mjs";
import { screenSteps } from "./steps-screens.mjs";
import { sdkSteps } from "./steps-sdk.mjs";
import { tableSteps } from "./steps-tables.mjs";

const mock = await startMock();
const { page, problems, close } = await startBrowser();
const base = `${mock.url}/dashboard/local/develop/actions`;
const tools = {
    page,
    problems,
    mock,
    base,
    home: () => page.goto(base),
    open: (slug, query = "") => page.goto(`${base}/${slug}${query}`),
};

const steps = Object.entries({ ...screenSteps, ...functionSteps, ...deploymentSteps, ...runSteps, ...inputSteps, ...tableSteps, ...sdkSteps, ...hookSteps });

function chosen([option = "", part = ""]) {
    if (option !== "--part") {
        return steps.filter(([name]) => name.includes(option));
    }
    const [number, count] = part.split("/").map(Number);
    const end = (n) => Math.round((steps.length * n) / count);
    return steps.slice(end(number - 1), end(number));
}

let failed = 0;
for (const [name, step] of chosen(process.argv.slice(2))) {
    problems.length = 0;
    const start = Date.now();
    try {
        await step(tools);
        if (problems.length > 0) {
            throw new Error(problems.join("\n      "));
        }
        console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
        failed++;
        console.log(`FAIL ${name}\n      ${error.message}`);
        await picture(page, `FAIL-${name.replace(/\W+/g, "-")}`).catch(() => undefined);
    }
}
await close();
mock.close();
console.log(failed === 0 ? "all steps passed" : `${failed} steps failed`);
process.exit(failed === 0 ? 0 : 1);
