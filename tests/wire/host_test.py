# SPDX-License-Identifier: MIT
"""SDK hosts on /websocket, spoken by a scripted one: keys, registration, runs, pages, and everything that can go wrong."""
import http.client
import json
import os
import random
import sys
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host, HostSocket  # noqa: E402
from interlude import Browser, Server, wait_until  # noqa: E402

SEED = int(os.environ.get("SEED", "7"))
SLUGS = ("ask", "other")


def declare(*slugs, groups=(), name="@interval/sdk", version="2.0.0", **more):
    return {"sdkName": name, "sdkVersion": version, "actions": [slug if isinstance(slug, dict) else {"slug": slug} for slug in slugs],
            "groups": list(groups), **more}


class HostTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.key = cls.server.json("/api/v1/keys?org=local")["developmentKey"]
        cls.bystander = Host(cls.server.port, cls.key, slugs=["bystander"])
        assert cls.bystander.initialize()["type"] == "success"
        cls.onlooker = Browser(cls.server)
        cls.kept = cls.onlooker.begin("bystander")
        cls.bystander.next("START_TRANSACTION")
        cls.bystander.ask(cls.kept, "Still there?")
        cls.kept_render = cls.onlooker.render()[1]

    @classmethod
    def tearDownClass(cls):
        """Whatever happened before: the run in the middle did not notice."""
        assert cls.onlooker.answer(cls.kept, cls.kept_render, ["yes"]) is True
        assert json.loads(cls.bystander.next("IO_RESPONSE")[1]["value"])["values"] == ["yes"]
        assert cls.bystander.complete(cls.kept, {"a": 1}) is True
        assert cls.onlooker.completed() == ("SUCCESS", {"a": 1})
        assert not cls.bystander.faults, cls.bystander.faults
        cls.onlooker.close()
        cls.bystander.close(1005)
        cls.server.stop()

    def setUp(self):
        self.hosts = []
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()
        for host in self.hosts:
            self.assertEqual(host.faults, [])
            host.close()

    def host(self, *slugs, instance=None, initialize=True, **more):
        host = Host(self.server.port, self.key, instance, slugs=slugs or SLUGS, **more)
        self.hosts.append(host)
        if initialize:
            self.assertEqual(host.initialize()["type"], "success")
        return host

    def begin(self, host, slug="ask", params=None):
        run = self.browser.begin(slug, params)
        method, start = host.next("START_TRANSACTION")
        self.assertEqual((method, start["transactionId"]), ("START_TRANSACTION", run))
        return run, start

    # ---- keys and connections

    def test_bad_and_missing_keys_are_refused_with_words(self):
        for key in ("", "wrong", str(uuid.uuid4()), "live_" + "x" * 48, "y" * 300):
            stranger = HostSocket(self.server.port, key, str(uuid.uuid4()))
            self.assertEqual(stranger.wait_closed(), 1008)
            self.assertIn("API key", stranger.close_reason)
            self.assertIsNone(stranger.greeting)
            stranger.close()

    def test_malformed_instance_ids_do_not_matter(self):
        for instance in ("x", "-" * 200):
            stranger = HostSocket(self.server.port, self.key, instance)
            stranger.wait(lambda: stranger.greeting, "`authenticated`")
            stranger.close()

    def test_a_newer_connection_takes_over(self):
        old = self.host("taken")
        new = self.host("taken", instance=old.instance)
        self.assertEqual(old.wait_closed(), 1008)
        self.assertEqual(self.server.live()["taken"]["host"], {"sdk": "@interval/sdk 2.0.0", "instances": 1})
        self.assertIsNone(new.close_code)

    def test_a_stranger_with_the_same_instance_id_takes_nothing(self):
        host = self.host("mine")
        stranger = HostSocket(self.server.port, "wrong", host.instance)
        self.assertEqual(stranger.wait_closed(), 1008)
        stranger.close()
        self.assertTrue(host.initialize())

    def test_pings_of_both_kinds(self):
        host = self.host()
        host.ping(b"0f0e0d0c-any-payload")
        ident = host.send_message("ping")
        host.wait(lambda: ident in host.acks, "the ACK of a ping")

    # ---- registration

    def test_registration(self):
        host = self.host(initialize=False)
        answer = host.call("INITIALIZE_HOST", declare(
            {"slug": "create", "groupSlug": "users", "name": "Create user", "description": "Makes one", "backgroundable": True,
             "unlisted": True, "warnOnClose": False}, {"slug": "leaf", "groupSlug": "users/nested"}, "top", "bad slug", "a/b",
            {"slug": "x", "groupSlug": "no//double"}, {"name": "no slug"},
            groups=[{"slug": "users", "name": "Users", "hasHandler": True, "access": {"teams": ["support"]}},
                    {"slug": "users/nested", "name": "Nested"}, {"slug": "old", "name": "Old", "hasIndex": True}]))
        self.assertEqual(answer["type"], "success")
        self.assertEqual(answer["environment"], "development")
        self.assertEqual(answer["organization"], {"name": "Local", "slug": "local"})
        self.assertEqual(sorted(answer["invalidSlugs"]), ["", "a/b", "bad slug", "no//double/x"])
        self.assertEqual(answer["warnings"], [])  # access does not count in development
        self.assertTrue(answer["dashboardUrl"].endswith("/dashboard/local/develop/actions"), answer)
        live = self.server.live()
        self.assertEqual((live["users/create"]["name"], live["users/create"]["backgroundable"], live["users/create"]["warnOnClose"]),
                         ("Create user", True, False))
        self.assertEqual((live["users"]["kind"], live["users"]["hasHandler"], live["users/nested"]["hasHandler"],
                          live["old"]["hasHandler"], live["top"]["name"]), ("page", True, False, True, "top"))
        self.assertNotIn("bad slug", live)

    def test_a_new_list_replaces_the_old_one(self):
        host = self.host("first", "second")
        host.call("INITIALIZE_HOST", declare("second", "third", timestamp=2000))
        live = self.server.live()
        self.assertNotIn("first", live)
        self.assertIn("third", live)
        host.call("INITIALIZE_HOST", declare("first", timestamp=1000))  # was overtaken
        self.assertNotIn("first", self.server.live())

    def test_old_sdks_and_python(self):
        old = self.host(initialize=False)
        answer = old.call("INITIALIZE_HOST", {"sdkName": "@interval/sdk", "sdkVersion": "0.21.0", "actions": [{"slug": "old"}]})
        self.assertEqual((answer["type"], answer["environment"]), ("success", "development"))
        very_old = self.host(initialize=False)
        very_old.call("INITIALIZE_HOST", {"callableActionNames": ["very_old"]})
        self.assertEqual(self.server.live()["very_old"]["status"], "ONLINE")
        python = self.host(initialize=False)
        answer = python.call("INITIALIZE_HOST", declare("py", "not valid", name="interval-py", version="???"))
        self.assertEqual((answer["invalidSlugs"], len(answer["warnings"])), ([], 1))
        self.assertIn("not valid", answer["warnings"][0])

    def test_sdks_that_are_too_old_are_told_so(self):
        for version in ("0.17.9", "0.9.0", "0.2.11"):
            host = self.host(initialize=False)
            answer = host.call("INITIALIZE_HOST", declare("ancient", version=version))
            self.assertEqual(answer["type"], "error", version)
            self.assertIn(version, answer["message"])
            self.assertEqual((answer["sdkAlert"]["severity"], answer["sdkAlert"]["minSdkVersion"]), ("ERROR", "0.18.0"))
            self.assertIn("npm install @interval/sdk@2", answer["sdkAlert"]["message"])
        self.assertNotIn("ancient", self.server.live())

    def test_sdks_that_lack_something_are_told_so_once(self):
        for version, severity in (("0.18.0", "INFO"), ("0.37.9", "INFO"), ("0.38.0", None), ("2.0.0", None), ("0.100.0", None)):
            host = self.host(initialize=False)
            alert = host.call("INITIALIZE_HOST", declare("told", version=version)).get("sdkAlert")
            self.assertEqual(alert and (alert["severity"], alert["minSdkVersion"]), severity and (severity, "0.38.0"), version)
            self.assertNotIn("sdkAlert", host.call("INITIALIZE_HOST", declare("told", version=version)))  # it changed its routes
            back = self.host(instance=host.instance, initialize=False)
            self.assertNotIn("sdkAlert", back.call("INITIALIZE_HOST", declare("told", version=version)))
        for name, version in (("interval-py", "0.1.0"), ("interval-py", "???"), ("something else", "0.1.0")):
            self.assertNotIn("sdkAlert", self.host(initialize=False).call("INITIALIZE_HOST", declare("told", name=name, version=version)))

    def test_errors_of_registration(self):
        host = self.host(initialize=False)
        for inputs in ({}, {"actions": 7, "sdkName": "@interval/sdk", "sdkVersion": "2.0.0"},
                       declare("x", requestId="of nobody")):
            inputs = {"sdkName": "@interval/sdk", "sdkVersion": "2.0.0", **inputs}
            answer = host.call("INITIALIZE_HOST", inputs)
            self.assertEqual(answer["type"], "error", inputs)
            self.assertTrue(answer["message"])

    def test_modules_go_first(self):
        self.server.drop("echo", "shadowed.so")
        self.server.wait_live("shadowed")
        host = self.host(initialize=False)
        warnings = host.call("INITIALIZE_HOST", declare("shadowed", "not_shadowed"))["warnings"]
        self.assertEqual((len(warnings), "shadowed" in warnings[0], "not_shadowed" in warnings[0]), (1, True, False))
        self.assertIsNone(self.server.live()["shadowed"]["host"])
        self.server.remove("shadowed.so")
        wait_until(lambda: self.server.live()["shadowed"]["host"], "the host to serve the slug")

    def test_several_hosts_of_one_action(self):
        one, two = self.host("shared"), self.host("shared")
        self.assertEqual(self.server.live()["shared"]["host"]["instances"], 2)
        self.begin(two, "shared")  # the newest
        two.close(1005)
        wait_until(lambda: self.server.live()["shared"]["host"]["instances"] == 1, "the second host to be gone")
        self.begin(one, "shared")

    # ---- live keys

    def live_host(self, **more):
        status, body, _ = self.server.request("POST", "/api/v1/keys", json.dumps(
            {"org": "local", "label": "test", "environment": "production"}).encode(),
            {"Content-Type": "application/json", "Origin": "http://127.0.0.1:%d" % self.server.port})
        self.assertEqual(status, 201, body)
        host = Host(self.server.port, json.loads(body)["key"], **more)
        self.hosts.append(host)
        return host

    def create_live(self, slug):
        return self.browser.call("CREATE_TRANSACTION", {"organization": "local", "environment": "production", "slug": slug, "params": {}})

    def test_live_keys_serve_everybody_and_code_says_whom(self):
        host = self.live_host()
        answer = host.call("INITIALIZE_HOST", declare(
            {"slug": "for_all", "access": "entire-organization"}, "plain", {"slug": "inside", "groupSlug": "closed"},
            {"slug": "open", "groupSlug": "closed", "access": "entire-organization"},
            groups=[{"slug": "closed", "name": "Closed", "access": {"teams": ["support", "ghosts"]}}]))
        self.assertEqual((answer["environment"], len(answer["warnings"])), ("production", 1))
        self.assertIn("page closed: support; page closed: ghosts", answer["warnings"][0])
        self.assertTrue(answer["dashboardUrl"].endswith("/dashboard/local/actions"))
        self.assertNotIn("for_all", self.server.live())  # that is the console
        for slug in ("for_all", "plain", "closed/open"):
            self.assertEqual(self.create_live(slug)["type"], "SUCCESS", slug)
        self.assertEqual(self.create_live("closed/inside")["code"], "FORBIDDEN")

    def test_old_sdks_have_no_say_in_access_and_call_it_live(self):
        host = self.live_host()
        answer = host.call("INITIALIZE_HOST", declare({"slug": "old_live", "access": {"teams": ["x"]}}, version="0.21.0"))
        self.assertEqual((answer["environment"], answer["warnings"]), ("live", []))
        made = self.create_live("old_live")
        self.assertTrue(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": made["transactionId"]}))
        self.assertEqual(host.next("START_TRANSACTION")[1]["environment"], "live")

    def test_one_process_has_one_connection_in_an_organization(self):
        console = self.host("console")
        live = self.live_host(instance=console.instance, slugs=["lively"])
        self.assertEqual(console.wait_closed(), 1008)
        self.assertEqual(live.initialize()["environment"], "production")
        self.assertEqual(self.server.live()["console"]["status"], "UNREACHABLE")

    # ---- runs

    def test_a_run(self):
        host = self.host()
        run, start = self.begin(host, params={"a": "b c", "n": 2.5, "nothing": None})
        self.assertEqual((start["actionName"], start["environment"], start["displayResolvesImmediately"]), ("ask", "development", True))
        self.assertEqual((start["action"]["slug"], start["action"]["url"].partition("/dashboard/")[2]),
                         ("ask", "local/develop/actions/ask?a=b%20c&n=2.5"))
        self.assertEqual(start["params"], {"a": "b c", "n": 2.5, "nothing": None})
        self.assertEqual((start["user"]["role"], start["user"]["teams"]), ("admin", []))
        self.assertTrue(host.call("SEND_LOADING_CALL", {"transactionId": run, "title": "Busy"}))
        self.assertEqual(self.browser.next("LOADING_STATE")[1], {"transactionId": run, "label": "Busy"})
        self.assertTrue(host.call("SEND_LOG", {"transactionId": run, "data": "hello", "index": 0, "timestamp": 5}))
        self.assertEqual(self.browser.next("LOG")[1]["data"], "hello")
        render = host.ask(run, "Name")
        self.assertEqual(self.browser.render(), (run, render))
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        response = host.next("IO_RESPONSE")[1]
        self.assertEqual((response["transactionId"], json.loads(response["value"])["values"]), (run, ["Ada"]))
        self.assertTrue(host.call("SEND_REDIRECT", {"transactionId": run, "action": "other", "params": {"x": 1}}))
        self.assertEqual(self.browser.next("REDIRECT")[1], {"transactionId": run, "route": "other", "params": {"x": 1}})
        self.assertFalse(host.call("SEND_REDIRECT", {"transactionId": run}))
        self.assertTrue(host.complete(run, {"done": True}))
        self.assertEqual(self.browser.completed(), ("REDIRECTED", {"done": True}))
        self.assertTrue(self.browser.call("LEAVE_TRANSACTION", {"transactionId": run}))
        self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": run})

    def test_python_gets_what_it_understands(self):
        host = self.host("py", name="interval-py", version="1.5.1")
        made = self.browser.call("CREATE_TRANSACTION", {
            "organization": "local", "environment": "development", "slug": "py", "params": {"f": 2.5, "i": 3, "d": "2020-01-01T00:00:00.000Z"},
            "paramsMeta": {"values": {"d": ["Date"]}}})
        self.assertTrue(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": made["transactionId"]}))
        start = host.next("START_TRANSACTION")[1]
        self.assertEqual(start["params"], {"f": "2.5", "i": 3, "d": "2020-01-01T00:00:00.000Z"})
        self.assertNotIn("paramsMeta", start)
        render = host.ask(made["transactionId"], "Long")
        self.browser.render()
        self.assertFalse(self.browser.answer(made["transactionId"], render, ["x" * (1 << 20)]))  # 1 MiB kills it
        self.assertTrue(self.browser.answer(made["transactionId"], render, ["short"]))

    def test_environment_of_old_sdks(self):
        host = self.host("old", version="0.38.0")
        _, start = self.begin(host, "old")
        self.assertEqual((start["environment"], start["displayResolvesImmediately"]), ("development", True))
        older = self.host("older", version="0.21.0")
        _, start = self.begin(older, "older")
        self.assertFalse(start["displayResolvesImmediately"])

    def test_unknown_runs_are_refused_and_closed(self):
        host = self.host()
        for ident in (str(uuid.uuid4()), "01a1fc00-0000-7000-8000-000000000000"):
            refused = host.send_render(ident, {"id": str(uuid.uuid4()), "inputGroupKey": str(uuid.uuid4()), "toRender": [], "kind": "RENDER"})
            self.assertEqual(refused["type"], "ERROR")
            self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": ident})
            self.assertIs(host.call("SEND_LOADING_CALL", {"transactionId": ident}), False)
            self.assertIs(host.complete(ident, None), False)
            self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": ident})

    def test_nonsense_is_answered(self):
        host = self.host()
        run, _ = self.begin(host)
        for method, data in (("SEND_IO_CALL", {"transactionId": run}), ("SEND_IO_CALL", {"transactionId": run, "ioCall": "{"}),
                             ("SEND_IO_CALL", {"transactionId": run, "ioCall": "{}"}), ("SEND_IO_CALL", {}), ("SEND_IO_CALL", 7),
                             ("SEND_IO_CALL", {"transactionId": run, "ioCall": json.dumps({"inputGroupKey": "x", "toRender": 3})}),
                             ("SEND_PAGE", {"pageKey": run, "page": "{}"}), ("SEND_REDIRECT", {"transactionId": run, "url": 3}),
                             ("MARK_TRANSACTION_COMPLETE", {"transactionId": run, "result": "nonsense"}), ("SEND_LOG", {"data": "x"})):
            self.assertIn(host.call(method, data) if method != "SEND_IO_CALL" else host.call(method, data)["type"], (False, "ERROR"))
        self.assertTrue(host.complete(run, 1))

    def test_large_renders_pass(self):
        host = self.host()
        run, _ = self.begin(host)
        rows = [{"key": str(i), "data": {"a": "x" * 60, "b": i}} for i in range(20000)]
        host.ask(run, "Rows", "DISPLAY_TABLE", {"data": rows, "columns": []})
        self.assertEqual(len(self.browser.render()[1]["toRender"][0]["props"]["data"]), len(rows))

    def test_renders_larger_than_what_may_wait_pass(self):
        host = self.host()
        run, _ = self.begin(host)
        host.ask(run, "Text", "DISPLAY_MARKDOWN", {"text": "x" * (12 << 20)})
        self.assertEqual(len(self.browser.render()[1]["toRender"][0]["props"]["text"]), 12 << 20)

    # ---- pages

    def test_pages(self):
        host = self.host(pages=["dash"])
        key = str(uuid.uuid4())
        opened = self.browser.post("REQUEST_PAGE", {"pageKey": key, "pageSlug": "dash", "organization": "local",
                                                    "environment": "development", "actionMode": "console", "params": {"q": "1"}})
        inputs = host.next("OPEN_PAGE")[1]
        self.assertEqual((inputs["pageKey"], inputs["page"]["slug"], inputs["params"]), (key, "dash", {"q": "1"}))
        self.assertEqual(opened.get(timeout=20), {"type": "SUCCESS", "pageKey": key})
        self.assertTrue(host.call("SEND_PAGE", {"pageKey": key, "page": json.dumps({"kind": "BASIC", "title": "Hi"})}))
        self.assertEqual(json.loads(self.browser.next("RENDER_PAGE")[1]["page"])["title"], "Hi")
        self.assertTrue(host.call("SEND_PAGE", {"pageKey": key}))
        self.assertTrue(self.browser.call("LEAVE_PAGE", {"pageKey": key}))
        self.assertEqual(host.next("CLOSE_PAGE")[1], {"pageKey": key})

    def test_a_page_that_does_not_open(self):
        host = self.host(pages=["dash"])
        host.answer = lambda rpc: {"data": {"type": "ERROR", "message": "not today"}}
        self.browser.call("REQUEST_PAGE", {"pageKey": str(uuid.uuid4()), "pageSlug": "dash", "organization": "local",
                                           "environment": "development", "actionMode": "console"})
        page = json.loads(self.browser.next("RENDER_PAGE")[1]["page"])
        self.assertEqual(page["errors"][0]["message"], "not today")

    # ---- going and coming back

    def test_reconnect(self):
        host = self.host("again")
        run, _ = self.begin(host, "again")
        render = host.ask(run, "Name")
        self.browser.render()
        host.close()
        self.browser.next("HOST_CLOSED_UNEXPECTEDLY")
        self.assertEqual(self.server.live()["again"]["status"], "UNREACHABLE")
        self.assertEqual(self.browser.create("again")["code"], "OFFLINE")
        back = self.host("again", instance=host.instance)
        self.assertTrue(back.send_render(run, render))
        self.browser.next("HOST_RECONNECTED")
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        back.next("IO_RESPONSE")
        self.assertTrue(back.complete(run, "done"))
        self.assertEqual(self.browser.completed(), ("SUCCESS", "done"))

    def test_leaving(self):
        host = self.host("leaving")
        run, _ = self.begin(host, "leaving")
        self.assertEqual(host.call("BEGIN_HOST_SHUTDOWN", {}), {"type": "success"})
        self.assertEqual(self.server.live()["leaving"]["status"], "SHUTTING_DOWN")
        self.assertEqual(self.browser.create("leaving")["code"], "OFFLINE")
        self.assertTrue(host.complete(run, None))
        self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": run})  # though somebody still looks at it
        host.close(1005)
        wait_until(lambda: self.server.live()["leaving"]["status"] == "OFFLINE", "the host to be offline")

    def test_a_run_made_before_its_host_left_waits_for_the_next(self):
        old = self.host("rolling")
        made = self.browser.create("rolling")
        connect = {"transactionId": made["transactionId"]}
        self.assertEqual(old.call("BEGIN_HOST_SHUTDOWN", {}), {"type": "success"})
        self.assertIs(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", connect), False)  # browsers try again
        old.close(1005)
        wait_until(lambda: self.server.live()["rolling"]["status"] == "OFFLINE", "the host to be offline")
        self.assertIs(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", connect), False)
        new = self.host("rolling")
        self.assertIs(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", connect), True)
        self.assertEqual(new.next("START_TRANSACTION")[1]["transactionId"], made["transactionId"])
        self.assertTrue(new.complete(made["transactionId"], "done"))
        self.assertEqual(self.browser.completed(), ("SUCCESS", "done"))

    def test_a_run_whose_host_left_can_be_cancelled(self):
        host = self.host("gone")
        made = self.browser.create("gone")
        host.call("BEGIN_HOST_SHUTDOWN", {})
        connect = {"transactionId": made["transactionId"]}
        self.assertIs(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", connect), False)
        self.assertIs(self.browser.call("CANCEL_TRANSACTION", connect), True)
        self.assertIs(self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", connect), True)
        self.assertEqual(self.browser.completed()[0], "CANCELED")

    def test_pages_of_a_host_that_leaves_are_refused(self):
        host = self.host("some", pages=["leaving_page"])
        host.call("BEGIN_HOST_SHUTDOWN", {})
        answer = self.browser.call("REQUEST_PAGE", {"pageKey": str(uuid.uuid4()), "pageSlug": "leaving_page", "organization": "local",
                                                    "environment": "development", "actionMode": "console"})
        self.assertEqual(answer["type"], "ERROR", answer)

    # ---- parameters

    def test_long_parameters(self):
        host = self.host()
        params = {"text": "x" * ((1 << 20) - 20)}
        _, start = self.begin(host, params=params)
        self.assertEqual(start["params"], params)
        refused = self.browser.create("ask", {"text": "x" * (1 << 20)})
        self.assertEqual(refused["code"], "TOO_LARGE", refused)
        self.assertIn("1 MiB", refused["message"])

    # ---- what is malformed

    def test_malformed_frames(self):
        for text in ("", "{", "7", "null", '"x"', "[]", "{}", '{"id":"x"}', '{"type":"MESSAGE"}', '{"id":"x","type":"NO"}',
                     '{"id":7,"type":"ACK"}', '{"id":"x","type":"MESSAGE","data":{}}', "[" * 10000, '{"id":"%s","type":"ACK"}' % ("x" * 500)):
            host = self.host(initialize=False)
            host.send_text(text)
            self.assertEqual(host.wait_closed(), 1008, text[:40])
        host = self.host(initialize=False)
        host.send_frame(1, b'{"id":"\xff"}')
        self.assertEqual(host.wait_closed(), 1007)
        host = self.host(initialize=False)
        host.send_frame(2, b'{"id":"x","type":"ACK"}')
        self.assertEqual(host.wait_closed(), 1003)

    def test_seeded_noise(self):
        """Mutations of good frames: each is ACKed, answered, or closes its own connection; nothing else."""
        dice = random.Random(SEED)
        good = [json.dumps(frame) for frame in (
            {"id": str(uuid.uuid4()), "type": "MESSAGE", "data": json.dumps({"id": "1", "kind": "CALL", "methodName": "INITIALIZE_HOST",
                                                                             "data": declare("noise", timestamp=1)})},
            {"id": str(uuid.uuid4()), "type": "MESSAGE", "data": json.dumps({"id": "2", "kind": "CALL", "methodName": "SEND_IO_CALL",
                                                                             "data": {"transactionId": self.kept, "ioCall": "{}"}})},
            {"id": str(uuid.uuid4()), "type": "MESSAGE", "data": json.dumps({"id": "3", "kind": "RESPONSE", "methodName": "OPEN_PAGE"})},
            {"id": str(uuid.uuid4()), "type": "ACK"})]
        host = HostSocket(self.server.port, self.key, str(uuid.uuid4()))
        for _ in range(1000):
            text = bytearray(dice.choice(good).encode())
            for _ in range(dice.randint(1, 4)):
                at = dice.randrange(len(text))
                text[at:at + dice.randint(0, 6)] = bytes(dice.randrange(32, 127) for _ in range(dice.randint(0, 6)))
            if host.close_code is None:
                try:
                    host.send_text(text.decode())
                    continue
                except OSError:
                    pass
            self.assertIn(host.wait_closed(), (1008, 1006))
            host.close()
            host = HostSocket(self.server.port, self.key, str(uuid.uuid4()))
        host.close()


class RateTest(unittest.TestCase):
    """More messages than are read in a second are read later: an SDK does not know why it would be cut off, and comes back
    to send them all again."""

    def test_a_burst(self):
        server = Server(HOST_RATE_LIMIT="500").start()
        key = server.json("/api/v1/keys?org=local")["developmentKey"]
        host = Host(server.port, key, slugs=["ask"])
        self.assertEqual(host.initialize()["type"], "success")
        began = time.monotonic()
        sent = {host.send_message("ping") for _ in range(1600)}
        host.wait(lambda: sent <= host.acks, "an ACK of every message")
        self.assertGreater(time.monotonic() - began, 1)  # 500, and 500 at the next two ticks, the first of them at any time
        bystander = Host(server.port, key, slugs=["other"])
        self.assertEqual(bystander.initialize()["type"], "success")
        self.assertEqual(host.initialize()["type"], "success")
        for one in (host, bystander):
            self.assertEqual(one.faults, [])
            one.close()
        server.stop()


class SilenceTest(unittest.TestCase):
    """Hosts that do not answer: the slow ones, side by side."""

    def test_silence(self):
        server = Server().start()
        key = server.json("/api/v1/keys?org=local")["developmentKey"]
        deaf = HostSocket(server.port, key, str(uuid.uuid4()))  # acknowledges nothing
        status, body, _ = server.request("POST", "/api/v1/keys", json.dumps(
            {"org": "local", "label": "test", "environment": "production"}).encode(),
            {"Content-Type": "application/json", "Origin": "http://127.0.0.1:%d" % server.port})
        self.assertEqual(status, 201, body)
        revoked = Host(server.port, json.loads(body)["key"], slugs=["revoked"])
        revoked.initialize()
        self.assertEqual(server.request("DELETE", "/api/v1/keys/" + json.loads(body)["id"], headers={
            "Origin": "http://127.0.0.1:%d" % server.port})[0], 204)
        mute = Host(server.port, key, slugs=["mute"], pages=["mute_page"])
        mute.initialize()
        send = mute.send_message
        mute.send_message = lambda data: None if '"RESPONSE"' in data else send(data)
        browser = Browser(server)
        key = str(uuid.uuid4())
        browser.begin("mute")
        browser.call("REQUEST_PAGE", {"pageKey": key, "pageSlug": "mute_page", "organization": "local", "environment": "development",
                                      "actionMode": "console"})
        self.assertEqual(json.loads(browser.next("RENDER_PAGE", seconds=20)[1]["page"])["errors"][0]["error"], "HostRefused")
        self.assertEqual(browser.next("TRANSACTION_COMPLETED", seconds=20)[1]["resultStatus"], "FAILURE")
        self.assertEqual(deaf.wait_closed(25), 1011)
        deaf.close()
        self.assertEqual(revoked.wait_closed(30), 1008)
        self.assertIn("not valid", revoked.close_reason)
        revoked.close()
        browser.close()
        mute.close()
        server.stop()


class RestartTest(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.key = self.server.json("/api/v1/keys?org=local")["developmentKey"]
        self.host = Host(self.server.port, self.key, slugs=["ask"])
        self.host.initialize()
        browser = Browser(self.server)
        self.transaction = browser.begin("ask")
        self.host.next("START_TRANSACTION")
        self.render = self.host.ask(self.transaction, "Name")
        browser.render()
        self.old_browser = browser

    def go_on(self):
        """The same host process comes back to the server that was started again, and so does its person."""
        host = Host(self.server.port, self.key, self.host.instance, slugs=["ask"])
        self.assertEqual(host.initialize()["type"], "success")
        self.assertTrue(host.send_render(self.transaction, self.render))
        browser = Browser(self.server)
        self.assertTrue(browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": self.transaction}))
        self.assertEqual(browser.render(), (self.transaction, self.render))
        self.assertTrue(browser.answer(self.transaction, self.render, ["Ada"]))
        self.assertEqual(json.loads(host.next("IO_RESPONSE")[1]["value"])["values"], ["Ada"])
        self.assertTrue(host.complete(self.transaction, "Ada"))
        self.assertEqual(browser.completed(), ("SUCCESS", "Ada"))
        self.assertEqual(self.server.transaction(self.transaction)["status"], "COMPLETED")
        browser.close()
        host.close(1005)
        self.host.close()
        self.old_browser.close()
        self.server.stop()

    def test_killed(self):
        self.server.kill()
        self.assertEqual(self.host.wait_closed(), 1006)
        self.server.start()
        self.go_on()

    def test_stopped(self):
        self.server.process.terminate()
        self.assertEqual(self.host.wait_closed(), 1012)
        self.assertEqual(self.server.process.wait(60), 0)
        self.server.start()
        self.go_on()


class UpgradeTest(unittest.TestCase):
    def test_not_ready(self):
        """While the server stops a host gets 503, or no connection: both SDKs try again (host-protocol.md 8 P3)."""
        server = Server().start()
        key = server.json("/api/v1/keys?org=local")["developmentKey"]
        held = http.client.HTTPConnection("127.0.0.1", server.port)  # accepted before the end
        held.connect()
        server.process.terminate()
        wait_until(lambda: "stopping" in server.log(), "the server to stop")
        try:
            held.request("GET", "/websocket", headers={
                "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                "x-api-key": key, "x-instance-id": str(uuid.uuid4())})
            self.assertEqual(held.getresponse().status, 503)
        except (OSError, http.client.HTTPException):
            pass
        held.close()
        self.assertEqual(server.process.wait(60), 0)
        server.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
