# SPDX-License-Identifier: MIT
"""kill -9 of the server at random moments of ten-step runs: they go on with the next server, or are shown as lost; never stuck."""
import json
import os
import random
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Browser, Server, wait_until  # noqa: E402

KILLS = int(os.environ.get("KILLS", "30"))
SEED = int(os.environ.get("SEED", "1"))
STEPS = 10


def label(render):
    return render["toRender"][0]["label"]


class Kill(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.drop("steps")
        self.server.start()
        self.random = random.Random(SEED)

    def tearDown(self):
        self.server.stop()

    def reconnect(self, run):
        """As a browser does: again and again until its run is there."""
        browser = Browser(self.server)
        wait_until(lambda: browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}), "the run to come back")
        return browser

    def test_server_killed_at_every_step(self):
        confirmed = 0
        for kill in range(KILLS):
            browser = Browser(self.server)
            run = browser.begin("steps")
            stop_at = self.random.randrange(STEPS)
            answered = -1
            for step in range(STEPS):
                _, render = browser.render()
                self.assertEqual(label(render), "Step %d" % step)
                if step == stop_at:
                    break
                self.assertTrue(browser.answer(run, render, ["a%d" % step]))
                answered = step
            if kill % 2:  # the answer may or may not have been taken
                browser.post("RESPOND_TO_IO_CALL", {"transactionId": run, "ioResponse": json.dumps(
                    {"id": render["id"], "inputGroupKey": render["inputGroupKey"], "transactionId": run, "kind": "RETURN",
                     "choice": "Continue", "values": ["a%d" % stop_at]})})
            self.server.kill()
            browser.close()
            self.server.start()
            browser = self.reconnect(run)
            while True:
                name, data = browser.next("RENDER", "TRANSACTION_COMPLETED")
                if name == "TRANSACTION_COMPLETED":
                    break
                render = json.loads(data["toRender"])
                step = int(label(render).split()[1])
                self.assertGreater(step, answered)
                browser.answer(run, render, ["a%d" % step])
                answered = step
            self.assertEqual(json.loads(data["result"])["data"], "".join("a%d " % i for i in range(STEPS)))
            history = self.server.transaction(run)
            self.assertEqual((history["status"], history["resultStatus"]), ("COMPLETED", "SUCCESS"))
            # Only what was confirmed must be there: the last answer may have reached the handler and not the disk.
            stored = [step["index"] for step in history["steps"]]
            self.assertEqual(stored, list(range(len(stored))))
            self.assertGreaterEqual(len(stored), min(answered + 1, STEPS - 1))
            confirmed += 1
            browser.close()
        print("%d kills of the server, %d runs went on to their end" % (KILLS, confirmed))

    def test_server_and_runner_killed(self):
        browser = Browser(self.server)
        run = browser.begin("steps")
        for step in range(3):
            _, render = browser.render()
            self.assertTrue(browser.answer(run, render, ["a%d" % step]))
        browser.render()
        runners = self.server.runners()
        self.server.kill()
        browser.close()
        for pid in runners:
            os.kill(pid, signal.SIGKILL)
        self.server.start()
        wait_until(lambda: self.server.transaction(run)["status"] == "HOST_CONNECTION_DROPPED", "the run to be shown as lost")
        history = self.server.transaction(run)
        self.assertEqual([step["response"]["values"] for step in history["steps"][:3]], [["a0"], ["a1"], ["a2"]])
        # "heard a1" was written before the answer a2 was confirmed; the line after it may still have been in the queue.
        heard = ["heard a0", "heard a1", "heard a2"]
        self.assertIn([entry["data"] for entry in history["logs"]], (heard[:2], heard))
        browser = Browser(self.server)
        self.assertTrue(browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}))
        browser.next("HOST_CLOSED_UNEXPECTEDLY")
        browser.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
