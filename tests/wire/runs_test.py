# SPDX-License-Identifier: MIT
"""Runs at SDK hosts: what is shown, resent, refused, cancelled and remembered (host-protocol.md 4, io-methods.md 1, 13)."""
import json
import os
import sys
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host  # noqa: E402
from interlude import Browser, Server, wait_until  # noqa: E402

OLD = {"name": "@interval/sdk", "version": "0.21.0"}
PLACE = "org=local&env=development"


class Runs(unittest.TestCase):
    def setUp(self):
        self.hosts, self.browsers = [], []
        self.browser = self.look()

    def tearDown(self):
        for browser in self.browsers:
            browser.close()
        for host in self.hosts:
            self.assertEqual(host.faults, [])
            host.close()

    def look(self):
        self.browsers.append(Browser(self.server))
        return self.browsers[-1]

    def host(self, instance=None, definitions=None, **more):
        host = Host(self.server.port, self.key, instance, slugs=["run"], **more)
        self.hosts.append(host)
        inputs = {"sdkName": host.name, "sdkVersion": host.version, "actions": definitions or [{"slug": "run"}], "groups": []}
        self.assertEqual(host.call("INITIALIZE_HOST", inputs)["type"], "success")
        return host

    def begin(self, host):
        run = self.browser.begin("run")
        self.assertEqual(host.next("START_TRANSACTION")[1]["transactionId"], run)
        return run

    def connect(self, run, browser=None):
        return (browser or self.browser).call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run})

    def status(self, run):
        found = self.server.transaction(run)
        return found["status"], found["resultStatus"]

    def wait_status(self, run, status, result=None):
        wait_until(lambda: self.status(run) == (status, result), lambda: "%s, but it is %s" % (status, self.status(run)))

    def drop(self, host, run):
        """The host's connection is lost; its instance id."""
        host.close()
        self.assertEqual(self.browser.next("HOST_CLOSED_UNEXPECTEDLY")[1], {"transactionId": run})
        self.wait_status(run, "HOST_CONNECTION_DROPPED")
        return host.instance

    def value(self, host):
        return json.loads(host.next("IO_RESPONSE")[1]["value"])

    def nothing_shown(self, run):
        """What was sent so far shows nothing: the next thing the browser hears of is a log that comes behind it."""
        mark = "mark %s" % uuid.uuid4()
        self.assertTrue(self.hosts[-1].call("SEND_LOG", {"transactionId": run, "data": mark, "index": 900 + len(mark) % 7,
                                                         "timestamp": int(time.time() * 1000)}))
        name, data = self.browser.next("RENDER", "LOG")
        self.assertEqual((name, data.get("data")), ("LOG", mark))


