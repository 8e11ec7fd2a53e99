# SPDX-License-Identifier: MIT
"""
The recorded exchanges (captures/) with roles exchanged: what the server sent then is sent to `interlude host`, what it
answers is compared with what the SDK said: the same calls in the same order for each run, the same keys and types.
tests/modules/captured.c does what the recorded hosts did; captures about other routes are left out and counted.
One alone: uplink_replay_test.py UplinkReplay.test_node_2_0_0_text
"""
import glob
import json
import os
import re
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from uplink import Host, ScriptedServer  # noqa: E402

CAPTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")
ROUTES = {"text", "late", "cancelcatch", "error", "log", "logOnce", "loading", "slowLoading", "redirect", "confirm", "resultDate",
          "resultUndef", "brief", "users", "brokenPage", "emptyPage"}

# Where this host does better than the SDK of the recording: calls of the SDK's that never come (method, run, occurrence).
NOT_SAID = {
    "cancel": {("SEND_IO_CALL", "tx3")},  # a cancel between two questions is remembered
    "redirect": {("SEND_REDIRECT", "tx1", 4)},  # by a name that the SDKs have given up
    "reconnect-after-answer": {("SEND_IO_CALL", "tx1", 2)},  # what is answered is not asked again
}
# What is not about the conversation of a host over /websocket, or cannot be the same: serverless hosts, REST, bad frames that
# end an SDK, how the SDK reads parameters, frames that were cut on recording.
LEFT_OUT = re.compile(r"serverless|rest-|fatal|notify|large-frame|sdkalert|params|result-(superjson|array|shared)|nonerror|"
                      r"immediatelyclose|reinitialize|connect-timeout|rpc-no-response|rejected-messages|mismatch|table|display|"
                      r"inputs|upload|search|group|ctx|python-1.5.1-(init-null|redirect|result-date)|0.21.0-loading")


