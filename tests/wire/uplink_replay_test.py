# SPDX-License-Identifier: MIT
"""
The recorded exchanges (captures/) with roles exchanged: what the server sent then is sent to `interlude host`, what it
answers is compared with what the SDK said: the same calls in the same order for each run, the same keys and types.
tests/modules/captured.c and captured_too.c do what the recorded hosts did; LEFT_OUT says what is not replayed, and why.
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
# Where this host does better than the SDK of the recording: calls of the SDK's that never come (method, run, occurrence).
TWICE_SAID = {("SEND_IO_CALL", "tx1", 3)}  # after a change of state the SDK says the same twice
NOT_SAID = {
    "cancel": {("SEND_IO_CALL", "tx3")},  # a cancel between two questions is remembered
    "redirect": {("SEND_REDIRECT", "tx1", 4)},  # by a name that the SDKs have given up
    "reconnect-after-answer": {("SEND_IO_CALL", "tx1", 2)},  # what is answered is not asked again
    "search": TWICE_SAID,
    "upload": TWICE_SAID,
    "table": {("SEND_IO_CALL", "tx1", occurrence) for occurrence in (4, 6, 8)},
    "0.21.0-table": set(),
}
# Props that C always writes and some SDK leaves out.
MORE_PROPS = {"disabled", "fileUrls", "isFilterable", "isSortable", "orientation", "isAsync", "totalRecords", "selectedKeys",
              "minSelections", "maxSelections"}
# Recordings whose routes are those of captured_too.c.
TOO = re.compile(r"0.38.0-group|python-1.5.1-(group|redirect|result|table)")
# What is left out, and why. Anything else that cannot be replayed fails.
LEFT_OUT = {
    "serverless": "of hosts that are woken by HTTP, which this one is not",
    "rest-": "REST beside the socket, which C hosts do not call",
    "fatal": "frames that end an SDK; this host closes the connection instead (uplink_test.py)",
    "large-frame": "frames that were cut when they were recorded",
    "params": "shows how the SDK's language reads parameters",
    "result-(superjson|array|shared)|python-1.5.1-ctx": "values, or their spelling, that only the SDK's language has",
    "nonerror": "throws something that is no error, which C cannot",
    "0.38.0-page": "pages of which that SDK's own TypeErrors became the content",
    "python-1.5.1-init-null": "says INITIALIZE_HOST again when it is not answered sensibly; this host says why and ends",
}


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
    if "title" in inside and "label" not in inside:
        inside["label"] = inside.pop("title")  # its old name
    return inside


def component(item, and_more=()):
    """`and_more`: props that need not be there."""
    return {key: item.get(key) for key in ("methodName", "label")} | {"props": sorted(set(item["props"]) | set(and_more))}


def rows_of(item):
    """Of tables, the rows that are shown; C knows the columns by other names, and so sorts by another one."""
    return sorted(row["key"] for row in item["props"]["data"]) if "TABLE" in item["methodName"] else None


def with_texts(value):
    """An answer in which chosen options are named as in C: by texts."""
    for item in value["values"]:
        if isinstance(item, dict) and isinstance(item.get("value"), int):
            item["value"] = str(item["value"])
    return value


class Player:
    def __init__(self, test, path):
        self.test, self.path = test, path
        self.name = re.search(r"(\d+\.\d+\.\d+-.*)\.jsonl", path).group(1)
        self.scenario = self.name.split("-", 1)[1]
        with open(path, encoding="utf-8") as file:
            self.steps = [json.loads(line) for line in file]
        self.is_python = "python" in path
        acks = (json.loads(step["raw"]) for step in self.steps if step.get("dir") == "server->host" and '"ACK"' in step.get("raw", ""))
        self.acked = {frame["id"] for frame in acks}
        self.server = ScriptedServer()
        self.server.answers, self.server.welcomes = {}, False
        self.link, self.early = None, []
        self.groups, self.calls = {}, {}  # recorded -> ours
        self.not_said = NOT_SAID.get(self.name, NOT_SAID.get(self.scenario, ()))
        self.recorded = {(step["rpc"]["methodName"], self.key_of_step(step)) for step in self.steps if step.get("rpc")}
        self.said = {}

    @staticmethod
    def key_of(rpc):
        data = rpc.get("data")
        return (data.get("transactionId") or data.get("pageKey")) if isinstance(data, dict) else None

    def key_of_step(self, step):
        """Also of what was cut."""
        key = re.search(r'transactionId\W+(\w+)', step["raw"]) if "rawLength" in step else None
        return key.group(1) if key else self.key_of(step["rpc"])

    def play(self):
        has_left = False
        self.host = Host(self.server.url, modules=["captured_too" if TOO.search(self.path) else "captured"], server=self.server, RETRY_INTERVAL_MS="100", SEND_TIMEOUT_MS="500").start()
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
                if self.scenario == "immediatelyclose":
                    self.close_at_once()
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
            self.test.assertEqual(self.host.wait(), 128 + signal.SIGTERM if self.scenario == "immediatelyclose" else 0)

    def close_at_once(self):
        """By a second signal, while the server has not answered to the first."""
        self.host.signal(signal.SIGTERM)
        self.take("call", "BEGIN_HOST_SHUTDOWN", None)
        self.host.signal(signal.SIGTERM)

    def change_routes(self, occurrence):
        if occurrence == 2:
            self.host.drop("late", "added.so")
        elif occurrence == 3:
            os.unlink(os.path.join(self.host.routes, "added.so"))

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
        if rpc.get("methodName") == "IO_RESPONSE" and self.scenario == "group":
            value = json.dumps(with_texts(json.loads(rpc["data"]["value"])))
            text = json.dumps({**rpc, "data": {**rpc["data"], "value": value}})
        if "0.21.0" in self.name:  # which did not know it, and waited
            text = text.replace('"displayResolvesImmediately":true', '"displayResolvesImmediately":false')
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
        key = self.key_of_step(step)
        self.said[method, key] = self.said.get((method, key), 0) + 1
        if (method, key) in self.not_said or (method, key, self.said[method, key]) in self.not_said:
            return
        if self.scenario == "reinitialize" and method == "INITIALIZE_HOST":
            self.change_routes(self.said[method, key])
        ours = self.take("call", method, key)
        ident = re.search('"id": ?"([0-9a-f-]{36})"', step["raw"])
        if not ident or ident.group(1) in self.acked:
            self.acknowledge(ours)
        self.calls[rpc["id"]] = ours["id"]
        if "rawLength" not in step:
            self.compare(method, opened(data), opened(ours["data"]))
        elif method == "SEND_IO_CALL":  # of what was cut on recording only the beginning is known
            for name in ("id", "inputGroupKey"):
                recorded = re.search(r'%s\W+([0-9a-f-]{36})' % name, step["raw"][step["raw"].index("ioCall"):]).group(1)
                self.groups[recorded] = json.loads(ours["data"]["ioCall"])[name]

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
            self.compare_calls(theirs["ioCall"], ours["ioCall"])
            return
        if method == "MARK_TRANSACTION_COMPLETE":
            self.test.assertEqual(ours["result"]["status"], theirs["result"]["status"])
            if ours["result"]["status"] == "SUCCESS":
                data = theirs["result"].get("data")
                if isinstance(data, dict):  # dates with a JavaScript Date inside are left out
                    data = {key: value for key, value in data.items() if key != "c"}
                self.test.assertEqual(ours["result"].get("data"), data)
                if self.scenario != "group" and "undefined" not in json.dumps(theirs["result"].get("meta")):  # which C does not have
                    self.test.assertEqual(ours["result"].get("meta"), theirs["result"].get("meta"))
            else:
                self.test.assertTrue(ours["result"]["data"]["message"])
            return
        if method == "SEND_LOG" and self.is_python:
            ours["index"] += 1
        if method == "SEND_PAGE" and "children" in (theirs.get("page") or {}):
            children = theirs["page"].pop("children"), ours["page"].pop("children")
            if not self.is_python:  # whose page showed something else
                self.compare_calls(*children)
        for page in (theirs.get("page"), ours.get("page")):
            if isinstance(page, dict) and not page.get("errors"):
                page.pop("errors", None)
        self.test.assertEqual(shape(ours), shape(theirs), (method, ours, theirs))

    def compare_calls(self, theirs, ours):
        self.groups[theirs["id"]], self.groups[theirs["inputGroupKey"]] = ours["id"], ours["inputGroupKey"]
        for our, their in zip(ours["toRender"], theirs["toRender"], strict=True):
            more = MORE_PROPS & set(our["props"]) ^ MORE_PROPS & set(their["props"])
            self.test.assertEqual(component(our, more), component(their, more))
            self.test.assertEqual(rows_of(our), rows_of(their))


class UplinkReplay(unittest.TestCase):
    maxDiff = None
    left_out = {}

    @classmethod
    def tearDownClass(cls):
        for pattern, names in cls.left_out.items():
            print("left out: %d captures: %s" % (len(names), LEFT_OUT[pattern]))


def add(path):
    def test(self):
        Player(self, path).play()
    name = os.path.basename(path)[:-len(".jsonl")]
    for pattern in LEFT_OUT:
        if re.search(pattern, name):
            UplinkReplay.left_out.setdefault(pattern, []).append(name)
            return
    setattr(UplinkReplay, "test_" + re.sub(r"\W", "_", name), test)


for capture in sorted(glob.glob(os.path.join(CAPTURES, "*.jsonl"))):
    add(capture)

if __name__ == "__main__":
    unittest.main(verbosity=2)
