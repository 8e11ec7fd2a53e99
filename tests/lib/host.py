# SPDX-License-Identifier: MIT
"""One socket of an SDK host, frame by frame: what came is kept in order, nothing is answered unless its user does so."""
import json
import queue
import threading
import uuid

from websocket import PING, Socket


class HostSocket(Socket):
    def __init__(self, port, key, instance, headers=None):
        self.ready = threading.Condition()
        self.acks, self.responses, self.calls, self.pongs = set(), {}, [], []
        self.greeting = None  # id of the message `authenticated`
        self.faults = []  # what the server must never do
        super().__init__(port, "/websocket", {"x-api-key": key, "x-instance-id": instance, **(headers or {})})
        self.start_reading()

    def on_text(self, text):
        with self.ready:
            self._take(json.loads(text))
            self.ready.notify_all()

    def on_pong(self, payload):
        with self.ready:
            self.pongs.append(payload)
            self.ready.notify_all()

    def on_close(self):
        with self.ready:
            self.ready.notify_all()

    def _fault_if(self, is_wrong, what):
        if is_wrong:
            self.faults.append(what)

    def _take(self, frame):
        if frame["type"] == "ACK":
            self._fault_if(frame["id"] in self.acks, "a second ACK of " + frame["id"])
            self.acks.add(frame["id"])
            return
        self._fault_if(str(uuid.UUID(frame["id"])) != frame["id"], "a message id that is no UUID: " + frame["id"])
        if frame["data"] == "authenticated":
            self._fault_if(self.greeting, "a second `authenticated`")
            self.greeting = frame["id"]
            return
        rpc = json.loads(frame["data"])
        if rpc["kind"] == "RESPONSE":
            self._fault_if(rpc["id"] in self.responses, "a second RESPONSE to %(methodName)s %(id)s" % rpc)
            self._fault_if(rpc.get("data") is None, "a null RESPONSE to %(methodName)s" % rpc)
            self.responses[rpc["id"]] = rpc
        else:
            self.calls.append((frame["id"], rpc))

    def wait(self, look, what, seconds=20):
        """What look() returns as soon as that is something."""
        with self.ready:
            if not self.ready.wait_for(lambda: look() or self.close_code is not None, seconds) or not look():
                raise AssertionError("waited in vain for %s (close code %s)" % (what, self.close_code))
            return look()

    def wait_closed(self, seconds=20):
        with self.ready:
            assert self.ready.wait_for(lambda: self.close_code is not None, seconds), "the server did not close"
        return self.close_code

    def take_call(self, is_wanted, what):
        """The first call not taken yet that is_wanted; others keep their places."""
        def look():
            return next((call for call in self.calls if is_wanted(call[1])), None)
        call = self.wait(look, what)
        self.calls.remove(call)
        return call

    def response(self, ident, what):
        return self.wait(lambda: self.responses.get(ident), "the RESPONSE to " + what)

    def send_message(self, data):
        """The id of the message."""
        ident = str(uuid.uuid4())
        self.send_text(json.dumps({"id": ident, "data": data, "type": "MESSAGE"}))
        return ident

    def ack(self, ident):
        self.send_text(json.dumps({"type": "ACK", "id": ident}))

    def ping(self, payload):
        self.send_frame(PING, payload)
        self.wait(lambda: payload in self.pongs, "the pong with the same payload")


class Host(HostSocket):
    """A host that answers everything at once: the calls of the server are acknowledged and queued for its user."""

    def __init__(self, port, key, instance=None, slugs=(), pages=(), name="@interval/sdk", version="2.0.0"):
        self.instance = instance or str(uuid.uuid4())
        self.slugs, self.pages, self.name, self.version = list(slugs), list(pages), name, version
        self.work, self.counter, self.counting = queue.Queue(), 0, threading.Lock()
        super().__init__(port, key, self.instance)
        self.wait(lambda: self.greeting, "`authenticated`")

    def initialize(self):
        return self.call("INITIALIZE_HOST", {
            "sdkName": self.name, "sdkVersion": self.version, "actions": [{"slug": slug} for slug in self.slugs],
            "groups": [{"slug": slug, "name": slug, "hasHandler": True} for slug in self.pages]})

    def _take(self, frame):
        super()._take(frame)
        if frame["type"] == "MESSAGE":
            self.ack(frame["id"])
        while self.calls:
            _, rpc = self.calls.pop(0)
            self.send_message(json.dumps({"id": rpc["id"], "kind": "RESPONSE", "methodName": rpc["methodName"],
                                          **self.answer(rpc)}))
            self.work.put((rpc["methodName"], rpc["data"]))

    def on_close(self):
        super().on_close()
        self.work.put(("CLOSED", {"code": self.close_code}))

    @staticmethod
    def answer(rpc):
        return {"data": {"type": "SUCCESS", "pageKey": rpc["data"]["pageKey"]}} if rpc["methodName"] == "OPEN_PAGE" else {}

    def post(self, method, data):
        """Calls without waiting; the id of the call."""
        with self.counting:
            self.counter += 1
            ident = str(self.counter)
        self.send_message(json.dumps({"id": ident, "kind": "CALL", "methodName": method, "data": data}))
        return ident

    def call(self, method, data):
        return self.response(self.post(method, data), method).get("data")

    def next(self, *methods, seconds=20):
        """The next call of the server's among these methods; others are passed over."""
        while True:
            method, data = self.work.get(timeout=seconds)
            if method in methods:
                return method, data
            assert method != "CLOSED", "closed with %s while waiting for %s" % (data, " or ".join(methods))

    def ask(self, transaction, label, method="INPUT_TEXT", props=None, **more):
        """Renders one component; the render."""
        render = {"id": str(uuid.uuid4()), "inputGroupKey": str(uuid.uuid4()), "kind": "RENDER", "toRender": [
            {"methodName": method, "label": label, "isStateful": False, "isOptional": False, "isMultiple": False,
             "props": props or {}, **more}]}
        assert self.send_render(transaction, render) is True
        return render

    def send_render(self, transaction, render):
        return self.call("SEND_IO_CALL", {"transactionId": transaction, "ioCall": json.dumps(render)})

    def complete(self, transaction, value, status="SUCCESS"):
        return self.call("MARK_TRANSACTION_COMPLETE", {"transactionId": transaction, "resultStatus": status, "result": json.dumps(
            {"schemaVersion": 1, "status": status, "data": value})})
