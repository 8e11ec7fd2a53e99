# SPDX-License-Identifier: MIT
"""Function calls at several numbers of connections: against a bare h2o handler, through JSON, and with BENCH_PEERS=1 against
serverless-offline with the same function."""
import os
import re
import shutil
import signal
import subprocess
import tempfile

from server import ROOT, TOOLS, Server, free_port, module, wait_for_port

CONNECTIONS = 1, 16, 64
SECONDS = 3
PEERS = os.path.join(ROOT, "tests/bench/peers")


def wrk(port, path, connections):
    """(requests a second, p99 in ms, what went wrong)"""
    out = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % SECONDS, "--latency", "http://127.0.0.1:%d%s" % (port, path)],
                         capture_output=True, text=True, check=True).stdout
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    wrong = re.search(r"Socket errors: .*|Non-2xx.*", out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit],
            wrong.group(0) if wrong else "")


class Peer:
    """serverless-offline with hello.js, in a process group of its own."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-peer-")
        for name in os.listdir(PEERS):
            if name != "node_modules":
                shutil.copy(os.path.join(PEERS, name), self.folder)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=self.folder, check=True)
        self.port = free_port()
        self.process = subprocess.Popen(["npx", "serverless", "offline", "--httpPort", str(self.port), "--lambdaPort", str(free_port()),
                                         "--noPrependStageInUrl"], cwd=self.folder, start_new_session=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env=dict(os.environ, AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", SLS_TELEMETRY_DISABLED="1"))
        for line in self.process.stdout:
            if "Server ready" in line:
                return self
        raise SystemExit("serverless-offline ended before it was ready")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def bench_peer(row, ours):
    with Peer() as peer:
        for connections in CONNECTIONS:
            rate, p99, wrong = wrk(peer.port, "/hello", connections)
            row("serverless-offline, c=%d" % connections, rate, "req/s")
            row("  p99%s" % (" (%s)" % wrong if wrong else ""), p99, "ms")
            row("  ours, times as many", ours[connections] / rate, "")


def bench_functions(row):
    best = {}
    with Server({name + ".so": module(name) for name in ("hello", "event")}) as server:
        port = free_port()
        bare = subprocess.Popen([os.path.join(TOOLS, "bare_h2o"), str(port)])
        try:
            wait_for_port(port)
            for name in "hello", "event":
                server.wait_for("/fn/" + name, lambda status, body: status == 200)
            for connections in CONNECTIONS:
                ways = {"bare": (port, "/"), "hello": (server.port, "/fn/hello"), "event": (server.port, "/fn/event")}
                took = {name: [wrk(*where, connections) for _ in range(2)] for name, where in ways.items()}
                best[connections] = {name: max(pairs) for name, pairs in took.items()}
        finally:
            bare.kill()
            bare.wait()
    for connections, of in best.items():
        row("bare h2o handler, c=%d" % connections, of["bare"][0], "req/s")
        row("  function hello, ratio", of["hello"][0] / of["bare"][0], "", 0.60 if connections == 64 else None, at_least=True)
        row("  its p99", of["hello"][1], "ms", 5 if connections == 64 else None)
        row("  JSON event and result", of["event"][0], "req/s")
    if os.environ.get("BENCH_PEERS"):
        bench_peer(row, {connections: of["hello"][0] for connections, of in best.items()})
