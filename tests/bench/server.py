# SPDX-License-Identifier: MIT
"""Starts the release binary on a folder of routes, and hosts of it; looks at them from outside: time, memory, answers."""
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("INTERLUDE_BUILD", os.path.join(ROOT, "build/release"))
TOOLS = os.path.join(BUILD, "bench")
MARK = b"hello world\n"  # in hello.so; other bytes there make another module


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for_port(port, process):
    """Until the process listens there."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.005)
    raise SystemExit("%s ended before it listened" % process.args[0])


def new_folder():
    """Below the build, as a project's: a runner's sandbox names all that lies beside the way to it, and a shared /tmp is full."""
    return tempfile.mkdtemp(prefix="interlude-bench-", dir=BUILD)


def module(name):
    with open(os.path.join(TOOLS, name + ".so"), "rb") as file:
        return file.read()


def hello(number):
    """hello.so that says `number`, and the body it answers with."""
    body = b"hello %05d\n" % number
    return module("hello").replace(MARK, body), body


def cpu_seconds(pid):
    """utime and stime of all its threads (proc(5)): what the kernel did for it counts, fsync included."""
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_and_watch(pid, seconds):
    """The CPU it uses meanwhile, in percent of one core."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds * 100


def tree(pid):
    """The process and everything below it."""
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % entry, encoding="utf-8", errors="replace") as file:
                parents[int(entry)] = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found = [pid]
    for above in found:
        found += [child for child, parent in parents.items() if parent == above]
    return found


def pss_kb(pid):
    """0: it has ended meanwhile."""
    try:
        with open("/proc/%d/smaps_rollup" % pid, encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("Pss:")), 0)
    except OSError:
        return 0


def tree_pss_kb(pid):
    return sum(pss_kb(each) for each in tree(pid))


class SdkHost:
    """A process with an unmodified Interval SDK, connected to a server."""

    def __init__(self, server, version="2.0.0"):
        script = os.path.join(ROOT, "tests/e2e/sdk/plain_host.mjs")
        self.process = subprocess.Popen(["node", script, version, "ws://127.0.0.1:%d/websocket" % server.port, server.api_key()],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not any(line.strip() == "ready" for line in self.process.stdout):
            raise SystemExit("the SDK host never became ready; does `npm ci` in tests/e2e/sdk work?")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


class Server:
    """`interlude dev` in a folder of its own. As a context manager it is stopped and the folder removed."""

    def __init__(self, files, **environment):
        self.environment = dict(os.environ, **environment)
        self.folder = new_folder()
        self.process = self.connection = None
        for name, data in files.items():
            self.drop(name, data)

    def __enter__(self):
        self.first_start = self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Returns the seconds from exec to the first 200."""
        self.port = free_port()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "interlude"), "dev", self.folder, "--data", self.folder + "/.interlude", "--port",
             str(self.port)], cwd=self.folder, env=self.environment, stdout=self.log, stderr=self.log)
        self.wait_for("/readyz", lambda status, body: status == 200)
        return time.perf_counter() - began

    def stop(self):
        self.connection = None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.log.close()

    def drop(self, name, data):
        """Puts a file into routes/ as a careful builder does: complete, then renamed."""
        path = os.path.join(self.folder, "routes", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".part~", "wb") as file:
            file.write(data)
        os.rename(path + ".part~", path)

    def get(self, path, headers={}):
        """(status, body); status 0: nobody answers."""
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.request("GET", path, headers=headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            self.connection = None
            return 0, b""

    def wait_for(self, path, is_right, seconds=60):
        """Asks until the answer is right; returns the seconds it took."""
        began = time.perf_counter()
        while not is_right(*self.get(path)):
            if self.process.poll() is not None or time.perf_counter() - began > seconds:
                with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                    raise SystemExit("%s never came right; the server said:\n%s" % (path, log.read()[-4000:]))
        return time.perf_counter() - began

    def api_key(self):
        """The development key, as the banner says it; that is the last thing a start does."""
        while True:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                key = re.search(r"^API key: (\S+)\n", log.read(), re.M)
            if key:
                return key.group(1)

    def processes(self):
        return tree(self.process.pid)

    def pss_kb(self, pid):
        return pss_kb(pid)

    def tree_pss_kb(self):
        return tree_pss_kb(self.process.pid)
