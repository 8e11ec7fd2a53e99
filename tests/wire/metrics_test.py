# SPDX-License-Identifier: MIT
"""/metrics: row F21 of the must-have table. A scrape parses, and counts what the test counts."""
import os
import re
import sys
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from calls import QueueTest, Receiver  # noqa: E402
from interlude import free_port, wait_until  # noqa: E402

NAMES = {
    "gateway_function_invocation_total": "counter", "gateway_functions_seconds": "histogram",
    "gateway_function_invocation_started": "counter", "gateway_service_count": "gauge",
    "queue_worker_pending_messages": "gauge", "queue_worker_messages_processed_total": "counter",
    "queue_worker_messages_submitted_total": "counter", "queue_worker_function_invocation_inflight": "gauge",
    "queue_worker_nats_reconnect_total": "counter", "interlude_async_retries_total": "counter",
    "interlude_async_dead_total": "counter", "interlude_async_callbacks_total": "counter",
    "interlude_async_oldest_seconds": "gauge", "interlude_async_commit_seconds": "histogram",
    "interlude_async_commit_batch": "histogram",
}
LABEL = r'[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"'
LINE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(%s(?:,%s)*)?\})? (\S+)" % (LABEL, LABEL))


class MetricsTest(QueueTest):
    def setUp(self):
        self.port = free_port()
        self.settings = {"METRICS": str(self.port), "ASYNC_MIN_WAIT": "1ms", "ASYNC_RETRIES": "2"}
        super().setUp()

    def get(self, path="/metrics"):
        with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.port, path), timeout=30) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            return answer.read().decode()

    def scrape(self):
        """({name: type}, {(name, labels): value}) of a text that follows the format line by line."""
        types, values = {}, {}
        for line in self.get().splitlines():
            if line.startswith("# TYPE "):
                name, kind = line[7:].split(" ")
                self.assertNotIn(name, types)
                types[name] = kind
            elif not line.startswith("# HELP "):
                name, labels, value = LINE.fullmatch(line).groups()
                self.assertIn(re.sub("_(bucket|sum|count)$", "", name) if name not in types else name, types)
                self.assertNotIn((name, labels or ""), values)
                values[name, labels or ""] = float(value)
        return types, values

    def test_f21_counts_are_those_of_the_test(self):
        self.assertEqual(self.scrape()[0], NAMES)
        receiver = Receiver(500, 200)
        self.addCleanup(receiver.close)
        for _ in range(3):
            self.assertEqual(self.server.request("POST", "/fn/work", b"")[0], 200)
        self.assertEqual(self.server.request("POST", "/fn/work?steps=404", b"")[0], 404)
        done = self.accepted(X_Callback_Url=receiver.url)
        dead = self.accepted("/fn/work/async?steps=503")
        self.wait_state(dead, "dead")
        self.wait_state(done, "succeeded")
        wait_until(lambda: len(receiver.got) == 2)
        self.accepted(X_Delay_Seconds="60")
        running = self.accepted("/fn/work/async?ms=1500")
        self.wait_state(running, "running")
        values = self.scrape()[1]
        of = lambda name, *labels: values.get((name, ",".join(labels)))  # noqa: E731
        work, default = 'function_name="work"', 'queue_name="default"'
        self.assertEqual(of("gateway_function_invocation_total", work, 'code="200"'), 4)
        self.assertEqual(of("gateway_function_invocation_total", work, 'code="404"'), 1)
        self.assertEqual(of("gateway_function_invocation_total", work, 'code="503"'), 3)
        self.assertEqual(of("gateway_function_invocation_started", work), 9)
        self.assertEqual(of("gateway_functions_seconds_count", work), 8)
        self.assertEqual(of("gateway_functions_seconds_bucket", work, 'le="+Inf"'), 8)
        buckets = [value for (name, labels), value in values.items() if name == "gateway_functions_seconds_bucket"]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(of("gateway_service_count", work), 1)
        self.assertEqual(of("queue_worker_messages_submitted_total", default), 4)
        self.assertEqual(of("queue_worker_messages_processed_total", default), 4)
        self.assertEqual(of("queue_worker_pending_messages", default, work), 1)
        self.assertEqual(of("queue_worker_function_invocation_inflight", default, work), 1)
        self.assertEqual(of("interlude_async_retries_total", default), 2)
        self.assertEqual(of("interlude_async_dead_total", default), 1)
        wait_until(lambda: self.scrape()[1]["interlude_async_callbacks_total", 'result="delivered"'] == 1)
        self.assertEqual(self.scrape()[1]["interlude_async_callbacks_total", 'result="retried"'], 1)
        self.assertGreater(of("interlude_async_commit_seconds_count"), 0)
        self.assertGreaterEqual(of("interlude_async_commit_batch_sum"), of("interlude_async_commit_batch_count"))

    def test_f21_a_function_that_is_gone(self):
        self.assertEqual(self.server.request("POST", "/fn/work", b"")[0], 200)
        self.server.remove("work.so")
        wait_until(lambda: self.scrape()[1]["gateway_service_count", 'function_name="work"'] == 0)
        self.assertEqual(self.scrape()[1]["gateway_function_invocation_started", 'function_name="work"'], 1)

    def test_f21_only_there(self):
        self.assertEqual(self.server.get("/metrics")[0], 404)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.get("/fn/work")
        self.assertEqual(refused.exception.code, 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
