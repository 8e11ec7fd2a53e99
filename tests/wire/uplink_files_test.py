# SPDX-License-Identifier: MIT
"""Uploaded files at `interlude host`: fetched from where the answer says before it is delivered, or asked for again, and why."""
import os
import signal
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import wait_until  # noqa: E402
from uplink import STALL, Host, ScriptedServer, http_file  # noqa: E402

MIB = 1 << 20


class FilesTest(unittest.TestCase):
    def setUp(self):
        self.server = ScriptedServer()

    def begin(self, **environment):
        self.host = Host(self.server.url, modules=["read_file"], server=self.server, RETRY_INTERVAL_MS="100",
                         **dict({"UPLOAD_MAX_BYTES": "1MiB", "CONNECT_TIMEOUT_MS": "5000"}, **environment)).start()
        self.addCleanup(self.host.stop)
        self.link, _ = self.server.initialized()
        return self.ask()

    def ask(self):
        self.run_id = str(uuid.uuid4())
        self.link.start(self.run_id, "read_file")
        return self.link.render()[1]

    def kept(self):
        """The files that lie at the host."""
        return [os.path.join(place, name) for place, _, names in os.walk(self.host.directory + "/.interlude/uploads") for name in names]

    def url(self, path, server=None):
        return "http://localhost:%d%s" % ((server or self.server).port, path)

    def answer(self, render, url):
        self.link.answer(self.run_id, render, [{"name": "a.txt", "type": "text/plain", "size": 3, "lastModified": 0, "url": url}])

    def assert_taken(self, content=b"abc"):
        run, status, data = self.link.completed()
        self.assertEqual((run, status), (self.run_id, "SUCCESS"), data)
        self.assertEqual(data["bytes"], content.decode())

    def test_fetched_and_removed(self):
        self.server.files["/files/a?x=y"] = http_file(b"abc")
        render = self.begin()
        self.answer(render, self.url("/files/a?x=y"))
        self.assert_taken()
        kept = self.kept()
        self.assertEqual(len(kept), 1)
        self.assertEqual(os.stat(kept[0]).st_mode & 0o777, 0o600)
        self.link.call("CLOSE_TRANSACTION", {"transactionId": self.run_id})
        wait_until(lambda: not self.kept(), "the file to be removed")

    def test_under_the_name_that_browsers_know(self):
        """As dashboardUrl says it is: this server reaches itself there, its hosts need not."""
        self.server.files["/files/a"] = http_file(b"abc")
        self.answer(self.begin(), "http://localhost:3000/files/a")
        self.assert_taken()

    def test_large_and_empty(self):
        content = bytes(97 + i % 26 for i in range(MIB))
        self.server.files.update({"/large": http_file(content), "/empty": http_file(b"")})
        self.answer(self.begin(), self.url("/large"))
        self.assert_taken(content)
        self.answer(self.ask(), self.url("/empty"))
        self.assert_taken(b"")

    def test_what_cannot_be_fetched_is_asked_again(self):
        other = ScriptedServer()
        other.files["/x"] = http_file(b"abc")
        cases = {
            "/gone": (http_file(b"", "404 Not Found"), "its address answered HTTP 404"),
            "/moved": (http_file(b"", "302 Found", "Location: /good", "Content-Length: 0"), "HTTP 302"),
            "/endless": (http_file(b"abc", "200 OK", "Connection: close"), "does not say how long it is"),
            "/chunks": (http_file(b"3\r\nabc\r\n0\r\n\r\n", "200 OK", "Transfer-Encoding: chunked"), "does not say how long it is"),
            "/signed": (http_file(b"abc", "200 OK", "Content-Length: -3"), "does not say how long it is"),
            "/large": (http_file(b"", "200 OK", "Content-Length: %d" % (MIB + 1)), "larger than this host takes (UPLOAD_MAX_BYTES)"),
            "/short": (http_file(b"ab", "200 OK", "Content-Length: 3"), "broke off after 2 bytes"),
            "/long": (http_file(b"abcd", "200 OK", "Content-Length: 3"), "more came than was announced"),
            "/odd": (b"SSH-2.0-x\r\n\r\n", "does not speak HTTP"),
            "/stalled": (http_file(b"ab" + STALL, "200 OK", "Content-Length: 300"), "nothing came for 500 ms"),
        }
        self.server.files.update({path: raw for path, (raw, _) in cases.items()}, **{"/good": http_file(b"abc")})
        wrong = {self.url(path): reason for path, (_, reason) in cases.items()}
        wrong.update({"ftp://localhost/x": "can be fetched", "/etc/passwd": "can be fetched", "http://": "can be fetched",
                      "file:///etc/passwd": "can be fetched", self.url("/a\r\nX: y"): "can be fetched",
                      self.url("/x", other): "is no public address", "http://169.254.169.254/latest": "is no public address",
                      "http://no-such-host.invalid/": "cannot be looked up"})
        render = self.begin(CONNECT_TIMEOUT_MS="500")
        for url, reason in wrong.items():
            with self.subTest(url=url):
                self.answer(render, url)
                render = self.link.render()[1]
                self.assertIn("Please select a.txt again: ", render["toRender"][0]["validationErrorMessage"])
                self.assertIn(reason, render["toRender"][0]["validationErrorMessage"])
                self.assertIn("was not fetched: ", self.host.log())
        self.assertEqual(other.fetched, [])
        self.answer(render, self.url("/good"))
        self.assert_taken()
        self.assertEqual(len(self.kept()), 1)  # nothing of the attempts before

    def test_allowed_places(self):
        other = ScriptedServer()
        other.files.update({"/bucket/a": http_file(b"abc"), "/elsewhere": http_file(b"abc")})
        render = self.begin(UPLOAD_ALLOW=self.url("/bucket/", other))
        self.answer(render, self.url("/elsewhere", other))
        render = self.link.render()[1]
        self.assertIn("UPLOAD_ALLOW", render["toRender"][0]["validationErrorMessage"])
        self.answer(render, self.url("/bucket/a", other))
        self.assert_taken()

    def test_the_limit_is_of_one_run(self):
        self.server.files["/1"] = http_file(b"a" * (MIB // 2 + 1))
        render = self.begin()
        for _ in range(2):  # once is not too much, and a second run begins anew
            self.answer(render, self.url("/1"))
            self.assert_taken(b"a" * (MIB // 2 + 1))
            render = self.ask()

    def test_said_twice(self):
        self.server.files["/a"] = http_file(b"ab" + STALL, "200 OK", "Content-Length: 300")
        render = self.begin(CONNECT_TIMEOUT_MS="1000")
        for _ in range(3):
            self.answer(render, self.url("/a"))
        self.assertIn("nothing came", self.link.render()[1]["toRender"][0]["validationErrorMessage"])
        self.assertEqual(self.server.fetched, ["/a"])

    def test_cancelled_meanwhile(self):
        self.server.files["/a"] = http_file(b"ab" + STALL, "200 OK", "Content-Length: 300")
        render = self.begin()
        self.answer(render, self.url("/a"))
        wait_until(lambda: self.server.fetched, "the fetch to begin")
        self.link.answer(self.run_id, render, [], kind="CANCELED")
        self.link.call("CLOSE_TRANSACTION", {"transactionId": self.run_id})
        wait_until(lambda: not self.kept(), "the half of a file to be removed")
        self.host.signal(signal.SIGTERM)
        self.assertEqual(self.host.wait(), 0)
        self.assertFalse(os.path.exists(self.host.directory + "/.interlude/uploads/.host"))

    def test_host_killed_meanwhile(self):
        """The answer was taken, and is lost with the host: the question is shown again, as after every loss."""
        self.server.files["/a"] = http_file(b"ab" + STALL, "200 OK", "Content-Length: 300")
        render = self.begin()
        self.answer(render, self.url("/a"))
        wait_until(lambda: self.server.fetched, "the fetch to begin")
        self.host.signal(signal.SIGKILL)
        self.host.wait()
        self.server.files["/a"] = http_file(b"abc")
        self.host.start()
        self.link, _ = self.server.initialized()
        again = self.link.render()[1]
        self.assertEqual(again["inputGroupKey"], render["inputGroupKey"])
        self.answer(again, self.url("/a"))
        self.assert_taken()


if __name__ == "__main__":
    unittest.main(verbosity=2)