def shape(value):
    """What stays of a value when only its structure counts; nulls and absent keys are the same."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if item is not None}
    return type(value).__name__


def opened(data):
    """Inputs of a call with the JSON texts inside opened."""
    inside = dict(data or {})
    for key in ("ioCall", "page", "result"):
        if isinstance(inside.get(key), str):
            inside[key] = json.loads(inside[key])
    inside.pop("skipClientCall", None)  # of SDKs that knew WebRTC
    return inside


def component(item):
    return {key: item.get(key) for key in ("methodName", "label")} | {"props": sorted(item["props"])}


class Player:
    def __init__(self, test, path):
        self.test, self.path = test, path
        self.scenario = re.search(r"\d+\.\d+\.\d+-(.*)\.jsonl", path).group(1)
        with open(path, encoding="utf-8") as file:
            self.steps = [json.loads(line) for line in file]
        self.is_python = "python" in path
        acks = (json.loads(step["raw"]) for step in self.steps if step["dir"] == "server->host" and '"ACK"' in step.get("raw", ""))
        self.acked = {frame["id"] for frame in acks}
        self.server = ScriptedServer()
        self.server.answers, self.server.welcomes = {}, False
        self.link, self.early = None, []
        self.groups, self.calls = {}, {}  # recorded -> ours
        self.recorded = {(step["rpc"]["methodName"], self.key_of(step["rpc"])) for step in self.steps if step.get("rpc")}
        self.said = {}

    @staticmethod
    def key_of(rpc):
        data = rpc.get("data")
        return (data.get("transactionId") or data.get("pageKey")) if isinstance(data, dict) else None

    def slugs(self):
        for step in self.steps:
            rpc = step.get("rpc") or {}
            if rpc.get("kind") == "CALL" and rpc["methodName"] == "START_TRANSACTION":
                yield rpc["data"].get("actionName")
            elif rpc.get("kind") == "CALL" and rpc["methodName"] == "OPEN_PAGE":
                yield rpc["data"]["page"]["slug"]

    def play(self):
        has_left = False
        self.host = Host(self.server.url, modules=["captured"], server=self.server, RETRY_INTERVAL_MS="100", SEND_TIMEOUT_MS="500").start()
        self.test.addCleanup(self.host.stop)
        for step in self.steps:
            rpc = step.get("rpc") or {}
            if step.get("event") == "upgrade":
                self.server.refusal = None
                self.link, self.early = self.server.connection(), []
                self.link.acknowledges = False
            elif step.get("event") == "upgrade-refused":
                self.server.refusal = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
            elif step.get("event") == "close" and step["dir"] == "server->host":
                self.link.close(step["code"], step["reason"])
            elif step.get("event") == "close" and step["code"] in (1000, 1005):
                self.test.assertEqual(self.link.next("close"), 1000)
                has_left = True
            elif step["dir"] == "server->host" and "raw" in step:
                self.send(step, rpc)
            elif self.scenario == "safelyclose-busy" and (rpc.get("methodName"), rpc.get("kind")) == ("CLOSE_TRANSACTION", "RESPONSE"):
                continue  # what has completed does not keep this host from leaving
            elif step["dir"] == "host->server" and rpc:
                if rpc["methodName"] == "BEGIN_HOST_SHUTDOWN":
                    self.host.signal(signal.SIGTERM)
                self.expect(step, rpc)
        if has_left:
            self.test.assertEqual(self.host.wait(), 0)

    # ---- the server's part

    def send(self, step, rpc):
        frame = json.loads(step["raw"])
        if frame["type"] == "ACK":
            return  # said when the message was taken
        if rpc.get("kind") == "RESPONSE":
            if rpc["id"] in self.calls:
                self.link.message(json.dumps({**rpc, "id": self.calls[rpc["id"]]}))
            return
        text = frame["data"]
        for recorded, ours in self.groups.items():
            text = text.replace(recorded, ours)
        if self.link.close_code is None:
            self.link.message(text)

    # ---- the host's part

    def take(self, kind, method, key):
        """The next of these that the host says, whatever else it said before."""
        def is_it(found, what):
            return found == kind and what["methodName"] == method and (
                what["id"] == key if kind == "response" else key in (None, self.key_of(what)))
        for entry in self.early:
            if is_it(*entry):
                self.early.remove(entry)
                return entry[1]
        while True:
            found, what = self.link.frames.get(timeout=20)
            if found == "close":
                raise AssertionError("closed with %s before %s of %s; log:\n%s" % (what, method, key, self.host.log()[-3000:]))
            if is_it(found, what):
                return what
            if found == "call" and (what["methodName"], self.key_of(what)) not in self.recorded:
                self.acknowledge(what)  # more than the SDK said
                self.link.respond(what, True)
            self.early.append((found, what))

    def acknowledge(self, rpc):
        self.link.send_text(json.dumps({"type": "ACK", "id": self.link.last_message[rpc["id"]]}))

    def expect(self, step, rpc):
        data, method = rpc.get("data") or {}, rpc["methodName"]
        if rpc["kind"] == "RESPONSE":
            ours = self.take("response", method, rpc["id"])
            self.test.assertEqual(shape(ours.get("data")), shape(rpc.get("data")), method)
            return
        key = self.key_of(rpc)
        self.said[method, key] = self.said.get((method, key), 0) + 1
        left_out = NOT_SAID.get(self.scenario, ())
        if (method, key) in left_out or (method, key, self.said[method, key]) in left_out:
            return
        ours = self.take("call", method, key)
        ident = re.search('"id": ?"([0-9a-f-]{36})"', step["raw"])
        if not ident or ident.group(1) in self.acked:
            self.acknowledge(ours)
        self.calls[rpc["id"]] = ours["id"]
        if "rawLength" not in step:  # of what was cut on recording only the method is known
            self.compare(method, opened(data), opened(ours["data"]))

    def compare(self, method, theirs, ours):
        if method == "INITIALIZE_HOST":
            for name in ("sdkName", "sdkVersion", "timestamp"):
                if name in theirs:
                    self.test.assertEqual(type(ours[name]), type(theirs[name]))
            self.test.assertIsInstance(ours["groups"], list)
            for action in ours["actions"]:
                self.test.assertLessEqual(set(action), {"groupSlug", "slug", "name", "description", "backgroundable", "unlisted",
                                                        "warnOnClose", "access"})
            return
        if method == "SEND_IO_CALL":
            theirs, ours = theirs["ioCall"], ours["ioCall"]
            self.groups[theirs["id"]], self.groups[theirs["inputGroupKey"]] = ours["id"], ours["inputGroupKey"]
            self.test.assertEqual([component(item) for item in ours["toRender"]], [component(item) for item in theirs["toRender"]])
            return
        if method == "MARK_TRANSACTION_COMPLETE":
            self.test.assertEqual(ours["result"]["status"], theirs["result"]["status"])
            if ours["result"]["status"] == "SUCCESS":
                self.test.assertEqual(ours["result"].get("data"), theirs["result"].get("data"))
                if "undefined" not in json.dumps(theirs["result"].get("meta")):  # which C does not have
                    self.test.assertEqual(ours["result"].get("meta"), theirs["result"].get("meta"))
            else:
                self.test.assertTrue(ours["result"]["data"]["message"])
            return
        if method == "SEND_LOG" and self.is_python:
            ours["index"] += 1
        if method == "SEND_PAGE" and "children" in (theirs.get("page") or {}):
            return  # tables are the affair of the runtime's tests
        expected = shape(theirs)
        if isinstance(expected.get("page"), dict):
            expected["page"].pop("errors", None) if not theirs["page"].get("errors") else None
        self.test.assertEqual(shape(ours), expected, (method, ours, theirs))


class UplinkReplay(unittest.TestCase):
    maxDiff = None
    left_out = []

    @classmethod
    def tearDownClass(cls):
        print("left out: %d captures" % len(cls.left_out))


def add(path):
    def test(self):
        Player(self, path).play()
    name = os.path.basename(path)[:-len(".jsonl")]
    if LEFT_OUT.search(name) or not set(Player(None, path).slugs()) <= ROUTES:
        UplinkReplay.left_out.append(name)
    else:
        setattr(UplinkReplay, "test_" + re.sub(r"\W", "_", name), test)


for capture in sorted(glob.glob(os.path.join(CAPTURES, "*.jsonl"))):
    add(capture)

if __name__ == "__main__":
    unittest.main(verbosity=2)
