# SPDX-License-Identifier: MIT
"""What SDKs ask over HTTP (queue, notifications, declaring), and what browsers see of it."""
import json
import os
import re
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Browser, Server, wait_until  # noqa: E402

PLACE = "org=local&env=development"


class RestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.drop("parked")
        cls.server.start()
        cls.server.wait_live("parked")
        cls.key = re.search(r"API key: (\S+)", cls.server.log()).group(1)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.browser = Browser(self.server)
        self.assertTrue(self.browser.call("SUBSCRIBE", {"organization": "local", "environment": "development"}))

    def tearDown(self):
        self.browser.close()

    def post(self, path, body, key=None):
        headers = {"Content-Type": "application/json"}
        if key != "":
            headers["Authorization"] = "Bearer " + (key or self.key)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answer, _ = self.server.request("POST", path, data, headers)
        return status, json.loads(answer)

    def refused(self, status, path, body, key=None):
        got, answer = self.post(path, body, key)
        self.assertEqual((got, answer.get("type")), (status, "error"), answer)
        self.assertTrue(answer["message"])
        return answer["message"]

    def enqueue(self, **body):
        status, answer = self.post("/api/actions/enqueue", dict({"slug": "parked"}, **body))
        self.assertEqual((status, answer["type"]), (200, "success"), answer)
        return answer["id"]

    def queue(self):
        return {item["id"]: item for item in self.server.json("/api/v1/queue?" + PLACE)["items"]}

    def notifications(self, more=""):
        return self.server.json("/api/v1/notifications?" + PLACE + more)

    def wait_topic(self, topic):
        while topic not in self.browser.next("INVALIDATE")[1]["topics"]:
            pass

    def begin(self, queued, params=None):
        made = self.browser.call("CREATE_TRANSACTION", {"organization": "local", "environment": "development", "slug": "parked",
                                                        "params": params or {}, "queuedActionId": queued})
        if made["type"] == "SUCCESS":
            self.assertEqual(made["mode"], "append")
        return made

    # ---- keys

    def test_keys_are_needed(self):
        for path in "/api/actions/enqueue", "/api/actions/dequeue", "/api/notify", "/api/hosts/declare":
            self.refused(401, path, {}, "")
            self.refused(403, path, {}, "live_wrong")
            self.refused(400, path, b"not json")
            self.refused(400, path, [])

    def test_no_peer_connections(self):
        self.assertEqual(self.server.json("/api/ice-config"), {"iceServers": []})

    # ---- queue

    def test_enqueue_and_dequeue(self):
        params = {"a": 1, "when": "1970-01-01T00:00:00.000Z", "u": None, "s": "x"}
        meta = {"values": {"when": ["Date"], "u": ["undefined"]}}
        ident = self.enqueue(assignee="developer@localhost", params=params, paramsMeta=meta)
        self.wait_topic("queue")
        item = self.queue()[ident]
        self.assertEqual((item["slug"], item["name"], item["assignee"], item["transactionId"]),
                         ("parked", "Parked", "developer@localhost", None))
        self.assertEqual((item["params"], item["paramsMeta"]), (params, meta))
        self.assertEqual(self.post("/api/actions/dequeue", {"id": ident}),
                         (200, {"type": "success", "id": ident, "assignee": "developer@localhost", "params": params,
                                "paramsMeta": meta}))
        self.wait_topic("queue")
        self.assertNotIn(ident, self.queue())
        self.refused(404, "/api/actions/dequeue", {"id": ident})

    def test_what_was_not_given_is_left_out(self):
        ident = self.enqueue(assignee=None, params=None)
        self.assertEqual(self.post("/api/actions/dequeue", {"id": ident}), (200, {"type": "success", "id": ident}))

    def test_python_spells_it_otherwise(self):
        ident = self.enqueue(params={"a": True}, params_meta={"values": {"a": ["Date"]}})
        self.assertEqual(self.queue()[ident]["paramsMeta"], {"values": {"a": ["Date"]}})

    def test_bad_orders_are_refused(self):
        self.refused(404, "/api/actions/enqueue", {"slug": "nothing"})
        self.refused(400, "/api/actions/enqueue", {"assignee": "developer@localhost"})
        self.refused(400, "/api/actions/enqueue", {"slug": "parked", "params": [1]})
        self.assertIn("developer@localhost", self.refused(400, "/api/actions/enqueue", {"slug": "parked", "assignee": "a@b.c"}))
        self.refused(400, "/api/actions/dequeue", {})
        self.refused(404, "/api/actions/dequeue", {"id": "q1"})

    def test_a_person_takes_it_out(self):
        ident = self.enqueue()
        self.assertEqual(self.server.request("DELETE", "/api/v1/queue/" + ident)[0], 204)
        self.assertNotIn(ident, self.queue())
        self.assertEqual(self.server.request("DELETE", "/api/v1/queue/" + ident)[0], 404)

    def test_a_run_does_it(self):
        ident = self.enqueue(params={"a": 1, "when": "1970-01-01T00:00:00.000Z"}, paramsMeta={"values": {"when": ["Date"]}})
        made = self.begin(ident, {"a": 2, "b": "x"})
        self.assertEqual(self.queue()[ident]["transactionId"], made["transactionId"])
        self.assertEqual(self.server.transaction(made["transactionId"])["params"],
                         {"when": "1970-01-01T00:00:00.000Z", "a": 2, "b": "x"})
        self.assertEqual(self.begin(ident)["code"], "NOT_FOUND")
        self.assertTrue(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": made["transactionId"]}))
        transaction, render = self.browser.render()
        self.assertTrue(self.browser.answer(transaction, render, ["Ada"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"name": "Ada"}))
        self.assertNotIn(ident, self.queue())
        self.assertEqual(self.begin(ident)["code"], "NOT_FOUND")

    def test_a_cancelled_run_gives_it_back(self):
        ident = self.enqueue()
        made = self.begin(ident)
        self.assertTrue(self.browser.call("CANCEL_TRANSACTION", {"transactionId": made["transactionId"]}))
        wait_until(lambda: self.queue()[ident]["transactionId"] is None, "it to wait again")
        self.assertEqual(self.begin(ident)["type"], "SUCCESS")

    # ---- notifications

    def test_notify_of_no_run(self):
        self.assertEqual(self.post("/api/notify", {"message": "m", "deliveryInstructions": [{"to": "ann@example.com"}],
                                                   "createdAt": "2026-11-21T00:25:01.711Z"}), (200, {"type": "success"}))
        self.wait_topic("notifications")
        self.assertEqual(self.notifications()["notifications"][0] | {"id": 0, "createdAt": 0},
                         {"id": 0, "createdAt": 0, "transactionId": None, "title": None, "message": "m",
                          "deliveries": [{"to": "ann@example.com", "method": None, "status": "LOGGED"}]})

    def test_notify_of_a_run_reaches_its_browser(self):
        transaction = self.browser.begin("parked")
        body = {"transactionId": transaction, "message": "m", "title": "T", "idempotencyKey": str(uuid.uuid4()),
                "deliveryInstructions": [{"to": "#ops", "method": "SLACK"}, {"to": "ann@example.com"}]}
        self.assertEqual(self.post("/api/notify", body)[0], 200)
        self.assertEqual(self.browser.next("NOTIFY")[1],
                         {"transactionId": transaction, "message": "m", "title": "T",
                          "deliveries": [{"to": "#ops", "method": "SLACK"}, {"to": "ann@example.com"}]})
        self.assertEqual(self.post("/api/notify", dict(body, message="again"))[0], 200)
        found = self.notifications("&transaction=" + transaction)["notifications"]
        self.assertEqual([one["message"] for one in found], ["m"])

    def test_without_recipient_it_is_for_the_runner(self):
        transaction = self.browser.begin("parked")
        self.assertEqual(self.post("/api/notify", {"transactionId": transaction, "message": "m"})[0], 200)
        self.assertEqual(self.browser.next("NOTIFY")[1]["deliveries"], [{"to": "developer@localhost"}])

    def test_bad_notifications_are_refused(self):
        self.refused(400, "/api/notify", {})
        self.refused(403, "/api/notify", {"message": "m", "transactionId": str(uuid.uuid4())})
        self.refused(403, "/api/notify", {"message": "m", "transactionId": "x"})
        self.refused(400, "/api/notify", {"message": "m", "deliveryInstructions": [{"to": "a", "method": "FAX"}]})
        self.refused(400, "/api/notify", {"message": "m", "deliveryInstructions": [{"method": "EMAIL"}]})

    def test_notifications_come_in_pages(self):
        for number in range(5):
            self.post("/api/notify", {"message": "page %d" % number})
        first = self.notifications("&limit=2")
        second = self.notifications("&limit=2&before=" + first["next"])
        both = first["notifications"] + second["notifications"]
        self.assertEqual(len({one["id"] for one in both}), 4)
        self.assertEqual([one["createdAt"] for one in both], sorted([one["createdAt"] for one in both], reverse=True))
        self.assertEqual(self.server.get("/api/v1/notifications?%s&before=x" % PLACE)[0], 400)

    # ---- serverless hosts

    def test_declaring_needs_a_live_key(self):
        self.refused(403, "/api/hosts/declare", {"httpHostId": "x", "actions": []})


if __name__ == "__main__":
    unittest.main()
