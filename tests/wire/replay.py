# SPDX-License-Identifier: MIT
"""
Plays a recorded exchange of an Interval SDK (captures/) against the server: sends what the host sent, word for word but
for the ids that the server chooses, and compares what the server sends. What the server did on its own at the time (start
an action, deliver an answer, open a page) a scripted browser makes it do here. Every message must be acknowledged once
and every call answered once, whatever was recorded. What differs on purpose: SPECIAL of replay_test.py.
"""
import json
import re
import uuid

from host import HostSocket
from interlude import Browser

TIMEOUT = 20


def steps(path):
    """The lines of a capture; frames that were cut on recording are as long as they were."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            step = json.loads(line)
            if "rawLength" in step and step["dir"] == "host->server":
                step["raw"], step["rpc"] = uncut(step, "python" in path)
            elif step.get("raw", "").startswith("{"):
                step["rpc"] = rpc_of(step["raw"])
            yield step


def rpc_of(raw):
    try:
        data = json.loads(raw).get("data")
        return json.loads(data) if data and data.startswith("{") else None
    except ValueError:
        return None  # cut, or bad on purpose


def uncut(step, is_python):
    """Of a frame that was cut, its beginning is known and its length; what it lacks is filled in."""
    raw = step["raw"].replace("\\", "")

    def of(key):
        return re.findall(r'"%s": ?"([^"]+)"' % key, raw)
    message_id, call_id = (next(one for one in of("id") if (len(one) == 36) == is_long) for is_long in (True, False)) \
        if not is_python else (str(uuid.uuid4()), of("id")[0])
    data, filler = {"transactionId": of("transactionId")[0]}, "x" * (step["rawLength"] - 400)
    if "ioCall" in raw:
        method = "SEND_IO_CALL"
        component = {"methodName": of("methodName")[0], "label": filler, "props": {"columns": [], "data": []}, "isStateful": True}
        data["ioCall"] = json.dumps({"id": of("id")[-1], "inputGroupKey": of("inputGroupKey")[0], "kind": "RENDER",
                                     "toRender": [component]})
    elif "resultStatus" in raw:
        method = "MARK_TRANSACTION_COMPLETE"
        data.update(resultStatus="SUCCESS", result=json.dumps({"schemaVersion": 1, "status": "SUCCESS", "data": filler}))
    else:
        method = "SEND_LOG"
        data.update(data=filler, index=int(call_id) - (1 if is_python else 2))
    rpc = {"id": call_id, "kind": "CALL", "methodName": method, "data": data}
    return json.dumps({"id": message_id, "type": "MESSAGE", "data": json.dumps(rpc)}), rpc


def bad_slugs(data):
    """What the server must find wrong with these routes: segments are of letters, digits, `_`, `.` and `-`."""
    full = [action["groupSlug"] + "/" + action["slug"] if "groupSlug" in action else action["slug"] for action in data["actions"]]
    return [slug for slug in full if not re.fullmatch(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", slug)]


def shape(value):
    """What stays of a value when only its structure counts."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return "string or null" if value is None or isinstance(value, str) else type(value).__name__