class RunsTest(Runs):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.key = cls.server.json("/api/v1/keys?org=local")["developmentKey"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    # ---- away and back

    def test_choices_that_were_not_offered_are_refused(self):
        host = self.host()
        run = self.begin(host)
        options = [{"label": name, "value": value} for name, value in (("red", "red"), ("one", 1))]
        render = host.ask(run, "Colour", method="SELECT_SINGLE", props={"options": options})
        self.browser.render()
        for value in ("mauve", "1", True, None, {"a": 1}):
            self.assertIs(self.browser.answer(run, render, [{"label": "x", "value": value}]), False, value)
        self.assertIs(self.browser.answer(run, render, [{"label": "x", "value": 1}]), True)
        self.assertEqual(json.loads(host.next("IO_RESPONSE")[1]["value"])["values"][0]["value"], 1)
        self.assertTrue(host.complete(run, None))

    def test_an_unanswered_question_survives(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.browser.render()
        self.drop(host, run)
        self.assertFalse(self.browser.answer(run, render, ["Ada"]))  # nobody there
        back = self.host(host.instance)
        self.assertTrue(back.send_render(run, render))  # as it was
        self.assertEqual(self.browser.next("HOST_RECONNECTED")[1], {"transactionId": run})
        self.assertEqual(self.browser.render(), (run, render))
        self.wait_status(run, "AWAITING_INPUT")
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertEqual(self.value(back)["values"], ["Ada"])
        self.assertTrue(back.complete(run, "done"))
        self.assertEqual(self.browser.completed(), ("SUCCESS", "done"))

    def test_an_answered_question_is_not_shown_again(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.browser.render()
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.value(host)
        back = self.host(self.drop(host, run))
        self.assertTrue(back.send_render(run, render))
        self.assertEqual(self.value(back)["values"], ["Ada"])  # in case it was lost on the way; hosts ignore a second one
        self.assertEqual(self.status(run)[0], "HOST_CONNECTION_DROPPED")  # perhaps it has ended meanwhile, unheard
        self.nothing_shown(run)
        self.wait_status(run, "RUNNING")
        self.assertTrue(back.complete(run, None))

    def test_a_log_is_a_sign_of_life(self):
        host = self.host()
        run = self.begin(host)
        back = self.host(self.drop(host, run))
        self.assertEqual(self.status(run)[0], "HOST_CONNECTION_DROPPED")  # connected, but who knows
        self.assertTrue(back.call("SEND_LOG", {"transactionId": run, "data": "alive", "index": 0, "timestamp": 1}))
        self.browser.next("HOST_RECONNECTED")
        self.wait_status(run, "RUNNING")

    def test_another_browser_while_it_is_away(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.drop(host, run)
        second = self.look()
        self.assertTrue(self.connect(run, second))
        self.assertEqual(json.loads(second.next("RENDER")[1]["toRender"]), render)
        second.next("HOST_CLOSED_UNEXPECTEDLY")
        self.host(host.instance).send_render(run, render)
        second.next("HOST_RECONNECTED")

    def test_cancelled_while_it_is_away(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.drop(host, run)
        self.assertTrue(self.browser.call("CANCEL_TRANSACTION", {"transactionId": run}))
        self.wait_status(run, "COMPLETED", "CANCELED")
        back = self.host(host.instance)
        self.assertEqual(back.send_render(run, render)["type"], "ERROR")
        self.assertEqual(back.next("CLOSE_TRANSACTION")[1], {"transactionId": run})

    # ---- renders

    def test_earlier_calls_stay_alive(self):
        host = self.host()
        run = self.begin(host)
        table = host.ask(run, "Table", "DISPLAY_TABLE", {"data": []})
        question = host.ask(run, "Name")
        self.assertEqual(self.browser.render()[1], table)
        self.assertEqual(self.browser.render()[1], question)
        self.assertTrue(self.browser.answer(run, table, [{"offset": 20}], "SET_STATE"))
        self.value(host)
        page2 = dict(table, id=str(uuid.uuid4()))
        self.assertTrue(host.send_render(run, page2))
        self.assertEqual(self.browser.render()[1], page2)
        self.wait_status(run, "AWAITING_INPUT")
        second = self.look()  # what waits is the question, not the table
        self.assertTrue(self.connect(run, second))
        self.assertEqual(json.loads(second.next("RENDER")[1]["toRender"]), question)
        self.assertTrue(host.complete(run, None))
        second.completed()
        page3 = dict(table, id=str(uuid.uuid4()))
        self.assertTrue(host.send_render(run, page3))  # even now, while somebody looks
        self.assertEqual(json.loads(second.next("RENDER")[1]["toRender"]), page3)
        second.call("LEAVE_TRANSACTION", {"transactionId": run})
        self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": run})
        self.assertEqual(host.send_render(run, page3)["type"], "ERROR")

    def test_a_form_comes_back_after_validation(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.browser.render()
        self.assertTrue(self.browser.answer(run, render, [""]))
        self.assertFalse(self.browser.answer(run, render, ["twice"]))
        again = dict(render, id=str(uuid.uuid4()), validationErrorMessage="Give a name")
        self.assertTrue(host.send_render(run, again))
        self.assertEqual(self.browser.render()[1], again)
        self.assertTrue(self.browser.answer(run, again, ["Ada"]))

    def test_displays_with_buttons_wait(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Read this", "DISPLAY_MARKDOWN", {})
        self.browser.render()
        self.wait_status(run, "RUNNING")
        buttons = dict(render, id=str(uuid.uuid4()), inputGroupKey=str(uuid.uuid4()),
                       choiceButtons=[{"label": "Go on", "value": "go"}])
        self.assertTrue(host.send_render(run, buttons))
        self.wait_status(run, "AWAITING_INPUT")

    def test_credentials_are_refused_in_words(self):
        host = self.host()
        run = self.begin(host)
        render = {"id": str(uuid.uuid4()), "inputGroupKey": str(uuid.uuid4()), "kind": "RENDER",
                  "toRender": [{"methodName": "CREDENTIALS", "label": "GitHub", "props": {"service": "github"}}]}
        answer = host.send_render(run, render)
        self.assertEqual(answer["type"], "ERROR")
        self.assertIn("credentials", answer["message"])
        self.assertTrue(host.ask(run, "CREDENTIALS"))  # the word alone does no harm

    def test_old_sdks_do_not_understand_refusals(self):
        host = self.host(name="@interval/sdk", version="0.38.0")
        run = self.begin(host)
        render = {"id": str(uuid.uuid4()), "inputGroupKey": str(uuid.uuid4()), "kind": "RENDER",
                  "toRender": [{"methodName": "CREDENTIALS", "label": "GitHub", "props": {}}]}
        self.assertIs(host.send_render(run, render), True)
        self.assertEqual(self.value(host)["kind"], "CANCELED")
        status, data = self.browser.completed()
        self.assertEqual((status, data["error"]), ("FAILURE", "RenderRefused"))

    # ---- logs, loading, completion

    def test_repeated_logs_are_shown_once(self):
        host = self.host()
        run = self.begin(host)
        for index in (1, 2, 2, 1, 3):
            self.assertTrue(host.call("SEND_LOG", {"transactionId": run, "data": "line %d" % index, "index": index, "timestamp": 1}))
        seen = [self.browser.next("LOG")[1]["data"] for _ in range(3)]
        self.assertEqual(seen, ["line 1", "line 2", "line 3"])
        wait_until(lambda: [log["data"] for log in self.server.transaction(run)["logs"]] == seen, "three lines in the store")

    def test_completed_twice(self):
        host = self.host()
        run = self.begin(host)
        self.assertTrue(host.complete(run, "first"))
        self.assertTrue(host.complete(run, "second"))
        self.assertEqual(self.browser.completed(), ("SUCCESS", "first"))
        self.assertEqual(self.server.transaction(run)["result"]["data"], "first")

    def test_loading_states_that_come_too_late(self):
        host = self.host()
        run = self.begin(host)
        self.assertTrue(host.call("SEND_LOADING_CALL", {"transactionId": run, "label": "Busy"}))
        self.assertTrue(host.complete(run, None))
        self.assertFalse(host.call("SEND_LOADING_CALL", {"transactionId": run, "label": "Busy"}))

    def test_without_a_browser_it_is_closed_at_once(self):
        host = self.host(definitions=[{"slug": "run", "backgroundable": True}])
        run = self.begin(host)
        self.browser.call("LEAVE_TRANSACTION", {"transactionId": run})
        self.assertTrue(host.complete(run, None))
        self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": run})

    # ---- cancelling

    def test_cancelled_while_it_asks(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.assertTrue(self.browser.call("CANCEL_TRANSACTION", {"transactionId": run}))
        value = self.value(host)
        self.assertEqual((value["kind"], value["inputGroupKey"], value["values"]), ("CANCELED", render["inputGroupKey"], []))
        self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": run})
        self.assertEqual(self.browser.next("TRANSACTION_COMPLETED")[1]["resultStatus"], "CANCELED")

    def test_cancelled_while_it_computes(self):
        host = self.host()
        run = self.begin(host)
        self.assertTrue(self.browser.call("CANCEL_TRANSACTION", {"transactionId": run}))
        self.browser.next("TRANSACTION_COMPLETED")
        self.browser.call("LEAVE_TRANSACTION", {"transactionId": run})
        render = {"id": str(uuid.uuid4()), "inputGroupKey": str(uuid.uuid4()), "kind": "RENDER",
                  "toRender": [{"methodName": "INPUT_TEXT", "label": "Name", "props": {}}]}
        self.assertTrue(host.send_render(run, render))
        value = self.value(host)
        self.assertEqual((value["kind"], value["inputGroupKey"]), ("CANCELED", render["inputGroupKey"]))
        self.assertEqual(host.next("CLOSE_TRANSACTION")[1], {"transactionId": run})
        self.assertEqual(self.status(run), ("COMPLETED", "CANCELED"))

    def test_a_cancelled_run_that_completes_all_the_same(self):
        host = self.host()
        run = self.begin(host)
        self.browser.call("CANCEL_TRANSACTION", {"transactionId": run})
        self.assertTrue(host.complete(run, "too late"))
        self.wait_status(run, "COMPLETED", "CANCELED")

    # ---- one call at a time

    def test_the_paged_way(self):
        host = self.host(**OLD)
        made = self.browser.create("run")
        self.assertEqual(made["mode"], "paged")
        run = made["transactionId"]
        self.assertTrue(self.connect(run))
        self.assertFalse(host.next("START_TRANSACTION")[1]["displayResolvesImmediately"])
        self.assertEqual(self.server.transaction(run)["mode"], "paged")
        render = host.ask(run, "Read this", "DISPLAY_MARKDOWN", {})
        self.browser.render()
        self.wait_status(run, "AWAITING_INPUT")
        self.assertTrue(self.browser.answer(run, render, [None]))
        self.assertEqual(self.value(host)["values"], [None])
        host.ask(run, "Steps", "DISPLAY_PROGRESS_STEPS", {})  # never waits
        self.wait_status(run, "RUNNING")
        self.assertTrue(host.call("MARK_TRANSACTION_COMPLETE", {"transactionId": run}))  # it says no more than that
        self.assertEqual(self.browser.completed(), ("SUCCESS", None))

    # ---- in the background

    def test_who_left_is_told(self):
        host = self.host(definitions=[{"slug": "run", "name": "Long run", "backgroundable": True}])
        run = self.begin(host)
        self.browser.call("LEAVE_TRANSACTION", {"transactionId": run})
        render = host.ask(run, "Name")
        host.send_render(run, dict(render, id=str(uuid.uuid4())))  # the same step
        self.assertTrue(self.connect(run))
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.browser.call("LEAVE_TRANSACTION", {"transactionId": run})
        self.assertTrue(host.complete(run, None))

        def told():
            found = self.server.json("/api/v1/notifications?%s&transaction=%s" % (PLACE, run))["notifications"]
            return len(found) == 2 and found
        found = wait_until(told, "two notifications")
        self.assertEqual({one["message"] for one in found}, {"It waits for your input.", "It has finished."})
        self.assertEqual((found[0]["title"], found[0]["deliveries"][0]["to"]), ("Long run", "developer@localhost"))

    # ---- who sits there

    def identity(self, run, group, body=None):
        if body is None:
            return self.server.json("/api/v1/identity?transaction=%s&group=%s" % (run, group))
        status, answer, _ = self.server.request("POST", "/api/v1/identity", json.dumps(body).encode(),
                                                {"Content-Type": "application/json"})
        return status, json.loads(answer)

    def test_identity_is_confirmed_by_the_server(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Who?", "CONFIRM_IDENTITY", {"gracePeriodMs": 0})
        group = render["inputGroupKey"]
        self.browser.render()
        self.assertFalse(self.browser.answer(run, render, [True]))
        self.assertFalse(self.browser.answer(run, render, [True, False]))
        self.assertEqual(self.identity(run, group), {"confirmed": False, "method": "none"})
        self.assertFalse(self.browser.answer(run, render, [True]))
        body = {"transactionId": run, "inputGroupKey": group, "password": ""}
        self.assertEqual(self.identity(run, group, body), (200, True))
        self.assertTrue(self.browser.answer(run, render, [True]))
        self.assertEqual(self.identity(run, group, dict(body, inputGroupKey=str(uuid.uuid4())))[0], 404)
        second = host.ask(run, "Still?", "CONFIRM_IDENTITY", {"gracePeriodMs": 60000})
        self.assertFalse(self.browser.answer(run, second, [True]))
        self.assertTrue(self.identity(run, second["inputGroupKey"])["confirmed"])  # a moment ago
        self.assertTrue(self.browser.answer(run, second, [True]))
        third = host.ask(run, "Again?", "CONFIRM_IDENTITY", {"gracePeriodMs": 0})
        self.assertFalse(self.identity(run, third["inputGroupKey"])["confirmed"])
        self.assertTrue(self.browser.answer(run, third, [False]))  # declining is always possible


class RestartTest(Runs):
    def setUp(self):
        self.server = Server().start()
        self.key = self.server.json("/api/v1/keys?org=local")["developmentKey"]
        super().setUp()

    def tearDown(self):
        super().tearDown()
        self.server.stop()

    def restart(self):
        self.server.kill()
        self.server.start()
        self.browser = self.look()

    def test_a_run_goes_on_after_a_restart(self):
        host = self.host()
        run = self.begin(host)
        self.assertTrue(host.call("SEND_LOG", {"transactionId": run, "data": "before", "index": 0, "timestamp": 1}))
        first = host.ask(run, "First")
        self.assertTrue(self.browser.answer(run, first, ["one"]))
        self.value(host)
        second = host.ask(run, "Second")
        self.restart()
        self.assertEqual(self.status(run)[0], "HOST_CONNECTION_DROPPED")
        back = self.host(host.instance)
        self.assertTrue(back.send_render(run, second))
        self.wait_status(run, "CLIENT_CONNECTION_DROPPED")  # the host is there, the browser is not yet
        self.assertTrue(self.connect(run))
        self.assertEqual(self.browser.next("LOG")[1]["data"], "before")
        self.assertEqual(self.browser.render(), (run, second))
        self.assertTrue(self.browser.answer(run, second, ["two"]))
        self.assertEqual(self.value(back)["values"], ["two"])
        self.assertTrue(back.call("SEND_LOG", {"transactionId": run, "data": "before", "index": 0, "timestamp": 1}))
        self.assertTrue(back.complete(run, "done"))
        self.assertEqual(self.browser.completed(), ("SUCCESS", "done"))
        self.assertEqual([log["data"] for log in self.server.transaction(run)["logs"]], ["before"])
        self.assertEqual([step["response"]["values"] for step in self.server.transaction(run)["steps"]], [["one"], ["two"]])

    def test_the_browser_is_first(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.restart()
        self.assertTrue(self.connect(run))
        self.browser.next("HOST_CLOSED_UNEXPECTEDLY")
        back = self.host(host.instance)
        self.assertTrue(back.send_render(run, render))
        self.browser.next("HOST_RECONNECTED")
        self.assertEqual(self.browser.render(), (run, render))
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertEqual(self.value(back)["values"], ["Ada"])

    def test_a_handler_that_may_have_ended_unheard(self):
        """The host got an answer that the last server could not remember any more, so it takes no second one."""
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        self.wait_status(run, "AWAITING_INPUT")
        self.restart()
        back = self.host(host.instance)
        self.assertTrue(back.send_render(run, render))
        self.wait_status(run, "CLIENT_CONNECTION_DROPPED")
        self.assertTrue(self.connect(run))
        self.browser.render()
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.browser.next("HOST_CLOSED_UNEXPECTEDLY")  # after some seconds of silence
        self.wait_status(run, "HOST_CONNECTION_DROPPED")
        self.assertTrue(back.call("SEND_LOG", {"transactionId": run, "data": "still here", "index": 0, "timestamp": 1}))
        self.browser.next("HOST_RECONNECTED")
        self.assertTrue(back.complete(run, None))
        self.wait_status(run, "COMPLETED", "SUCCESS")

    def test_what_is_not_this_hosts(self):
        host = self.host()
        run = self.begin(host)
        render = host.ask(run, "Name")
        done = self.begin(host)
        self.assertTrue(host.complete(done, None))
        self.restart()
        stranger = self.host()
        self.assertEqual(stranger.send_render(run, render)["type"], "ERROR")
        self.assertEqual(stranger.next("CLOSE_TRANSACTION")[1], {"transactionId": run})
        back = self.host(host.instance)
        self.assertFalse(back.complete(done, None))
        self.assertEqual(back.next("CLOSE_TRANSACTION")[1], {"transactionId": done})
        self.assertTrue(back.complete(run, None))
        self.wait_status(run, "COMPLETED", "SUCCESS")


if __name__ == "__main__":
    unittest.main()
