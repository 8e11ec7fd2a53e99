# SPDX-License-Identifier: MIT
"""What tests of durable calls have in common: sending them, looking at their rows, taking callbacks."""
import http.server
import sqlite3
import threading
import unittest

from interlude import Server, lower, wait_until


class QueueTest(unittest.TestCase):
    settings = {"ASYNC_MIN_WAIT": "200ms", "ASYNC_BODY": "1KiB"}

    def setUp(self):
        self.server = Server(**self.settings)
        self.server.drop("work")
        self.server.start()
        self.server.wait_live("work")

    def tearDown(self):
        self.server.stop()

    def send(self, path="/fn/work/async", body=b"", method="POST", **headers):
        """Status, body and headers; header names are given with '_' for '-'."""
        status, answer, got = self.server.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return status, answer, lower(got)

    def accepted(self, *arguments, **headers):
        """The id of a call that was accepted."""
        status, answer, got = self.send(*arguments, **headers)
        self.assertEqual(status, 202, answer)
        return got["x-call-id"]

    def rows(self, query, *values):
        with self.server.database("queue") as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]

    def call(self, ident):
        return self.rows("SELECT * FROM call WHERE id = ? ORDER BY seq DESC", ident)[0]

    def wait_state(self, ident, state, seconds=30):
        return wait_until(lambda: self.call(ident)["state"] == state and self.call(ident),
                          lambda: "%s to be %s: %r" % (ident, state, self.call(ident)), seconds)


class Receiver(http.server.ThreadingHTTPServer):
    """Takes callbacks: answers with the given statuses, one after the other, the last one again and again."""

    def __init__(self, *statuses):
        self.statuses, self.got = list(statuses), []
        self.gate, self.waiting, self.most = None, 0, 0  # gate: an event that answers wait for
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), ReceiverHandler)
        self.url = "http://127.0.0.1:%d/hook" % self.server_port
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class ReceiverHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        statuses = self.server.statuses
        with self.server.lock:
            self.server.waiting += 1
            self.server.most = max(self.server.most, self.server.waiting)
        if self.server.gate:
            self.server.gate.wait(30)
        with self.server.lock:
            self.server.waiting -= 1
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Location", self.server.url + "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.got.append((self.path, lower(dict(self.headers)), body))

    def log_message(self, *_):
        pass
