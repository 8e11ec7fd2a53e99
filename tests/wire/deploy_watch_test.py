# SPDX-License-Identifier: MIT
"""After the switch: the watch window, the way back, a crash at once, the drain (functions.md 2.2, 2.4)."""
import os
import sys
import textwrap
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import ADDRESS, CONFIG as INDENTED, SOURCE, DeployTest  # noqa: E402
from interlude import wait_until  # noqa: E402

CONFIG = textwrap.dedent(INDENTED)
# Answers what the query says: "?status=500", "?crash=1"; with "?gate=PATH" once there is such a file.
ASKED = """
    #include <interlude.h>
    #include <poll.h>
    #include <signal.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    static void stay(int number) { (void)number; }
    static il_status handler(il_request *req, il_response *res)
    {
        const char *status = il_query(req, "status"), *gate = il_query(req, "gate");
        if (il_query(req, "crash"))
            raise(SIGSEGV);
        if (il_query(req, "deaf"))
            signal(SIGTERM, stay);
        while (gate && access(gate, F_OK) != 0)
            poll(NULL, 0, 10);
        return il_respond(res, status ? (unsigned)atoi(status) : 200, "text/plain", "TEXT", strlen("TEXT"));
    }
    IL_FUNCTION(handler);
    """


def interlude(text):
    return CONFIG + "custom: { interlude: { %s } }\n" % text


PATIENT = CONFIG.replace("quote.handler,", "quote.handler, timeout: 60,")


