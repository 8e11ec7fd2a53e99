# SPDX-License-Identifier: MIT
"""Drives a real interlude-runner over real sockets, as the server does: core/link/frame.h in Python."""
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid

RUNNER = os.environ.get("INTERLUDE_RUNNER", "build/dev/interlude-runner")
MODULES = os.environ.get("INTERLUDE_MODULES", "build/dev/tests/modules")

with open(RUNNER, "rb") as executable:
    content = executable.read()
SANITIZED = b"__asan_init" in content or b"__tsan_init" in content
del content

HEAD = struct.Struct("=IBBBBII16s16s")
REQUEST = struct.Struct("=QqqIIIIIIII")
ANSWER = struct.Struct("=QIIII")
CALL, RESPONSE = 1, 2
(HELLO, START_TRANSACTION, IO_RESPONSE, CLOSE_TRANSACTION, OPEN_PAGE, CLOSE_PAGE, DRAIN, SEND_IO_CALL, SEND_PAGE, SEND_LOADING_CALL,
 SEND_LOG, SEND_REDIRECT, COMPLETE, PARKED, FUNCTION, FUNCTION_ANSWER, NOTIFY, CANCEL, HEALTH) = range(1, 20)
ONEWAY, INTERACTIVE, FD, RESENT = 1, 2, 4, 8
SUCCESS, FAILURE, CANCELED = 0, 1, 2
NIL = bytes(16)


class Frame:
    def __init__(self, kind, method, flags=0, status=0, call=0, slot=0, subject=NIL, group=NIL, payload=b"", fd=-1):
        self.kind, self.method, self.flags, self.status = kind, method, flags, status
        self.call, self.slot, self.subject, self.group, self.payload, self.fd = call, slot, subject, group, payload, fd

    def pack(self):
        return HEAD.pack(HEAD.size + len(self.payload), self.kind, self.method, self.flags, self.status, self.call, self.slot,
                         self.subject, self.group) + self.payload

    def json(self):
        return json.loads(self.payload)

    def __repr__(self):
        return f"Frame(kind={self.kind} method={self.method} flags={self.flags} status={self.status} {self.payload[:200]!r})"


class Ended(Exception):
    pass


