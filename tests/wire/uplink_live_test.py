# SPDX-License-Identifier: MIT
"""`interlude host` at a real server of ours: runs, pages, crashes, restarts on either side, rolling restarts under load."""
import json
import os
import re
import signal
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import ROUTES, Browser, Server, wait_until  # noqa: E402
from uplink import Host  # noqa: E402

HELLO = os.path.join(ROUTES, "hello.so")


class LiveTest(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.stop)
        self.key = wait_until(lambda: re.search(r"API key: (\S+)", self.server.log()), "the key").group(1)

    def start_host(self, *modules):
        host = Host("ws://127.0.0.1:%d/websocket" % self.server.port, self.key, modules or [HELLO], RETRY_INTERVAL_MS="100").start()
        self.addCleanup(host.stop)
        host.wait_log("Dashboard:")
        return host

    def browser(self):
        browser = Browser(self.server)
        self.addCleanup(browser.close)
        return browser

    def answered(self, browser, run, render, values):
        """Until the server takes it: it does not while the host is away."""
        wait_until(lambda: browser.answer(run, render, values), lambda: "the answer to be taken:\n" + self.server.log()[-3000:])

    def walk(self, browser, run, render, first=0):
        for step in range(first, 10):
            self.answered(browser, run, render, [str(step)])
            if step < 9:
                while True:  # what was answered may be shown once more
                    again = browser.render()[1]
                    if again["inputGroupKey"] != render["inputGroupKey"]:
                        break
                render = again
        self.assertEqual(browser.completed(), ("SUCCESS", "".join("%d " % step for step in range(10))))

    def test_action_page_and_failures(self):
        self.start_host(HELLO, "page", "obey")
        browser = self.browser()
        run = browser.begin("hello")
        _, render = browser.render()
        self.assertTrue(browser.answer(run, render, ["A"]))  # too short
        _, again = browser.render()
        self.assertIn("2 characters", again["toRender"][0]["validationErrorMessage"])
        self.assertTrue(browser.answer(run, again, ["Ada"]))
        self.assertEqual(browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))
        run = browser.begin("obey")
        self.assertTrue(browser.answer(run, browser.render()[1], ["crash"]))
        status, data = browser.completed()
        self.assertEqual((status, data["error"]), ("FAILURE", "RouteCrashed"))
        run = browser.begin("hello")
        browser.render()
        self.assertTrue(browser.call("CANCEL_TRANSACTION", {"transactionId": run}))
        self.assertEqual(browser.completed()[0], "CANCELED")

    def test_hot_reload(self):
        host = self.start_host(HELLO)
        host.drop("steps")
        self.server.wait_live("steps")
        os.unlink(os.path.join(host.routes, "hello.so"))
        wait_until(lambda: self.server.live().get("hello", {}).get("status") != "ONLINE", "hello not to be offered any more")

    def test_killed_host(self):
        host = self.start_host("steps")
        browser = self.browser()
        run = browser.begin("steps")
        _, render = browser.render()
        host.signal(signal.SIGKILL)
        host.wait()
        host.start()
        self.walk(browser, run, render)

    def test_killed_server(self):
        host = self.start_host("steps")
        run = self.browser().begin("steps")
        wait_until(lambda: self.server.transaction(run)["status"] == "AWAITING_INPUT", "the question")
        self.server.kill()
        self.server.start()
        wait_until(lambda: "connected again" in host.log(), lambda: "the host to be back:\n" + host.log())
        browser = self.browser()
        wait_until(lambda: browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}), "the run to be there")
        self.walk(browser, run, browser.render()[1])

    def test_rolling_restart(self):
        """Three hosts, one after the other restarted while people use them: every run that began comes to its end."""
        hosts = [self.start_host(HELLO) for _ in range(3)]
        done, failed, stop = [], [], threading.Event()

        def use():
            browser = self.browser()
            while not stop.is_set():
                made = browser.create("hello")
                if made["type"] != "SUCCESS":
                    failed.append(made)
                    continue
                run = made["transactionId"]
                if not browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}):
                    failed.append("not connected")
                    continue
                name, data = browser.next("RENDER", "TRANSACTION_COMPLETED")
                if name != "RENDER":
                    failed.append(data)
                    continue
                browser.answer(run, json.loads(data["toRender"]), ["Ada"])
                status = browser.completed()[0]
                (done if status == "SUCCESS" else failed).append(status)

        users = [threading.Thread(target=use) for _ in range(4)]
        for user in users:
            user.start()
        try:
            for _ in range(2):
                for host in hosts:
                    count = len(done)
                    wait_until(lambda: len(done) > count + 20 or failed, "some runs")
                    host.signal()
                    self.assertEqual(host.wait(), 0)
                    host.start()
                    wait_until(lambda: host.log().count("Dashboard:") > host.log().count("leaving as soon as"), "the host to be back")
        finally:
            stop.set()
            for user in users:
                user.join()
        self.assertEqual(failed, [])
        self.assertGreater(len(done), 120)


if __name__ == "__main__":
    unittest.main(verbosity=2)
