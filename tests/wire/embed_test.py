# SPDX-License-Identifier: MIT
"""The library for programs that are hosts themselves: built as its users build, run against a scripted server."""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, SOURCE  # noqa: E402
from uplink import ScriptedServer, http_file  # noqa: E402

BUILD = os.path.dirname(INTERLUDE)
LIBRARY = os.path.join(BUILD, "libinterlude-host.a")


def setUpModule():
    if not os.path.exists(LIBRARY) or not shutil.which("pkg-config"):
        raise unittest.SkipTest("no libinterlude-host.a, or no pkg-config")


class EmbedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="interlude-embed-")
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.program = os.path.join(cls.directory, "program")
        flags = subprocess.run(["pkg-config", "--define-variable=libdir=" + BUILD, "--define-variable=includedir=" + SOURCE + "/sdk-headers",
                                "--cflags", "--libs", "interlude-host"], env=dict(os.environ, PKG_CONFIG_PATH=BUILD),
                               check=True, capture_output=True, text=True).stdout.split()
        subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g",
                        *os.environ.get("EMBED_FLAGS", "").split(), "-o", cls.program, SOURCE + "/tests/wire/embed/program.c", *flags],
                       check=True)

    def begin(self, *arguments):
        self.server = ScriptedServer()
        self.log_path = os.path.join(self.directory, self.id())
        self.server.host = self
        self.process = subprocess.Popen([self.program, *(arguments or (self.server.url, "live_key"))], text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.log_path, "wb"),
                                        env=dict(os.environ, TMPDIR=self.directory))
        self.addCleanup(self.end)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def line(self):
        return self.process.stdout.readline().strip()

    def tell(self, word):
        self.process.stdin.write(word + "\n")

    def finished(self):
        """What it says last."""
        self.process.stdin.close()
        text = self.process.stdout.read().strip()
        self.assertEqual(self.process.wait(30), 0, self.log())
        return text

    def test_runs_and_pages(self):
        self.begin()
        link, inputs = self.server.initialized()
        self.assertEqual(self.line(), "listening")
        self.assertEqual([(action["groupSlug"], action["slug"]) for action in inputs["actions"]], [("people", "greet")])
        self.assertEqual([page["slug"] for page in inputs["groups"]], ["people"])
        for number in range(20):
            link.start("run-%d" % number, "people/greet")
        renders = dict(link.render() for _ in range(20))
        for run, render in renders.items():
            link.answer(run, render, ["A"])
        for run, render in [link.render() for _ in range(20)]:  # all of them first: reading on passes completions over
            self.assertIn("2 characters", render["toRender"][0]["validationErrorMessage"])
            link.answer(run, render, [run])
        for _ in range(20):
            run, status, data = link.completed()
            self.assertEqual((status, data), ("SUCCESS", {"greeting": "Hello, " + run}))
        link.open_page("key", "people")
        self.assertEqual(json.loads(link.next_call("SEND_PAGE")["data"]["page"])["title"], "People")
        link.start("canceled", "people/greet")
        run, render = link.render()
        link.answer(run, render, [], kind="CANCELED")
        link.call("CLOSE_TRANSACTION", {"transactionId": run})
        self.process.send_signal(signal.SIGTERM)  # the program's own affair
        self.tell("close")
        self.assertEqual(self.line(), "close: done")
        self.assertEqual(link.next("close"), 1000)
        self.assertEqual(self.finished(), "greeted 20, signals 1")

    def test_routes_come_and_go(self):
        self.begin()
        link, _ = self.server.initialized()
        self.line()
        self.tell("add")
        self.assertEqual(self.line(), "add: done")
        self.assertEqual([action["slug"] for action in link.next_call("INITIALIZE_HOST")["data"]["actions"]], ["late", "greet"])
        link.start("tx1", "late")
        self.assertEqual(link.completed(), ("tx1", "SUCCESS", "came later"))
        self.tell("add")
        self.assertEqual(self.line(), 'add: there is a route "late" already')
        self.tell("remove")
        self.assertEqual(self.line(), "remove: done")
        self.assertEqual([action["slug"] for action in link.next_call("INITIALIZE_HOST")["data"]["actions"]], ["greet"])
        self.tell("remove")
        self.assertEqual(self.line(), 'remove: there is no route "late"')
        self.finished()

    def test_safe_close_waits(self):
        self.begin()
        link, _ = self.server.initialized()
        self.line()
        link.start("tx1", "people/greet")
        run, render = link.render()
        self.tell("close")
        link.next_call("BEGIN_HOST_SHUTDOWN")
        link.answer(run, render, ["Ada"])
        self.assertEqual(link.completed()[2], {"greeting": "Hello, Ada"})
        self.assertEqual(self.line(), "close: done")
        self.assertEqual(self.finished(), "greeted 1, signals 0")

    def test_immediate_close(self):
        self.begin()
        link, _ = self.server.initialized()
        self.line()
        link.start("tx1", "people/greet")
        link.render()
        self.tell("drop")
        self.assertEqual(self.line(), "drop: done")
        self.assertEqual(link.next("close"), 1000)
        self.assertEqual(self.finished(), "greeted 0, signals 0")

    def test_reconnects(self):
        self.begin()
        link, _ = self.server.initialized()
        self.line()
        link.start("tx1", "people/greet")
        _, render = link.render()
        link.wait_heard()
        link.close()
        link, _ = self.server.initialized()
        self.assertEqual(link.render(), ("tx1", render))
        link.answer("tx1", render, ["Ada"])
        self.assertEqual(link.completed()[1], "SUCCESS")
        self.finished()

    def test_files(self):
        self.begin()
        link, _ = self.server.initialized()
        self.line()
        self.tell("files")
        self.assertEqual(self.line(), "files: done")
        link.next_call("INITIALIZE_HOST")
        self.server.files["/letter"] = http_file(b"Dear Ada")
        link.start("tx1", "letter")
        run, render = link.render()
        url = "http://localhost:%d/letter" % self.server.port
        link.answer(run, render, [{"name": "letter.txt", "type": "text/plain", "size": 8, "lastModified": 0, "url": url}])
        self.assertEqual(link.completed(), ("tx1", "SUCCESS", "Dear Ada"))
        self.assertEqual(len(glob.glob(self.directory + "/interlude-*")), 1)
        self.tell("close")
        self.assertEqual(self.line(), "close: done")
        self.assertEqual(glob.glob(self.directory + "/interlude-*"), [])
        self.finished()

    def failed(self, *arguments):
        self.begin(*arguments)
        text = self.process.stdout.read().strip()
        self.assertEqual(self.process.wait(30), 1, self.log())
        return text

    def test_words(self):
        self.assertIn("failed: the endpoint \"\" does not begin with ws://", self.failed("", "key"))
        self.assertIn("failed: there is no API key", self.failed("ws://localhost/websocket", ""))
        server = ScriptedServer()
        server.answers["INITIALIZE_HOST"] = {"type": "error", "message": "Not you."}
        self.assertIn("did not take this host: Not you.", self.failed(server.url, "key"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
