# SPDX-License-Identifier: MIT
"""
kill -9 of an SDK host, of the server, of a browser at random moments of ten-step runs: the run goes on, or is shown as
lost; it is never stuck and no answer reaches the handler twice. MOMENTS=200 for a long look, SEED for another one.
"""
import json
import os
import queue
import random
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import SOURCE, Browser, Server, wait_until  # noqa: E402

MOMENTS = int(os.environ.get("MOMENTS", "20"))
SEED = int(os.environ.get("SEED", "3"))
STEPS = 10
SDK = os.path.join(SOURCE, "tests/e2e/sdk/plain_host.mjs")


class SdkHost:
    """A process with an unmodified SDK, and what its handlers heard: (run, step) -> answers."""

    def __init__(self, server, version="2.0.0"):
        self.heard, self.is_ready, self.reconnections = {}, threading.Event(), 0
        self.process = subprocess.Popen(["node", SDK, version, "ws://127.0.0.1:%d/websocket" % server.port, server.api_key()],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        assert self.is_ready.wait(60), "the SDK never became ready"

    def _read(self):
        for line in self.process.stdout:
            words = line.split()
            if words == ["ready"]:
                self.is_ready.set()
            elif "Reconnection successful" in line:
                self.reconnections += 1
            elif words and words[0] == "heard":
                self.heard.setdefault((words[1], int(words[2])), []).append(words[3])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Kills(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.random = random.Random(SEED)
        self.host = SdkHost(self.server)
        self.outcomes = {"went on": 0, "shown as lost": 0}

    def tearDown(self):
        self.host.kill()
        self.server.stop()

    def test_random_moments(self):
        for moment in range(MOMENTS):
            victim = self.random.choice(("host", "server", "browser"))
            step, is_answering = self.random.randrange(STEPS), self.random.random() < 0.5
            with self.subTest(moment=moment, victim=victim, step=step, is_answering=is_answering):
                self.one("m%d" % moment, victim, step, is_answering)
        print("%d moments: %d went on, %d shown as lost; none stuck, none answered twice"
              % (MOMENTS, self.outcomes["went on"], self.outcomes["shown as lost"]))

    def test_a_host_that_never_comes_back(self):
        """As a Node SDK that has lost its way back, which happens with short retry intervals, or one that died with the server."""
        browser = Browser(self.server)
        run = browser.begin("steps", {"run": "alone"})
        browser.render()
        browser.close()
        self.host.kill()
        self.server.kill()
        self.server.start()
        self.assertTrue(self.is_lost(run), "what became of it: " + self.server.transaction(run)["status"])
        self.assertNotEqual(self.server.live().get("steps", {}).get("status"), "ONLINE")
        browser = Browser(self.server)
        self.assertEqual(browser.create("steps")["code"], "NOT_FOUND")
        browser.close()

    def one(self, name, victim, stop_at, is_answering):
        wait_until(lambda: self.server.live().get("steps", {}).get("status") == "ONLINE", "the action to be offered")
        browser = Browser(self.server)
        run = browser.begin("steps", {"run": name})
        for step in range(stop_at + 1):
            _, render = browser.render()
            self.assertEqual(render["toRender"][0]["label"], "Step %d" % step)
            if step < stop_at:
                self.assertTrue(browser.answer(run, render, ["a%d" % step]))
        if is_answering:  # it may or may not have been taken
            browser.post("RESPOND_TO_IO_CALL", {"transactionId": run, "ioResponse": json.dumps(
                {"id": render["id"], "inputGroupKey": render["inputGroupKey"], "transactionId": run, "kind": "RETURN",
                 "choice": "Continue", "values": ["a%d" % stop_at]})})
        host = self.host
        browser = getattr(self, "kill_" + victim)(browser, run)
        end = self.go_on(browser, run)
        browser.close()
        self.outcomes[end] += 1
        if victim != "host":
            for step in range(STEPS):
                self.assertLessEqual(len(host.heard.get((name, step), [])), 1, "step %d was answered twice" % step)
        self.assertEqual(end == "shown as lost", victim == "host" or self.is_lost(run), "what became of it: " + end)

    def is_lost(self, run):
        return self.server.transaction(run)["status"] == "HOST_CONNECTION_DROPPED"

    def kill_host(self, browser, run):
        self.host.kill()
        wait_until(lambda: self.is_lost(run), "the run to be shown as lost")
        self.host = SdkHost(self.server)
        return browser

    def kill_server(self, browser, run):
        """The SDK of then gives up for good when it is lost again before its first call was answered: that is waited for."""
        before = self.host.reconnections
        self.server.kill()
        browser.close()
        self.server.start()
        wait_until(lambda: self.host.reconnections > before, "the SDK to be back")
        return self.reconnect(run)

    def kill_browser(self, browser, run):
        browser.close()
        return self.reconnect(run)

    def reconnect(self, run):
        browser = Browser(self.server)
        wait_until(lambda: browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}), "the run to come back")
        return browser

    def go_on(self, browser, run):
        """Answers whatever is asked until the run has ended or is lost."""
        while True:
            try:
                name, data = browser.events.get(timeout=1)
            except queue.Empty:
                if self.is_lost(run):
                    return "shown as lost"
                wait_until(lambda: not browser.events.empty() or self.is_lost(run), "the run to go on or to be lost")
                continue
            if name == "RENDER" and data["transactionId"] == run:
                render = json.loads(data["toRender"])
                browser.answer(run, render, ["a" + render["toRender"][0]["label"].split()[1]])
            elif name == "TRANSACTION_COMPLETED" and data["transactionId"] == run:
                self.assertEqual(json.loads(data["result"])["data"], " ".join("a%d" % i for i in range(STEPS)))
                return "went on"


if __name__ == "__main__":
    unittest.main(verbosity=2)
