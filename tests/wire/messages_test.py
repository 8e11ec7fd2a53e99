# SPDX-License-Identifier: MIT
"""Durable calls of services: settings of functions, named queues, messages (sqs), order, whose a call is. Rows F11, F13, F15, F16."""
import hashlib
import json
import os
import sys
import time
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from calls import Receiver  # noqa: E402
from interlude import free_port, wait_until  # noqa: E402
from service import Service, lower  # noqa: E402

KEY = "a-value-of-a-partner-0123456789"

# Appends the event to a file of its own name, then does what its body says: "503", "wait", "reject:WORD".
WORKER = r"""
    #include <interlude.h>
    #include <poll.h>
    #include <stdatomic.h>
    #include <stdio.h>
    #include <stdlib.h>
    static void put(il_request *req, il_str event)
    {
        FILE *file = fopen(il_rfmt(req, "%s/%s.events", getenv("SEEN"), il_call(req)->function_name), "ab");
        fprintf(file, "%.*s\n", (int)event.len, event.p);
        fclose(file);
    }
    static il_status worker(il_request *req, il_response *res)
    {
        il_str body = il_body(req);
        put(req, il_event_json(req));
        if (body.len == 3)
            return il_respond(res, atoi(body.p), "text/plain", "asked for", 9);
        if (il_query(req, "wait"))
            for (int i = 0; i < 500 && !il_request_canceled(req); i++)
                poll(NULL, 0, 10);
        if (il_request_canceled(req))
            put(req, (il_str){ "canceled", 8 });
        if (il_query(req, "sleep")) {
            static atomic_int inside; /* the answer: how many of this function run */
            int count = ++inside;
            poll(NULL, 0, 30);
            inside--;
            return il_respond(res, 200, "text/plain", il_rfmt(req, "%d", count), 1);
        }
        if (il_query(req, "remaining"))
            return il_respond(res, il_remaining_ms(req) <= 1000 ? 200 : 400, NULL, NULL, 0);
        return il_respond(res, 200, "text/plain", "ok", 2);
    }
    IL_FUNCTION(worker, .method = "ANY");
    """

# Takes messages; those with "reject" in them are to be given again.
CONSUMER = r"""
    #include <interlude.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    static il_status consumer(il_request *req, il_response *res)
    {
        il_str event = il_event_json(req);
        FILE *file = fopen(il_rfmt(req, "%s/%s.events", getenv("SEEN"), il_call(req)->function_name), "ab");
        char failures[2000] = "";
        const char *id = event.p;

        fprintf(file, "%.*s\n", (int)event.len, event.p);
        fclose(file);
        while ((id = strstr(id, "\"messageId\":\""))) {
            const char *next;

            id += 13;
            next = strstr(id, "\"messageId\":\"");
            if (strstr(id, "reject") && (!next || strstr(id, "reject") < next))
                sprintf(failures + strlen(failures), "%s{\"itemIdentifier\":\"%.36s\"}", failures[0] ? "," : "", id);
        }
        return il_respond_lambda(res, il_rfmt(req, "{\"batchItemFailures\":[%s]}", failures));
    }
    IL_FUNCTION(consumer, .method = "ANY");
    """

