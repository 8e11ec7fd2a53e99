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
        events: [ { http: GET /%s }, { httpApi: GET /v2/%s } ]
    """ % (name, name, name, name) for name in ("late", "segv", "dies", "leaves", "loops", "eats", "garbles"))
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
    def setUp(self):
        self.server = Service(CONFIG, {"steady": STEADY, "bad": BAD}).start()
        self.pid = self.server.process.pid
        self.assertEqual(self.server.call("/steady")[0], 200)
        self.steady = Steady(self.server.port)
        wait_until(lambda: len(self.steady.times) > 1000, "an undisturbed measure")
        self.calm_ms = self.steady.p99_ms()
        self.begin = len(self.steady.times)

    def tearDown(self):
        self.steady.is_over = True
        self.steady.join()
        self.server.stop()

    def check(self, name, v1, v2, limit_s):
        """Both kinds of address end in time; one of the two may be held up by whatever else the machine does."""
        times = []
        for prefix, (status, body) in (("/", v1), ("/v2/", v2)):
            began = time.perf_counter()
            got = self.server.call(prefix + name)[:2]
            took = time.perf_counter() - began
            self.assertEqual(got, (status, body), prefix + name)
            times.append(took)
            status, body, _ = self.server.call(prefix + name + "?good=1")
            self.assertEqual((status, body), (200, b"good"), "the call after it")
            print("%s%s: %d after %.0f ms" % (prefix, name, got[0], took * 1e3), file=sys.stderr)
        self.assertLess(min(times), limit_s)
        self.assertLess(max(times), limit_s + 0.5)
        self.assertIsNone(self.server.process.poll())
        self.assertEqual(self.server.process.pid, self.pid)
        self.assertEqual(self.steady.wrong, [])
        disturbed_ms = self.steady.p99_ms(self.begin)
        print("the steady function's p99: %.2f ms before, %.2f ms during" % (self.calm_ms, disturbed_ms), file=sys.stderr)
        self.assertLess(disturbed_ms, max(50, 10 * self.calm_ms))

    FAILED = (502, b'{"message": "Internal server error"}'), (500, b'{"message":"Internal Server Error"}')
    LATE = (504, b'{"message": "Endpoint request timed out"}'), (503, b'{"message":"Service Unavailable"}')

    def test_f5_a_late_answer(self):
        self.check("late", *self.LATE, LIMIT + 0.05)

    def test_f5_an_endless_loop(self):
        self.check("loops", *self.LATE, LIMIT + 0.05)

    def test_f5_a_segmentation_fault(self):
        self.check("segv", *self.FAILED, LIMIT)

    def test_f5_an_abort(self):
        self.check("dies", *self.FAILED, LIMIT)

    def test_f5_an_exit(self):
        self.check("leaves", *self.FAILED, LIMIT)

    def test_f5_too_much_memory(self):
        self.check("eats", *self.FAILED, LIMIT)

    def test_f5_garbage_in_the_streams(self):
        self.check("garbles", *self.FAILED, LIMIT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