class Link:
    """One stream. Not for speed."""

    def __init__(self, sock):
        self.sock, self.data, self.fds = sock, b"", []

    def send(self, *frames):
        for frame in frames:
            if frame.fd >= 0:
                frame.flags |= FD
                socket.send_fds(self.sock, [frame.pack()], [frame.fd])
                os.close(frame.fd)
            else:
                self.sock.sendall(frame.pack())

    def receive(self, timeout=10):
        end = time.monotonic() + timeout
        while True:
            if len(self.data) >= HEAD.size:
                length = struct.unpack_from("=I", self.data)[0]
                if len(self.data) >= length:
                    break
            if not select.select([self.sock], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("no frame came")
            try:
                data, fds, _, _ = socket.recv_fds(self.sock, 1 << 16, 1)
            except ConnectionResetError:
                data, fds = b"", []
            self.fds += fds
            if not data:
                raise Ended()
            self.data += data
        _, kind, method, flags, status, call, slot, subject, group = HEAD.unpack_from(self.data)
        payload, self.data = self.data[HEAD.size:length], self.data[length:]
        return Frame(kind, method, flags, status, call, slot, subject, group, payload, self.fds.pop(0) if flags & FD else -1)

    def close(self):
        self.sock.close()


class Server(Link):
    """The server's end of a control stream."""

    def __init__(self, sock, instance, confirm=True):
        super().__init__(sock)
        self.instance, self.confirm, self.parked = instance, confirm, 0

    def hello(self):
        frame = self.receive()
        assert frame.method == HELLO and frame.json()["instance"] == self.instance, frame
        return frame.json()

    def expect(self, method, timeout=10, skip=(SEND_LOG, SEND_LOADING_CALL, PARKED)):
        """The next frame of this method, confirmed; frames of `skip` are confirmed and dropped."""
        while True:
            frame = self.receive(timeout)
            if self.confirm:
                self.answer(frame)
            if frame.method == method:
                return frame
            assert frame.method in skip, frame

    def answer(self, frame, status=0, payload=b""):
        if frame.kind == CALL and not frame.flags & ONEWAY:
            self.send(Frame(RESPONSE, frame.method, status=status, call=frame.call, slot=frame.slot, subject=frame.subject,
                            group=frame.group, payload=payload))

    def start(self, slot=0, subject=None, method=START_TRANSACTION, slug="x", **more):
        subject = subject or uuid.uuid4().bytes
        key = str(uuid.UUID(bytes=subject))
        user = {"id": "u", "email": "ada@example.com", "firstName": None, "lastName": None, "role": "member", "teams": []}
        inputs = {"environment": "development", "user": user, "params": {}, "organization": {"name": "Local", "slug": "local"}}
        if method == START_TRANSACTION:
            inputs |= {"transactionId": key, "actionName": slug, "action": {"slug": slug, "url": "http://x/"},
                       "displayResolvesImmediately": True} | more
        else:
            inputs |= {"pageKey": key, "page": {"slug": slug}}
        self.send(Frame(CALL, method, ONEWAY, slot=slot, subject=subject, payload=json.dumps(inputs).encode()))
        return subject

    def respond(self, ask, values, kind="RETURN"):
        call = ask.json()
        self.send(io_response(ask.subject, ask.group, kind, values, call["id"], call["inputGroupKey"]))

    def cancel(self, subject):
        self.send(io_response(subject, NIL, "CANCELED", [], "UNKNOWN", "UNKNOWN"))

    def close_run(self, subject):
        self.send(Frame(CALL, CLOSE_TRANSACTION, ONEWAY, subject=subject))

    def health(self, only_load=False, call=7):
        """The answer: status and sentence."""
        self.send(Frame(CALL, HEALTH, status=int(only_load), call=call))
        frame = self.expect(HEALTH)
        assert frame.kind == RESPONSE and frame.call == call, frame
        return frame.status, frame.payload.decode()

    def drain(self, now=False):
        self.send(Frame(CALL, DRAIN, ONEWAY, status=int(now)))


def io_response(subject, group, kind, values, call_id, key):
    text = {"id": call_id, "inputGroupKey": key, "transactionId": str(uuid.UUID(bytes=subject)), "kind": kind, "values": values}
    return Frame(CALL, IO_RESPONSE, ONEWAY, subject=subject, group=group, payload=json.dumps(text).encode())


def pairs_of(*lists):
    return b"".join(text.encode() + b"\0" for pairs in lists for pair in pairs for text in pair)


def request(call, slot=0, method="POST", path="/x", query="", headers=(), params=(), context=(), base=0, time_ms=0, deadline_ms=0, body=b"",
            fd=-1):
    heads, behind = pairs_of(headers, params), pairs_of(context)
    head = REQUEST.pack(len(body), time_ms, deadline_ms, len(method), len(path), len(query), base, len(headers), len(params), len(heads),
                        len(behind))
    texts = b"".join(text.encode() + b"\0" for text in (method, path, query))
    return Frame(CALL, FUNCTION, slot=slot, call=call, payload=head + texts + heads + behind + (b"" if fd >= 0 else body), fd=fd)


def sealed(data, seals=None):
    import fcntl
    fd = os.memfd_create("body", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    fcntl.fcntl(fd, 1033, 2 | 4 | 8 if seals is None else seals)  # F_ADD_SEALS
    return fd


class Answer:
    @staticmethod
    def unpack(frame):
        """Length of the body, status, number of headers, their length, 0."""
        return ANSWER.unpack_from(frame.payload)

    def __init__(self, frame):
        length, self.status, count, heads_len, _ = self.unpack(frame)
        texts = frame.payload[ANSWER.size:ANSWER.size + heads_len].split(b"\0")[:-1]
        self.headers = {texts[i].decode(): texts[i + 1].decode() for i in range(0, len(texts), 2)}
        self.body, self.call, self.fd = frame.payload[ANSWER.size + heads_len:], frame.call, frame.fd
        assert len(self.headers) == count
        if frame.fd >= 0:
            self.body = os.pread(frame.fd, length + 1, 0)
            os.close(frame.fd)
        assert len(self.body) == length


class Runner:
    def __init__(self, module, streams=1, hello=True):
        self.dir = tempfile.TemporaryDirectory()
        self.instance = str(uuid.uuid4())
        self.attach_path = os.path.join(self.dir.name, "attach.sock")
        self.own_dir = os.path.join(self.dir.name, "own")
        os.mkdir(self.own_dir)
        self.uploads = os.path.join(self.dir.name, "uploads")
        os.mkdir(self.uploads)
        path = module if os.path.isabs(module) else os.path.join(MODULES, module + ".so")
        pairs = [socket.socketpair() for _ in range(1 + streams)]
        self.output = tempfile.TemporaryFile()
        theirs = [os.dup(pair[1].fileno()) for pair in pairs]
        top = 200
        high = [os.dup2(fd, top + i, inheritable=True) for i, fd in enumerate(theirs)]
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, self.output.fileno(), 1),
                   (os.POSIX_SPAWN_DUP2, self.output.fileno(), 2)]
        actions += [(os.POSIX_SPAWN_DUP2, fd, 3 + i) for i, fd in enumerate(high)]
        actions += [(os.POSIX_SPAWN_CLOSE, fd) for fd in high]
        argv = [RUNNER, "serve", path, "--name", module + ".so", "--instance", self.instance, "--streams", str(streams),
                "--attach", self.attach_path, "--data", self.dir.name]
        environment = {"PATH": os.environ["PATH"], "INTERLUDE_DATA_DIR": self.own_dir} | {
            name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        self.spawned_at = time.monotonic()
        self.pid = os.posix_spawn(RUNNER, argv, environment, file_actions=actions, setsid=True)
        for fd in theirs + high:
            os.close(fd)
        for pair in pairs:
            pair[1].close()
        self.server = Server(pairs[0][0], self.instance)
        self.functions = [Link(pair[0]) for pair in pairs[1:]]
        self.status = None
        if hello:
            self.greeting = self.server.hello()

    def listen(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(self.attach_path)
        sock.listen(4)
        sock.settimeout(10)
        return sock

    def wait(self, timeout=10):
        """The exit code, negative for a signal."""
        end = time.monotonic() + timeout
        pidfd = os.pidfd_open(self.pid)
        try:
            if not select.select([pidfd], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the runner is still there")
        finally:
            os.close(pidfd)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def call(self, stream=0, **request_options):
        self.functions[stream].send(request(1, **request_options))
        return Answer(self.functions[stream].receive())

    def written(self):
        self.output.seek(0)
        return self.output.read()

    def memory_kb(self):
        """PSS of the process, and what the kernel charges for its threads."""
        with open(f"/proc/{self.pid}/smaps_rollup") as rollup:
            return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))

    def end(self):
        for link in [self.server, *self.functions]:
            link.close()
        try:
            os.killpg(self.pid, signal.SIGKILL)  # a module's children too, also after an orderly end
        except ProcessLookupError:
            pass
        if self.status is None:
            os.waitpid(self.pid, 0)
        self.output.close()
        self.dir.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def probe(path, timeout=5):
    """What `interlude-runner probe` says, and its exit code."""
    read, write = os.pipe()
    process = subprocess.Popen([RUNNER, "probe", path], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: os.dup2(write, 3), pass_fds=(3,))
    os.close(write)
    try:
        code = process.wait(timeout)
    finally:
        process.kill()
        process.wait()
        with os.fdopen(read, "rb") as pipe:
            text = pipe.read()
    return json.loads(text) if text else None, code


def run_tests(tests):
    """Runs the functions named test_…; the exit code says how it went."""
    chosen = sys.argv[1:]
    failures = 0
    for name, test in list(tests.items()):
        if not name.startswith("test_") or (chosen and name not in chosen):
            continue
        began = time.monotonic()
        try:
            test()
            print(f"ok   {name} ({time.monotonic() - began:.2f} s)", flush=True)
        except Exception as error:  # noqa: BLE001
            import traceback
            failures += 1
            print(f"FAIL {name}: {error!r}\n{traceback.format_exc()}", flush=True)
    sys.exit(1 if failures else 0)
