# SPDX-License-Identifier: MIT
"""Starts `interlude dev` in a directory of its own and talks to it as a browser does: /websocket and the HTTP API."""
import contextlib
import json
import os
import queue
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
import weakref

from websocket import Socket

SOURCE = os.environ.get("INTERLUDE_SOURCE", os.getcwd())
INTERLUDE = os.environ.get("INTERLUDE", os.path.join(SOURCE, "build/dev/interlude"))
MODULES = os.environ.get("INTERLUDE_MODULES", os.path.join(SOURCE, "build/dev/tests/modules"))
ROUTES = os.environ.get("INTERLUDE_ROUTES", os.path.join(SOURCE, "build/dev/routes"))

# How sanitizers and assertions begin what they have to say, in the server or in one of its runners.
REPORTS = "ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:", "broken invariant"


def wait_until(condition, what="the condition", seconds=30):
    """Looks again and again until condition() is true, and returns its value: often at first, then less, for looking costs, too."""
    began = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        passed = time.monotonic() - began
        if passed > seconds:
            raise AssertionError("waited %d s in vain for %s" % (seconds, what() if callable(what) else what))
        time.sleep(min(0.05, 0.002 + passed / 40))


def lower(headers):
    """As dict: names of headers are the same in any case."""
    return {name.lower(): value for name, value in headers.items()}


def is_free(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
            sock.listen()
            return True
        except OSError:
            return False


def ports_of_servers():
    """Those that no connection gets by itself: it would hold the port of a server that is away for a moment."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="utf-8") as file:
        first, last = map(int, file.read().split())
    return [port for port in range(10000, 60000) if not first <= port <= last] or range(10000, 60000)


def free_port():
    """Nobody listens there, and no other test is given it while this one runs."""
    ports = ports_of_servers()
    while True:
        port = random.choice(ports)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind("\0interlude-test-port-%d" % port)
        except OSError:
            name.close()
            continue
        name.detach()  # it keeps the name until this process ends
        if is_free(port):
            return port


def cpu_seconds(pid):
    """utime and stime of all its threads (proc(5))."""
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end(process):
    if process.poll() is None:
        process.kill()
        process.wait()


class Server:
    """One `interlude dev` with a routes directory that the test fills."""

    command = "dev"

    def __init__(self, **environment):
        self.directory = tempfile.mkdtemp(prefix="interlude-")
        weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)  # whatever becomes of the test
        self.routes = os.path.join(self.directory, "routes")
        os.mkdir(self.routes)
        self.port = free_port()
        self.environment = {**os.environ, "LOG_LEVEL": "debug", **environment}
        self.log_path = os.path.join(self.directory, "log")
        self.process = None
        self.arguments = []  # more of them, for `interlude dev`

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([INTERLUDE, self.command, "--port", str(self.port)] + self.arguments, cwd=self.directory,
                                            env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        weakref.finalize(self, end, self.process)
        wait_until(self.is_ready, lambda: "the server to be ready; log:\n" + self.log())
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("the server ended with %d:\n%s" % (self.process.returncode, self.log()))
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def api_key(self):
        """The development key, as the banner says it."""
        return wait_until(lambda: re.search(r"^API key: (\S+)\n", self.log(), re.M), "the API key").group(1)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        # a child that was on its way to become a runner holds the socket until it is one
        wait_until(lambda: is_free(self.port), "the port of the killed server to be free")

    def stop(self, keep=False):
        """Ends it in order, and fails on anything a sanitizer or an assertion had to say. keep: start() may follow."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        text = self.log()
        assert self.process.returncode == 0, "the server ended with %d:\n%s" % (self.process.returncode, text[-4000:])
        for line in text.splitlines():
            if "double_free.so: " not in line:  # what this module does, a sanitizer in its runner reports
                assert not any(report in line for report in REPORTS), line + "\n" + text[-8000:]
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    # ---- files

    def drop(self, module, name=None):
        """Copies a built module into routes/ as people should: under another name, then renamed."""
        path = module if os.path.isabs(module) else os.path.join(MODULES, module + ".so")
        with open(path, "rb") as file:
            self.drop_bytes(file.read(), name or os.path.basename(path))

    def drop_bytes(self, content, name):
        target = os.path.join(self.routes, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target + ".part", "wb") as file:
            file.write(content)
        os.rename(target + ".part", target)

    def remove(self, name):
        os.unlink(os.path.join(self.routes, name))

    # ---- HTTP

    def request(self, method, path, body=None, headers=None):
        request = urllib.request.Request("http://127.0.0.1:%d%s" % (self.port, path), body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)

    def get(self, path):
        return self.request("GET", path)

    def json(self, path):
        status, body, _ = self.get(path)
        assert status == 200, "%s answered %d: %r" % (path, status, body)
        return json.loads(body)

    def live(self):
        """Slugs that are live, with their records."""
        return {route["slug"]: route for route in self.json("/api/v1/routes?org=local&env=development")["routes"]}

    def problems(self):
        return self.json("/api/v1/problems?org=local&env=development")["problems"]

    def wait_live(self, slug):
        return wait_until(lambda: self.live().get(slug), lambda: "%s to be live; log:\n%s" % (slug, self.log()[-2000:]))

    def transaction(self, ident):
        return self.json("/api/v1/transactions/" + ident)["transaction"]

    # ---- what is stored

    @contextlib.contextmanager
    def database(self, name="state"):
        """DATA/state.db or queue.db, beside the server that has it open."""
        path = os.path.join(self.directory, ".interlude", name + ".db")
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as connection, connection:
            yield connection

    def use_small_disk(self, test):
        """DATA is a file system of 6 MiB until the test has ended; the test is skipped where nothing may be mounted."""
        data = os.path.join(self.directory, ".interlude")
        os.mkdir(data)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", data], stderr=subprocess.DEVNULL, check=False).returncode:
            test.skipTest("may not mount a tmpfs")
        test.addCleanup(subprocess.run, ["umount", "-l", data], check=True)
        return data

    # ---- processes

    def runners(self, module=""):
        """Process ids of the runners of this server, or of one module file."""
        found = []
        for pid in os.listdir("/proc"):
            try:
                with open("/proc/%s/cmdline" % pid, encoding="utf-8") as file:
                    line = file.read()
                    if self.directory in line and module in line:
                        found.append(int(pid))
            except OSError:
                pass  # not a process, or gone meanwhile
        return [pid for pid in found if pid != self.process.pid]

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))


