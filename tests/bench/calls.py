# SPDX-License-Identifier: MIT
"""Durable calls: accepting them against a bare SQLite group commit of the same run, running them, a million that wait."""
import json
import os
import re
import shutil
import subprocess
import time

from server import TOOLS, Server, cpu_seconds, module, new_folder, wait_and_watch

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 4
QUEUED = int(os.environ.get("QUEUED", "1000000"))


def bare(producers):
    folder = new_folder()
    try:
        out = subprocess.run([os.path.join(TOOLS, "group_commit"), folder + "/bare.db", str(producers), str(SECONDS)],
                             stdout=subprocess.PIPE, text=True, check=True)
        return int(out.stdout)
    finally:
        shutil.rmtree(folder)


def post(server, path):
    """Small requests of our own, by a connection of their own."""
    out = subprocess.run(["curl", "-sf", "-X", "POST", "http://127.0.0.1:%d%s" % (server.port, path)], stdout=subprocess.PIPE,
                         check=True)
    return out.stdout


def send(server, connections, seconds):
    """(accepted a second, p50 in ms, how many)"""
    out = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--latency", "-s", HERE + "/calls.lua",
                          "http://127.0.0.1:%d/fn/task/async" % server.port], stdout=subprocess.PIPE, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("wrk on /async:\n" + out)
    number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", out).groups()
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit],
            int(re.search(r"(\d+) requests in", out).group(1)))


def open_calls(server):
    functions = json.loads(server.get("/async/queues")[1])["queues"][0]["functions"]
    return sum(one["queued"] + one["retrying"] + one["running"] for one in functions)


def wait_until_done(server):
    while open_calls(server):
        time.sleep(0.05)


def bench_accept(row):
    with Server({"task.so": module("task")}, LOG_LEVEL="warn") as server:
        server.wait_for("/fn/task", lambda status, body: status == 405)
        post(server, "/async/queues/default/pause")
        for connections in (1, 16, 64, 256):
            loop = bare(connections)
            before = cpu_seconds(server.process.pid)
            rate, p50, count = send(server, connections, SECONDS)
            used = cpu_seconds(server.process.pid) - before
            row("durable 202, c=%d" % connections, rate, "1/s", 40000 if connections == 256 else None, at_least=True)
            row("  p50", p50, "ms", 7 if connections == 256 else None)
            row("  CPU of the server for each", used / count * 1e6, "us")
            row("  ratio to the bare loop (%d/s)" % loop, rate / loop, "", 0.5 if connections == 256 else None, at_least=True)
            post(server, "/async/queues/default/purge")


def bench_run(row):
    with Server({"task.so": module("task")}, LOG_LEVEL="warn") as server:
        server.wait_for("/fn/task", lambda status, body: status == 405)
        send(server, 64, 1)
        wait_until_done(server)
        began = time.perf_counter()
        _, _, count = send(server, 64, SECONDS)
        wait_until_done(server)
        row("async end to end, accepted and run", count / (time.perf_counter() - began), "1/s", 15000, at_least=True)


def bench_many(row):
    with Server({"task.so": module("task")}, LOG_LEVEL="warn", ASYNC_DEPTH=str(2 * QUEUED)) as server:
        server.wait_for("/fn/task", lambda status, body: status == 405)
        post(server, "/async/queues/default/pause")
        while open_calls(server) < QUEUED:
            send(server, 256, 5)
        what = "{:,} calls wait: ".format(QUEUED)
        row(what + "memory of the tree (PSS)", server.tree_pss_kb() / 1024, "MB", 150)
        post(server, "/async/queues/default/resume")
        server.process.kill()
        server.process.wait()
        began = time.perf_counter()
        server.start()
        before = open_calls(server)
        while open_calls(server) >= before:
            pass
        row(what + "kill and start to first execution", time.perf_counter() - began, "s", 1)
        count, began = open_calls(server), time.perf_counter()
        wait_and_watch(server.process.pid, SECONDS)
        row(what + "run", (count - open_calls(server)) / (time.perf_counter() - began), "1/s")


def bench_calls(row):
    bench_accept(row)
    bench_run(row)
    bench_many(row)