class Player:
    def __init__(self, server, key, path, special):
        self.server, self.key, self.special = server, key, special
        self.path, self.is_python = path, "python" in path
        self.version = re.search(r"-(\d+\.\d+\.\d+)-", path).group(1)
        self.instance = str(uuid.uuid4())
        self.browser = Browser(server)
        self.email = server.json("/api/v1/session")["user"]["email"]
        self.socket, self.sent, self.called = None, [], {}
        self.messages, self.calls, self.words = {}, {}, {}  # recorded -> real: ids of messages, of calls, and other words
        self.left, self.deferred_cancels, self.bad_slugs = set(), [], {}
        self.is_shutting_down = False

    # ---- from recorded to real

    def real(self, text):
        for recorded, actual in self.words.items():
            text = re.sub(r"(?<![\w-])%s(?![\w-])" % re.escape(recorded), actual, text)
        for pattern, text_instead in self.special.get("instead", ()):
            text = text.replace(pattern, text_instead)
        return text.replace("ann@example.com", self.email)

    def real_data(self, value):
        return json.loads(self.real(json.dumps(value, ensure_ascii=False)))

    # ---- the steps

    def play(self):
        recorded = list(steps(self.path))
        unready = self.connections_never_greeted(recorded)
        for number, step in enumerate(recorded, 1):
            if step.get("conn") in unready or (self.special.get("until") and self.special["until"](step, self)):
                if step.get("conn") in unready:
                    continue
                break
            try:
                self.one(step)
            except AssertionError as error:
                raise AssertionError("line %d, %s: %s" % (number, json.dumps(step.get("rpc") or step)[:300], error)) from error
        self.settle()
        self.browser.close()

    @staticmethod
    def connections_never_greeted(recorded):
        """Where the server took a socket and closed it unready, ours would not have listened."""
        all_of = {step.get("conn") for step in recorded if step.get("event") == "upgrade"}
        greeted = {step.get("conn") for step in recorded if step.get("raw") and '"authenticated"' in step["raw"]}
        return all_of - greeted - {1}

    def one(self, step):
        event, is_host = step.get("event"), step["dir"] == "host->server" if "dir" in step else None
        if event == "upgrade":
            self.socket = HostSocket(self.server.port, self.special.get("key", self.key), self.instance)
            self.sent, self.called = [], {}
        elif event == "close":
            self.close(step, is_host)
        elif event == "ping":
            self.socket.ping(step["payload"].encode())
        elif event == "http-request":
            self.request(step)
        elif event == "http-response":
            self.compare_answer(step)
        elif "raw" in step and is_host:
            self.send(step)
        elif "raw" in step:
            self.expect(step)

    def close(self, step, is_host):
        if self.socket is None:
            return
        if self.special.get("key"):
            assert self.socket.wait_closed() == 1008 and self.socket.close_reason, "a bad key is not closed with 1008 and words"
            self.socket = None
        elif is_host:
            self.settle()
            self.socket.close(step["code"] if step["code"] != 1006 else None)
            self.socket = None
        else:
            self.restart()

    def restart(self):
        """Every host hears 1012, and a server comes back with nothing but what it has stored."""
        self.server.stop(keep=True)
        assert self.socket.wait_closed() == 1012, "closed with %s" % self.socket.close_code
        self.socket = None
        self.server.start()
        self.browser = Browser(self.server)
        for recorded, actual in self.words.items():
            if recorded.startswith("t") and recorded not in self.left:
                self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": actual})

    def settle(self):
        """Whatever was recorded: each message has one ACK, each call one RESPONSE, and the server did nothing it must not."""
        if self.socket is None:
            return
        for ident in self.sent:
            self.socket.wait(lambda: ident in self.socket.acks, "the ACK of " + ident)  # noqa: B023
        for ident, method in self.called.items():
            self.socket.response(ident, method)
        for key in self.deferred_cancels:
            self.socket.take_call(lambda rpc: rpc["methodName"] == "IO_RESPONSE" and key in rpc["data"]["value"],  # noqa: B023
                                  "the remembered cancellation")
        self.deferred_cancels = []
        assert not self.socket.faults, self.socket.faults
        strange = [rpc for _, rpc in self.socket.calls if rpc["methodName"] not in ("CLOSE_TRANSACTION", "CLOSE_PAGE")]
        assert not strange, "calls that were not recorded: %s" % strange

    # ---- host -> server

    def send(self, step):
        raw, rpc = self.real(step["raw"]), step.get("rpc")
        frame = json.loads(raw) if raw.startswith("{") else {}
        if frame.get("type") == "ACK":
            if frame["id"] in self.messages:
                self.socket.send_text(raw.replace(frame["id"], self.messages[frame["id"]]))
            return
        if rpc and rpc["kind"] == "RESPONSE":
            if rpc["id"] not in self.calls:
                return  # an answer to something that the server did not say
            frame["data"] = json.dumps({**rpc_of(raw), "id": self.calls[rpc["id"]]})
            raw = json.dumps(frame)
        elif rpc:
            self.called[rpc["id"]] = rpc["methodName"]
            if rpc["methodName"] == "INITIALIZE_HOST":
                self.bad_slugs[rpc["id"]] = bad_slugs(rpc["data"])
            self.is_shutting_down |= rpc["methodName"] == "BEGIN_HOST_SHUTDOWN"
            if rpc["methodName"] == "SEND_IO_CALL" and rpc["data"]["transactionId"] in self.left:
                self.deferred_cancels.append(json.loads(rpc["data"]["ioCall"])["inputGroupKey"])
                self.left.remove(rpc["data"]["transactionId"])
        self.sent.append(frame["id"])
        self.socket.send_text(raw)

    # ---- server -> host

    def expect(self, step):
        rpc = step.get("rpc")
        frame = {} if "rawLength" in step else json.loads(step["raw"])
        if frame.get("type") == "ACK":
            return
        if frame.get("data") == "authenticated":
            self.messages[frame["id"]] = self.socket.wait(lambda: self.socket.greeting, "`authenticated`")
        elif rpc and rpc["kind"] == "RESPONSE":
            self.compare_response(rpc)
        elif rpc:
            made = getattr(self, "make_" + rpc["methodName"].lower())(rpc["data"])
            if made:
                self.messages[frame["id"]], self.calls[rpc["id"]] = made
        else:
            self.special["elided"](self, step)

    def compare_response(self, rpc):
        actual = self.socket.response(rpc["id"], rpc["methodName"])
        assert actual["methodName"] == rpc["methodName"], actual
        data, expected = actual["data"], rpc.get("data")
        expected = self.special.get("responses", {}).get(rpc["methodName"], expected)
        if callable(expected):
            assert expected(data), "answered %r" % (data,)
        elif rpc["methodName"] == "INITIALIZE_HOST":
            self.compare_initialized(data, expected, self.bad_slugs[rpc["id"]])
        else:
            assert data == expected or shape(data) == shape(expected) and not isinstance(data, bool), "answered %r" % (data,)

    def compare_initialized(self, data, expected, bad):
        assert data["type"] == expected["type"], data
        if data["type"] == "error":
            assert data["message"], data
            return
        for key in set(expected) - {"sdkAlert"}:
            assert shape(data[key]) == shape(expected[key]), (key, data)
        assert data["environment"] == "development" and data["dashboardUrl"].startswith("http"), data
        if self.is_python:  # it raises on them (host-protocol P5)
            assert data["invalidSlugs"] == [] and all(any(slug in text for text in data["warnings"]) for slug in bad), data
        else:
            assert sorted(data["invalidSlugs"]) == sorted(bad), data

    # ---- what makes the server call, by method; (message id, call id) of the real one, or None: it rightly did not

    def called_for(self, method, ident, compare):
        key = "pageKey" if "PAGE" in method else "transactionId"
        message, rpc = self.socket.take_call(
            lambda rpc: rpc["methodName"] == method and rpc["data"][key] == ident, method)
        compare(rpc["data"])
        return message, rpc["id"]

    def make_start_transaction(self, data):
        recorded = data["transactionId"]
        if recorded in self.words:
            return None  # the server never starts a run twice
        made = self.begin(data)
        if self.is_shutting_down:
            assert made is None, "a host that is shutting down was given a run"
            return None
        self.words[recorded] = made
        return self.called_for("START_TRANSACTION", made, lambda actual: self.compare_start(actual, data))

    def begin(self, data):
        """A run that the browser looks at; None: refused."""
        params = {key: data[key] for key in ("params", "paramsMeta") if key in data}
        made = self.browser.call("CREATE_TRANSACTION", {"organization": "local", "environment": "development",
                                                        "slug": data["action"]["slug"], **params})
        if made["type"] == "ERROR":
            return None
        assert self.browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": made["transactionId"]}) is True
        return made["transactionId"]

    def compare_start(self, actual, data):
        is_append = self.version != "0.21.0"
        assert actual["actionName"] == actual["action"]["slug"] == data["action"]["slug"], actual
        assert actual["action"]["url"].startswith("http") and "/" + data["action"]["slug"] in actual["action"]["url"], actual
        assert actual["environment"] == "development", actual
        assert shape(actual["user"]) == shape(data["user"]), actual
        assert actual.get("displayResolvesImmediately", False) == is_append, actual
        if "params" in self.special:
            self.special["params"](actual)
        else:
            assert actual["params"] == data["params"] and actual.get("paramsMeta") == data.get("paramsMeta"), actual
        assert set(actual) >= set(self.special.get("start_keys", data)) - {"displayResolvesImmediately"}, actual

    def make_open_page(self, data):
        key = str(uuid.uuid4())
        self.words[data["pageKey"]] = key
        answer = self.browser.post("REQUEST_PAGE", {
            "pageKey": key, "pageSlug": data["page"]["slug"], "actionMode": "console", "organizationEnvironmentId": "development",
            "organization": "local", "params": data["params"]})
        if self.is_shutting_down or data["page"]["slug"] in ("nopage", "no/such"):
            assert answer.get(timeout=TIMEOUT)["type"] == "ERROR"
            del self.words[data["pageKey"]]
            return None

        def compare(actual):
            assert set(actual) >= set(data) and actual["page"] == data["page"], actual
            assert actual["params"] == data["params"] and shape(actual["user"]) == shape(data["user"]), actual
        return self.called_for("OPEN_PAGE", key, compare)

    def make_close_page(self, data):
        if data["pageKey"] not in self.words:
            return None
        key = self.words[data["pageKey"]]
        self.browser.call("LEAVE_PAGE", {"pageKey": key})
        return self.called_for("CLOSE_PAGE", key, lambda actual: None)

    def make_io_response(self, data):
        ident, value = self.real(data["transactionId"]), self.real_data(json.loads(data["value"]))
        if value["kind"] == "CANCELED":
            assert self.browser.call("CANCEL_TRANSACTION", {"transactionId": ident}) is True
            if value["inputGroupKey"] == "UNKNOWN":
                self.left.add(data["transactionId"])  # it comes when the run asks next
                return None
        else:
            taken = self.browser.call("RESPOND_TO_IO_CALL", {"transactionId": ident, "ioResponse": json.dumps(value)})
            if taken is not True:
                assert self.special.get("may_refuse"), "the server refused %s" % value
                return None

        def compare(actual):
            text = json.loads(actual["value"])
            assert {**text, "id": 0} == {**value, "id": 0}, "delivered %s" % text
        return self.called_for("IO_RESPONSE", ident, compare)

    def make_close_transaction(self, data):
        ident = self.real(data["transactionId"])
        self.browser.call("LEAVE_TRANSACTION", {"transactionId": ident})
        if self.version == "0.21.0":
            return None  # it knows no such call
        return self.called_for("CLOSE_TRANSACTION", ident, lambda actual: None)

    # ---- REST

    def request(self, step):
        body = self.real(step["body"])
        status, text, _ = self.server.request("POST", step["path"], body.encode(), {
            "Content-Type": "application/json", "Authorization": "Bearer " + self.key})
        self.answer = (step["path"], status, json.loads(text))

    def compare_answer(self, step):
        path, status, answer = self.answer
        expected = self.special.get("rest", {}).get(path) or json.loads(step["body"])
        assert answer["type"] == expected["type"], answer
        assert (status == 200) == (answer["type"] == "success"), (status, answer)
        if answer["type"] == "error":
            assert answer["message"], answer
            return
        assert set(answer) >= set(expected) - {"sdkAlert"}, answer
        if "id" in expected:
            self.words[expected["id"]] = answer["id"]
