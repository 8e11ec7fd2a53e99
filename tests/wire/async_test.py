# SPDX-License-Identifier: MIT
"""Durable calls from outside: accepting, retries, what the function gets. Rows F11, F13 … of the must-have table."""
import concurrent.futures
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from calls import QueueTest  # noqa: E402
from interlude import INTERLUDE, wait_until  # noqa: E402

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"


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
            (400, ("/fn/work/async", b"", "POST"), {"Idempotency_Key": "x" * 256}),
            (400, ("/fn/work/async", b"", "POST"), {"Idempotency_Key": "k\xe9y"}),
            (400, ("/fn/work/async", b"", "POST"), {"X_Ordering_Key": ""}),
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
        for count, key in enumerate(("k", '"8e03978e-40d5 a/b+c="'), 2):
            first = self.accepted(Idempotency_Key=key)
            status, _, again = self.send(Idempotency_Key=key)
            self.assertEqual((again["x-call-id"], again["x-duplicate"]), (first, "true"))
            self.assertEqual(len(self.rows("SELECT * FROM call")), count)

    def test_f11_an_answer_has_one_id(self):
        """X-Call-Id is the name of the call; a proxy's X-Request-Id does not come back beside it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        for sent, expected in ({"X-Call-Id": "a", "X-Request-Id": "b"}, "a"), ({"X-Request-Id": "c"}, "c"):
            connection.request("POST", "/fn/work/async", b"", sent)
            answer = connection.getresponse()
            answer.read()
            ids = [value for name, value in answer.getheaders() if name.lower() in ("x-call-id", "x-request-id", "x-amzn-requestid")]
            self.assertEqual(ids, [expected] * 3)
        connection.close()

    def test_f11_delay(self):
        ident = self.accepted(X_Delay_Seconds="1")
        call = self.wait_state(ident, "succeeded")
        self.assertGreaterEqual(call["started"] - call["created_ns"] // 1000000, 1000, call)


class StopTest(QueueTest):
    def test_f12_a_planned_stop_lets_calls_end(self):
        ident = self.accepted("/fn/work/async?ms=700")
        self.wait_state(ident, "running")
        late = self.accepted(X_Delay_Seconds="1")
        self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.process.wait(60), 0)
        call = self.call(ident)
        self.assertEqual((call["state"], call["attempt"]), ("succeeded", 1))
        self.server.start()
        self.wait_state(late, "succeeded")


    def test_f12_killed_in_every_state(self):
        over = [self.accepted("/fn/work/async?steps=" + step) for step in ("200", "404")] + [self.accepted(X_Delay_Seconds="60")]
        self.assertEqual(self.send("/async/calls/%s/cancel" % over[2])[0], 202)
        ends = [self.wait_state(ident, state) for ident, state in zip(over, ("succeeded", "failed", "cancelled"))]
        running = self.accepted("/fn/work/async?ms=1000")
        queued = self.accepted(X_Delay_Seconds="1")
        retrying = self.accepted("/fn/work/async?steps=503,200&after=1")
        self.wait_state(retrying, "retrying")
        self.wait_state(running, "running")
        self.server.kill()
        self.server.start()
        again = self.wait_state(running, "succeeded")
        self.assertEqual(again["attempt"], 2)
        self.assertRegex(again["history"], r'\A\{"attempt":1,"finishedAt":\d{13},"error":"the server has ended"\}\Z')
        self.assertEqual((again["error"], self.wait_state(queued, "succeeded")["attempt"]), (None, 1))
        self.assertEqual(self.wait_state(retrying, "succeeded")["attempt"], 2)
        self.assertEqual([self.call(ident) for ident in over], ends)


class WindowTest(QueueTest):
    settings = {"ASYNC_DEDUP_WINDOW": "300ms"}

    def test_f11_after_the_window_an_id_is_a_new_call(self):
        self.accepted(X_Call_Id="again")
        first = self.wait_state("again", "succeeded")
        wait_until(lambda: time.time_ns() - first["created_ns"] > 350e6)
        self.assertNotIn("x-duplicate", self.send(X_Call_Id="again")[2])
        self.assertEqual(len(self.rows("SELECT * FROM call WHERE id = 'again'")), 2)


class RetentionTest(QueueTest):
    settings = {"ASYNC_RETENTION": "1s", "ASYNC_RETRIES": "0"}

    def test_f16_what_is_over_is_forgotten(self):
        """More than one sweep takes; dead letters stay."""
        dead = self.accepted("/fn/work/async?steps=503")
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: self.accepted(), range(1500)))
        wait_until(lambda: self.rows("SELECT count(*) AS n FROM call")[0]["n"] == 1, "all but one to be forgotten", 60)
        self.assertEqual(self.call(dead)["state"], "dead")
        self.assertEqual(self.rows("SELECT count(*) AS n FROM result JOIN call USING (seq) WHERE state <> 'dead'")[0]["n"], 0)


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


class BytesTest(QueueTest):
    settings = {"ASYNC_BYTES": "4KiB"}

    def test_f11_so_does_one_that_is_full_of_bytes(self):
        self.accepted(body=b"x" * 3000, X_Delay_Seconds="60")
        status, body, headers = self.send(body=b"x" * 3000)
        self.assertEqual((status, body, headers["retry-after"]), (429, b'{"message":"Too Many Requests"}', "1"))
        self.assertEqual(headers["x-call-id"], headers["x-request-id"])
        self.wait_state(self.accepted(body=b"small"), "succeeded")


class RetryTest(QueueTest):
    def attempts(self, call):
        return [{name: int(value) for name, value in re.findall(r'"(\w+)":(\d+)', text)}
                for text in re.findall(r"\{.*?\}", call["history"])]

    def test_f13_attempts_follow_the_formula(self):
        ident, due = self.accepted("/fn/work/async?steps=429,503,500,200"), {}

        def look():
            call = self.call(ident)
            if call["state"] == "retrying":
                due[call["attempt"]] = call["due"]
            return call["state"] == "succeeded" and call

        call = wait_until(look, "it to succeed")
        failed = self.attempts(call)
        self.assertEqual([one["status"] for one in failed], [429, 503, 500])
        times = [one["finishedAt"] for one in failed] + [call["finished"]]
        for attempt, expected in enumerate((200, 400, 800), 1):
            self.assertGreaterEqual(times[attempt] - times[attempt - 1], expected)
            wait = due.get(attempt, times[attempt - 1] + expected) - times[attempt - 1]  # one may have passed unseen
            self.assertTrue(expected <= wait <= expected * 1.1 + 1, (due, times))
        self.assertTrue(due)
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
        self.assertGreaterEqual(call["finished"] - self.attempts(call)[0]["finishedAt"], 1000, call)

    def test_f13_other_codes_are_final(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=404"), "failed")
        self.assertEqual((call["attempt"], call["status"]), (1, 404))

    def test_f13_a_restart_keeps_due_times(self):
        ident = self.accepted("/fn/work/async?steps=503,200&after=3")
        due = self.wait_state(ident, "retrying")["due"]
        self.server.kill()
        self.server.start()
        call = self.wait_state(ident, "succeeded")
        self.assertLessEqual(due, call["finished"])


class AgeTest(QueueTest):
    settings = {"ASYNC_MIN_WAIT": "100ms", "ASYNC_MAX_AGE": "3s"}

    def test_f13_a_wait_that_is_asked_for_ends_before_the_call_is_too_old(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=503,200&after=86400"), "succeeded")
        self.assertTrue(1500 < call["finished"] - call["created_ns"] // 1000000 < 3000, call)


class LookTest(QueueTest):
    """Row F16: status, result, cancel, pause, purge, lists."""

    settings = {"ASYNC_CANCEL_GRACE": "200ms"}

    def get(self, path):
        status, body, _ = self.server.get(path)
        return status, json.loads(body)

    def post(self, path, method="POST"):
        status, body, _ = self.server.request(method, path, b"")
        return status, json.loads(body) if body else None

    def test_f16_status_and_result(self):
        ident = self.accepted("/fn/work/async?steps=503,201", b"\xff\x00", X_Callback_Url="http://u:p@127.0.0.1:2001/x")
        self.wait_state(ident, "succeeded")
        status, call = self.get("/async/calls/" + ident)
        self.assertEqual(status, 200)
        wanted = {"id": ident, "function": "work", "queue": "default", "state": "succeeded", "attempt": 2, "maxAttempts": 11,
                  "status": 201, "error": None, "nextAttemptAt": None}
        self.assertEqual({name: call[name] for name in wanted}, wanted)
        self.assertTrue(call["createdAt"] <= call["startedAt"] <= call["finishedAt"])
        self.assertEqual([one["status"] for one in call["attempts"]], [503])
        self.assertEqual(call["callback"]["url"], "http://***@127.0.0.1:2001/x")
        status, result = self.get("/async/calls/%s/result" % ident)
        self.assertEqual((status, result["status"], result["body"], result["isBase64Encoded"]), (200, 201, "/wA=", True))
        self.assertEqual(result["headers"]["content-type"], "text/plain")
        self.assertEqual(self.get("/api/v1/calls/" + ident)[0], 200)
        self.assertEqual(self.get("/async/calls/nothing")[0], 404)

    def test_f16_a_long_result_has_no_body(self):
        for size in 256 << 10, (256 << 10) + 1:
            ident = self.accepted("/fn/work/async?steps=201", b"x" * size)
            self.wait_state(ident, "succeeded")
            status, result = self.get("/async/calls/%s/result" % ident)
            self.assertEqual((status, result["status"], result["isBase64Encoded"]), (200, 201, False))
            self.assertEqual(result["headers"]["content-type"], "text/plain")
            self.assertEqual(result["body"] and len(result["body"]), size if size == 256 << 10 else None)

    def test_f16_what_was_sent_is_kept_with_a_dead_letter(self):
        ident = self.accepted("/fn/work/async?steps=503", b"an order", Authorization="Bearer secret", X_Mine="mine")
        sent = self.get("/async/calls/%s/request" % ident)[1]
        self.assertEqual((sent["method"], sent["path"], sent["rawQueryString"], sent["body"], sent["isBase64Encoded"]),
                         ("POST", "/fn/work", "steps=503", "an order", False))
        headers = {name.lower(): value for name, value in sent["headers"].items()}
        self.assertEqual((headers["authorization"], headers["x-mine"]), ("***", "mine"))
        done = self.accepted()
        self.wait_state(done, "succeeded")
        self.assertEqual(self.get("/async/calls/%s/request" % done)[0], 404)
        self.assertEqual(self.get("/async/calls/nothing/request")[0], 404)

    def test_f16_cancel(self):
        waiting = self.accepted(X_Delay_Seconds="60")
        self.assertEqual(self.get("/async/calls/%s/result" % waiting)[0], 404)
        self.assertEqual(self.post("/async/calls/%s/cancel" % waiting)[0], 202)
        self.assertEqual(self.get("/async/calls/" + waiting)[1]["state"], "cancelled")
        self.assertEqual(self.post("/async/calls/%s/cancel" % waiting)[0], 409)
        running = self.accepted("/fn/work/async?ms=1500")
        self.wait_state(running, "running")
        self.assertEqual(self.post("/async-function/" + running, "DELETE")[0], 202)
        self.assertEqual(self.post("/async-function/" + running, "DELETE")[0], 409)
        self.assertEqual(self.post("/async-function/nothing", "DELETE")[0], 404)
        self.wait_state(self.accepted(), "succeeded")
        wait_until(lambda: "it was cancelled" in self.server.log())
        self.assertEqual(self.call(running)["state"], "cancelled")

    def test_f16_pause_resume_purge(self):
        self.assertEqual(self.post("/async/queues/default/pause")[0], 204)
        first, second = self.accepted(), self.accepted()
        queue = self.get("/async/queues")[1]["queues"][0]
        self.assertEqual((queue["name"], queue["isPaused"]), ("default", True))
        self.assertLess(queue["functions"][0].pop("oldestSeconds"), 30)
        self.assertEqual(queue["functions"], [{"function": "work", "queued": 2, "retrying": 0, "running": 0, "dead": 0}])
        self.assertEqual(self.post("/async/calls/%s/cancel" % first)[0], 202)
        self.assertEqual(self.post("/api/v1/queues/default/purge"), (200, {"count": 1}))
        self.assertEqual(self.get("/async/calls/" + second)[1]["state"], "cancelled")
        third = self.accepted()
        self.server.kill()
        self.server.start()
        self.server.wait_live("work")
        self.assertEqual(self.get("/async/queues")[1]["queues"][0]["isPaused"], True)  # still
        self.assertEqual(self.get("/async/calls/" + third)[1]["state"], "queued")
        self.assertEqual(self.post("/async/queues/default/resume")[0], 204)
        self.wait_state(third, "succeeded")
        self.assertEqual(self.post("/async/queues/other/pause")[0], 404)

    def test_f16_lists(self):
        done = [self.accepted(), self.accepted("/fn/work/async?steps=404"), self.accepted(X_Delay_Seconds="60")]
        self.wait_state(done[1], "failed")
        self.wait_state(done[0], "succeeded")
        ids = lambda query: [call["id"] for call in self.get("/api/v1/calls" + query)[1]["calls"]]  # noqa: E731
        self.assertEqual(ids(""), done[::-1])
        self.assertEqual(ids("?state=failed"), done[1:2])
        self.assertEqual(ids("?function=other"), [])
        page = self.get("/api/v1/calls?limit=2")[1]
        self.assertEqual(ids("?before=%d" % page["next"]), done[:1])


class FairTest(QueueTest):
    def send_many(self, path, count):
        """So many calls over one connection; how many were accepted."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        accepted = 0
        for _ in range(count):
            connection.request("POST", path, b"")
            answer = connection.getresponse()
            answer.read()
            accepted += answer.status == 202
        connection.close()
        return accepted

    def test_f15_a_slow_function_does_not_hold_the_others(self):
        """64 places, all taken by a slow function with thousands of calls waiting; another one's hundred calls come through."""
        self.server.drop("slow")
        self.server.wait_live("slow")
        self.server.request("POST", "/async/queues/default/pause", b"")
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(sum(pool.map(lambda _: self.send_many("/fn/slow/async?ms=100", 625), range(16))), 10000)
            self.server.request("POST", "/async/queues/default/resume", b"")
            wait_until(lambda: self.rows("SELECT count(*) AS n FROM call WHERE state = 'running'")[0]["n"] >= 60)
            quick = set(pool.map(lambda _: self.accepted("/fn/work/async?ms=1"), range(100)))
        calls = wait_until(lambda: (lambda rows: len(rows) == 100 and rows)(
            self.rows("SELECT * FROM call WHERE fn = 'work' AND state = 'succeeded'")))
        self.assertEqual({call["id"] for call in calls}, quick)
        self.assertGreater(self.rows("SELECT count(*) AS n FROM call WHERE fn = 'slow' AND finished IS NULL")[0]["n"], 0)

    def test_f15_order_of_acceptance_one_at_a_time(self):
        self.server.process.send_signal(signal.SIGTERM)
        self.server.process.wait(60)
        self.server.environment["ASYNC_FUNCTION_INFLIGHT"] = "1"
        self.server.start()
        self.server.wait_live("work")
        ids = [self.accepted("/fn/work/async?ms=5") for _ in range(30)]
        self.wait_state(ids[-1], "succeeded")
        rows = self.rows("SELECT id, started, finished FROM call ORDER BY started, seq")
        self.assertEqual([row["id"] for row in rows], ids)
        self.assertTrue(all(a["finished"] <= b["started"] for a, b in zip(rows, rows[1:])))


