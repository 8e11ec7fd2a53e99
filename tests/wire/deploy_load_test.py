# SPDX-License-Identifier: MIT
"""F9: under 2,000 requests a second, deployments and rollbacks lose no request, and every answer is all old or all new.

What is judged is answers, on any machine. The rate is said; a machine that does not reach it while nobody deploys is named by
a skip, after everything else was judged. DEPLOY_RATE and DEPLOY_TURNS are other rates and more turns.
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import Deployer  # noqa: E402
from interlude import Server, wait_until  # noqa: E402
from load import Callers  # noqa: E402
from release import NAMES, Releases, name_of  # noqa: E402

RATE, TURNS = int(os.environ.get("DEPLOY_RATE", "2000")), int(os.environ.get("DEPLOY_TURNS", "3"))
BASE = "/fn/shop/prod"


class Load(unittest.TestCase):
    def start(self, **environment):
        deployer = self.deployer = Deployer()
        self.addCleanup(deployer.close)
        self.releases = Releases(deployer)
        self.server = Server(LOG_LEVEL="info", **environment).start()
        self.addCleanup(self.server.stop)
        deployer.introduce(self.server)
        self.live = []
        self.deploy(1)
        self.callers = Callers(self.server.port, BASE, RATE, *NAMES)
        self.addCleanup(self.callers.process.wait)
        self.addCleanup(self.callers.process.kill)

    def deploy(self, number):
        artefact, stamp = self.releases.make(number)
        status, answer = self.deployer.put(self.server, artefact, stamp)
        self.assertEqual(status, 201, answer)
        self.live.append(name_of(number))

    def roll_back(self, number):
        status, answer = self.deployer.rollback(self.server, self.releases.stamps[number])
        self.assertEqual(status, 200, answer)
        self.live.append(name_of(number))

    def more(self, count):
        """That many answers from now on: (rate, sum)."""
        first = self.callers.sum()
        last = wait_until(lambda: self.enough(first["answered"] + count), "%d answers" % count, 120)
        return (last["answered"] - first["answered"]) / (last["seconds"] - first["seconds"]), last

    def enough(self, count):
        got = self.callers.sum()
        return got["answered"] >= count and got

    def turns(self):
        """A new release and the way back to the one before, again and again, from release 1 on."""
        for turn in range(TURNS):
            self.deploy(turn + 2)
            self.more(RATE // 4)
            self.roll_back(turn + 1)
            self.more(RATE // 4)
            self.deploy(turn + 102)
            self.roll_back(turn + 2)
            self.more(RATE // 4)

    def judge(self, last):
        self.assertEqual(last["failed"], 0, last["failures"])
        self.assertEqual(last["dropped"], 0, "connections between two questions")
        self.assertGreater(last["held"], 0, "no slow request was on its way during a switch")
        for name, order in last["orders"].items():
            self.assertFalse(out_of_order(order, self.live), "%s saw %s of %s" % (name, order, self.live))
        for ident, number in last["calls"]:
            wait_until(lambda ident=ident: self.server.json("/async/calls/" + ident)["state"] == "succeeded", "call " + ident)
            call = self.server.json("/async/calls/" + ident)
            words = self.server.json("/async/calls/%s/result" % ident)["body"].split(" ")
            self.assertEqual((call["attempt"], words[1], words[2]), (1, str(number), words[3]))
            self.assertIn(words[2], self.live)

    def whole(self, **environment):
        self.start(**environment)
        self.more(RATE // 4)
        alone = self.more(RATE)[0]
        before = self.callers.sum()
        self.turns()
        during = self.callers.sum()
        rate = (during["answered"] - before["answered"]) / (during["seconds"] - before["seconds"])
        last = self.callers.stop()
        text = ("%d switches: %.0f/s with deployments, %.0f/s without; %d answers, %d failed, %d by the release before, %d async "
                "calls; p99 %.1f ms, slowest %.0f ms" % (len(self.live) - 1, rate, alone, last["answered"], last["failed"],
                                                         last["held"], len(last["calls"]), last["p99_ms"], last["max_ms"]))
        print(text, flush=True)
        self.judge(last)
        return last, alone < 0.95 * RATE and text

    def test_f9_nothing_is_lost_or_mixed_at_2000_a_second(self):
        last, is_slow = self.whole(HTTP_THREADS="1")
        self.assertFalse(out_of_order(last["order"], self.live), "seen %s of %s" % (last["order"], self.live))
        if is_slow:
            self.skipTest("judged, but this machine is slower: " + is_slow)

    def test_f9_with_two_http_threads(self):
        """Each has a table of its own: who keeps his connection sees no release twice."""
        is_slow = self.whole(HTTP_THREADS="2")[1]
        if is_slow:
            self.skipTest("judged, but this machine is slower: " + is_slow)


def out_of_order(seen, live):
    """Is there one that does not follow in `live`? Some may have been too short to be seen."""
    at = 0
    for release in seen:
        while at < len(live) and live[at] != release:
            at += 1
        if at == len(live):
            return True
    return False


if __name__ == "__main__":
    unittest.main()
