# SPDX-License-Identifier: MIT
"""From a changed C source to live traffic: `interlude deploy`, where its time goes, the switch as callers see it, the drain."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from server import BUILD, ROOT, Server, new_folder

sys.path.insert(0, os.path.join(ROOT, "tests/lib"))
from load import Callers  # noqa: E402
from release import CONFIG, SOURCE  # noqa: E402

RUNS, RATE, HELD_MS = 20, 2000, 2000
INTERLUDE = os.path.join(BUILD, "interlude")
STEPS = "compiled", "packed", "sent, checked, unpacked", "tried, set on disk", "answering"


class Service:
    """shop of two functions, in a directory of its own, with a key that the server knows."""

    def __init__(self, server):
        self.server, self.folder = server, new_folder()
        self.data = os.path.join(server.folder, ".interlude")
        key = self.run("keys", "add-deployer", "bench", "--data", self.data).strip()
        self.environment = dict(os.environ, INTERLUDE_DEPLOY_KEY=key, INTERLUDE_URL="http://127.0.0.1:%d" % server.port)
        self.save("release-0000", "twin")
        self.write("serverless.yml", CONFIG)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def run(self, *words):
        return subprocess.run([INTERLUDE, *words], cwd=self.folder, env=getattr(self, "environment", os.environ), check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def save(self, release, *names):
        for name in names:
            self.write("dist/%s.c" % name, SOURCE.replace("NAME", name).replace("release-0000", release))

    def begin(self):
        """The deployment of what was saved this moment: (process, when)."""
        began = time.time()
        return subprocess.Popen([INTERLUDE, "deploy", "--json"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True), began

    def end(self, process):
        out, said = process.communicate()
        if process.returncode:
            raise SystemExit("interlude deploy: " + said)
        return json.loads(out)

    def marks(self, version):
        """When each step ended, by the clock of the file system (4 ms)."""
        place = os.path.join(self.data, "functions/shop/dev")
        return [os.lstat(path).st_mtime for path in (
            os.path.join(self.folder, ".interlude/build/dist/quote.so"), os.path.join(self.folder, ".interlude/shop-dev.tgz"),
            os.path.join(place, "versions", version, ".complete"), os.path.join(place, "current"))]

    def wait_for(self, release, process):
        while release.encode() not in self.server.get("/fn/shop/dev/quote?n=1")[1] and process.poll() in (None, 0):
            time.sleep(0.001)

    def timed(self, release):
        """(seconds of each step, seconds until the command had ended)"""
        self.save(release, "quote")
        process, began = self.begin()
        self.wait_for(release, process)
        live = time.time()
        answer = self.end(process)
        ended, marks = time.time(), [began] + self.marks(answer["version"]) + [live]
        return [after - before for before, after in zip(marks, marks[1:])], ended - began


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def bench_source(row, service):
    service.save("release-first", "quote")
    service.end(service.begin()[0])
    steps, commands = zip(*[service.timed("release-%04d" % number) for number in range(RUNS)])
    whole = [sum(one) for one in steps]
    row("C source to live traffic, p50 of %d" % RUNS, statistics.median(whole) * 1e3, "ms")
    row("  p95", percentile(whole, 95) * 1e3, "ms", 500)
    for name, times in zip(STEPS, zip(*steps)):
        row("  until it is %s, p50" % name, statistics.median(times) * 1e3, "ms")
    row("  `interlude deploy` has ended, p50", statistics.median(commands) * 1e3, "ms")
    row("artefact of two functions", os.path.getsize(os.path.join(service.folder, ".interlude/shop-dev.tgz")) / 1e3, "kB")


def bench_switch(row, service):
    """What callers see of deployments of both functions."""
    callers = None
    try:
        for number in range(100, 106):
            service.save("release-%04d" % number, "quote", "twin")
            service.write("serverless.yml", CONFIG.replace("release-0000", "release-%04d" % number))
            service.end(service.begin()[0])
            callers = callers or Callers(service.server.port, "/fn/shop/dev", RATE, "quote", "twin")
        during, last = callers.sum(), callers.stop()
    finally:
        if callers:
            callers.process.kill()
            callers.process.wait()
    row("at %d req/s: reached during deployments" % RATE, during["answered"] / during["seconds"], "req/s")
    row("  lost, failed or mixed", last["failed"], "", 0)
    row("  from the last old answer to the first new one, worst", last["gap_ms"], "ms")
    row("  p99 of all answers", last["p99_ms"], "ms")


def runners(service):
    """Processes of quote. That of twin, which stays the same, stays too."""
    found = set()
    for pid in service.server.processes():
        try:
            with open("/proc/%d/cmdline" % pid, encoding="utf-8") as file:
                if "dev/quote" in file.read():
                    found.add(pid)
        except OSError:
            pass
    return found


def wait_until_gone(pids):
    began = time.perf_counter()
    while any(os.path.exists("/proc/%d" % pid) for pid in pids):
        time.sleep(0.001)
    return time.perf_counter() - began


def drained(service, release, held_ms):
    """Seconds from the first new answer, or from the end of a call that was running, to the end of the old process."""
    service.server.get("/fn/shop/dev/quote")
    before = runners(service)
    if not before:
        raise SystemExit("the process of quote was not found")
    service.save(release, "quote")
    process, _ = service.begin()
    held = held_ms and subprocess.Popen(["curl", "-s", "http://127.0.0.1:%d/fn/shop/dev/quote?ms=%d" % (service.server.port, held_ms)],
                                        stdout=subprocess.DEVNULL)
    service.wait_for(release, process)
    if held:
        held.wait()
    took = wait_until_gone(before)
    service.end(process)
    return took


def bench_drain(row, service):
    for what, first, held_ms in (("the switch", 200, 0), ("the end of a call that it still ran", 300, HELD_MS)):
        times = [drained(service, "release-%04d" % number, held_ms) for number in range(first, first + 5)]
        row("the old process leaves after %s, p50" % what, statistics.median(times) * 1e3, "ms")


def bench_deploy(row):
    with Server({}) as server, Service(server) as service:
        bench_source(row, service)
        bench_switch(row, service)
        bench_drain(row, service)
