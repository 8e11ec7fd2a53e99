# SPDX-License-Identifier: MIT
"""Durable calls from outside: accepting, retries, what the function gets. Rows F11, F13 … of the must-have table."""
import os
import re
import signal
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Server, wait_until  # noqa: E402

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


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
        database = sqlite3.connect(os.path.join(self.server.directory, ".interlude", "queue.db"))
        try:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]
        finally:
            database.close()

    def call(self, ident):
        return self.rows("SELECT * FROM call WHERE id = ? ORDER BY seq DESC", ident)[0]

    def wait_state(self, ident, state, seconds=30):
        return wait_until(lambda: self.call(ident)["state"] == state and self.call(ident),
                          lambda: "%s to be %s: %r" % (ident, state, self.call(ident)), seconds)


class AcceptTest(QueueTest):
    def test_f11_accepted_with_four_headers(self):
        before = time.time_ns()
        status, body, headers = self.send(body=b"work")
        self.assertEqual((status, body), (202, b""))
        self.assertRegex(headers["x-call-id"], "^%s$" % UUID)
        self.assertEqual(headers["x-request-id"], headers["x-call-id"])
        self.assertEqual(headers["location"], "/async/calls/" + headers["x-call-id"])
        self.assertTrue(before <= int(headers["x-start-time"]) <= time.time_ns())
        self.wait_state(headers["x-call-id"], "succeeded")

    def test_f11_the_function_sees_its_own_address_and_the_attempt(self):
        ident = self.accepted("/async-function/work?x=1", b"body", X_Mine="mine", X_Retry="77")
        self.wait_state(ident, "succeeded")
        result = self.rows("SELECT * FROM result")[0]
        texts = result["heads"].decode().split("\0")
        heads = dict(zip(texts[::2], texts[1::2]))
        self.assertEqual(result["body"], b"body")
        self.assertEqual(heads["Got-Path"], "/fn/work")
        self.assertEqual((heads["Got-X-Call-Id"], heads["Got-X-Retry"], heads["Got-X-Retry-Max"]), (ident, "0", "10"))
        self.assertEqual(heads["Got-X-Mine"], "mine")

    def test_f11_refused_in_order(self):
        bad = {"X_Call_Id": "not an id", "X_Callback_Url": "ftp://x/"}
        cases = [
            (404, ("/async-function/nothing", b"", "POST"), bad),
            (404, ("/fn/nothing/async", b"", "POST"), bad),
            (405, ("/fn/work/async", None, "GET"), bad),
            (405, ("/async-function/work", None, "GET"), bad),
            (400, ("/fn/work/async", b"", "POST"), {"X_Call_Id": "not an id"}),
            (400, ("/fn/work/async", b"", "POST"), {"X_Call_Id": "x" * 129}),
            (400, ("/fn/work/async", b"", "POST"), {"Idempotency_Key": "a b"}),
            (400, ("/fn/work/async", b"", "POST"), {"X_Delay_Seconds": "604801"}),
            (400, ("/fn/work/async", b"", "POST"), {"X_Callback_Url": "ftp://example.test/"}),
            (400, ("/fn/work/async", b"", "POST"), {"X_Callback_Url": "nonsense"}),
            (403, ("/fn/work/async", b"", "POST"), {"X_Callback_Url": "http://10.0.0.1/"}),
            (403, ("/fn/work/async", b"", "POST"), {"X_Callback_Url": "http://169.254.169.254/latest"}),
            (403, ("/fn/work/async", b"", "POST"), {"X_Callback_Url": "http://[fd00::1]/"}),
            (403, ("/fn/work/async", b"x" * 2000, "POST"), {"X_Callback_Url": "http://192.168.1.1/"}),
            (413, ("/fn/work/async", b"x" * 1025, "POST"), {}),
        ]
        for status, arguments, headers in cases:
            with self.subTest(arguments=arguments, headers=headers):
                self.assertEqual(self.send(*arguments, **headers)[0], status)
        self.assertEqual(self.send(body=b"x" * 1025)[1], b'{"message":"Request Too Long","limit":1024}')
        self.assertEqual(self.send(method="GET", body=None)[2]["allow"], "POST, PUT, PATCH, DELETE")
        self.assertEqual(self.rows("SELECT * FROM call"), [])

    def test_f11_own_ids_are_kept_and_duplicates_named(self):
        status, _, first = self.send(X_Call_Id="order:1")
        self.assertEqual((status, first["x-call-id"]), (202, "order:1"))
        self.assertNotIn("x-duplicate", first)
        status, _, second = self.send(X_Request_Id="order:1")
        self.assertEqual((status, second["x-call-id"], second["x-duplicate"]), (202, "order:1", "true"))
        self.assertEqual(second["x-start-time"], first["x-start-time"])
        key = self.accepted(Idempotency_Key="k")
        status, _, again = self.send(Idempotency_Key="k")
        self.assertEqual((again["x-call-id"], again["x-duplicate"]), (key, "true"))
        self.assertEqual(len(self.rows("SELECT * FROM call")), 2)

    def test_f11_delay(self):
        ident = self.accepted(X_Delay_Seconds="1")
        call = self.wait_state(ident, "succeeded")
        self.assertTrue(1000 <= call["started"] - call["created_ns"] // 1000000 < 1300, call)


class WindowTest(QueueTest):
    settings = {"ASYNC_DEDUP_WINDOW": "300ms"}

    def test_f11_after_the_window_an_id_is_a_new_call(self):
        self.accepted(X_Call_Id="again")
        first = self.wait_state("again", "succeeded")
        wait_until(lambda: time.time_ns() - first["created_ns"] > 350e6)
        self.assertNotIn("x-duplicate", self.send(X_Call_Id="again")[2])
        self.assertEqual(len(self.rows("SELECT * FROM call WHERE id = 'again'")), 2)


class FullTest(QueueTest):
    settings = {"ASYNC_DEPTH": "3"}

    def test_f11_a_full_queue_says_so(self):
        for _ in range(3):
            self.accepted(X_Delay_Seconds="60")
        status, _, headers = self.send()
        self.assertEqual((status, headers["retry-after"]), (429, "1"))
        self.server.process.send_signal(signal.SIGTERM)
        self.server.process.wait(60)
        self.server.start()
        self.server.wait_live("work")
        self.assertEqual(self.send()[0], 429)  # what waits counts after a restart, too


class RetryTest(QueueTest):
    def attempts(self, call):
        return [{name: int(value) for name, value in re.findall(r'"(\w+)":(\d+)', text)}
                for text in re.findall(r"\{.*?\}", call["history"])]

    def test_f13_attempts_follow_the_formula(self):
        ident = self.accepted("/fn/work/async?steps=429,503,500,200")
        call = self.wait_state(ident, "succeeded")
        failed = self.attempts(call)
        self.assertEqual([one["status"] for one in failed], [429, 503, 500])
        times = [one["finishedAt"] for one in failed] + [call["finished"]]
        for wait, expected in zip((b - a for a, b in zip(times, times[1:])), (200, 400, 800)):
            self.assertTrue(expected <= wait < expected * 1.1 + 25, (times, expected))
        self.assertEqual((call["attempt"], call["status"]), (4, 200))

    def test_f13_a_crash_is_tried_again(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=crash,200"), "succeeded")
        self.assertEqual(call["attempt"], 2)
        self.assertIn("its process has ended", call["history"])

    def test_f13_a_timeout_is_tried_again(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=200&ms=2500", X_Delay_Seconds="0"), "retrying")
        self.assertEqual((call["status"], call["error"]), (504, "it took longer than its time limit"))

    def test_f13_retry_after_counts(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=503,200&after=1"), "succeeded")
        self.assertTrue(1000 <= call["finished"] - self.attempts(call)[0]["finishedAt"] < 1125, call)

    def test_f13_other_codes_are_final(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=404"), "failed")
        self.assertEqual((call["attempt"], call["status"]), (1, 404))

    def test_f13_a_restart_keeps_due_times(self):
        ident = self.accepted("/fn/work/async?steps=503,200&after=3")
        due = self.wait_state(ident, "retrying")["due"]
        self.server.kill()
        self.server.start()
        call = self.wait_state(ident, "succeeded")
        self.assertTrue(due <= call["finished"] < due + 1200, (due, call))


class DeadTest(QueueTest):
    settings = {"ASYNC_MIN_WAIT": "1ms", "ASYNC_RETRIES": "2"}

    def test_f16_the_last_failure_makes_a_dead_letter(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=503", b"kept"), "dead")
        self.assertEqual((call["attempt"], call["status"]), (3, 503))
        self.assertEqual(self.rows("SELECT body FROM request WHERE seq = ?", call["seq"])[0]["body"], b"kept")

    def test_f5_a_disabled_function_costs_no_attempts(self):
        """After three crashes the breaker is open: what comes now waits, with its attempts, and runs later."""
        dead = self.accepted("/fn/work/async?steps=crash")
        self.wait_state(dead, "dead")
        call = self.wait_state(self.accepted(), "succeeded")
        self.assertEqual(call["attempt"], 1)
        self.assertGreater(call["finished"] - call["created_ns"] // 1000000, 100)


if __name__ == "__main__":
    unittest.main(verbosity=2)
