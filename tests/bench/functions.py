# SPDX-License-Identifier: MIT
"""Function calls at several numbers of connections: against a bare h2o handler, through JSON, and with BENCH_PEERS=1 against
serverless-offline with a function that does the same as ours: takes the whole event, answers with a Lambda-proxy result."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

from server import ROOT, TOOLS, Server, free_port, module, tree_pss_kb, wait_for_port

CONNECTIONS = 1, 16, 64
SECONDS = 3
PEERS = os.path.join(ROOT, "tests/bench/peers")


def wrk(port, path, connections):
    """(requests a second, p99 in ms)"""
    out = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % SECONDS, "--timeout", "30s", "--latency",
                          "http://127.0.0.1:%d%s" % (port, path)], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("wrk on %s:\n%s" % (path, out))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def answer(port, path):
    """(status, type without its parameters, body)"""
    with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), timeout=60) as got:
        return got.status, got.headers.get_content_type(), got.read()


class Peer:
    """serverless-offline with hello.js, in a process group of its own. What it says about each request goes nowhere."""

    def __enter__(self):
        if not os.path.isdir(PEERS + "/node_modules"):
            subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=PEERS, check=True)
        self.folder = tempfile.mkdtemp(prefix="interlude-peer-")
        for name in "package.json", "serverless.yml", "hello.js":
            shutil.copy(os.path.join(PEERS, name), self.folder)
        os.symlink(PEERS + "/node_modules", self.folder + "/node_modules")
        self.port = free_port()
        began = time.perf_counter()
        self.process = subprocess.Popen(["node_modules/.bin/serverless", "offline", "--httpPort", str(self.port), "--lambdaPort",
                                         str(free_port()), "--noPrependStageInUrl"], cwd=self.folder, start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=dict(os.environ, AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none",
                                                 SLS_TELEMETRY_DISABLED="1", SLS_NOTIFICATIONS_MODE="off"))
        wait_for_port(self.port, self.process)
        answer(self.port, "/hello")
        self.first_start = time.perf_counter() - began
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def measure(ways):
    """Connections -> name of a way -> its best of two, taken in turn."""
    best = {}
    for connections in CONNECTIONS:
        took = {name: [] for name in ways}
        for _ in range(2):
            for name, where in ways.items():
                took[name].append(wrk(*where, connections))
        best[connections] = {name: max(pairs) for name, pairs in took.items()}
    return best


def print_ours(row, best):
    for connections, of in best.items():
        row("bare h2o handler, c=%d" % connections, of["bare"][0], "req/s")
        row("  function hello, ratio", of["hello"][0] / of["bare"][0], "", 0.60 if connections == 64 else None, at_least=True)
        row("  its p99", of["hello"][1], "ms", 5 if connections == 64 else None)
        row("  JSON event and result", of["event"][0], "req/s")
        row("  its p99", of["event"][1], "ms")


def bench_functions(row):
    with Server({name + ".so": module(name) for name in ("hello", "event")}) as server:
        port = free_port()
        bare = subprocess.Popen([os.path.join(TOOLS, "bare_h2o"), str(port)])
        try:
            wait_for_port(port, bare)
            for name in "hello", "event":
                server.wait_for("/fn/" + name, lambda status, body: status == 200)
            ways = {"bare": (port, "/"), "hello": (server.port, "/fn/hello"), "event": (server.port, "/fn/event")}
            print_ours(row, measure(ways))
        finally:
            bare.kill()
            bare.wait()
        if os.environ.get("BENCH_PEERS"):
            bench_peer(row, server)


def bench_peer(row, server):
    with Peer() as peer:
        theirs, ours = answer(peer.port, "/hello"), answer(server.port, "/fn/event")
        if theirs != ours:
            raise SystemExit("serverless-offline answers %s, we %s" % (theirs, ours))
        before = tree_pss_kb(peer.process.pid), tree_pss_kb(server.process.pid)
        best = measure({"peer": (peer.port, "/hello"), "event": (server.port, "/fn/event")})
        after = tree_pss_kb(peer.process.pid), tree_pss_kb(server.process.pid)
        for connections, of in best.items():
            row("serverless-offline, JSON event and result, c=%d" % connections, of["peer"][0], "req/s")
            row("  its p99", of["peer"][1], "ms")
            row("  ours, times as many", of["event"][0] / of["peer"][0], "")
            row("  our p99", of["event"][1], "ms")
        for who, index, started in ("serverless-offline", 0, peer.first_start), ("ours", 1, server.first_start):
            row("%s: start to first 200" % who, started * 1e3, "ms")
            row("  memory of the tree (PSS) before", before[index] / 1024, "MB")
            row("  and after that load", after[index] / 1024, "MB")
