# SPDX-License-Identifier: MIT
"""The ends of things: no descriptor left, a full or read-only disk, browsers that do not read, signals at the wrong moment."""
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, ROUTES, Browser, Server, cpu_seconds, free_port, wait_until  # noqa: E402

IDLE_SHARE = 0.2  # of one CPU


class DeafBrowser(Browser):
    """One that says things and never reads an answer."""

    def start_reading(self):
        self.is_open.set()


class Limits(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.drop(os.path.join(ROUTES, "hello.so"))

    def start(self):
        self.server.start()
        self.server.wait_live("hello")

    def tearDown(self):
        self.server.stop()

    def assert_works(self):
        browser = Browser(self.server)
        run = browser.begin("hello")
        _, render = browser.render()
        self.assertTrue(browser.answer(run, render, ["Ada"]))
        self.assertEqual(browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))
        browser.close()

    def works(self):
        try:
            self.assert_works()
            return True
        except (AssertionError, OSError, ValueError):
            return False

    def test_no_descriptor_left(self):
        self.start()
        self.assert_works()
        pid = self.server.process.pid
        limit = self.server.descriptors() + 10
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))
        sockets = []
        for _ in range(200):
            sockets.append(socket.create_connection(("127.0.0.1", self.server.port)))
        wait_until(lambda: self.server.descriptors() >= limit, "all descriptors to be used")
        before, start = cpu_seconds(pid), os.times().elapsed
        wait_until(lambda: os.times().elapsed - start > 2, "two seconds to pass")
        self.assertLess((cpu_seconds(pid) - before) / 2, IDLE_SHARE, "it runs in circles")
        for sock in sockets:
            sock.close()
        wait_until(self.works, "it to work again")

    def test_thousands_of_browsers(self):
        self.start()
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        browsers = [DeafBrowser(self.server) for _ in range(min(2000, soft - 100))]
        self.assert_works()
        for browser in browsers:
            browser.sock.close()
        self.assert_works()

    def test_browser_that_does_not_read(self):
        """It is closed when too much waits for it, the run waits for another one, and others do not notice."""
        self.server.drop("obey")
        self.start()
        self.server.wait_live("obey")
        browser = Browser(self.server)
        run = browser.begin("obey")
        _, render = browser.render()
        deaf = DeafBrowser(self.server)
        for method, data in (("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}), ("RESPOND_TO_IO_CALL", {
                "transactionId": run, "ioResponse": json.dumps({
                    "id": render["id"], "inputGroupKey": render["inputGroupKey"], "transactionId": run, "kind": "RETURN",
                    "values": ["show"]})})):
            deaf.send_rpc({"id": "1", "kind": "CALL", "methodName": method, "data": data})
        browser.next("CLIENT_USURPED")
        self.assert_works()
        wait_until(lambda: self.server.transaction(run)["status"] == "COMPLETED", "the run to end", 60)
        deaf.sock.close()
        browser.close()

    def test_full_disk(self):
        data = self.server.use_small_disk(self)
        self.start()
        self.assert_works()
        with open(os.path.join(data, "ballast"), "wb") as file:
            with self.assertRaises(OSError):
                while True:
                    os.write(file.fileno(), b"x" * 4096)
        browser = Browser(self.server)
        refused = wait_until(lambda: (lambda made: made["type"] == "ERROR" and made)(browser.create("hello")), "a refusal")
        self.assertEqual(refused["code"], "BUSY")
        self.assertIn("disk", refused["message"])
        browser.close()
        os.unlink(os.path.join(data, "ballast"))
        wait_until(self.works, "it to work again")

    def test_data_that_cannot_be_written(self):
        for data, words in (("/proc/interlude", "/proc/interlude"), ("/dev/null", "/dev/null")):
            ended = subprocess.run([INTERLUDE, "dev", "--port", str(free_port()), "--data", data], cwd=self.server.directory,
                                   capture_output=True, text=True, timeout=60)
            self.assertEqual(ended.returncode, 1)
            self.assertIn(words, ended.stderr)
        self.start()

    def test_signals_while_it_starts(self):
        for descriptors in range(1, 20):
            process = subprocess.Popen([INTERLUDE, "dev", "--port", str(self.server.port)], cwd=self.server.directory,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            wait_until(lambda: len(os.listdir("/proc/%d/fd" % process.pid)) >= descriptors, "it to be so far")
            process.send_signal(signal.SIGTERM)
            errors = process.communicate(timeout=60)[1]
            self.assertIn(process.returncode, (0, -signal.SIGTERM), errors)
            self.assertNotIn("Sanitizer", errors)
        self.start()
        self.assert_works()

    def test_second_signal(self):
        self.server.drop("late")
        self.start()
        self.server.wait_live("late")
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
            sock.sendall(b"GET /fn/late?ms=200 HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % self.server.port)
            wait_until(lambda: self.server.runners("late.so"), "the call to begin")
            self.server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "stopping" in self.server.log(), "the first signal")
            self.server.process.send_signal(signal.SIGINT)
            self.assertIn(self.server.process.wait(10), (0, 128 + signal.SIGINT))
        self.server.start()

    def test_stop_with_open_runs(self):
        self.start()
        browsers = [Browser(self.server) for _ in range(10)]
        for browser in browsers:
            for _ in range(10):
                browser.begin("hello")
                browser.render()
        self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.process.wait(20), 0, self.server.log()[-4000:])
        for browser in browsers:
            browser.close()
        self.start()
        self.assert_works()


if __name__ == "__main__":
    unittest.main(verbosity=2)
