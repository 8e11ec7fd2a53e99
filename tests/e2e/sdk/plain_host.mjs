// SPDX-License-Identifier: MIT
// A host for tests that kill and measure: node plain_host.mjs VERSION ENDPOINT KEY. Says "ready" and every answer it hears.
const [version, endpoint, apiKey] = process.argv.slice(2);
const module = await import(`sdk-${version}`);
const { Interval } = module.default.Interval ? module.default : module;

async function ask(io, count) {
    const answers = [];
    for (let i = 0; i < count; i++) {
        answers.push(await io.input.text(`Step ${i}`));
    }
    return answers;
}

const orders = Array.from({ length: 100 }, (_, i) => ({
    id: i,
    customer: `Customer ${i}`,
    email: `customer-${i}@example.com`,
    isPaid: i % 3 === 0,
    total: i * 1.25,
    createdAt: new Date(1700000000000 + i * 3600000),
}));

const actions = {
    async steps(io, ctx) {
        const id = ctx.params.run ?? "";
        const answers = [];
        for (let i = 0; i < 10; i++) {
            const answer = await io.input.text(`Step ${i}`);
            console.log(`heard ${id} ${i} ${answer}`);
            answers.push(answer);
        }
        return answers.join(" ");
    },
    async trivial(io) {
        return (await ask(io, 1))[0];
    },
    async rounds(io) {
        return (await ask(io, 200)).length;
    },
    async ask(io) {
        return (await ask(io, 1))[0];
    },
    async orders(io) {
        await io.display.table("Orders", { data: orders });
        const [customer, address, remark] = await io.group([
            io.input.text("Customer"),
            io.input.text("Address"),
            io.input.text("Remark"),
        ]);
        return { customer, address, remark };
    },
};
const interval = new Interval({ apiKey, endpoint, retryIntervalMs: 1000, routes: actions, logLevel: "info" });
process.on("SIGTERM", () => process.exit(0));
await interval.listen();
console.log("ready");