CONFIG = """
    service: shop
    provider:
      name: interlude
      environment: { SEEN: '${env:SEEN}' }
      apiGateway: { apiKeys: [ { name: partner, value: a-value-of-a-partner-0123456789 } ] }
    functions:
      quick:
        handler: dist/worker.worker
        events:
          - http: { path: quick, method: any }
          - http: { path: later, method: post, async: true }
          - http: { path: keyed, method: post, private: true }
        destinations: { onSuccess: done }
        async: { queue: fast, attempts: 2, minWait: 100ms, maxWait: 200ms, codes: [ 503 ], callbackInQuery: true,
                 callbackOnCancel: true, callbackSecret: of the function, deadLetterQueue: dead }
      slow:
        handler: dist/worker.worker
        events: [ { http: { path: slow, method: any } } ]
        async: { queue: slow, maxInflight: 1, timeout: 1 }
      few:
        handler: dist/worker.worker
        reservedConcurrency: 2
        events: [ { http: { path: few, method: any } } ]
      one:
        handler: dist/consumer.consumer
        events: [ { sqs: { queue: orders, batchSize: 1 } } ]
      many:
        handler: dist/consumer.consumer
        events:
          - sqs:
              queue: batches
              batchSize: 5
              maximumBatchingWindow: 1
              functionResponseType: ReportBatchItemFailures
              filterPatterns: [ { body: { kind: [ wanted ] } } ]
        async: { attempts: 1, minWait: 100ms, maxWait: 200ms, deadLetterQueue: rejected }
      left:
        handler: dist/consumer.consumer
        events: [ { sqs: { queue: shared, batchSize: 1 } } ]
      right:
        handler: dist/consumer.consumer
        events: [ { sqs: { queue: shared, batchSize: 1 } } ]
      dead:
        handler: dist/consumer.consumer
        events: [ { sqs: { queue: dead } } ]
    """


class ServiceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.metrics = free_port()
        cls.server = Service(CONFIG, {"worker": WORKER, "consumer": CONSUMER}, ASYNC_CANCEL_GRACE="5s", SEEN=".", METRICS=str(cls.metrics))
        cls.seen = os.path.join(cls.server.directory, "seen")
        os.mkdir(cls.seen)
        cls.server.environment["SEEN"] = cls.seen
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.marks = {}

    def accepted(self, path, body=b"", method="POST", **headers):
        status, answer, got = self.server.call(path, method, body, **headers)
        self.assertEqual(status, 202, answer)
        return got["x-call-id"]

    def sent(self, queue, body):
        status, answer, _ = self.server.request("POST", "/async/queues/%s/messages" % queue, body)
        self.assertEqual(status, 202, answer)
        return json.loads(answer)["id"]

    def call(self, ident):
        return self.server.json("/async/calls/" + ident)

    def wait_state(self, ident, state):
        return wait_until(lambda: self.call(ident)["state"] == state and self.call(ident),
                          lambda: "%s to be %s: %r\n%s" % (ident, state, self.call(ident), self.server.log()[-3000:]))

    def events(self, function):
        """What the function was given since the test last asked."""
        path = os.path.join(self.seen, "shop-dev-%s.events" % function)
        try:
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            lines = []
        return [line if line == "canceled" else json.loads(line) for line in lines]

    def messages(self, function, word):
        """Records of the function's events with this word in the body, batch by batch."""
        return [batch for batch in ([one for one in event["Records"] if word in one["body"]] for event in self.events(function))
                if batch]

    def rows(self, query, *values):
        with self.server.database("queue") as database:
            return database.execute(query, values).fetchall()

    # ---- settings

    def test_f13_settings_of_a_function(self):
        call = self.wait_state(self.accepted("/quick/async", b"503"), "dead")
        self.assertEqual((call["queue"], call["stage"], call["attempt"], call["maxAttempts"]), ("fast", "dev", 3, 3))
        final = self.wait_state(self.accepted("/quick/async", b"500"), "failed")  # not among its codes
        self.assertEqual(final["attempt"], 1)

    def test_f13_an_attempt_has_its_own_limit(self):
        call = self.wait_state(self.accepted("/slow/async?wait=1"), "retrying")
        self.assertEqual((call["status"], call["error"]), (504, "it took longer than its time limit"))
        self.wait_state(self.accepted("/slow/async?remaining=1"), "succeeded")  # and the handler knows
        self.assertEqual(self.server.call("/async/calls/%s/cancel" % call["id"], "POST", b"")[0], 202)

    def test_f11_http_async_true_and_the_event_of_the_sync_address(self):
        ident = self.accepted("/later?x=1", b"the body")
        self.wait_state(ident, "succeeded")
        event = next(one for one in self.events("quick") if isinstance(one, dict) and one.get("path") == "/later")
        self.assertEqual((event["httpMethod"], event["body"], event["queryStringParameters"]), ("POST", "the body", {"x": "1"}))
        headers = {name.lower(): value for name, value in event["headers"].items()}
        self.assertEqual((headers["x-call-id"], headers["x-retry"], headers["x-retry-max"]), (ident, "0", "2"))
        named = self.accepted("/async-function/shop-dev-slow/rest", b"")
        self.wait_state(named, "succeeded")

    def test_f11_an_event_invocation(self):
        status, body, headers = self.server.request("POST", "/2015-03-31/functions/quick/invocations", b'{"k":1}',
                                                    {"X-Amz-Invocation-Type": "Event"})
        self.assertEqual((status, body), (202, b""))
        wait_until(lambda: {"k": 1} in self.events("quick"))
        ident = lower(headers)["x-call-id"]
        self.assertEqual(self.rows("SELECT queue, fn FROM call WHERE id = ?", ident), [("fast", "shop-dev-quick")])
        self.assertEqual(self.server.call("/async/calls/" + ident)[0], 200)
        self.assertEqual(self.server.call("/async/calls/" + ident, Host="example.test")[0], 404)  # that of an operator

    def test_f14_callback_in_the_query_and_on_cancel(self):
        receiver = Receiver(200)
        self.addCleanup(receiver.close)
        url = receiver.url.replace("//", "//ann:secret@").replace(":", "%3A")
        ident = self.accepted("/quick/async?callback%5Furl=" + url + "&a=1&callback_url=x&b=2")
        wait_until(lambda: receiver.got)
        self.assertEqual(receiver.got[0][1]["authorization"], "Basic YW5uOnNlY3JldA==")
        event = next(one for one in self.events("quick") if isinstance(one, dict) and ident in json.dumps(one))
        self.assertEqual(event["queryStringParameters"], {"a": "1", "b": "2"})
        self.assertEqual(self.rows("SELECT count(*) FROM request WHERE instr(CAST(heads AS TEXT), 'secret')"), [(0,)])
        self.assertEqual(receiver.got[0][1]["x-call-id"], ident)
        self.assertIn("x-interlude-signature", receiver.got[0][1])
        self.assertEqual((receiver.got[0][1]["x-function-name"], receiver.got[0][1]["x-serverless-id"]), ("quick", "shop-dev-quick"))
        self.assertEqual(receiver.got[0][1]["x-retry-max"], "2")
        waiting = self.accepted("/quick/async", X_Delay_Seconds="60", X_Callback_Url=receiver.url)
        self.assertEqual(self.server.call("/async-function/" + waiting, "DELETE", b"")[0], 202)
        wait_until(lambda: len(receiver.got) == 2)
        self.assertEqual((receiver.got[1][1]["x-call-id"], receiver.got[1][1]["x-function-status"]), (waiting, "503"))

    # ---- queues

    def test_f15_queues_do_not_wait_for_each_other(self):
        slow = [self.accepted("/slow/async?sleep=1") for _ in range(8)]
        quick = self.accepted("/quick/async")
        self.wait_state(quick, "succeeded")
        for ident in slow:
            self.wait_state(ident, "succeeded")
        spans = sorted(self.rows("SELECT started, finished FROM call WHERE id IN (%s)" % ",".join("?" * 8), *slow))
        self.assertTrue(all(a[1] <= b[0] for a, b in zip(spans, spans[1:])), spans)  # maxInflight: 1
        queues = {queue["name"]: queue for queue in self.server.json("/async/queues")["queues"]}
        self.assertLessEqual({"default", "fast", "slow", "dead", "done", "orders", "batches", "shared", "rejected", "callbacks"},
                             set(queues))  # those in which nothing is, too
        self.assertEqual(queues["slow"]["functions"], [])

    def test_f21_labels_name_function_and_service(self):
        self.wait_state(self.accepted("/quick/async"), "succeeded")
        waiting = self.accepted("/quick/async", X_Delay_Seconds="60")
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % self.metrics, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        self.assertTrue([one for one in lines if one.startswith('gateway_function_invocation_total{function_name="quick.shop",code="200"}')])
        self.assertTrue([one for one in lines if one.startswith('queue_worker_pending_messages{queue_name="fast",function_name="quick.shop"}')])
        self.assertEqual(self.server.call("/async/calls/%s/cancel" % waiting, "POST", b"")[0], 202)

    def test_f15_reserved_concurrency_makes_calls_wait(self):
        ids = [self.accepted("/few/async?sleep=1") for _ in range(12)]
        for ident in ids:
            self.assertEqual(self.wait_state(ident, "succeeded")["attempt"], 1)
        counts = {int(self.server.json("/async/calls/%s/result" % ident)["body"]) for ident in ids}
        self.assertLessEqual(max(counts), 2)

    def test_f16_one_queue_is_paused(self):
        self.assertEqual(self.server.call("/async/queues/slow/pause", "POST", b"")[0], 204)
        wait_until(lambda: any(one["name"] == "slow" and one["isPaused"] for one in self.server.json("/async/queues")["queues"]))
        held, free = self.accepted("/slow/async"), self.accepted("/quick/async")
        self.wait_state(free, "succeeded")
        self.assertEqual(self.call(held)["state"], "queued")
        self.assertEqual(self.server.call("/async/queues/slow/purge", "POST", b"")[:2], (200, b'{"count":1}'))
        self.assertEqual(self.call(held)["state"], "cancelled")
        self.assertEqual(self.server.call("/async/queues/slow/resume", "POST", b"")[0], 204)
        self.assertEqual(self.server.call("/async/queues/nobodys/pause", "POST", b"")[0], 404)

    def test_f15_an_ordering_key_keeps_the_order(self):
        ids = [self.accepted("/quick/async?sleep=1", b"", X_Ordering_Key="k1") for _ in range(6)]
        other = self.accepted("/quick/async", b"", X_Ordering_Key="k2")
        self.wait_state(other, "succeeded")
        for ident in ids:
            self.wait_state(ident, "succeeded")
        rows = self.rows("SELECT id, started, finished FROM call WHERE ordering = 'k1' ORDER BY started, seq")
        self.assertEqual([row[0] for row in rows], ids)
        self.assertTrue(all(a[2] <= b[1] for a, b in zip(rows, rows[1:])), rows)
        first, second = [self.accepted("/quick/async", b"", X_Ordering_Key="k3", X_Delay_Seconds="60"),
                         self.accepted("/quick/async", b"", X_Ordering_Key="k3")]
        self.assertEqual(self.call(second)["state"], "queued")
        self.assertEqual(self.server.call("/async/calls/%s/cancel" % first, "POST", b"")[0], 202)
        self.wait_state(second, "succeeded")
        self.assertEqual(self.server.call("/quick/async", "POST", b"", X_Ordering_Key="x" * 256)[0], 400)

    def test_f15_dead_letters_keep_their_order_too(self):
        ids = [self.accepted("/quick/async?sleep=1", b"503", X_Ordering_Key="k4") for _ in range(3)]
        for ident in ids:
            self.wait_state(ident, "dead")
        first = {ident: self.call(ident)["finishedAt"] for ident in ids}
        held = self.accepted("/quick/async", b"", X_Ordering_Key="k4", X_Delay_Seconds="60")
        self.assertEqual(self.server.call("/async/calls/%s/retry" % ids[1], "POST", b"")[0], 202)
        again = self.call(ids[1])
        self.assertEqual((again["state"], again["attempt"], again["startedAt"], again["durationUs"], again["finishedAt"]),
                         ("queued", 0, None, None, None))
        self.assertEqual(self.server.call("/async/calls/%s/result" % ids[1], "GET")[0], 404)
        self.assertEqual(self.rows("SELECT due FROM call WHERE id = ?", ids[1]), [(None,)])  # another one of its order is not over
        self.assertEqual(self.server.call("/async/calls/%s/cancel" % held, "POST", b"")[0], 202)
        wait_until(lambda: (self.call(ids[1])["finishedAt"] or 0) > first[ids[1]])
        self.assertGreaterEqual(json.loads(self.server.call("/async/dead/retry?function=shop-dev-quick", "POST", b"")[1])["count"], 3)
        wait_until(lambda: all((self.call(ident)["finishedAt"] or 0) > first[ident] for ident in ids))
        spans = self.rows("SELECT started, finished FROM call WHERE ordering = 'k4' AND state = 'dead' ORDER BY seq")
        self.assertTrue(all(a[1] <= b[0] for a, b in zip(spans, spans[1:])), spans)

    # ---- ends

    def test_f16_a_cancelled_handler_is_told(self):
        ident = self.accepted("/quick/async?wait=1")
        self.wait_state(ident, "running")
        before = self.server.runners("quick")
        self.assertEqual(self.server.call("/async/calls/%s/cancel" % ident, "POST", b"")[0], 202)
        wait_until(lambda: "canceled" in self.events("quick"))
        self.assertEqual(self.call(ident)["state"], "cancelled")
        self.wait_state(self.accepted("/quick/async"), "succeeded")
        self.assertTrue(set(before) & set(self.server.runners("quick")))  # it was in time: nothing was replaced

    def test_f16_a_dead_letter_is_told_to_a_queue(self):
        ident = self.accepted("/quick/async?told=1", b"503")
        self.wait_state(ident, "dead")
        batch = wait_until(lambda: self.messages("dead", ident))[0]
        event = json.loads(next(one["body"] for one in batch if ident in one["body"]))
        self.assertEqual((event["requestContext"]["requestId"], event["requestContext"]["condition"],
                          event["requestContext"]["approximateInvokeCount"]), (ident, "RetriesExhausted", 3))
        self.assertEqual(event["requestContext"]["functionArn"], "arn:aws:lambda:local:000000000000:function:shop-dev-quick:$LATEST")
        self.assertRegex(event["timestamp"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
        self.assertEqual((event["requestPayload"]["rawQueryString"], event["requestPayload"]["body"]), ("told=1", "503"))
        self.assertEqual((event["responsePayload"]["statusCode"], event["responsePayload"]["body"]), (503, "asked for"))
        done = self.accepted("/quick/async", b"fine")
        self.wait_state(done, "succeeded")
        message = wait_until(lambda: self.rows("SELECT body FROM request JOIN call ON call.seq = request.seq WHERE queue = 'done' "
                                               "AND instr(CAST(body AS TEXT), ?)", done))[0][0]
        self.assertEqual(json.loads(message)["requestContext"]["condition"], "Success")

    def test_f16_dead_letters_by_function_and_queue(self):
        ident = self.accepted("/quick/async", b"503")
        self.wait_state(ident, "dead")
        ids = lambda query: [one["id"] for one in self.server.json("/async/dead" + query)["calls"]]  # noqa: E731
        self.assertIn(ident, ids("?queue=fast"))
        self.assertIn(ident, ids("?function=shop-dev-quick&limit=500"))
        self.assertEqual(ids("?queue=slow"), [])
        self.assertEqual(self.server.call("/async/dead/retry?queue=slow", "POST", b"")[:2], (200, b'{"count":0}'))
        count = len(ids("?queue=fast&limit=500"))
        self.assertEqual(json.loads(self.server.call("/async/dead?queue=fast", "DELETE", b"")[1])["count"], count)
        self.assertEqual(ids(""), [one for one in ids("") if one != ident])

    # ---- messages

    def test_sqs_event(self):
        before = int(time.time() * 1000)
        ident = self.sent("orders", b'{"k":"v"}')
        self.wait_state(ident, "succeeded")
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures/sqs.event.expected.json"), encoding="utf-8") as file:
            expected = json.load(file)["Records"][0]
        record = self.messages("one", '{"k":"v"}')[0][0]
        self.assertEqual(record["messageId"], ident)
        self.assertEqual(record["md5OfBody"], hashlib.md5(b'{"k":"v"}').hexdigest())
        self.assertTrue(before <= int(record["attributes"]["SentTimestamp"]) <= time.time() * 1000)
        self.assertRegex(record["eventSourceARN"], r"\Aarn:aws:sqs:local:\d{12}:orders\Z")

        self.assertEqual(list(record), list(expected))
        self.assertEqual(list(record["attributes"]), list(expected["attributes"]))
        for name in "body", "messageAttributes", "eventSource", "awsRegion":
            self.assertEqual(record[name], expected[name])

    def test_sqs_batches_windows_filters_and_partial_failures(self):
        good = [self.sent("batches", b'{"kind":"wanted","n":%d}' % i) for i in range(4)]
        bad = self.sent("batches", b'{"kind":"wanted","n":"reject"}')
        left_out = self.sent("batches", b'{"kind":"other"}')
        for ident in good + [left_out]:
            self.wait_state(ident, "succeeded")
        self.assertEqual(self.wait_state(bad, "dead")["attempt"], 2)
        batches = self.messages("many", "kind")
        self.assertEqual(len(batches[0]), 5)  # they waited for each other
        self.assertEqual([len(batch) for batch in batches[1:]], [1])
        self.assertEqual(batches[1][0]["attributes"]["ApproximateReceiveCount"], "2")
        self.assertEqual([one for one in sum(batches, []) if "other" in one["body"]], [])
        moved = wait_until(lambda: self.rows("SELECT body FROM request JOIN call ON call.seq = request.seq "
                                             "WHERE queue = 'rejected'"))
        self.assertEqual(bytes(moved[0][0]) if isinstance(moved[0][0], bytes) else moved[0][0].encode(),
                         b'{"kind":"wanted","n":"reject"}')

    def test_consumers_of_one_queue_share_it(self):
        for i in range(20):
            self.assertEqual(self.server.request("POST", "/async/queues/shared/messages", b"message %d" % i)[0], 202)
        wait_until(lambda: len(self.events("left")) + len(self.events("right")) >= 20, "all of them")
        seen = [[record["body"] for event in self.events(name) if isinstance(event, dict) for record in event["Records"]]
                for name in ("left", "right")]
        self.assertEqual(sorted(seen[0] + seen[1]), sorted("message %d" % i for i in range(20)))
        self.assertGreater(min(len(one) for one in seen), 4)

    def test_messages_that_nobody_wants_end(self):
        """The queue "done" has no consumer: its messages wait for one, four days."""
        ident = self.sent("done", b"nobody cares")
        self.server.stop(keep=True)
        with self.server.database("queue") as database:
            database.execute("UPDATE call SET due = due - 345601000, wanted = wanted - 345601000 WHERE id = ?", (ident,))
        self.server.start()
        call = self.wait_state(ident, "dead")
        self.assertEqual((call["function"], call["attempt"], call["startedAt"], call["error"]),
                         ("", 0, None, "it waited longer than is allowed"))

    def test_messages_wait_for_a_consumer(self):
        status, answer, _ = self.server.request("POST", "/async/queues/rejected/messages", b"\xff")
        self.assertEqual(status, 400, answer)
        self.assertEqual(self.server.request("POST", "/async/queues/nobodys/messages", b"x")[0], 404)

    # ---- whose it is

    def test_f11_a_call_with_a_key_is_its_senders(self):
        """Whoever does not show that key and is no operator does not learn that there is such a call."""
        self.assertEqual(self.server.call("/keyed/async", "POST", b"")[0], 403)
        ident = self.accepted("/keyed/async", b"", X_API_Key=KEY, X_Delay_Seconds="60")
        free = self.accepted("/quick/async", b"")
        elsewhere = {"Host": "example.test"}  # not as the developer at this machine
        for headers, status in ({}, 404), ({"X_API_Key": KEY[:-1] + "x"}, 404), ({"X_API_Key": KEY}, 200):
            self.assertEqual(self.server.call("/async/calls/" + ident, **headers, **elsewhere)[0], status, headers)
        self.assertEqual(self.server.call("/async/calls/" + free, **elsewhere)[0], 200)
        self.assertEqual(self.server.call("/async/calls/" + ident)[0], 200)
        self.assertEqual(self.server.call("/async/dead", **elsewhere)[0], 401)
        self.assertEqual(self.server.call("/async-function/" + ident, "DELETE", b"", **elsewhere)[0], 404)
        self.assertEqual(self.server.call("/async-function/" + ident, "DELETE", b"", X_API_Key=KEY, **elsewhere)[0], 202)


if __name__ == "__main__":
    unittest.main(verbosity=2)
