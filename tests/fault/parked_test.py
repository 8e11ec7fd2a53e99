# SPDX-License-Identifier: MIT
"""10,000 people in the middle of one route: what each costs, and that all of them finish."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import ROUTES, Browser, Server  # noqa: E402

RUNS = int(os.environ.get("PARKED_RUNS", "10000"))
BATCH = 200


def memory_kb(pid):
    """What the process alone costs, and the kernel for its threads: stacks of 16 KB and some structures are not in smaps."""
    with open("/proc/%d/smaps_rollup" % pid, encoding="utf-8") as file:
        fields = {line.split(":")[0]: int(line.split()[1]) for line in file if line.endswith("kB\n")}
    with open("/proc/%d/status" % pid, encoding="utf-8") as file:
        status = {line.split(":")[0]: line.split()[1] for line in file if ":" in line and len(line.split()) > 1}
    return fields["Pss"], int(status["Threads"]), int(status["VmPTE"])


class Parked(unittest.TestCase):
    def setUp(self):
        self.server = Server(RUNNER_MEMORY="4GiB")
        self.server.drop(os.path.join(ROUTES, "hello.so"))
        self.server.start()
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()
        self.server.stop()

    def begin_batch(self, count):
        made = [self.browser.post("CREATE_TRANSACTION", {"organization": "local", "environment": "development", "slug": "hello",
                                                         "params": {}}) for _ in range(count)]
        idents = [answer.get(timeout=60)["transactionId"] for answer in made]
        started = [self.browser.post("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": ident}) for ident in idents]
        for answer in started:
            self.assertTrue(answer.get(timeout=60))
        return [self.browser.render() for _ in idents]

    def test_parked(self):
        first = self.begin_batch(1)
        (runner,) = self.server.runners()
        server_before, runner_before = memory_kb(self.server.process.pid), memory_kb(runner)
        renders = first + [pair for _ in range(RUNS // BATCH) for pair in self.begin_batch(BATCH)]
        server_after, runner_after = memory_kb(self.server.process.pid), memory_kb(runner)
        kernel = (runner_after[1] - runner_before[1]) * 16 + runner_after[2] - runner_before[2]
        print("%d parked runs: %.1f KB each in the runner, %.1f KB in the server, about %.1f KB in the kernel" % (
            RUNS, (runner_after[0] - runner_before[0]) / RUNS, (server_after[0] - server_before[0]) / RUNS, kernel / RUNS))
        for at in range(0, len(renders), BATCH):
            for transaction, render in renders[at:at + BATCH]:
                self.browser.post("RESPOND_TO_IO_CALL", {"transactionId": transaction, "ioResponse": (
                    '{"id":"%s","inputGroupKey":"%s","transactionId":"%s","kind":"RETURN","choice":"Continue","values":["Ada"]}'
                    % (render["id"], render["inputGroupKey"], transaction))})
            for _ in renders[at:at + BATCH]:
                self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))


if __name__ == "__main__":
    unittest.main(verbosity=2)