class CommandTest(QueueTest):
    """`interlude invoke`, `calls` and `queues` beside a running server."""

    settings = {"ASYNC_MIN_WAIT": "1ms", "ASYNC_RETRIES": "0"}

    def run_command(self, *arguments, code=0, **options):
        ended = subprocess.run([INTERLUDE, *arguments], cwd=self.server.directory, capture_output=True, text=True, timeout=60,
                               env=dict(os.environ, PORT=str(self.server.port)), **options)
        self.assertEqual(ended.returncode, code, ended)
        return ended.stdout if code == 0 else ended.stderr

    def test_f1_invoke(self):
        self.assertEqual(self.run_command("invoke", "work", "--body", "hello"), "hello")
        self.assertEqual(self.run_command("invoke", "work", "--body", "-", input="piped"), "piped")
        answer = json.loads(self.run_command("invoke", "work?steps=201", "--json"))
        self.assertEqual(answer, {"status": 201, "callId": None, "contentType": "text/plain", "body": ""})
        self.assertIn("status 404", self.run_command("invoke", "nothing", code=1))
        answer = json.loads(self.run_command("invoke", "work?steps=201", "--async", "--json"))
        self.assertEqual((answer["status"], self.wait_state(answer["callId"], "succeeded")["status"]), (202, 201))
        for address in "/function/work", "http://127.0.0.1:%d/fn/work" % self.server.port:
            self.assertEqual(self.run_command("invoke", address, "--data", "hello"), "hello")
        for wrong in ("work", "--type", "Event"), ("-f", "work", "--async"), ("-f", "work", "work"):
            self.assertIn("interlude help invoke", self.run_command("invoke", *wrong, code=2))
        self.assertNotIn("Does the server run?", self.run_command("invoke", "two words", code=1))
        self.assertIn("Does the server run?", self.run_command("invoke", "work", "--url", "http://127.0.0.1:1", code=1))

    def test_f12_a_backup_has_the_queue(self):
        """A copy that is made under load has all that was accepted before, and is a queue that runs."""
        waiting = [self.accepted(X_Delay_Seconds="3600") for _ in range(20)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            others = [pool.submit(self.accepted) for _ in range(100)]
            self.assertIn("copy.db.queue of queue.db", self.run_command("backup", "copy.db"))
            self.assertEqual(len({other.result() for other in others}), 100)
        self.assertIn("copy.db", self.run_command("backup", "copy.db", code=1))
        other = os.path.join(self.server.directory, "restored")
        os.mkdir(other)
        for name, copy in ("state.db", "copy.db"), ("queue.db", "copy.db.queue"):
            os.rename(os.path.join(self.server.directory, copy), os.path.join(other, name))
        calls = json.loads(self.run_command("calls", "list", "--data", other, "--state", "queued", "--limit", "500", "--json"))
        self.assertLessEqual(set(waiting), {call["id"] for call in calls["calls"]})

    def test_f16_calls_and_queues(self):
        ident = self.run_command("invoke", "work", "--async", "--body", "x").strip()
        self.wait_state(ident, "succeeded")
        dead, waiting = self.accepted("/fn/work/async?steps=503"), self.accepted(X_Delay_Seconds="60")
        self.wait_state(dead, "dead")
        calls = json.loads(self.run_command("calls", "list", "--json"))["calls"]
        self.assertEqual([(call["id"], call["state"]) for call in calls],
                         [(waiting, "queued"), (dead, "dead"), (ident, "succeeded")])
        self.assertIn(dead, self.run_command("calls", "list", "--state", "dead"))
        self.assertEqual(json.loads(self.run_command("calls", "show", dead, "--json"))["attempts"][0]["status"], 503)
        self.assertRegex(self.run_command("calls", "show", dead), r"state +dead\n")
        self.assertRegex(self.run_command("queues"), r"default +work +dead +1 ")
        functions = json.loads(self.run_command("queues", "--json"))["queues"][0]["functions"]
        self.assertEqual((functions[0]["function"], functions[0]["dead"], functions[0]["queued"]), ("work", 1, 1))
        self.assertIn("cancelled", self.run_command("calls", "cancel", waiting))
        self.assertIn("cancelled already", self.run_command("calls", "cancel", waiting, code=1))
        finished = self.call(dead)["finished"]
        self.assertIn("queued", self.run_command("calls", "retry", dead))
        wait_until(lambda: (self.call(dead)["finished"] or 0) > finished, "it to run again")
        self.assertIn("only a call that has failed", self.run_command("calls", "retry", ident, code=1))
        self.assertIn("there is no call", self.run_command("calls", "show", "nothing", code=1))


class DeadTest(QueueTest):
    settings = {"ASYNC_MIN_WAIT": "1ms", "ASYNC_RETRIES": "2"}

    def test_f16_the_last_failure_makes_a_dead_letter(self):
        call = self.wait_state(self.accepted("/fn/work/async?steps=503", b"kept"), "dead")
        self.assertEqual((call["attempt"], call["status"]), (3, 503))
        self.assertEqual(self.rows("SELECT body FROM request WHERE seq = ?", call["seq"])[0]["body"], b"kept")
        dead = self.server.json("/async/dead?function=work")["calls"]
        self.assertEqual([one["id"] for one in dead], [call["id"]])

    def test_f16_dead_letters_run_again(self):
        ids = [self.accepted("/fn/work/async?steps=503") for _ in range(3)]
        for ident in ids:
            self.wait_state(ident, "dead")
        finished = self.call(ids[0])["finished"]
        self.assertEqual(self.server.request("POST", "/async/calls/%s/retry" % ids[0], b"")[0], 202)
        again = wait_until(lambda: self.call(ids[0])["state"] == "dead" and self.call(ids[0])["finished"] > finished and
                           self.call(ids[0]))
        self.assertEqual(again["attempt"], 3)
        self.assertEqual(self.server.request("POST", "/async/dead/retry", b"")[:2], (200, b'{"count":3}'))
        wait_until(lambda: all(self.call(ident)["finished"] and self.call(ident)["finished"] > again["finished"]
                               for ident in ids))
        self.assertEqual(self.server.request("DELETE", "/async/dead?function=work")[:2], (200, b'{"count":3}'))
        self.assertEqual(self.rows("SELECT * FROM call") + self.rows("SELECT * FROM request"), [])

    def test_f5_a_disabled_function_costs_no_attempts(self):
        """After three crashes the breaker is open: what comes now waits, with its attempts, and runs later."""
        dead = self.accepted("/fn/work/async?steps=crash")
        self.wait_state(dead, "dead")
        call = self.wait_state(self.accepted(), "succeeded")
        self.assertEqual(call["attempt"], 1)
        self.assertGreater(call["finished"] - call["created_ns"] // 1000000, 100)


if __name__ == "__main__":
    unittest.main(verbosity=2)
