# SPDX-License-Identifier: MIT
"""Row F12: a 202 is a promise. kill -9 of the server and of runners under load, power cuts, a full and a broken disk: no accepted
call is lost, and each ends in exactly one final state. KILLS=200 for more."""
import http.client
import http.server
import os
import random
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, Server, wait_until  # noqa: E402

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("SEED", "1"))
SENDERS = 8
UNSYNCED = os.path.join(os.path.dirname(INTERLUDE), "tests/fault/unsynced.so")  # not there in sanitized builds


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(self.headers["x-call-id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Senders:
    """Threads that send calls as fast as they are answered, and remember which were accepted."""

    def __init__(self, port, path, headers):
        self.port, self.path, self.headers = port, path, headers
        self.accepted, self.refused = [], {}
        self.last = [None] * SENDERS  # the status each of them got last
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        while not self.is_over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                while not self.is_over.is_set():
                    connection.request("POST", self.path, b"x" * 300, self.headers if number == 0 else {})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 202:
                        self.accepted.append(answer.headers["x-call-id"])
                    else:
                        self.refused[answer.status] = self.refused.get(answer.status, 0) + 1
                    self.last[number] = answer.status
            except (OSError, http.client.HTTPException):
                self.is_over.wait(0.01)  # the server is away
            finally:
                connection.close()

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


class QueueTest(unittest.TestCase):
    settings = {"ASYNC_MIN_WAIT": "20ms", "ASYNC_MAX_WAIT": "200ms", "ASYNC_RETRIES": "1000"}

    def setUp(self):
        self.random = random.Random(SEED)
        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.receiver.got = []
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        self.server = Server(**self.settings)
        self.server.environment["LOG_LEVEL"] = "warn"
        self.server.drop("work")

    def tearDown(self):
        self.receiver.shutdown()
        self.receiver.server_close()
        if self.server.process:
            self.server.stop()

    def begin(self, path):
        self.server.start()
        self.server.wait_live("work")
        headers = {"X-Callback-Url": "http://127.0.0.1:%d/" % self.receiver.server_port}
        senders = Senders(self.server.port, path, headers)
        self.addCleanup(senders.stop)
        return senders

    def rows(self, query):
        with self.server.database("queue") as database:
            return database.execute(query).fetchall()

    def count(self, where):
        return self.rows("SELECT count(*) FROM " + where)[0][0]

    def drain(self, seconds=120):
        wait_until(lambda: self.count("call WHERE finished IS NULL") + self.count("callback WHERE due IS NOT NULL") == 0,
                   lambda: "the queue to run dry: %r" % self.rows("SELECT state, attempt, due, error FROM call "
                                                                  "WHERE finished IS NULL LIMIT 5"), seconds)

    def check(self, senders):
        """Every call that was accepted is there once, and over; every callback that was asked for was delivered."""
        calls = {}
        for ident, state, url, callback in self.rows("SELECT id, call.state, callback_url, callback.state FROM call "
                                                     "LEFT JOIN callback ON callback.seq = call.seq"):
            calls.setdefault(ident, []).append(state)
            self.assertEqual(callback, "delivered" if url else None, ident)
            if url:
                self.assertIn(ident, self.receiver.got)
        self.assertEqual([ident for ident in senders.accepted if ident not in calls], [])
        self.assertEqual([ident for ident, states in calls.items() if len(states) != 1], [])
        self.assertEqual({states[0] for states in calls.values()}, {"succeeded"})
        self.assertEqual(len(set(senders.accepted)), len(senders.accepted))

    def test_f12_server_killed(self):
        senders = self.begin("/fn/work/async")
        for _ in range(KILLS):
            threading.Event().wait(self.random.uniform(0.02, 0.4))
            self.server.kill()
            self.server.start()
        senders.stop()
        self.drain()
        self.check(senders)
        again = self.count("call WHERE attempt > 1")
        print("%d calls accepted over %d kills, %d of them run more than once" % (len(senders.accepted), KILLS, again),
              file=sys.stderr)
        self.assertGreater(len(senders.accepted), KILLS)

    def test_f12_power_cut(self):
        """As above, and whatever was not synced is gone each time."""
        if not os.path.exists(UNSYNCED):
            self.skipTest("nothing to preload")
        self.server.environment["LD_PRELOAD"] = UNSYNCED
        senders = self.begin("/fn/work/async")
        for _ in range(KILLS):
            threading.Event().wait(self.random.uniform(0.02, 0.4))
            self.server.kill()
            self.server.start()
        senders.stop()
        self.server.kill()
        del self.server.environment["LD_PRELOAD"]
        self.server.start()
        self.drain()
        self.check(senders)
        print("%d calls accepted over %d power cuts" % (len(senders.accepted), KILLS), file=sys.stderr)
        self.assertGreater(len(senders.accepted), KILLS)

    def test_f12_broken_disk(self):
        if not os.path.exists(UNSYNCED):
            self.skipTest("nothing to preload")
        broken = os.path.join(self.server.directory, "broken")
        self.server.environment.update(LD_PRELOAD=UNSYNCED, UNSYNCED_EIO=broken)
        senders = self.begin("/fn/work/async")
        wait_until(lambda: len(senders.accepted) > 50)
        open(broken, "wb").close()
        wait_until(lambda: set(senders.last) == {503}, "each of them to be refused")  # so what was accepted before has been told
        accepted = len(senders.accepted)
        refused = sum(senders.refused.values())
        wait_until(lambda: sum(senders.refused.values()) > refused + 50)
        self.assertEqual(len(senders.accepted), accepted)  # none while nothing reaches the disk
        self.assertEqual(set(senders.refused), {503})
        os.unlink(broken)
        wait_until(lambda: len(senders.accepted) > accepted + 50, "calls to be accepted again")
        senders.stop()
        self.server.kill()
        del self.server.environment["LD_PRELOAD"]
        self.server.start()
        self.drain()
        self.check(senders)

    def test_f12_the_power_cut_is_one(self):
        """What is preloaded does what the tests above take for granted."""
        if not os.path.exists(UNSYNCED):
            self.skipTest("nothing to preload")
        script = ("import os, signal\nfd = os.open('x.db', os.O_RDWR | os.O_CREAT)\nos.pwrite(fd, b'kept', 0)\nos.fdatasync(fd)\n"
                  "os.pwrite(fd, b'lost', 4)\nassert os.pread(fd, 9, 0) == b'keptlost'\nos.kill(os.getpid(), signal.SIGKILL)\n")
        subprocess.run([sys.executable, "-c", script], cwd=self.server.directory, env=dict(os.environ, LD_PRELOAD=UNSYNCED),
                       check=False)
        with open(os.path.join(self.server.directory, "x.db"), "rb") as file:
            self.assertEqual(file.read(), b"kept")

    def test_f12_runners_killed(self):
        senders = self.begin("/fn/work/async?ms=3")
        for _ in range(KILLS):
            before = len(senders.accepted)
            wait_until(lambda: len(senders.accepted) > before + 5)
            for pid in self.server.runners("work"):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        senders.stop()
        self.drain()
        self.check(senders)
        lost = self.count("call WHERE history LIKE '%process%'")
        self.assertEqual(self.count("call WHERE attempt > 1 AND history = ''"), 0)  # a second attempt has a reason
        print("%d calls, %d of them lost a runner" % (len(senders.accepted), lost), file=sys.stderr)

    def test_f12_full_disk(self):
        data = self.server.use_small_disk(self)
        senders = self.begin("/fn/work/async")
        filler = os.path.join(data, "filler")
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                pass
        wait_until(lambda: senders.refused, "calls to be refused")
        self.assertLessEqual(set(senders.refused), {503, 507})
        refused, accepted = sum(senders.refused.values()), len(senders.accepted)
        os.unlink(filler)
        wait_until(lambda: len(senders.accepted) > accepted, "calls to be accepted again")
        senders.stop()
        self.drain()
        self.check(senders)
        print("%d accepted, %d refused while the disk was full: %r" % (len(senders.accepted), refused, senders.refused),
              file=sys.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
