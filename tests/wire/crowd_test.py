# SPDX-License-Identifier: MIT
"""A hundred hosts and a hundred browsers that do nothing cost nothing. `make bench` does it with a thousand of each."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host  # noqa: E402
from interlude import Browser, Server, cpu_seconds, wait_until  # noqa: E402

COUNT, SECONDS, PERCENT = 100, 3, 2


def wait_and_watch(pid, seconds):
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds * 100


class CrowdTest(unittest.TestCase):
    def test_idle(self):
        server = Server().start()
        key = server.json("/api/v1/keys?org=local")["developmentKey"]
        hosts = [Host(server.port, key, slugs=["action-%d" % i]) for i in range(COUNT)]
        for host in hosts:
            self.assertEqual(host.initialize()["type"], "success")
        browsers = [Browser(server) for _ in range(COUNT)]
        for browser in browsers:
            self.assertTrue(browser.call("SUBSCRIBE", {"organization": "local", "environment": "development"}))
        wait_until(lambda: wait_and_watch(server.process.pid, 0.1) <= PERCENT, "the last one's news to be sent")
        self.assertLessEqual(wait_and_watch(server.process.pid, SECONDS), PERCENT)
        for host in hosts:
            host.ping(b"still there?")
            self.assertEqual(host.faults, [])
            host.close()
        for browser in browsers:
            self.assertTrue(browser.call("INITIALIZE_CLIENT", {}))
            browser.close()
        server.stop()


if __name__ == "__main__":
    unittest.main()
