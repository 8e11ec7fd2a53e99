# SPDX-License-Identifier: MIT
"""Starting and stopping the real program: a port or a directory in use, signals, health while it runs."""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host  # noqa: E402
from interlude import INTERLUDE, ROUTES, Browser, Server  # noqa: E402


class StartTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.drop(os.path.join(ROUTES, "hello.so"))
        self.server.start()

    def tearDown(self):
        self.server.stop()

    def second(self, *arguments):
        """What another server said, which had to exit with 1."""
        ended = subprocess.run([INTERLUDE, "dev", *arguments], cwd=self.server.directory, stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(ended.returncode, 1, ended)
        return ended.stderr

    def test_port_in_use(self):
        took = []
        while not took or min(took) >= 0.7 and len(took) < 10:  # a server answers there: no second try
            began = time.monotonic()
            said = self.second("--port", str(self.server.port), "--data", os.path.join(self.server.directory, "other"))
            took.append(time.monotonic() - began)
        self.assertLess(min(took), 0.7)
        self.assertIn("port %d is already in use" % self.server.port, said)
        self.assertIn("--port", said)

    def test_a_port_that_becomes_free_in_a_moment(self):
        """What a killed server leaves: a process that has its socket, listens, and answers nobody."""
        holder = socket.socket()
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        began = time.monotonic()
        said = self.second("--port", str(port), "--data", os.path.join(self.server.directory, "other"))
        self.assertIn("port %d is already in use" % port, said)
        self.assertGreaterEqual(time.monotonic() - began, 0.9)
        with tempfile.TemporaryDirectory() as directory:
            other = subprocess.Popen([INTERLUDE, "dev", "--port", str(port)], cwd=directory, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            try:
                holder.accept()[0].close()  # it has asked who is there
                holder.close()
                self.assertIn("localhost:%d/" % port, "".join(other.stdout.readline() for _ in range(4)))
            finally:
                other.kill()
                other.communicate()

    def test_data_in_use(self):
        self.assertIn("another interlude server uses the data directory", self.second("--port", "0"))

    def test_any_port_is_in_its_address(self):
        with tempfile.TemporaryDirectory() as directory:
            other = subprocess.Popen([INTERLUDE, "dev", "--port", "0"], cwd=directory, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                port, key = None, None
                while not key:
                    line = other.stdout.readline()
                    self.assertTrue(line, "the server ended")
                    port = port or re.match(r"Dashboard: http://localhost:(\d+)/", line)
                    key = re.match(r"API key: (\S+)", line)
                host = Host(int(port[1]), key[1])
                self.assertTrue(host.initialize()["dashboardUrl"].startswith("http://localhost:%s/dashboard/" % port[1]))
                host.close()
            finally:
                other.kill()
                other.communicate()

    def test_health(self):
        for path in ("/healthz", "/readyz", "/health-check/app"):
            self.assertEqual(self.server.get(path)[:2], (200, b"OK"))
        self.assertEqual(self.server.json("/health-check")["status"], "ok")
        self.assertEqual(self.server.get("/health-check/rev")[0], 200)

    def test_dashboard_is_where_it_was_said(self):
        request = self.server.request
        status, _, headers = request("GET", "/dashboard")
        self.assertEqual(status, 200)  # followed
        self.assertIn("text/html", headers["content-type"])
        self.assertIn("Dashboard: http://localhost:%d/dashboard/local/develop/actions" % self.server.port, self.server.log())
        self.assertIn("API key: ", self.server.log())

    def test_stop_says_goodbye(self):
        browser = Browser(self.server)
        browser.begin("hello")
        browser.render()
        self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(browser.events.get(timeout=60), ("CLOSED", 1012))
        self.assertEqual(self.server.process.wait(60), 0)
        browser.close()

    def test_key_stays_the_same(self):
        keys = set()
        for _ in range(2):
            keys.add(next(line for line in self.server.log().splitlines()[::-1] if line.startswith("API key: ")))
            self.server.process.send_signal(signal.SIGINT)
            self.assertEqual(self.server.process.wait(60), 0)
            self.server.start()
        self.assertEqual(len(keys), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
