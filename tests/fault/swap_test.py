# SPDX-License-Identifier: MIT
"""500 hot swaps under load: no failed request, no dropped socket, nobody in an open run notices, nothing leaks."""
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import ROUTES, Browser, Server, wait_until  # noqa: E402

SWAPS, OPEN_RUNS = int(os.environ.get("SWAPS", "500")), 50


def contents(path):
    with open(path, "rb") as file:
        return file.read()


class HotSwap(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.hello = contents(os.path.join(ROUTES, "hello.so"))
        self.ping = contents(os.path.join(ROUTES, "ping.so"))
        self.server.drop_bytes(self.hello, "hello.so")
        self.server.drop_bytes(self.ping, "ping.so")
        self.server.drop_bytes(self.hello, "still.so")
        self.server.start()
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()
        self.server.stop()

    def open_runs(self):
        runs = {}
        for _ in range(OPEN_RUNS):
            self.browser.begin("hello")
            transaction, render = self.browser.render()
            runs[transaction] = render
        return runs

    def load(self, path, seconds):
        wrk = shutil.which("wrk")
        if not wrk:
            self.skipTest("wrk is not installed (packaging/install-deps --tests)")
        return subprocess.Popen([wrk, "-t1", "-c8", "-d%ds" % seconds, "http://127.0.0.1:%d%s" % (self.server.port, path)],
                                stdout=subprocess.PIPE, text=True)

    def swap(self, number):
        """A new content each time, as a build makes it; returns when it is live."""
        name, content = ("hello.so", self.hello) if number % 2 else ("ping.so", self.ping)
        self.server.drop_bytes(content + b"%d" % number, name)
        wait_until(lambda: self.server.log().count("%s is live" % name) >= number // 2 + 1, "swap %d" % number)

    def assert_all_served(self, load):
        text = load.communicate(timeout=120)[0]
        self.assertNotIn("Non-2xx", text)
        self.assertNotIn("Socket errors", text)
        self.assertGreater(int(re.search(r"(\d+) requests in", text).group(1)), 1000)

    def test_swaps(self):
        still = self.browser.begin("still")
        _, still_render = self.browser.render()
        runs = self.open_runs()
        self.server.request("POST", "/fn/ping", b"x")
        descriptors = self.server.descriptors()
        loads = [self.load("/api/v1/routes?org=local&env=development", max(5, SWAPS // 25))]
        for number in range(1, SWAPS + 1):
            self.swap(number)
            status, body, _ = self.server.request("POST", "/fn/ping", b"swap %d" % number)
            self.assertEqual((status, body), (200, b"swap %d" % number))
        for load in loads:
            self.assert_all_served(load)
        for transaction, render in runs.items():
            self.assertTrue(self.browser.answer(transaction, render, ["Ada"]))
        for _ in runs:
            self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))
        self.assertTrue(self.browser.answer(still, still_render, ["Bob"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Bob"}))
        for transaction in list(runs) + [still]:
            self.browser.call("LEAVE_TRANSACTION", {"transactionId": transaction})
        wait_until(lambda: len(self.server.runners()) <= 3, lambda: "old processes to leave: %r" % self.server.runners(), 60)
        wait_until(lambda: self.server.descriptors() <= descriptors + 2,
                   lambda: "descriptors to be closed: %d then, %d now" % (descriptors, self.server.descriptors()))
        print("%d swaps, %d open runs finished, %d descriptors before and %d after"
              % (SWAPS, OPEN_RUNS, descriptors, self.server.descriptors()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
