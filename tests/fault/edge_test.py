# SPDX-License-Identifier: MIT
"""Edges between server and runner: a module that crashes, hangs, hangs up or talks nonsense, and people who leave in the middle."""
import os
import socket
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import MODULES, Browser, Server, wait_until  # noqa: E402

CRASHES = int(os.environ.get("CRASHES", "50"))


class Edge(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.drop("obey")
        self.server.start()
        self.server.wait_live("obey")
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()
        self.server.stop()

    def ask(self, browser=None):
        browser = browser or self.browser
        run = browser.begin("obey")
        return run, browser.render()[1]

    def tell(self, word):
        """Begins a run and says what it shall do."""
        run, render = self.ask()
        self.assertTrue(self.browser.answer(run, render, [word]))
        return run

    def function(self, word):
        return self.server.get("/fn/obey-function?do=" + word)[0]

    # ---- functions

    def test_calls_right_after_a_crash_are_answered(self):
        """The http thread sees the end of the stream before the control thread sees the end of the process."""
        for _ in range(CRASHES):
            self.assertEqual(self.function("die"), 502)
            self.assertEqual(self.function("answer"), 200)

    def test_crashes_of_functions_always_count(self):
        for _ in range(3):
            self.assertEqual(self.function("crash"), 502)
        wait_until(lambda: self.function("answer") == 503, "the breaker to open")

    def test_client_that_leaves_a_hanging_call(self):
        self.assertEqual(self.function("answer"), 200)
        before = set(self.server.runners("obey.so"))
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
            sock.sendall(b"GET /fn/obey-function?do=hang HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % self.server.port)
            wait_until(lambda: "timeout" not in self.server.log() and self.function("answer") == 200, "the call to have begun")
        wait_until(lambda: "Task timed out" in self.server.log(), "somebody to notice")
        self.assertEqual(self.function("answer"), 200)
        wait_until(lambda: not before & set(self.server.runners("obey.so")), "the stuck process to be ended", 60)

    def test_cold_calls_while_it_is_replaced(self):
        with open(os.path.join(MODULES, "obey.so"), "rb") as file:
            content = file.read()
        for number in range(20):
            self.server.drop_bytes(content + b"%d" % number, "obey.so")
            while self.server.log().count("obey.so is live") < number + 2:
                self.assertEqual(self.function("answer"), 200)

    # ---- the breaker

    def test_one_crash_with_many_people_in_it_is_one(self):
        for _ in range(5):
            self.tell("hang")
        self.tell("crash")
        for _ in range(6):
            self.assertEqual(self.browser.completed()[1]["error"], "RouteCrashed")
        self.assertEqual(self.server.live()["obey"]["status"], "ONLINE")

    def test_a_trial_that_nobody_finishes(self):
        for _ in range(3):
            self.tell("crash")
            self.assertEqual(self.browser.completed()[1]["error"], "RouteCrashed")
        self.assertEqual(self.browser.create("obey")["code"], "DISABLED")
        wait_until(lambda: self.server.live()["obey"]["status"] == "ONLINE", "the trial to be allowed")
        self.ask()  # the trial; this person thinks for an hour
        wait_until(lambda: self.browser.create("obey")["type"] == "SUCCESS", "the next trial to be allowed")

    # ---- streams

    def assert_ended(self, word, *words):
        bystander, _ = self.ask()
        run = self.tell(word)
        ended = set()
        for _ in range(2):
            _, data = self.browser.next("TRANSACTION_COMPLETED", seconds=30)
            self.assertEqual(data["resultStatus"], "FAILURE")
            for part in words:
                self.assertIn(part, data["result"])
            ended.add(data["transactionId"])
        self.assertEqual(ended, {run, bystander})
        self.tell("nothing")  # the route goes on
        self.assertEqual(self.browser.completed()[0], "SUCCESS")

    def test_handler_that_hangs_up(self):
        self.assert_ended("hang up", "closed its connection")

    def test_handler_that_closes_the_link(self):
        bystander, render = self.ask()
        run = self.tell("cut")
        self.browser.answer(bystander, render, ["nothing"])
        ended = {self.browser.next("TRANSACTION_COMPLETED")[1]["transactionId"] for _ in range(2)}
        self.assertEqual(ended, {run, bystander})
        self.tell("nothing")
        self.assertEqual(self.browser.completed()[0], "SUCCESS")

    def test_handler_that_writes_to_the_link(self):
        self.assert_ended("junk", "closed its connection")

    def test_log_flood(self):
        self.tell("log")
        self.assertEqual(self.browser.completed(), ("SUCCESS", "log"))
        self.assertNotIn("writes wait already", self.server.log())

    def test_render_flood(self):
        self.tell("show")
        self.assertEqual(self.browser.completed()[0], "SUCCESS")

    # ---- people

    def test_cancelled_before_it_began(self):
        """Both calls arrive in one go: what was cancelled must not start, even if its row is not written yet."""
        for _ in range(20):
            run = self.browser.create("obey")["transactionId"]
            answers = [self.browser.post(method, {"transactionId": run})
                       for method in ("CANCEL_TRANSACTION", "CONNECT_TO_TRANSACTION_AS_CLIENT")]
            self.assertTrue(all(answer.get(timeout=30) for answer in answers))
            self.assertEqual(self.browser.next("TRANSACTION_COMPLETED", "RENDER")[0], "TRANSACTION_COMPLETED")
        self.assertEqual(self.server.runners("obey.so"), [])

    def test_page_with_the_key_of_a_run(self):
        self.server.drop("page")
        self.server.wait_live("page")
        run, render = self.ask()
        other = Browser(self.server)
        answer = other.call("REQUEST_PAGE", {"pageKey": run, "pageSlug": "page", "actionMode": "console", "params": {}})
        self.assertEqual(answer["type"], "ERROR")
        other.close()
        self.assertTrue(self.browser.answer(run, render, ["nothing"]))
        self.assertEqual(self.browser.completed()[0], "SUCCESS")

    def test_too_many_runs_of_one_person(self):
        refused = {}
        for _ in range(210):
            answers = [self.browser.post("CREATE_TRANSACTION", {"organization": "local", "environment": "development",
                                                                "slug": "obey", "params": {}}) for _ in range(100)]
            made = [answer.get(timeout=60) for answer in answers]
            refused = next((one for one in made if one["type"] == "ERROR"), None)
            if refused:
                break
        self.assertEqual(refused["code"], "BUSY")
        self.assertIn("runs open", refused["message"])

    def test_answers_after_the_end(self):
        run = self.tell("nothing")
        self.browser.completed()
        for kind in ("RETURN", "SET_STATE", "CANCELED"):
            self.browser.answer(run, {"id": "x", "inputGroupKey": str(uuid.uuid4())}, ["late"], kind)
        self.assertEqual(self.server.transaction(run)["resultStatus"], "SUCCESS")


if __name__ == "__main__":
    unittest.main(verbosity=2)
