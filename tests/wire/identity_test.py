# SPDX-License-Identifier: MIT
"""The team's server: runs that ask for proof of who sits there, live keys, and what members of a team see of each other."""
import json
import os
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host  # noqa: E402
from interlude import wait_until  # noqa: E402
from team import PASSWORDS, Person, TeamServer  # noqa: E402


class IdentityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TeamServer().start()
        cls.ada, cls.bob = Person(cls.server, "ada@example.com"), Person(cls.server, "bob@example.com")
        status, made, _ = cls.ada.api("POST", "/api/v1/keys", {"org": "acme", "label": "test", "environment": "production"})
        assert status == 201, made
        cls.key = made["key"]
        cls.host = Host(cls.server.port, cls.key, slugs=["run"])
        assert cls.host.initialize()["type"] == "success"

    @classmethod
    def tearDownClass(cls):
        assert not cls.host.faults, cls.host.faults
        cls.host.close()
        cls.ada.close()
        cls.bob.close()
        cls.server.stop()

    def begin(self, person):
        run = person.begin("run")
        self.assertEqual(self.host.next("START_TRANSACTION")[1]["transactionId"], run)
        return run

    def sdk(self, path, body):
        status, answer, _ = self.server.request("POST", path, json.dumps(body).encode(),
                                                {"Content-Type": "application/json", "Authorization": "Bearer " + self.key})
        return status, json.loads(answer)

    # ---- identity

    def test_a_password_is_the_proof(self):
        run = self.begin(self.bob)
        render = self.host.ask(run, "Who?", "CONFIRM_IDENTITY", {"gracePeriodMs": 0})
        body = {"transactionId": run, "inputGroupKey": render["inputGroupKey"], "password": "wrong"}
        question = "/api/v1/identity?transaction=%s&group=%s" % (run, render["inputGroupKey"])
        self.assertEqual(self.bob.api("GET", question)[1], {"confirmed": False, "method": "password"})
        self.assertEqual(self.bob.api("POST", "/api/v1/identity", body)[:2], (401, False))
        self.assertFalse(self.bob.answer(run, render, [True]))
        body["password"] = PASSWORDS["bob@example.com"]
        self.assertEqual(self.ada.api("POST", "/api/v1/identity", dict(body, password=PASSWORDS["ada@example.com"]))[0], 404)
        self.assertEqual(self.bob.api("POST", "/api/v1/identity", body)[:2], (200, True))
        self.assertTrue(self.bob.answer(run, render, [True]))
        later = self.host.ask(run, "Still?", "CONFIRM_IDENTITY", {})
        question = "/api/v1/identity?transaction=%s&group=%s" % (run, later["inputGroupKey"])
        self.assertEqual(self.bob.api("GET", question)[1], {"confirmed": True, "method": "password"})
        self.assertTrue(self.bob.answer(run, later, [True]))

    def test_guessing_takes_longer_and_longer(self):
        run = self.begin(self.ada)
        render = self.host.ask(run, "Who?", "CONFIRM_IDENTITY", {"gracePeriodMs": 0})
        body = {"transactionId": run, "inputGroupKey": render["inputGroupKey"], "password": "wrong"}
        for _ in range(10):
            status, _, headers = self.ada.api("POST", "/api/v1/identity", body)
            if status == 429:
                break
            self.assertEqual(status, 401)
        self.assertEqual(status, 429)
        self.assertGreater(int(headers["retry-after"]), 0)

    def test_strangers_are_not_asked(self):
        stranger = "/api/v1/identity?transaction=%s&group=%s" % (uuid.uuid4(), uuid.uuid4())
        self.assertEqual(self.server.get(stranger)[0], 401)
        self.assertEqual(self.bob.api("GET", stranger)[0], 404)

    # ---- live keys

    def test_the_queue_of_a_team(self):
        ident = self.sdk("/api/actions/enqueue", {"slug": "run", "assignee": "ada@example.com", "params": {"a": 1}})[1]["id"]
        queue = "/api/v1/queue?org=acme&env=production"
        self.assertEqual([item["id"] for item in self.ada.api("GET", queue)[1]["items"]], [ident])
        self.assertEqual(self.bob.api("GET", queue)[1]["items"], [])
        made = self.bob.call("CREATE_TRANSACTION", {"organization": "acme", "environment": "production", "slug": "run",
                                                    "queuedActionId": ident})
        self.assertEqual(made["code"], "NOT_FOUND")
        self.assertEqual(self.bob.api("DELETE", "/api/v1/queue/" + ident)[0], 403)
        self.assertEqual(self.ada.api("DELETE", "/api/v1/queue/" + ident)[0], 204)
        self.assertEqual(self.sdk("/api/actions/enqueue", {"slug": "run", "assignee": "eve@example.com"})[0], 404)

    def test_declaring_an_unknown_endpoint(self):
        status, answer = self.sdk("/api/hosts/declare", {"httpHostId": str(uuid.uuid4()), "actions": [], "sdkName": "@interval/sdk",
                                                         "sdkVersion": "2.0.0"})
        self.assertEqual((status, answer["type"]), (404, "error"))

    # ---- what others see

    def test_notifications_are_for_those_they_concern(self):
        run = self.begin(self.ada)
        self.assertTrue(self.host.call("NOTIFY", {"transactionId": run, "message": "for ada", "createdAt": "2026-11-21T00:00:00.000Z"}))
        self.assertEqual(self.ada.next("NOTIFY")[1], {"transactionId": run, "message": "for ada",
                                                      "deliveries": [{"to": "ada@example.com"}]})
        self.sdk("/api/notify", {"transactionId": run, "message": "for bob", "deliveryInstructions": [{"to": "bob@example.com"}]})
        where = "/api/v1/notifications?org=acme&env=production&transaction=" + run

        def messages(person):
            return {one["message"] for one in person.api("GET", where)[1]["notifications"]}
        wait_until(lambda: messages(self.ada) == {"for ada", "for bob"}, "both notifications")
        self.assertEqual(messages(self.bob), {"for bob"})

    def test_files_are_for_whoever_runs_it(self):
        run = self.begin(self.ada)
        render = self.host.ask(run, "File", "UPLOAD_FILE")
        body = {"transactionId": run, "inputGroupKey": render["inputGroupKey"], "objectKeys": ["a"]}
        self.assertEqual(self.bob.api("POST", "/api/v1/uploads", body)[0], 404)
        self.assertEqual(self.ada.api("POST", "/api/v1/uploads", body)[0], 200)


if __name__ == "__main__":
    unittest.main()
