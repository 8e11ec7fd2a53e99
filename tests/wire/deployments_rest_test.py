# SPDX-License-Identifier: MIT
"""What people see of deployed services in the dashboard, and the way back for administrators: /api/v1/deployments."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import ADDRESS, CONFIG, SOURCE, Deployer  # noqa: E402
from interlude import wait_until  # noqa: E402
from team import Session, TeamServer  # noqa: E402

LIST, STAGE, BACK = "/api/v1/deployments", "/api/v1/deployments/shop/prod", "/api/v1/deployments/rollback"
PEOPLE = ("ada@example.com", "admin"), ("dev@example.com", "developer"), ("bob@example.com", "member")


class DeploymentsRest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TeamServer(PEOPLE, rivals=["eve@example.com"]).start()
        cls.ada, cls.dev, cls.bob, cls.eve = (Session(cls.server, name + "@example.com") for name in ("ada", "dev", "bob", "eve"))
        cls.deployer = Deployer()
        cls.deployer.introduce(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.deployer.close()
        cls.server.stop()

    def setUp(self):
        self.first, self.second = self.deploy("one"), self.deploy("two")

    def deploy(self, text, **package):
        artefact, stamp = self.deployer.package(text, **package)
        status, answer = self.deployer.put(self.server, artefact, stamp)
        self.assertEqual(status, 201, answer)
        return stamp

    def answers(self, text):
        self.assertEqual(self.server.request("GET", "/fn/shop/prod/quote")[:2], (200, text.encode()))

    def get(self, path=STAGE):
        status, answer, _ = self.ada.api("GET", path)
        self.assertEqual(status, 200, answer)
        return answer

    def roll_back(self, who, stamp, place=("shop", "prod"), **headers):
        return who.api("POST", BACK, {"service": place[0], "stage": place[1], "timestamp": stamp}, **headers)[:2]

    def test_what_is_live(self):
        stage, = self.get(LIST)["stages"]
        self.assertEqual((stage["service"], stage["stage"], stage["isChanging"]), ("shop", "prod", False))
        live = stage["live"]
        self.assertEqual((live["timestamp"], live["deployer"], sorted(live["functions"])), (self.second, "ann", ["quote", "twin"]))
        self.assertGreater(live["size"], 0)
        self.assertEqual(live["routes"], {})
        self.assertEqual((stage["last"]["action"], stage["last"]["by"]), ("deploy", {"kind": "deployer", "name": "ann"}))
        self.assertEqual(stage["last"]["version"], live["version"])

    def test_versions_and_history(self):
        stage = self.get()
        self.assertEqual([(one["timestamp"], one["isLive"]) for one in stage["versions"]][:2],
                         [(self.second, True), (self.first, False)])
        self.assertNotEqual(*(one["functions"]["quote"]["sha256"] for one in stage["versions"][:2]))
        newest, older = stage["changes"][:2]
        self.assertEqual([(one["action"], one["timestamp"], one["reason"]) for one in (newest, older)],
                         [("deploy", self.second, None), ("deploy", self.first, None)])
        self.assertGreaterEqual(newest["at"], older["at"])
        self.assertFalse(stage["hasMore"])
        short = self.get(STAGE + "?limit=1")
        self.assertEqual((short["changes"], short["hasMore"]), ([newest], True))
        for limit in "0", "-1", "501", "x":
            self.assertEqual(self.ada.api("GET", STAGE + "?limit=" + limit)[0], 400)
        for path in "/shop", "/shop/prod/more", "/shop/nothing", "/shop/":
            self.assertEqual(self.ada.api("GET", LIST + path)[0], 404, path)

    def test_the_way_back(self):
        status, answer = self.roll_back(self.ada, self.first)
        self.assertEqual((status, answer["timestamp"]), (200, self.first), answer)
        self.answers("one")
        stage = self.get()
        self.assertEqual([one["timestamp"] for one in stage["versions"] if one["isLive"]], [self.first])
        change = stage["changes"][0]
        self.assertEqual((change["action"], change["timestamp"], change["by"]),
                         ("rollback", self.first, {"kind": "user", "name": "ada@example.com"}))
        with self.server.database() as db:
            row = db.execute("SELECT p.deployer_id, u.email FROM deployment p JOIN app_user u ON u.id = p.user_id WHERE p.id = ?",
                             (change["id"],)).fetchone()
        self.assertEqual(row, (None, "ada@example.com"))
        self.assertEqual(self.roll_back(self.ada, self.second)[0], 200)
        self.answers("two")

    def test_refusals(self):
        for stamp, place, expected in ((5, ("shop", "prod"), 404), (self.first, ("shop", "dev"), 404),
                                       (self.first, ("..", "prod"), 400), (0, ("shop", "prod"), 400), ("x", ("shop", "prod"), 400)):
            status, answer = self.roll_back(self.ada, stamp, place)
            self.assertEqual(status, expected, answer)
            self.assertTrue(answer["detail"])
        self.assertEqual(self.ada.api("POST", BACK, [])[0], 400)
        self.assertEqual(self.roll_back(self.ada, self.first, Origin="https://evil.example.test")[0], 403)
        self.answers("two")

    def test_who_may(self):
        self.assertEqual(self.dev.api("GET", LIST)[0], 200)
        self.assertEqual(self.dev.api("GET", STAGE)[0], 200)
        for who in self.bob, self.eve:
            for path in LIST, STAGE:
                self.assertEqual(who.api("GET", path)[0], 403)
        for who in self.dev, self.bob, self.eve:
            status, answer = self.roll_back(who, self.first)
            self.assertEqual(status, 403, answer)
        for method, path in ("GET", LIST), ("GET", STAGE), ("POST", BACK):
            status, answer, _ = self.server.request(method, path, b"{}" if method == "POST" else None)
            self.assertEqual(status, 401, answer)
        self.answers("two")

    def test_what_belongs_to_another_organization(self):
        """Functions and their keys are of the server's first organization."""
        for path in "/api/v1/functions", "/api/v1/function-keys", "/api/v1/functions/quote/logs":
            self.assertEqual((self.ada.api("GET", path)[0], self.eve.api("GET", path)[0]), (200, 403), path)
        self.assertEqual(self.eve.api("POST", "/api/v1/function-keys", {"label": "mine"})[0], 403)

    def test_watch_windows(self):
        """One that goes well is told while it is open and kept with its row; one that does not names its reason."""
        self.assertEqual(self.get()["watch"]["state"], "live")
        good = self.deploy("three", config=CONFIG + "custom: { interlude: { watch: 1s } }\n")
        for _ in range(12):
            self.answers("three")
        for where in self.get()["watch"], self.get(LIST)["stages"][0]["watch"]:
            self.assertEqual((where["untilMs"] - where["sinceMs"], where["errors"], where["step"]), (1000, 0, 1))
        row = wait_until(lambda: self.get()["changes"][0]["watch"], "the window to be noted")
        self.assertEqual((row["state"], row["requests"], row["reason"]), ("live", 12, None))
        self.assertEqual(sum(sample["requests"] for sample in row["samples"]), 12)

        bad = self.deploy("four", source=SOURCE.replace("200,", "500,"), config=CONFIG + "custom: { interlude: { watch: 30s } }\n")
        wait_until(lambda: self.server.request("GET", "/fn/shop/prod/quote")[0] == 200, "the version before to answer again")
        self.answers("three")
        stage = wait_until(lambda: next((now for now in [self.get()] if now["changes"][0]["action"] == "return"), None), "the row of it")
        back, failed = stage["changes"][:2]
        self.assertEqual((back["timestamp"], back["by"], failed["timestamp"]), (good, None, bad))
        self.assertIn("failed with a 5xx", back["reason"])
        failed = wait_until(lambda: self.get()["changes"][1]["watch"], "its window to be noted")
        self.assertEqual((failed["state"], failed["errors"]), ("returned", failed["requests"]))
        self.assertEqual([one["timestamp"] for one in stage["versions"] if one["isLive"]], [good])

    def test_removed(self):
        status, answer = self.deployer.call(self.server, "DELETE", ADDRESS)
        self.assertEqual(status, 200, answer)
        stage, = self.get(LIST)["stages"]
        self.assertEqual((stage["live"], stage["last"]["action"]), (None, "remove"))
        self.assertEqual((self.get()["versions"], self.get()["changes"][0]["action"]), ([], "remove"))
        status, answer = self.roll_back(self.ada, self.first)
        self.assertEqual(status, 404, answer)

    def test_many_places(self):
        """By name; what nobody noted is there, too."""
        with self.server.database() as db:
            for service in "abc", "zyx":
                db.execute("INSERT INTO deployment (id, service, stage, action, timestamp, bytes, created_at)"
                           " VALUES (?, ?, 'prod', 'remove', 1, 0, 1)", (service, service))
            rows = db.execute("SELECT * FROM deployment WHERE service = 'shop'").fetchall()
            db.execute("DELETE FROM deployment WHERE service = 'shop'")
        stages = self.get(LIST)["stages"]
        with self.server.database() as db:
            db.execute("DELETE FROM deployment")
            db.executemany("INSERT INTO deployment VALUES (%s)" % ",".join("?" * len(rows[0])), rows)
        self.assertEqual([one["service"] for one in stages], ["abc", "zyx", "shop"])
        self.assertEqual((stages[2]["last"], stages[2]["live"]["timestamp"]), (None, self.second))


if __name__ == "__main__":
    unittest.main()