class Browser(Socket):
    """A scripted browser: one socket, calls with answers, and everything the server said, in order."""

    def __init__(self, server, origin=None, cookie=None, ident=None):
        self.server = server
        self.answers, self.events = {}, queue.Queue()
        self.count = 0
        self.is_open = threading.Event()
        headers = {"Origin": origin or "http://127.0.0.1:%d" % server.port}
        if cookie:
            headers["Cookie"] = cookie
        super().__init__(server.port, "/websocket?__INTERVAL_CLIENT_ISOCKET_ID=%s" % (ident or uuid.uuid4()), headers)
        self.start_reading()
        assert self.is_open.wait(30), "the server never said that we are signed in"

    def on_close(self):
        self.events.put(("CLOSED", self.close_code))

    def on_text(self, text):
        frame = json.loads(text)
        if frame["type"] == "ACK":
            return
        self.send_text(json.dumps({"type": "ACK", "id": frame["id"]}))
        if frame["data"] == "authenticated":
            self.is_open.set()
            return
        rpc = json.loads(frame["data"])
        if rpc["kind"] == "RESPONSE":
            answer = self.answers.pop(rpc["id"], None)  # none: a call that the test wrote itself
            if answer:
                answer.put(rpc.get("data"))
            return
        self.send_rpc({"id": rpc["id"], "kind": "RESPONSE", "methodName": rpc["methodName"], "data": True})
        self.events.put((rpc["methodName"], rpc["data"]))

    def send_rpc(self, rpc):
        self.send_text(json.dumps({"id": str(uuid.uuid4()), "type": "MESSAGE", "data": json.dumps(rpc)}))

    def post(self, method, data):
        """Calls without waiting; returns the queue the answer will be in."""
        answer = queue.Queue()
        with self.lock:
            self.count += 1
            ident = str(self.count)
        self.answers[ident] = answer
        self.send_rpc({"id": ident, "kind": "CALL", "methodName": method, "data": data})
        return answer

    def call(self, method, data, seconds=30):
        return self.post(method, data).get(timeout=seconds)

    # ---- runs

    def create(self, slug, params=None):
        return self.call("CREATE_TRANSACTION", {"organization": "local", "environment": "development", "slug": slug,
                                                "params": params or {}})

    def begin(self, slug, params=None):
        """Starts a run; its id."""
        made = self.create(slug, params)
        assert made["type"] == "SUCCESS", made
        assert self.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": made["transactionId"]}) is True
        return made["transactionId"]

    def next(self, *methods, seconds=30):
        """The next thing the server says among these methods; others are passed over."""
        end = time.monotonic() + seconds
        while True:
            try:
                name, data = self.events.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError("waited %d s in vain for %s; log:\n%s"
                                     % (seconds, " or ".join(methods), self.server.log()[-3000:])) from None
            if name in methods:
                return name, data
            if name == "CLOSED":
                raise AssertionError("the socket was closed with %s while waiting for %s" % (data, " or ".join(methods)))

    def render(self):
        data = self.next("RENDER")[1]
        return data["transactionId"], json.loads(data["toRender"])

    def answer(self, transaction, render, values, kind="RETURN"):
        return self.call("RESPOND_TO_IO_CALL", {"transactionId": transaction, "ioResponse": json.dumps(
            {"id": render["id"], "inputGroupKey": render["inputGroupKey"], "transactionId": transaction, "kind": kind,
             "choice": "Continue", "values": values})})

    def completed(self):
        """(result status, data) of the next run that ends."""
        data = self.next("TRANSACTION_COMPLETED")[1]
        return data["resultStatus"], json.loads(data["result"])["data"] if data.get("result") else None
