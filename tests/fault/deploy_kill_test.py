# SPDX-License-Identifier: MIT
"""F9: kill -9 at random moments of a deployment, a roll back, a removal: the next server starts with the old or the new, never a
mix, never half a version, and leaves nothing lying about. DEPLOY_KILLS=50 is the long run; DEPLOY_SEED repeats one.
"""
import collections
import http.client
import os
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import ADDRESS, Deployer  # noqa: E402
from interlude import Server, wait_until  # noqa: E402
from release import NAMES, Releases, name_of  # noqa: E402

KILLS = int(os.environ.get("DEPLOY_KILLS", "10"))
SEED = int(os.environ.get("DEPLOY_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
GONE = "gone"


class Killed(unittest.TestCase):
    def setUp(self):
        self.random = random.Random("%d %s" % (SEED, self.id()))
        self.deployer = Deployer()
        self.addCleanup(self.deployer.close)
        self.releases = Releases(self.deployer)
        self.server = Server(LOG_LEVEL="info", TMPDIR=self.deployer.folder).start()  # killed compilers leave files
        self.addCleanup(self.server.stop)
        self.deployer.introduce(self.server)
        self.functions = os.path.join(self.server.directory, ".interlude/functions")
        self.place = os.path.join(self.functions, "shop/prod")
        self.found = collections.Counter()
        self.number = self.kills = 0

    # ---- what is there

    def releases_served(self):
        """Code and setting of the functions and the route; None: they are gone."""
        answers = [self.server.get("/fn/shop/prod/%s?n=1" % name)[:2] for name in NAMES]
        if {status for status, _ in answers} == {404}:
            return None
        words = [body.decode().split(" ") for status, body in answers if status == 200]
        self.assertEqual([word[:2] for word in words], [[name, "1"] for name in NAMES], answers)
        return [release for word in words for release in word[2:]]

    def served(self):
        """The release of all of them, or GONE."""
        releases = self.releases_served()
        if not releases:
            return GONE
        self.assertEqual(len(set(releases)), 1, "a mix: %s" % releases)
        return releases[0]

    def versions(self):
        path = os.path.join(self.place, "versions")
        return os.listdir(path) if os.path.isdir(path) else []

    def current(self):
        path = os.path.join(self.place, "current")
        return os.readlink(path) if os.path.islink(path) else None

    def stage_of_death(self, before):
        """How far it had come, by what lies on the disk."""
        if self.current() != before:
            return "after the switch"
        if any(name.startswith("draft") for name in self.versions()):
            return "while it was unpacked"
        return "before the switch"

    def check_disk(self, release=None):
        """Only whole versions, one of which is live; nothing that was on its way. None: it has no number."""
        self.assertEqual(os.listdir(self.functions), ["shop"])
        self.assertLessEqual(set(os.listdir(self.place)), {"versions", "current"})
        for name in self.versions():
            files = {os.path.relpath(os.path.join(where, one), os.path.join(self.place, "versions", name))
                     for where, _, ones in os.walk(os.path.join(self.place, "versions", name)) for one in ones}
            self.assertEqual(files, {".complete", "manifest.json", "dist/quote.so", "dist/twin.so", "routes/note.so"}, name)
        listed = self.deployer.list(self.server)
        self.assertEqual(len(listed), len(self.versions()))
        self.check_noted()
        if release is None:
            return
        live = [item["timestamp"] for item in listed if item["isLive"]]
        if release == GONE:
            self.assertEqual((self.versions(), live), ([], []))
        else:
            self.assertEqual([name_of(number) for number, stamp in self.releases.stamps.items() if stamp in live], [release])

    def check_noted(self):
        """Each change is in the audit, also if the server died just before it wrote that."""
        changes = self.server.json("/api/v1/deployments/shop/prod")["changes"]
        last = next(change for change in changes if change["action"] != "prune")
        if self.current():
            self.assertEqual(last["version"], os.path.basename(self.current()))
        else:
            self.assertEqual(last["action"], "remove")

    # ---- what is done

    def deploy(self):
        self.number += 1
        artefact, stamp = self.releases.make(self.number)
        return lambda signed=self.deployer.signature(artefact): self.deployer.put(self.server, artefact, stamp, signed)[0]

    def deploy_function(self):
        self.number += 1
        artefact, stamp = self.releases.make_function(self.number)
        return lambda signed=self.deployer.signature(artefact): self.deployer.put(self.server, artefact, stamp, signed)[0]

    def way_back(self, number):
        return lambda: self.deployer.rollback(self.server, self.releases.stamps[number])[0]

    def remove(self):
        return self.deployer.call(self.server, "DELETE", ADDRESS)[0]

    def do(self, action, status):
        """How long it takes is what the moments of the kills are chosen from."""
        began = time.monotonic()
        self.assertEqual(action(), status)
        self.longest = time.monotonic() - began

    def kill_in(self, action):
        """Its status; None: the server died before it could say."""
        status, before, began = [], self.current(), time.monotonic()

        def act():
            try:
                status.append(action())
                self.longest = time.monotonic() - began
            except (OSError, http.client.HTTPException, ValueError):
                status.append(None)

        acting = threading.Thread(target=act)
        acting.start()
        acting.join(self.random.uniform(0, self.longest))
        self.server.process.kill()
        acting.join()
        self.kills += not status[0]
        self.found["too late" if status[0] else self.stage_of_death(before)] += 1
        self.server.kill()
        self.server.start()
        return status[0]

    def check(self, status, done, old, new):
        """Is one of the two live? The new one for certain, if that was said."""
        release = self.served()
        self.assertIn(release, (old, new))
        if status == done:
            self.assertEqual(release, new)
        self.check_disk(release)
        return release

    def say(self):
        print("%s, seed %d: killed %s" % (self.id().rpartition(".")[2], SEED, ", ".join("%s %d" % pair for pair in self.found.items())),
              flush=True)

    # ---- tests

    def test_f9_killed_in_a_deployment(self):
        self.do(self.deploy(), 201)
        self.do(self.deploy(), 201)
        release = name_of(self.number)
        while self.kills < KILLS:
            action = self.deploy()
            release = self.check(self.kill_in(action), 201, release, name_of(self.number))
        self.say()

    def test_f9_killed_on_the_way_back(self):
        self.do(self.deploy(), 201)
        self.do(self.deploy(), 201)
        self.do(self.way_back(1), 200)
        release = name_of(1)
        while self.kills < KILLS // 2:
            target = 1 if release == name_of(2) else 2
            release = self.check(self.kill_in(self.way_back(target)), 200, release, name_of(target))
            self.assertEqual(len(self.versions()), 2)
        self.say()

    def test_f9_killed_in_a_removal(self):
        self.do(self.deploy(), 201)
        self.do(self.remove, 200)
        while self.kills < KILLS // 2:
            for _ in range(3):
                self.assertEqual(self.deploy()(), 201)
            self.check(self.kill_in(self.remove), 200, name_of(self.number), GONE)
        self.say()

    def test_f9_killed_in_a_deployment_of_a_function(self):
        self.do(self.deploy(), 201)
        self.do(self.deploy_function(), 201)
        old = name_of(self.number)
        while self.kills < KILLS // 2:
            status = self.kill_in(self.deploy_function())
            new = name_of(self.number)
            code, setting, *others = self.releases_served()
            self.assertIn(code, (old, new) if status is None else (new,))
            self.assertEqual([setting, *others], [code] + [name_of(1)] * 4)
            old = code
            self.check_disk()
        self.say()

    def tearDown(self):
        """Runners of servers that were killed wait ten seconds for the next one."""
        wait_until(lambda: len(self.server.runners()) <= len(NAMES), "the runners of killed servers to leave", 60)


if __name__ == "__main__":
    unittest.main()