class Watch(DeployTest):
    def setUp(self):
        super().setUp()
        self.begun, self.ended = 0, {}
        self.addCleanup(self.open_gate)  # before the server waits for its calls

    def deploy(self, text, config=CONFIG):
        self.deployer.write("dist/quote.c", ASKED.replace("TEXT", text))
        self.deployer.write("dist/twin.c", SOURCE % (text, len(text)))
        artefact, stamp = self.deployer.packed(config)
        status, answer = self.deployer.put(self.server, artefact, stamp)
        self.assertEqual(status, 201, answer)
        self.answers(text)
        return stamp, answer

    def quote(self, query=""):
        return self.server.request("GET", "/fn/shop/prod/quote" + query)[:2]

    def answers(self, text):
        for name in "quote", "twin":
            self.assertEqual(self.server.request("GET", "/fn/shop/prod/" + name)[:2], (200, text.encode()))

    def state(self, stamp):
        status, answer = self.deployer.call(self.server, "GET", "%s/deployments/%d" % (ADDRESS, stamp))
        self.assertEqual(status, 200, answer)
        return answer

    def wait_state(self, stamp, expected):
        return wait_until(lambda: self.state(stamp)["state"] == expected and self.state(stamp),
                          lambda: "%s: %r" % (expected, self.state(stamp)))

    def begin(self, query, gate="gate"):
        """A call that runs until there is that file; its thread. What came of it will be in `ended`."""
        def call():
            self.ended[query] = self.quote("?gate=%s&%s" % (os.path.join(self.deployer.folder, gate), query))

        thread = threading.Thread(target=call)
        thread.start()
        self.begun += 1
        wait_until(lambda: self.server.json("/api/v1/functions")["functions"][0]["inFlight"] == self.begun, "the call to run")
        return thread

    def open_gate(self):
        self.deployer.write("gate", "open")

    def rows(self):
        with self.server.database() as db:
            return db.execute("SELECT action, timestamp, reason, deployer_id FROM deployment ORDER BY created_at, id").fetchall()

    def current(self):
        return int(os.readlink(os.path.join(self.server.directory, ".interlude/functions/shop/prod/current")).split("/")[-1].split("-")[0])

    def test_it_goes_back(self):
        first = self.deploy("one")[0]
        began = time.time() * 1000
        second, answer = self.deploy("two", interlude("watch: 20s"))
        self.assertAlmostEqual(answer["watch"]["untilMs"], began + 20000, delta=15000)
        self.assertEqual(answer["watch"]["untilMs"] - answer["watch"]["sinceMs"], 20000)
        self.assertEqual(self.state(second)["state"], "watching")
        for _ in range(7):  # with those two that found it live it is nine: too few to judge
            self.assertEqual(self.quote("?status=500")[0], 500)
        wait_until(lambda: self.state(second)["requests"] == 9, "nine requests to be counted")
        self.assertEqual(self.state(second)["state"], "watching")
        wait_until(lambda: self.quote() == (200, b"one"), "the version before")
        self.answers("one")
        state = self.wait_state(second, "returned")
        self.assertGreaterEqual(state["requests"], 10)
        self.assertGreater(state["errors"] * 20, state["requests"])
        self.assertIn("failed with a 5xx", state["reason"])
        self.assertEqual(sum(sample["requests"] for sample in state["samples"]), state["requests"])
        self.assertEqual(sum(sample["errors"] for sample in state["samples"]), state["errors"])
        self.assertEqual(self.current(), first)
        wait_until(lambda: len(self.rows()) == 3, "the row of the return")
        action, timestamp, reason, deployer = self.rows()[-1]
        self.assertEqual((action, timestamp, deployer), ("return", first, None))
        self.assertIn(str(second), reason)
        self.assertEqual(self.state(first)["state"], "live")
        self.server.kill()
        self.server.start()
        self.answers("one")
        self.assertEqual(self.state(second)["state"], "returned")
        self.assertEqual(self.state(second)["errors"], state["errors"])
        third = self.deploy("three")[0]
        self.assertEqual((self.state(first)["state"], self.state(third)["state"]), ("replaced", "live"))

    def test_one_in_twenty_is_good_enough(self):
        self.deploy("one")
        second = self.deploy("two", interlude("watch: 8s"))[0]
        for i in range(60):
            self.quote("?status=500" if i in (30, 50) else "")
        state = self.wait_state(second, "live")
        self.assertEqual((state["requests"], state["errors"], state["reason"]), (62, 2, None))
        self.assertEqual(self.current(), second)
        self.answers("two")

    def test_calls_of_the_version_before_do_not_count(self):
        self.deploy("one", PATIENT)
        slow = self.begin("status=500")
        second = self.deploy("two", interlude("watch: 3s"))[0]
        self.open_gate()
        slow.join()
        self.assertEqual(self.ended["status=500"][0], 500)
        self.assertEqual(self.wait_state(second, "live")["errors"], 0)

    def test_there_is_nothing_before_it(self):
        first = self.deploy("one", interlude("watch: 60s"))[0]
        for _ in range(12):
            self.quote("?status=500")
        self.assertIn("there is no version before it", self.wait_state(first, "live")["reason"])
        self.answers("one")

    def test_another_one_ends_the_window(self):
        self.deploy("one")
        second = self.deploy("two", interlude("watch: 60s"))[0]
        third, answer = self.deploy("three")
        self.assertNotIn("watch", answer)
        self.assertEqual((self.state(second)["state"], self.state(third)["state"]), ("replaced", "live"))
        for _ in range(12):
            self.quote("?status=500")
        self.assertEqual(self.current(), third)

    def test_a_restart_ends_the_window(self):
        self.deploy("one")
        second = self.deploy("two", interlude("watch: 60s"))[0]
        self.server.kill()
        self.server.start()
        self.answers("two")
        self.assertEqual(self.state(second)["state"], "live")

    def test_a_crash_at_once(self):
        """Without a window, before any call ended well; the whole service goes back, also after a restart."""
        first = self.deploy("one")[0]
        self.deployer.write("dist/quote.c", ASKED.replace("TEXT", "two").replace('if (il_query(req, "crash"))', ""))
        self.deployer.write("dist/twin.c", SOURCE % ("two", 3))
        artefact, second = self.deployer.packed(CONFIG)
        self.assertEqual(self.deployer.put(self.server, artefact, second)[0], 201)
        self.assertIn(self.quote()[0], (200, 502))
        wait_until(lambda: self.quote() == (200, b"one"), "the version before")
        self.answers("one")
        self.assertIn("SIGSEGV", self.wait_state(second, "returned")["reason"])
        self.assertEqual(self.current(), first)
        self.server.kill()
        self.server.start()
        self.answers("one")

    def test_a_crash_later_is_an_error_like_others(self):
        self.deploy("one")
        second = self.deploy("two")[0]
        self.assertEqual(self.quote("?crash=1")[0], 502)
        self.answers("two")
        self.assertEqual(self.current(), second)

    def test_drain(self):
        self.deploy("one", PATIENT + "custom: { interlude: { drainTimeout: 3s } }\n")
        calls = self.begin("good=1"), self.begin("deaf=1", "never")
        second = self.deploy("two")[0]
        self.assertFalse(self.state(second)["drain"]["isOver"])
        self.open_gate()
        for call in calls:
            call.join()
        self.assertEqual(self.ended["good=1"], (200, b"one"))
        self.assertEqual(self.ended["deaf=1"][0], 502)
        drain = wait_until(lambda: self.state(second)["drain"]["isOver"] and self.state(second)["drain"], "the drain to end")
        self.assertGreater(drain["ms"], 7900)  # three seconds, then five between SIGTERM, which it does not hear, and SIGKILL
        self.assertIn("the processes of %s have ended" % drain["version"], self.server.log())


if __name__ == "__main__":
    unittest.main()
