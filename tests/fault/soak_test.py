# SPDX-License-Identifier: MIT
"""A long run of everything a function can be asked, for memory and descriptors that grow. SOAK=1h (also 90s, 10m); without it the
test is left out of `make check`."""
import http.client
import os
import random
import re
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from calls import QueueTest, Receiver  # noqa: E402
from interlude import wait_until  # noqa: E402

SOAK = os.environ.get("SOAK", "")
SECONDS = sum(float(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in re.findall(r"([\d.]+)([hms])", SOAK))
SENDERS = 4
STEPS = "200", "200", "200", "200,200", "503,200", "404", "crash,200"


def rss_kb(pid):
    with open("/proc/%d/status" % pid, encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


@unittest.skipUnless(SECONDS, "SOAK=1h runs it")
class SoakTest(QueueTest):
    settings = {"ASYNC_MIN_WAIT": "20ms", "ASYNC_RETENTION": "5s", "ASYNC_DEAD_RETENTION": "5s",
                "ASYNC_DEDUP_WINDOW": "5s"}

    def setUp(self):
        super().setUp()
        self.server.stop(keep=True)
        self.server.environment["LOG_LEVEL"] = "error"  # it is long enough
        self.server.start()
        self.server.wait_live("work")

    def send_many(self, number):
        """One sender: synchronous and durable calls, some cancelled, some looked at, on connections of different lengths."""
        dice = random.Random(number)
        while not self.is_over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            for _ in range(dice.randint(1, 200)):
                if self.is_over.is_set():
                    break
                ident = self.send_one(connection, dice)
                if ident and dice.random() < 0.05:
                    self.ask(connection, "DELETE", "/async-function/" + ident)
                elif ident and dice.random() < 0.1:
                    self.ask(connection, "GET", "/async/calls/" + ident)
            connection.close()

    def send_one(self, connection, dice):
        path = "/fn/work" + ("/async" if dice.random() < 0.7 else "") + "?steps=" + dice.choice(STEPS[:-1] if dice.random() < 0.999
                                                                                               else STEPS)
        headers = {"X-Callback-Url": self.receiver.url} if dice.random() < 0.1 else {}
        return self.ask(connection, "POST", path, b"x" * dice.choice((0, 10, 1000, 60000)), headers)

    def ask(self, connection, method, path, body=b"", headers=None):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        answer.read()
        self.count += 1
        return answer.headers["x-call-id"] if answer.status == 202 else None

    def sample(self):
        return rss_kb(self.server.process.pid), self.server.descriptors(), len(self.server.runners("work"))

    def wait_and_sample(self, seconds, every):
        samples, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(min(every, max(0, end - time.monotonic())))
            samples.append(self.sample())
        return samples

    def test_flat_memory_and_descriptors(self):
        self.receiver = Receiver(200)
        self.addCleanup(self.receiver.close)
        self.is_over, self.count = threading.Event(), 0
        senders = [threading.Thread(target=self.send_many, args=(number,)) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            self.wait_and_sample(SECONDS / 4, SECONDS / 4)  # until caches, logs and rows have their size
            samples = self.wait_and_sample(SECONDS * 3 / 4, SECONDS / 40)
        finally:
            self.is_over.set()
            for sender in senders:
                sender.join()
        third = len(samples) // 3
        first, last = samples[:third], samples[-third:]
        mean = lambda part, column: sum(sample[column] for sample in part) / len(part)  # noqa: E731
        print("%d requests; RSS %.1f -> %.1f MB, descriptors %.1f -> %.1f" % (
            self.count, mean(first, 0) / 1024, mean(last, 0) / 1024, mean(first, 1), mean(last, 1)), file=sys.stderr)
        self.assertLess(mean(last, 0), mean(first, 0) * 1.1 + 2048)
        self.assertLess(mean(last, 1), mean(first, 1) + 8)
        wait_until(lambda: self.rows("SELECT count(*) AS n FROM call WHERE finished IS NULL")[0]["n"] == 0, "all calls to end", 120)


if __name__ == "__main__":
    unittest.main(verbosity=2)
