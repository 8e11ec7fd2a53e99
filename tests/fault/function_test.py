# SPDX-License-Identifier: MIT
"""F5: what a function may do to itself: time-outs, crashes, exit, endless loops, memory, garbage. Nobody else notices.

The figures of a run are printed with -v.
"""
import http.client
import os
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import wait_until  # noqa: E402
from service import Service  # noqa: E402

LIMIT = 1.0
CONFIG = """
    service: shop
    provider: { name: interlude, timeout: 1, memorySize: 128 }
    functions:
      steady:
        handler: dist/steady.handler
        events: [ { http: GET /steady } ]
    """ + "".join("""  %s:
        handler: dist/bad.%s
        timeout: %d
        events: [ { http: GET /%s }, { httpApi: GET /v2/%s } ]
    """ % (name, name, LIMIT if name in ("late", "loops") else 60, name, name)
    for name in ("late", "segv", "dies", "leaves", "loops", "eats", "garbles"))
STEADY = """
    #include <interlude.h>
    static il_status handler(il_request *req, il_response *res)
    {
        (void)req;
        return il_respond(res, 200, "text/plain", "steady", 6);
    }
    IL_FUNCTION(handler);
    """
BAD = """
    #include <interlude.h>
    #include <poll.h>
    #include <signal.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    /* With ?good, it does nothing bad. */
    #define BAD(name, deed)                                                            \\
        static il_status name(il_request *req, il_response *res)                       \\
        {                                                                              \\
            if (!il_query(req, "good")) {                                              \\
                deed;                                                                  \\
            }                                                                          \\
            return il_respond(res, 200, "text/plain", "good", 4);                      \\
        }
    BAD(late, poll(NULL, 0, 30000))
    BAD(segv, *(volatile int *)raise(SIGSEGV) = 1)
    BAD(dies, abort())
    BAD(leaves, exit(3))
    BAD(loops, for (volatile int i = 0;; i++))
    BAD(eats, char *p = malloc(1u << 30); if (p) memset(p, 1, 1u << 30); poll(NULL, 0, 30000))
    BAD(garbles, for (int fd = 3; fd < 8; fd++) (void)!write(fd, "this is no frame at all, and long enough to be one", 50))

    static const il_route routes[] = {
        IL_ROUTE_FUNCTION("late", late), IL_ROUTE_FUNCTION("segv", segv), IL_ROUTE_FUNCTION("dies", dies),
        IL_ROUTE_FUNCTION("leaves", leaves), IL_ROUTE_FUNCTION("loops", loops), IL_ROUTE_FUNCTION("eats", eats),
        IL_ROUTE_FUNCTION("garbles", garbles),
    };
    IL_MODULE(routes);
    """


class Steady(threading.Thread):
    """Calls the steady function again and again on one connection."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.times, self.wrong, self.is_over = port, [], [], False
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.is_over:
            began = time.perf_counter()
            connection.request("GET", "/fn/shop/dev/steady")
            answer = connection.getresponse()
            body = answer.read()
            self.times.append(time.perf_counter() - began)
            if (answer.status, body) != (200, b"steady"):
                self.wrong.append((answer.status, body))
        connection.close()

    def p99_ms(self, begin=0):
        times = sorted(self.times[begin:])
        return times[len(times) * 99 // 100] * 1e3


class FunctionFaultTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Service(CONFIG, {"steady": STEADY, "bad": BAD}).start()
        cls.pid = cls.server.process.pid
        cls.steady = Steady(cls.server.port)
        wait_until(lambda: len(cls.steady.times) > 1000, "an undisturbed measure")
        cls.calm_ms = cls.steady.p99_ms()

    @classmethod
    def tearDownClass(cls):
        cls.steady.is_over = True
        cls.steady.join()
        cls.server.stop()

    def setUp(self):
        self.begin = len(self.steady.times)

    def once(self, path, expected):
        """How long it takes to fail as expected; the next call is good."""
        began = time.perf_counter()
        got = self.server.call(path)[:2]
        took = time.perf_counter() - began
        self.assertEqual(got, expected, path)
        self.assertEqual(self.server.call(path + "?good=1")[:2], (200, b"good"), "the call after it")
        print("%s: %d after %.0f ms" % (path, got[0], took * 1e3), file=sys.stderr)
        return took

    def check(self, name, v1, v2, limit_s=60):
        """Both kinds of address end in time; what else the machine does may hold up one call, not each of them."""
        times = []
        while not times or min(times) > limit_s and len(times) < 10:
            times += self.once("/" + name, v1), self.once("/v2/" + name, v2)
        self.assertLess(min(times), limit_s)
        self.assertIsNone(self.server.process.poll())
        self.assertEqual(self.server.process.pid, self.pid)
        self.assertEqual(self.steady.wrong, [])
        disturbed_ms = self.steady.p99_ms(self.begin)
        print("the steady function's p99: %.2f ms before, %.2f ms during" % (self.calm_ms, disturbed_ms), file=sys.stderr)
        self.assertLess(disturbed_ms, max(LIMIT * 1e3 / 4, 10 * self.calm_ms))  # it does not wait for the other one's limit

    FAILED = (502, b'{"message": "Internal server error"}'), (500, b'{"message":"Internal Server Error"}')
    LATE = (504, b'{"message": "Endpoint request timed out"}'), (503, b'{"message":"Service Unavailable"}')

    def test_f5_a_late_answer(self):
        self.check("late", *self.LATE, LIMIT + 0.05)

    def test_f5_an_endless_loop(self):
        self.check("loops", *self.LATE, LIMIT + 0.05)

    def test_f5_a_segmentation_fault(self):
        self.check("segv", *self.FAILED)

    def test_f5_an_abort(self):
        self.check("dies", *self.FAILED)

    def test_f5_an_exit(self):
        self.check("leaves", *self.FAILED)

    def test_f5_too_much_memory(self):
        self.check("eats", *self.FAILED)

    def test_f5_garbage_in_the_streams(self):
        self.check("garbles", *self.FAILED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
