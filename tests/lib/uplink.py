# SPDX-License-Identifier: MIT
"""The other end of `interlude host`: a server that a test scripts, and the process of the host."""
import base64
import hashlib
import json
import os
import queue
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import uuid

from interlude import INTERLUDE, MODULES, REPORTS, wait_until

NULL = object()  # as an answer: a RESPONSE with null
STALL = b"..."  # as the end of a file: and then nothing, for ever
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
USER = {"email": "ann@example.com", "firstName": "Ann", "lastName": "Lee", "role": "admin", "teams": ["support"]}
SUCCESS = {"type": "success", "environment": "production", "invalidSlugs": [], "organization": {"name": "Acme", "slug": "acme"},
           "dashboardUrl": "http://localhost:3000/dashboard/acme", "sdkAlert": None, "warnings": []}


class Link:
    """One connection of a host. Answers nothing by itself but ACKs, pings, and what `answers` says (method -> data)."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.data = b""
        self.headers, self.path = {}, None
        self.frames = queue.Queue()  # (kind, what): call, response, close, ping
        self.acks, self.pings, self.sent = [], [], set()
        self.acknowledges = True
        self.last_message = {}  # id of a call -> id of the message it came in
        self.count, self.lock = 0, threading.RLock()
        self.close_code = None

    # ---- bytes

    def need(self, count):
        while len(self.data) < count:
            chunk = self.sock.recv(1 << 20)
            if not chunk:
                raise ConnectionError("closed")
            self.data += chunk
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def read_head(self):
        while b"\r\n\r\n" not in self.data:
            chunk = self.sock.recv(65536)
            if not chunk:
                raise ConnectionError("closed")
            self.data += chunk
            if self.data[0] == 0x16:  # a TLS handshake
                self.sock.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                raise ConnectionError("not HTTP")
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        self.path = first.split(" ")[1]
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}

    def accept(self):
        key = base64.b64encode(hashlib.sha1(self.headers["sec-websocket-key"].encode() + GUID).digest()).decode()
        self.sock.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: %s\r\n\r\n" % key).encode())

    def send_frame(self, opcode, payload, fin=True):
        length = len(payload)
        head = bytes([(0x80 if fin else 0) | opcode])
        if length < 126:
            head += bytes([length])
        elif length < 65536:
            head += bytes([126]) + struct.pack(">H", length)
        else:
            head += bytes([127]) + struct.pack(">Q", length)
        with self.lock:
            self.sock.sendall(head + payload)

    def send_text(self, text):
        self.send_frame(1, text.encode())

    def message(self, data):
        ident = str(uuid.uuid4())
        self.sent.add(ident)
        self.send_text(json.dumps({"id": ident, "data": data, "type": "MESSAGE"}))
        return ident

    def wait_heard(self):
        """Until the host has read all that was sent to it."""
        wait_until(lambda: self.sent <= set(self.acks), "the host to acknowledge everything")

    def close(self, code=1012, reason="restart"):
        try:
            self.send_frame(8, struct.pack(">H", code) + reason.encode())
        except OSError:
            pass  # it was faster

    def cut(self):
        """As a network does: without a word."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    # ---- frames

    def read(self):
        try:
            while True:
                first, second = self.need(2)
                assert second & 128, "a client must mask its frames (RFC 6455 5.1)"
                length = second & 127
                if length == 126:
                    length = struct.unpack(">H", self.need(2))[0]
                elif length == 127:
                    length = struct.unpack(">Q", self.need(8))[0]
                mask, payload = self.need(4), self.need(length)
                keys = (mask * (length // 4 + 1))[:length]
                payload = (int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")).to_bytes(length, "big") if length else b""
                self.take(first & 15, payload)
        except OSError:
            self.close_code = self.close_code or 1006
            self.frames.put(("close", self.close_code))
            self.sock.close()

    def take(self, opcode, payload):
        if opcode == 9:
            self.pings.append(payload.decode())
            if self.server.answers_pings:
                self.send_frame(10, payload)
        elif opcode == 8:
            self.close_code = struct.unpack(">H", payload[:2])[0] if payload else 1005
            self.close(self.close_code if payload else 1000, "")
        elif opcode == 1:
            frame = json.loads(payload)
            if frame["type"] == "ACK":
                assert set(frame) == {"type", "id"}, frame
                self.acks.append(frame["id"])
            else:
                assert set(frame) == {"id", "data", "type"}, frame
                uuid.UUID(frame["id"])
                self.take_rpc(frame["id"], json.loads(frame["data"]))

    def take_rpc(self, ident, rpc):
        self.last_message[rpc["id"]] = ident
        if self.acknowledges:
            self.send_text(json.dumps({"type": "ACK", "id": ident}))
        if rpc["kind"] == "RESPONSE":
            self.frames.put(("response", rpc))
            return
        self.server.calls.append((time.monotonic(), rpc["methodName"]))
        answer = self.server.answers.get(rpc["methodName"])
        if answer is not None and self.acknowledges:
            self.respond(rpc, answer)
        self.frames.put(("call", rpc))

    def respond(self, rpc, data):
        self.message(json.dumps({"id": rpc["id"], "kind": "RESPONSE", "methodName": rpc["methodName"],
                                 "data": None if data is NULL else data}))

    def call(self, method, data):
        """Without waiting; the id of the call."""
        with self.lock:
            self.count += 1
            ident = str(self.count)
        self.message(json.dumps({"id": ident, "kind": "CALL", "data": data, "methodName": method}))
        return ident

    # ---- waiting

    def next(self, kind, *methods, seconds=30):
        """The next frame of this kind; others are passed over."""
        end = time.monotonic() + seconds
        while True:
            try:
                found, what = self.frames.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError("waited %d s in vain for %s %s; log:\n%s"
                                     % (seconds, kind, " or ".join(methods), self.server.host_log())) from None
            if found == kind and (kind == "close" or not methods or what["methodName"] in methods):
                return what
            if found == "close":
                raise AssertionError("the host closed with %s instead of %s %s; log:\n%s"
                                     % (what, kind, " or ".join(methods), self.server.host_log()))

    def next_call(self, *methods, seconds=30):
        return self.next("call", *methods, seconds=seconds)

    def response(self, seconds=30):
        return self.next("response", seconds=seconds)

    # ---- runs

    def start(self, ident, slug, params=None, **more):
        return self.call("START_TRANSACTION", dict({
            "transactionId": ident, "displayResolvesImmediately": True, "actionName": slug,
            "action": {"slug": slug, "url": "http://localhost:3000/dashboard/acme/actions/" + slug}, "environment": "production",
            "user": USER, "params": params or {}}, **more))

    def open_page(self, key, slug):
        return self.call("OPEN_PAGE", {"pageKey": key, "page": {"slug": slug}, "environment": "production", "user": USER, "params": {}})

    def render(self, seconds=30):
        data = self.next_call("SEND_IO_CALL", seconds=seconds)["data"]
        return data["transactionId"], json.loads(data["ioCall"])

    def answer(self, ident, render, values, kind="RETURN", group=None):
        return self.call("IO_RESPONSE", {"transactionId": ident, "value": json.dumps({
            "id": render["id"], "inputGroupKey": group or render["inputGroupKey"], "transactionId": ident, "kind": kind,
            "values": values})})

    def completed(self):
        data = self.next_call("MARK_TRANSACTION_COMPLETE")["data"]
        return data["transactionId"], data["resultStatus"], json.loads(data["result"])["data"]


def http_file(content, status="200 OK", *fields):
    """As `files` has them."""
    return ("HTTP/1.1 %s\r\n%s\r\n\r\n" % (status, "\r\n".join(fields or ("Content-Length: %d" % len(content),)))).encode() + content


class ScriptedServer:
    """Listens; every connection becomes a Link, taken by connection(). `answers`: what it says to calls, unless None."""

    def __init__(self, certificate=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.links = queue.Queue()
        self.calls = []  # (when, method)
        self.answers_pings, self.welcomes, self.refusal = True, True, None
        self.refused_at = []
        self.files, self.fetched = {}, []  # path -> what is sent for it, head and all; the paths that were asked
        self.host = None
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        self.answers = {"INITIALIZE_HOST": SUCCESS, "SEND_IO_CALL": True, "SEND_PAGE": True, "SEND_LOADING_CALL": True,
                        "SEND_LOG": True, "SEND_REDIRECT": True, "MARK_TRANSACTION_COMPLETE": True, "NOTIFY": True,
                        "BEGIN_HOST_SHUTDOWN": {"type": "success"}}
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return "%s://localhost:%d/websocket" % ("wss" if self.tls else "ws", self.port)

    def host_log(self):
        return self.host.log()[-4000:] if self.host else ""

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            link = Link(self, sock)
            link.read_head()
            if link.path in self.files:
                self.fetched.append(link.path)
                sock.sendall(self.files[link.path])
                if not self.files[link.path].endswith(STALL):
                    sock.close()
                return
            if self.refusal is not None:
                self.refused_at.append(time.monotonic())
                sock.sendall(self.refusal)
                sock.close()
                return
            link.accept()
            if self.welcomes:
                link.message("authenticated")
            self.links.put(link)
        except OSError:
            return
        link.read()

    def connection(self, seconds=30):
        try:
            return self.links.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError("no connection within %d s; log:\n%s" % (seconds, self.host_log())) from None

    def initialized(self, seconds=30):
        """The next connection, and what the host says of itself on it."""
        link = self.connection(seconds)
        return link, link.next_call("INITIALIZE_HOST")["data"]

    def stop(self):
        """New connections are refused from now on; the same port can be opened again with resume()."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def resume(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()


class Host:
    """`interlude host` in a directory of its own."""

    def __init__(self, url, key="live_testkey0000", modules=(), server=None, **environment):
        self.directory = tempfile.mkdtemp(prefix="interlude-host-")
        self.routes = os.path.join(self.directory, "routes")
        os.mkdir(self.routes)
        for module in modules:
            self.drop(module)
        self.url, self.key = url, key
        self.environment = dict({k: v for k, v in os.environ.items() if k not in ("ENDPOINT", "API_KEY")}, LOG_LEVEL="debug",
                                **environment)
        self.log_path = os.path.join(self.directory, "log")
        self.process = None
        if server:
            server.host = self

    def drop(self, module, name=None):
        path = module if os.path.isabs(module) else os.path.join(MODULES, module + ".so")
        target = os.path.join(self.routes, name or os.path.basename(path))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, target + ".part")
        os.rename(target + ".part", target)

    def start(self, *flags):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([INTERLUDE, "host", "--endpoint", self.url, "--api-key", self.key, *flags],
                                            cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_log(self, text):
        wait_until(lambda: text in self.log(), lambda: "%r in the log:\n%s" % (text, self.log()[-4000:]))

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, seconds=30):
        """The exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError("the host did not end within %d s:\n%s" % (seconds, self.log()[-4000:])) from None

    def stop(self):
        """Ends it at once, and fails on anything a sanitizer or an assertion had to say."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.send_signal(signal.SIGINT)
            self.wait()
        text = self.log()
        assert not any(report in text for report in REPORTS), text[-8000:]
        assert self.process.returncode >= 0, "ended by signal %d:\n%s" % (-self.process.returncode, text[-8000:])
        shutil.rmtree(self.directory, ignore_errors=True)
