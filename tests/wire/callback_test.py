# SPDX-License-Identifier: MIT
"""Callbacks of durable calls: row F14 of the must-have table."""
import hmac
import ipaddress
import os
import re
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from calls import QueueTest, Receiver  # noqa: E402
from interlude import INTERLUDE, wait_until  # noqa: E402

RESOLVE = os.path.join(os.path.dirname(INTERLUDE), "tests/fault/resolve.so")  # not there in sanitized builds


class CallbackTest(QueueTest):
    settings = {"ASYNC_MIN_WAIT": "100ms", "ASYNC_RETRIES": "1", "CALLBACK_RETRIES": "3", "CALLBACK_SECRET": "secret"}

    def receiver(self, *statuses):
        receiver = Receiver(*statuses)
        self.addCleanup(receiver.close)
        return receiver

    def callback(self, ident):
        return self.server.json("/async/calls/" + ident)["callback"]

    def wait_callback(self, ident, state):
        return wait_until(lambda: self.callback(ident)["state"] == state and self.callback(ident),
                          lambda: "the callback to be %s: %r" % (state, self.callback(ident)))

    def test_f14_tried_until_taken_with_all_headers(self):
        receiver = self.receiver(500, 503, 429, 200)
        ident = self.accepted("/fn/work/async?steps=503,201", b"result", X_Callback_Url=receiver.url)
        callback = self.wait_callback(ident, "delivered")
        self.assertEqual((callback["attempts"], callback["lastStatus"]), (4, 200))
        self.assertEqual(len(receiver.got), 4)
        path, headers, body = receiver.got[-1]
        call = self.call(ident)
        self.assertEqual((path, body), ("/hook", b"result"))
        wanted = {"content-type": "text/plain", "user-agent": "interlude-queue/1.0", "x-call-id": ident, "x-request-id": ident,
                  "x-function-name": "work", "x-serverless-id": "work", "x-function-status": "201", "x-serverless-status": "201",
                  "x-duration-seconds": "%d.%06d" % divmod(call["duration_us"], 1000000),
                  "x-start-time": str(call["created_ns"]), "x-retry": "1", "x-retry-max": "1", "got-path": "/fn/work"}
        self.assertEqual({name: headers.get(name) for name in wanted}, wanted)
        stamp, signature = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["x-interlude-signature"]).groups()
        self.assertEqual(hmac.new(b"secret", stamp.encode() + b".result", "sha256").hexdigest(), signature)
        self.assertNotIn("expect", headers)

    def test_f14_what_the_function_says_does_not_pass_for_what_the_server_says(self):
        receiver = self.receiver(200)
        for name in "X-Function-Status", "X-Request-ID", "X-Interlude-Signature", "Set-Cookie", "Connection", "X-Callback-Url":
            self.wait_callback(self.accepted("/fn/work/async?lie=" + name, X_Callback_Url=receiver.url), "delivered")
            self.assertNotIn("a lie", receiver.got.pop()[1].values(), name)
        self.wait_callback(self.accepted("/fn/work/async?lie=X-Mine", X_Callback_Url=receiver.url), "delivered")
        self.assertEqual(receiver.got[0][1]["x-mine"], "a lie")

    def test_f14_no_answer_at_all(self):
        receiver = self.receiver(200)
        ident = self.accepted("/fn/work/async?steps=crash", X_Callback_Url=receiver.url)
        self.wait_callback(ident, "delivered")
        _, headers, body = receiver.got[0]
        self.assertEqual((headers["x-function-status"], headers["content-length"], body), ("503", "0", b""))
        self.assertNotIn("content-type", headers)
        late = self.accepted("/fn/work/async?ms=2500", X_Callback_Url=receiver.url)
        self.wait_callback(late, "delivered")
        self.assertEqual(receiver.got[1][1]["x-function-status"], "504")

    def test_f14_given_up(self):
        refusing, broken = self.receiver(404), self.receiver(500)
        final = self.accepted(X_Callback_Url=refusing.url)
        self.assertEqual(self.wait_callback(final, "failed")["attempts"], 1)
        tried = self.accepted(X_Callback_Url=broken.url)
        self.assertEqual(self.wait_callback(tried, "failed")["attempts"], 4)
        self.assertEqual(self.server.get("/async/calls/%s/result" % tried)[0], 200)

    def test_f14_a_redirect_is_not_followed(self):
        receiver = self.receiver(302)
        ident = self.accepted(X_Callback_Url=receiver.url)
        self.wait_callback(ident, "failed")
        self.assertEqual([path for path, _, _ in receiver.got], ["/hook"])

    def test_f14_a_name_is_judged_by_what_it_resolves_to(self):
        """Nothing is wrong with the name itself; the address it has when we connect is private."""
        address = socket.gethostbyname(socket.gethostname())
        if not ipaddress.ip_address(address).is_private or address.startswith("127."):
            self.skipTest("this machine has no name with a private address")
        ident = self.accepted(X_Callback_Url="http://%s:2001/" % socket.gethostname())
        callback = self.wait_callback(ident, "failed")
        self.assertEqual((callback["attempts"], callback["lastError"]), (1, "its address is not allowed"))

    def test_f14_a_restart_does_not_lose_it(self):
        receiver = self.receiver(500, 200)
        ident = self.accepted(X_Callback_Url=receiver.url)
        wait_until(lambda: receiver.got)
        self.server.kill()
        self.server.start()
        self.wait_callback(ident, "delivered")

    def test_f14_another_function_may_be_called_back(self):
        ident = self.accepted(body=b"chained", X_Callback_Url="http://localhost:%d/async-function/work" % self.server.port)
        self.wait_callback(ident, "delivered")
        self.assertEqual([row["body"] for row in wait_until(
            lambda: len(self.rows("SELECT * FROM result")) == 2 and self.rows("SELECT * FROM result"))], [b"chained"] * 2)

    def test_f14_trace_ids_and_basic_auth_go_along(self):
        receiver = self.receiver(200)
        trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b",
                 "X_Amzn_Trace_Id": "Root=1-67891233-abcdef012345678912345678"}
        ident = self.accepted(X_Callback_Url=receiver.url.replace("http://", "http://ann:secret@"), **trace)
        self.wait_callback(ident, "delivered")
        headers = receiver.got[0][1]
        self.assertEqual({name: headers.get(name.lower().replace("_", "-")) for name in trace}, trace)
        self.assertEqual(headers["authorization"], "Basic YW5uOnNlY3JldA==")
        self.assertNotIn("secret", self.server.log())
        self.assertIn("***@", self.callback(ident)["url"])

    def test_f14_eight_at_a_time_per_host(self):
        """A receiver that is slow has eight at a time; one elsewhere does not wait for it."""
        slow, quick = self.receiver(200), self.receiver(200)
        slow.gate = threading.Event()
        ids = [self.accepted(X_Callback_Url=slow.url) for _ in range(20)]
        wait_until(lambda: slow.waiting == 8)
        other = self.accepted(X_Callback_Url=quick.url)
        self.wait_callback(other, "delivered")
        self.assertEqual(slow.waiting, 8)
        slow.gate.set()
        for ident in ids:
            self.assertEqual(self.wait_callback(ident, "delivered")["attempts"], 1)
        self.assertEqual(slow.most, 8)


@unittest.skipUnless(os.path.exists(RESOLVE), "nothing to preload")
class RebindTest(QueueTest):
    """A name that changes its address between two look-ups: the address that was judged is the one that is connected to."""

    settings = {"ASYNC_MIN_WAIT": "50ms", "CALLBACK_RETRIES": "0", "LD_PRELOAD": RESOLVE, "RESOLVE": "127.0.0.1,10.255.255.1"}

    def test_f14_one_look_up_decides(self):
        receiver = Receiver(200)
        self.addCleanup(receiver.close)
        ident = self.accepted(X_Callback_Url="http://a.rebind.test:%d/hook" % receiver.server_port)
        wait_until(lambda: receiver.got)
        wait_until(lambda: self.server.json("/async/calls/" + ident)["callback"]["state"] == "delivered")
        late = self.accepted(X_Callback_Url="http://b.rebind.test:%d/hook" % receiver.server_port)
        callback = wait_until(lambda: (lambda one: one["state"] == "failed" and one)(
            self.server.json("/async/calls/" + late)["callback"]))
        self.assertEqual(callback["lastError"], "its address is not allowed")
        self.assertEqual(len(receiver.got), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
