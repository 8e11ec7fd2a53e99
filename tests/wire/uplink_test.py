# SPDX-License-Identifier: MIT
"""`interlude host` against a scripted server: what it says, what it survives, how it leaves, what it tells people."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, ROUTES, free_port, wait_until  # noqa: E402
from uplink import NULL, SUCCESS, Host, ScriptedServer  # noqa: E402

SEED = int(os.environ.get("SEED", "7"))
HELLO = os.path.join(ROUTES, "hello.so")


class UplinkTest(unittest.TestCase):
    """Each test has a server and a host of its own."""

    def begin(self, *modules, **environment):
        self.server = ScriptedServer()
        self.host = Host(self.server.url, modules=modules or [HELLO], server=self.server,
                         **dict({"RETRY_INTERVAL_MS": "100"}, **environment)).start()
        self.addCleanup(self.host.stop)
        self.link, self.inputs = self.server.initialized()
        self.link.wait_heard()
        return self.link

    def reconnected(self):
        self.link, inputs = self.server.initialized()
        return inputs


class Conversation(UplinkTest):
    def test_handshake(self):
        link = self.begin(HELLO, "steps", "page")
        self.assertEqual(link.path, "/websocket")
        self.assertEqual(link.headers["x-api-key"], "live_testkey0000")
        self.assertEqual(uuid.UUID(link.headers["x-instance-id"]).version, 4)
        self.assertEqual(link.headers["host"], "localhost:%d" % self.server.port)
        self.assertNotIn("origin", link.headers)
        self.assertEqual(self.inputs["sdkName"], "interlude")
        self.assertEqual(self.inputs["sdkVersion"], "2.0.0")
        self.assertEqual([action["slug"] for action in self.inputs["actions"]], ["hello", "steps"])
        self.assertEqual(self.inputs["actions"][0]["name"], "Hello")
        self.assertEqual([page["slug"] for page in self.inputs["groups"]], ["page"])
        self.assertTrue(self.inputs["groups"][0]["hasHandler"])
        self.host.wait_log("Dashboard: http://localhost:3000/dashboard/acme")

    def test_folders_become_groups(self):
        self.server = ScriptedServer()
        self.host = Host(self.server.url, server=self.server)
        self.addCleanup(self.host.stop)
        self.host.drop(HELLO, "users/nested/leaf.so")
        self.host.drop("page", "users/index.so")
        self.host.start()
        _, inputs = self.server.initialized()
        self.assertEqual(inputs["actions"][0]["groupSlug"], "users/nested")
        self.assertEqual(inputs["actions"][0]["slug"], "leaf")
        self.assertEqual([(page["slug"], page["name"], page["hasHandler"]) for page in inputs["groups"]],
                         [("users", "Page", True), ("users/nested", "Nested", False)])

    def test_run(self):
        link = self.begin()
        link.start("tx1", "hello")
        self.assertEqual(link.response(), {"id": "1", "kind": "RESPONSE", "methodName": "START_TRANSACTION"})
        run, render = link.render()
        self.assertEqual(run, "tx1")
        link.answer(run, render, ["A"])  # too short
        _, again = link.render()
        self.assertEqual(again["inputGroupKey"], render["inputGroupKey"])
        self.assertIn("2 characters", again["toRender"][0]["validationErrorMessage"])
        link.answer(run, again, ["Ada"])
        self.assertEqual(link.completed(), ("tx1", "SUCCESS", {"greeting": "Hello, Ada"}))

    def test_answer_without_group_goes_to_the_latest(self):
        link = self.begin()
        link.start("tx1", "hello")
        _, render = link.render()
        link.call("IO_RESPONSE", {"transactionId": "tx1", "value": json.dumps(
            {"id": render["id"], "transactionId": "tx1", "kind": "RETURN", "values": ["Ada"]})})
        self.assertEqual(link.completed()[1], "SUCCESS")

    def test_page(self):
        link = self.begin("page")
        link.open_page("key one", "page")
        self.assertEqual(link.response()["data"], {"type": "SUCCESS", "pageKey": "key one"})
        layout = link.next_call("SEND_PAGE")["data"]
        self.assertEqual(layout["pageKey"], "key one")
        self.assertEqual(json.loads(layout["page"])["title"], "A page")
        link.call("CLOSE_PAGE", {"pageKey": "key one"})
        self.assertEqual(link.response()["methodName"], "CLOSE_PAGE")
        link.open_page("key two", "nothing")
        self.assertEqual(link.response()["data"]["type"], "ERROR")

    def test_logs(self):
        link = self.begin("logs")
        link.start("tx1", "logs")
        indices = set()
        while len(indices) < 1000:
            indices.add(link.next_call("SEND_LOG")["data"]["index"])
        self.assertEqual(indices, set(range(1000)))
        seconds = [when for when, method in self.server.calls if method == "SEND_LOG"]
        self.assertGreater(seconds[-1] - seconds[0], 3)  # 1,000 messages, below 256 a second

    def test_loading(self):
        link = self.begin("loading")
        link.start("tx1", "loading")
        states = [link.next_call("SEND_LOADING_CALL")["data"] for _ in range(3)]
        self.assertEqual(states[0] | {"itemsCompleted": 0},
                         {"transactionId": "tx1", "label": "Working", "itemsInQueue": 1000000, "itemsCompleted": 0})
        self.assertLess(states[0]["itemsCompleted"], states[1]["itemsCompleted"])
        times = [when for when, method in self.server.calls if method == "SEND_LOADING_CALL"]
        self.assertGreater(times[2] - times[0], 0.15)  # ten a second at most

    def test_notification(self):
        link = self.begin("captured")
        link.start("tx1", "notify")
        data = link.next_call("NOTIFY")["data"]
        self.assertRegex(data.pop("createdAt"), r"^\d{4}-\d\d-\d\dT.*Z$")
        self.assertEqual(data, {"transactionId": "tx1", "title": "Import", "message": "Done",
                                "deliveryInstructions": [{"to": "ada@example.com", "method": "EMAIL"}]})
        self.assertEqual(link.completed()[1], "SUCCESS")

    def test_cancel(self):
        link = self.begin("steps", "compute")
        link.start("tx1", "steps")
        run, render = link.render()
        link.answer(run, render, [], kind="CANCELED")
        link.call("CLOSE_TRANSACTION", {"transactionId": "tx1"})
        link.start("tx2", "compute")
        link.next_call("SEND_LOG")
        link.answer("tx2", {"id": "UNKNOWN"}, [], kind="CANCELED", group="UNKNOWN")
        self.host.signal()  # it leaves only when nothing runs
        self.assertEqual(self.host.wait(), 0)
        self.assertNotIn("MARK_TRANSACTION_COMPLETE", [method for _, method in self.server.calls])

    def test_refused_step_fails(self):
        link = self.begin("steps")
        for answer, words in ((False, "refused"), ({"type": "ERROR", "message": "No such thing here."}, "No such thing here.")):
            self.server.answers["SEND_IO_CALL"] = answer
            run = str(uuid.uuid4())
            link.start(run, "steps")
            ident, status, data = link.completed()
            self.assertEqual((ident, status), (run, "FAILURE"))
            self.assertIn(words, data["message"])

    def test_unknown_action_fails_with_words(self):
        link = self.begin()
        link.start("tx1", "renamed")
        self.assertEqual(link.response()["methodName"], "START_TRANSACTION")
        ident, status, data = link.completed()
        self.assertEqual((ident, status, data["error"]), ("tx1", "FAILURE", "RouteNotFound"))
        self.assertIn("renamed", data["message"])

    def test_crash_fails_the_run(self):
        link = self.begin("obey")
        link.start("tx1", "obey")
        run, render = link.render()
        link.answer(run, render, ["crash"])
        ident, status, data = link.completed()
        self.assertEqual((ident, status, data["error"], data["signal"]), ("tx1", "FAILURE", "RouteCrashed", "SIGSEGV"))

    def test_started_twice_runs_once(self):
        link = self.begin()
        link.start("tx1", "hello")
        link.render()
        link.start("tx1", "hello")
        while link.response()["id"] != "2":
            pass
        link.call("CLOSE_TRANSACTION", {"transactionId": "tx1"})
        self.assertEqual(link.response()["methodName"], "CLOSE_TRANSACTION")
        self.assertEqual([method for _, method in self.server.calls].count("SEND_IO_CALL"), 1)

    def test_without_append_ui_the_run_ends_with_its_completion(self):
        link = self.begin()
        link.start("tx1", "hello", displayResolvesImmediately=False)
        run, render = link.render()
        link.answer(run, render, ["Ada"])
        link.completed()
        self.host.signal()
        self.assertEqual(self.host.wait(), 0)

    def test_hot_reload_is_announced_once(self):
        link = self.begin()
        self.host.drop("steps")
        self.host.drop("page")
        slugs = [action["slug"] for action in link.next_call("INITIALIZE_HOST")["data"]["actions"]]
        self.assertEqual(slugs, ["hello", "steps"])
        self.assertEqual([method for _, method in self.server.calls], ["INITIALIZE_HOST"] * 2)
        os.unlink(os.path.join(self.host.routes, "steps.so"))
        self.assertEqual([action["slug"] for action in link.next_call("INITIALIZE_HOST")["data"]["actions"]], ["hello"])

    def test_many_at_once(self):
        link = self.begin("parked")
        runs = {str(uuid.uuid4()): None for _ in range(150)}
        for run in runs:
            link.start(run, "parked")
        for _ in runs:
            run, runs[run] = link.render()
        for run, render in runs.items():
            link.answer(run, render, ["name of " + run])
        for _ in range(len(runs)):
            run, status, data = link.completed()
            self.assertEqual((status, data), ("SUCCESS", {"name": "name of " + run}))

    def test_binary_frames_and_application_pings(self):
        link = self.begin()
        ident = link.message("ping")
        wait_until(lambda: ident in link.acks, "the ACK of a ping")
        ident = str(uuid.uuid4())
        link.send_frame(2, json.dumps({"id": ident, "data": "ping", "type": "MESSAGE"}).encode())
        wait_until(lambda: ident in link.acks, "the ACK of a binary frame")
        link.send_frame(9, b"are you there")

    def test_large_question(self):
        link = self.begin("obey")
        link.start("tx1", "obey")
        run, render = link.render()
        link.answer(run, render, ["x" * (3 << 20)])
        self.assertEqual(len(link.completed()[2]), 3 << 20)


class Trouble(UplinkTest):
    def test_ack_timeout_sends_again(self):
        link = self.begin(SEND_TIMEOUT_MS="150")
        link.acknowledges = False
        link.start("tx1", "hello")
        seen = [link.next_call("SEND_IO_CALL") for _ in range(4)]
        self.assertEqual(len({rpc["id"] for rpc in seen}), 4)  # new calls …
        self.assertEqual(len({rpc["data"]["ioCall"] for rpc in seen}), 1)  # … with the same question
        times = [when for when, method in self.server.calls if method == "SEND_IO_CALL"]
        pauses = [after - before for before, after in zip(times, times[1:])]
        for attempt, pause in enumerate(pauses, 1):
            self.assertGreater(pause, 0.14 * attempt)
        link.acknowledges = True
        link.respond(link.next_call("SEND_IO_CALL"), True)

    def test_never_acknowledged_fails_the_step(self):
        link = self.begin(SEND_TIMEOUT_MS="20", MAX_RESEND_ATTEMPTS="3")
        link.acknowledges = False
        link.start("tx1", "hello")
        for _ in range(3):
            link.next_call("SEND_IO_CALL")
        link.acknowledges = True
        self.assertIn("acknowledge", link.completed()[2]["message"])

    def test_server_restart(self):
        link = self.begin(HELLO, "page", "logs")
        instance, last = link.headers["x-instance-id"], 0
        link.start("tx1", "hello")
        _, render = link.render()
        link.open_page("key", "page")
        page = link.next_call("SEND_PAGE")["data"]["page"]
        link.wait_heard()
        link.close()
        self.assertEqual(link.next("close"), 1012)
        inputs = self.reconnected()
        self.assertEqual(self.link.headers["x-instance-id"], instance)
        self.assertEqual([action["slug"] for action in inputs["actions"]], ["hello", "logs"])
        again = {rpc["methodName"]: rpc for rpc in (self.link.next_call("SEND_IO_CALL", "SEND_PAGE") for _ in range(2))}
        self.assertEqual(json.loads(again["SEND_IO_CALL"]["data"]["ioCall"]), render)
        self.assertEqual(again["SEND_PAGE"]["data"], {"pageKey": "key", "page": page})
        self.assertGreater(int(again["SEND_IO_CALL"]["id"]), last)
        self.link.answer("tx1", render, ["Ada"])
        self.assertEqual(self.link.completed()[2], {"greeting": "Hello, Ada"})

    def test_answered_question_is_not_asked_again(self):
        link = self.begin("steps")
        link.start("tx1", "steps")
        _, first = link.render()
        link.answer("tx1", first, ["one"])
        _, second = link.render()
        link.cut()
        self.reconnected()
        _, again = self.link.render()
        self.assertEqual(again, second)

    def test_completed_while_disconnected(self):
        link = self.begin(HELLO)
        link.start("tx1", "hello")
        _, render = link.render()
        self.server.answers["MARK_TRANSACTION_COMPLETE"] = None  # it never gets to say that it has it
        link.answer("tx1", render, ["Ada"])
        link.completed()
        self.server.stop()
        link.cut()
        self.host.wait_log("nothing listens")
        self.server.answers["MARK_TRANSACTION_COMPLETE"] = True
        self.server.resume()
        self.reconnected()
        self.assertEqual(self.link.completed(), ("tx1", "SUCCESS", {"greeting": "Hello, Ada"}))

    def test_lost_responses(self):
        """What was asked when the connection died is asked again: nothing hangs (host-protocol.md 4.8)."""
        for method, module in (("SEND_IO_CALL", HELLO), ("MARK_TRANSACTION_COMPLETE", HELLO)):
            with self.subTest(method):
                link = self.begin(module)
                self.server.answers[method] = None
                link.start("tx1", "hello")
                if method == "SEND_IO_CALL":
                    _, render = link.render()
                else:
                    _, render = link.render()
                    link.answer("tx1", render, ["Ada"])
                    link.next_call(method)
                link.cut()
                self.server.answers[method] = True
                self.reconnected()
                if method == "SEND_IO_CALL":
                    _, render = self.link.render()
                    self.link.answer("tx1", render, ["Ada"])
                self.assertEqual(self.link.completed()[2], {"greeting": "Hello, Ada"})

    def test_answer_before_the_response(self):
        link = self.begin()
        self.server.answers["SEND_IO_CALL"] = None
        link.start("tx1", "hello")
        _, render = link.render()
        link.answer("tx1", render, ["Ada"])
        self.assertEqual(link.completed()[1], "SUCCESS")

    def test_forgotten_run_ends(self):
        link = self.begin("steps")
        link.start("tx1", "steps")
        link.render()
        link.wait_heard()
        link.cut()
        self.server.answers["SEND_IO_CALL"] = False
        self.reconnected()
        self.link.render()
        self.host.wait_log("the server has forgotten a run")
        self.host.signal()
        self.assertEqual(self.host.wait(), 0)

    def test_loading_state_is_sent_again(self):
        link = self.begin("loading")
        link.start("tx1", "loading")
        link.next_call("SEND_LOADING_CALL")
        link.wait_heard()
        link.cut()
        self.reconnected()
        self.assertEqual(self.link.next_call("SEND_LOADING_CALL")["data"]["label"], "Working")

    def test_refused_while_away(self):
        """A proxy says 503, then a connection is accepted and closed at once: tried again, every time."""
        self.begin()
        self.server.refusal = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        self.link.cut()
        self.host.wait_log("HTTP 503")
        self.server.refusal = b""
        self.host.wait_log("closed the connection without an answer")
        self.server.refusal, self.server.welcomes = None, False
        early = self.server.connection()
        early.close(1012)
        self.server.welcomes = True
        while True:
            self.link = self.server.connection()
            if not self.link.close_code:
                break
        self.link.next_call("INITIALIZE_HOST")

    def test_refused_initialisation_later(self):
        link = self.begin()
        self.server.answers["INITIALIZE_HOST"] = {"type": "error", "message": "Not today."}
        link.cut()
        self.reconnected()
        self.host.wait_log("Not today.")
        self.server.answers["INITIALIZE_HOST"] = SUCCESS
        self.reconnected()
        self.link.start("tx1", "hello")
        self.link.render()

    def test_pings(self):
        link = self.begin(PING_INTERVAL_MS="50")
        wait_until(lambda: len(link.pings) >= 3, "three pings")
        for payload in link.pings:
            self.assertEqual(uuid.UUID(payload).version, 4)

    def test_deaf_server_is_left(self):
        self.begin(PING_INTERVAL_MS="50", PING_TIMEOUT_MS="20", CLOSE_UNRESPONSIVE_TIMEOUT_MS="200")
        self.server.answers_pings = False
        self.host.wait_log("did not answer a ping within 20 ms")
        self.server.connection()

    def test_no_welcome(self):
        self.server = ScriptedServer()
        self.server.welcomes = False
        self.host = Host(self.server.url, modules=[HELLO], server=self.server, RETRY_INTERVAL_MS="50", CONNECT_TIMEOUT_MS="100").start()
        self.addCleanup(self.host.stop)
        self.server.connection()
        self.host.wait_log("no welcome from")
        self.server.welcomes = True
        while self.server.connection().next("call", seconds=5)["methodName"] != "INITIALIZE_HOST":
            pass


class Options(UplinkTest):
    """What the SDKs can be told (host-protocol.md 3.6), as flags; in the other tests it is in the environment."""

    DEFAULTS = {"retry-interval-ms": 3000, "ping-interval-ms": 30000, "ping-timeout-ms": 5000,
                "close-unresponsive-connection-timeout-ms": 180000, "close-unresponsive-timeout-ms": 0,
                "reinitialize-batch-timeout-ms": 200, "connect-timeout-ms": 15000, "send-timeout-ms": 5000, "max-resend-attempts": 10}

    def start(self, *flags):
        self.server = ScriptedServer()
        self.host = Host(self.server.url, modules=[HELLO], server=self.server).start(*flags)
        self.addCleanup(self.host.stop)

    def test_defaults_are_those_of_the_sdks(self):
        text = " ".join(subprocess.run([INTERLUDE, "host", "--help"], capture_output=True, text=True, check=True).stdout.split())
        for name, value in self.DEFAULTS.items():
            self.assertRegex(text, r"--%s VALUE [^[]*\[%s, default %d\]" % (name, name.upper().replace("-", "_"), value))

    def test_retry_interval(self):
        self.start("--retry-interval-ms", "300")
        link, _ = self.server.initialized()
        self.server.refusal = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
        link.close()
        wait_until(lambda: len(self.server.refused_at) > 3, "some attempts")
        for before, after in zip(self.server.refused_at, self.server.refused_at[1:]):
            self.assertGreater(after - before, 0.29)

    def test_close_unresponsive_by_both_names(self):
        for name in ("--close-unresponsive-connection-timeout-ms", "--close-unresponsive-timeout-ms"):
            with self.subTest(name=name):
                self.start("--retry-interval-ms", "50", "--ping-interval-ms", "50", "--ping-timeout-ms", "20", name, "200")
                self.server.initialized()
                self.server.answers_pings = False
                self.host.wait_log("did not answer a ping within 20 ms")
                self.server.initialized()

    def test_reinitialize_batch_timeout(self):
        self.start("--reinitialize-batch-timeout-ms", "1500")
        link, _ = self.server.initialized()
        self.host.drop("steps")
        self.host.wait_log("steps.so is live")
        self.host.drop("page")
        self.host.wait_log("page.so is live")
        self.assertEqual(len(link.next_call("INITIALIZE_HOST")["data"]["actions"]), 2)
        self.assertEqual([method for _, method in self.server.calls], ["INITIALIZE_HOST"] * 2)

    def test_connect_timeout(self):
        self.server = ScriptedServer()
        self.server.welcomes = False
        self.host = Host(self.server.url, modules=[HELLO], server=self.server).start("--connect-timeout-ms", "123")
        self.addCleanup(self.host.stop)
        self.host.wait_log("within 123 ms")

    def test_send_timeout_and_attempts(self):
        self.start("--send-timeout-ms", "20", "--max-resend-attempts", "4")
        link, _ = self.server.initialized()
        link.wait_heard()
        link.acknowledges = False
        link.start("tx1", "hello")
        for _ in range(4):
            link.next_call("SEND_IO_CALL")
        link.next_call("MARK_TRANSACTION_COMPLETE")

    def test_log_levels(self):
        for level, has_info, has_debug in (("quiet", False, False), ("info", True, False), ("debug", True, True)):
            with self.subTest(level=level):
                self.start("--log-level", level)
                link, _ = self.server.initialized()
                link.start("tx1", "hello")
                run, render = link.render()
                link.answer(run, render, ["Ada"])
                link.completed()
                self.host.signal()
                self.assertEqual(self.host.wait(), 0)
                self.assertEqual(("level=info" in self.host.log(), "level=debug" in self.host.log()), (has_info, has_debug))


class Nonsense(UplinkTest):
    def test_bad_frames_close_the_connection(self):
        link = self.begin()
        instance = link.headers["x-instance-id"]
        for text in ("hello", "[]", "{}", '{"id":"a"}', '{"type":"MESSAGE","id":7,"data":"ping"}', '{"type":"X","id":"a","data":"b"}',
                     "[" * 100000):
            self.link.send_text(text)
            self.assertEqual(self.link.next("close"), 1008)
            self.reconnected()
            self.assertEqual(self.link.headers["x-instance-id"], instance)
        self.link.send_frame(1, b"\xff\xfe")
        self.assertEqual(self.link.next("close"), 1007)
        self.reconnected()
        self.link.send_frame(3, b"reserved opcode")
        self.assertEqual(self.link.next("close"), 1002)
        self.reconnected()

    def test_bad_calls_are_left_unanswered(self):
        link = self.begin()
        for method, data in (("NO_SUCH_METHOD", {}), ("START_TRANSACTION", None), ("START_TRANSACTION", {}),
                             ("START_TRANSACTION", {"transactionId": 7, "actionName": "hello", "params": {}}),
                             ("START_TRANSACTION", {"transactionId": "t", "actionName": "hello", "params": []}),
                             ("START_TRANSACTION", {"transactionId": "t" * 1000, "actionName": "hello", "params": {}}),
                             ("OPEN_PAGE", {"pageKey": "x"}), ("OPEN_PAGE", []), ("IO_RESPONSE", {"transactionId": "x"}),
                             ("CLOSE_TRANSACTION", {}), ("CLOSE_PAGE", "x")):
            link.call(method, data)
        for value in ("", "{", "null", "{}", '{"kind":"RETURN"}', '{"transactionId":"other","kind":"RETURN","values":[]}'):
            link.call("IO_RESPONSE", {"transactionId": "none", "value": value})
            self.assertEqual(link.response()["methodName"], "IO_RESPONSE")
        link.start("tx1", "hello")
        link.render()

    def test_wrong_answers_fail_the_run_only(self):
        link = self.begin()
        for number, values in enumerate(([], ["a", "b"], [{"x": 1}], [12], None)):
            run = "run-%d" % number
            link.start(run, "hello")
            ident, render = link.render()
            link.answer(ident, render, values)
            self.assertEqual(link.completed()[1], "FAILURE", values)

    def test_thousand_malformed_frames(self):
        """From a seeded generator, over one connection after the other: the host is never lost, and serves afterwards."""
        self.begin(RETRY_INTERVAL_MS="5")
        generator = random.Random(SEED)
        good = json.dumps({"id": "x", "kind": "CALL", "methodName": "START_TRANSACTION", "data": {"transactionId": "t", "params": {}}})

        def mutated(text):
            raw = bytearray(text.encode())
            for _ in range(generator.randrange(1, 6)):
                at = generator.randrange(len(raw))
                choice = generator.randrange(3)
                if choice == 0:
                    raw[at] = generator.randrange(256)
                elif choice == 1:
                    del raw[at:at + generator.randrange(1, 9)]
                else:
                    raw[at:at] = generator.randbytes(generator.randrange(1, 9))
                raw = raw or bytearray(b"x")
            return bytes(raw)

        for _ in range(1000):
            kind = generator.randrange(4)
            try:
                if kind == 0:
                    self.link.send_frame(1, mutated(json.dumps({"id": str(uuid.uuid4()), "data": good, "type": "MESSAGE"})))
                elif kind == 1:
                    self.link.message(mutated(good).decode("utf-8", "replace"))
                elif kind == 2:
                    self.link.send_frame(generator.randrange(16), generator.randbytes(generator.randrange(200)), generator.random() < .8)
                else:
                    with self.link.lock:
                        self.link.sock.sendall(generator.randbytes(generator.randrange(1, 40)))
                    self.link.cut()
            except OSError:
                pass  # closed already
            if self.link.close_code or kind == 3:
                self.link.cut()
                self.reconnected()
        self.link.cut()
        self.reconnected()
        self.link.start("after", "hello")
        while self.link.render()[0] != "after":
            pass


class Leaving(UplinkTest):
    def test_idle(self):
        link = self.begin()
        self.host.signal(signal.SIGINT)
        self.assertEqual(link.next_call("BEGIN_HOST_SHUTDOWN")["data"], {})
        self.assertEqual(link.next("close"), 1000)
        self.assertEqual(self.host.wait(), 0)

    def test_busy(self):
        link = self.begin(HELLO, "page")
        link.start("tx1", "hello")
        _, render = link.render()
        self.host.signal()
        link.next_call("BEGIN_HOST_SHUTDOWN")
        link.wait_heard()
        link.open_page("key", "page")
        while (response := link.response())["methodName"] != "OPEN_PAGE":
            pass
        self.assertEqual(response["data"], {"type": "ERROR", "message": "Host shutting down."})
        link.start("tx2", "hello")
        self.assertEqual(link.completed()[2]["error"], "HostShuttingDown")
        link.answer("tx1", render, ["Ada"])
        self.assertEqual(link.completed(), ("tx1", "SUCCESS", {"greeting": "Hello, Ada"}))
        self.assertEqual(link.next("close"), 1000)
        self.assertEqual(self.host.wait(), 0)

    def test_busy_across_a_restart_of_the_server(self):
        link = self.begin()
        link.start("tx1", "hello")
        link.render()
        self.host.signal()
        link.next_call("BEGIN_HOST_SHUTDOWN")
        link.cut()
        self.reconnected()
        self.link.next_call("BEGIN_HOST_SHUTDOWN")
        _, render = self.link.render()
        self.link.answer("tx1", render, ["Ada"])
        self.link.completed()
        self.assertEqual(self.host.wait(), 0)

    def test_second_signal(self):
        link = self.begin()
        link.start("tx1", "hello")
        link.render()
        self.host.signal()
        link.next_call("BEGIN_HOST_SHUTDOWN")
        self.host.signal(signal.SIGINT)
        self.assertEqual(link.next("close"), 1000)
        self.assertEqual(self.host.wait(), 128 + signal.SIGINT)

    def test_killed_host_goes_on(self):
        """Its runners outlive it; the next process takes up its name and its runs."""
        link = self.begin("steps")
        run = str(uuid.uuid4())
        link.start(run, "steps")
        _, render = link.render()
        self.host.signal(signal.SIGKILL)
        self.host.wait()
        self.host.start()
        self.reconnected()
        self.assertEqual(self.link.headers["x-instance-id"], link.headers["x-instance-id"])
        ident, again = self.link.render()
        self.assertEqual((ident, again), (run, render))
        for step in range(10):
            self.link.answer(run, again, [str(step)])
            if step < 9:
                again = self.link.render()[1]
        self.assertEqual(self.link.completed(), (run, "SUCCESS", "0 1 2 3 4 5 6 7 8 9 "))

    def test_new_name_after_an_orderly_end(self):
        link = self.begin()
        self.host.signal()
        self.host.wait()
        self.host.start()
        self.reconnected()
        self.assertNotEqual(self.link.headers["x-instance-id"], link.headers["x-instance-id"])


class Words(unittest.TestCase):
    """Every error that a person can meet says what was attempted, what was found and what to do."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="interlude-host-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        os.mkdir(os.path.join(self.directory, "routes"))

    def refused(self, *flags, code=1, **environment):
        done = subprocess.run([INTERLUDE, "host", *flags], cwd=self.directory, timeout=30, capture_output=True, text=True,
                              env=dict(os.environ, **environment))
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def refused_by(self, server, url=None):
        return self.refused("--endpoint", url or server.url, "--api-key", "live_wrong")

    def test_usage(self):
        self.assertIn("--endpoint ws://HOST:3000/websocket", self.refused(code=2))
        self.assertIn("--api-key KEY", self.refused("--endpoint", "ws://localhost", code=2))
        self.assertIn("is not between 1 and", self.refused("--endpoint", "ws://localhost", "--api-key", "k", "--ping-timeout-ms", "0"))
        self.assertIn("SEND_TIMEOUT_MS = soon", self.refused("--endpoint", "ws://x", "--api-key", "k", SEND_TIMEOUT_MS="soon"))
        for url in ("localhost:3000", "http://localhost:3000", "ws://", "ws://:1", "ws://h:x/", "ws://h:70000", "ws://u@h/", "ws://[::1",
                    "ws://h/#a", "ws://h /", "ws://" + "x" * 2000):
            self.assertRegex(self.refused("--endpoint", url, "--api-key", "k"), "ws://HOST:3000/websocket|longer than 1000")

    def test_key_with_a_line_end(self):
        self.assertIn("copy it again", self.refused("--endpoint", "ws://localhost", "--api-key", "live_a\nx: y"))

    def test_no_routes(self):
        os.rmdir(os.path.join(self.directory, "routes"))
        text = self.refused("--endpoint", "ws://localhost", "--api-key", "k")
        self.assertIn("routes; make it, or choose another with --routes: No such file or directory", text)

    def test_wrong_key(self):
        server = ScriptedServer()
        server.welcomes = False
        threading.Thread(target=lambda: server.connection().close(1008, "Invalid API key."), daemon=True).start()
        self.assertRegex(self.refused_by(server), "did not accept the API key: Invalid API key[.]. Check --api-key")

    def test_refused_initialisation(self):
        server = ScriptedServer()
        server.answers["INITIALIZE_HOST"] = {"type": "error", "message": "This key was revoked."}
        self.assertIn("did not take this host: This key was revoked.", self.refused_by(server))
        server.answers["INITIALIZE_HOST"] = NULL
        self.assertIn("did not say why", self.refused_by(server))

    def test_not_a_websocket(self):
        server = ScriptedServer()
        for answer, words in ((b"HTTP/1.1 404 Not Found\r\n\r\n", "HTTP 404: there is a web server, but nothing at this path"),
                              (b"HTTP/1.1 200 OK\r\n\r\n<html>", "HTTP 200 instead of opening a WebSocket"),
                              (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "check the API key"),
                              (b"HTTP/1.1 301 Moved\r\nLocation: https://there/websocket\r\n\r\n", "points to https://there/websocket"),
                              (b"HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: x\r\n\r\n", "is there a proxy in between"),
                              (b"SSH-2.0-OpenSSH_9.2\r\n", "not with HTTP; is the port right, and should it be wss://")):
            server.refusal = answer
            self.assertIn(words, self.refused_by(server))

    def test_no_tls_there(self):
        server = ScriptedServer()
        self.assertIn("does not speak TLS", self.refused_by(server, "wss://localhost:%d/websocket" % server.port))

    def start_failing(self, url, words):
        host = Host(url, modules=[HELLO], RETRY_INTERVAL_MS="50").start()
        self.addCleanup(host.stop)
        host.wait_log(words)
        self.assertIn("Trying again every 50 ms", host.log())
        return host

    def test_no_server(self):
        port = free_port()
        host = self.start_failing("ws://127.0.0.1:%d" % port, "nothing listens at 127.0.0.1 port %d" % port)
        wait_until(lambda: host.log().count("nothing listens") >= 3, "further attempts")  # said aloud once, then at level debug
        self.assertEqual(host.log().count("Trying again"), 1)

    def test_no_such_name(self):
        self.start_failing("ws://no-such-host.invalid/websocket", "the host name no-such-host.invalid cannot be looked up")


@unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificates")
class Tls(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="interlude-tls-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def certificate(self, name):
        paths = [os.path.join(self.directory, name + end) for end in (".pem", ".key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name, "-out", paths[0], "-keyout", paths[1]],
                       check=True, capture_output=True)
        return paths

    def test_trusted(self):
        certificate = self.certificate("localhost")
        server = ScriptedServer(certificate)
        names = []
        server.tls.sni_callback = lambda sock, name, context: names.append(name)
        host = Host(server.url, modules=[HELLO], server=server, SSL_CERT_FILE=certificate[0]).start()
        self.addCleanup(host.stop)
        link, _ = server.initialized()
        link.start("tx1", "hello")
        run, render = link.render()
        link.answer(run, render, ["Ada" * (1 << 20)])
        self.assertEqual(len(link.completed()[2]["greeting"]), 7 + (3 << 20))
        self.assertEqual(names, ["localhost"])

    def refused(self, server, **environment):
        host = Host(server.url, modules=[HELLO], server=server, **environment).start()
        self.assertEqual(host.wait(), 1)
        host.stop()
        return host

    def test_unknown_authority(self):
        server = ScriptedServer(self.certificate("localhost"))
        host = Host(server.url, modules=[HELLO], server=server).start()
        self.addCleanup(host.stop)
        self.assertEqual(host.wait(), 1)
        self.assertRegex(host.log(), "certificate of localhost was not accepted: self.signed certificate.*SSL_CERT_FILE")

    def test_other_name(self):
        certificate = self.certificate("elsewhere.example")
        server = ScriptedServer(certificate)
        host = Host(server.url, modules=[HELLO], server=server, SSL_CERT_FILE=certificate[0]).start()
        self.addCleanup(host.stop)
        self.assertEqual(host.wait(), 1)
        self.assertIn("hostname mismatch", host.log())


if __name__ == "__main__":
    socket.setdefaulttimeout(None)
    unittest.main(verbosity=2)
