# SPDX-License-Identifier: MIT
"""Callers of a deployed service at a steady rate, in a process of their own: kept connections, a new one now and then, slow
requests and asynchronous calls. It judges every answer; whoever deploys meanwhile asks it for the sum.

An answer is "NAME NUMBER CODE SETTING": which function, the number in the question, the release that was compiled in, and the one
that stands in the environment. CODE and SETTING of two releases in one answer are a mix. A release that was answered by the
time a question was sent must not be followed by an older one: `order` are the releases in the order of their first
answers, each question may be answered by the newest of then or by later ones.
"""
import collections
import heapq
import json
import os
import re
import select
import socket
import subprocess
import sys
import time

STEADY, SLOW, ONCE, ASYNC = "steady", "slow", "once", "async"
PATIENCE = 10


class Order:
    """Releases in the order in which they were answered first."""

    def __init__(self):
        self.seen = []
        self.last = self.gap = 0  # when the newest was answered last; the longest wait between two releases

    def floor(self):
        return max(0, len(self.seen) - 1)

    def take(self, release, floor):
        """Was there a newer one by the time this answer came?"""
        now = time.monotonic()
        if release not in self.seen[floor:]:
            self.gap = max(self.gap, now - self.last if self.seen else 0)
            self.seen.append(release)
        if release == self.seen[-1]:
            self.last = now
        return release != self.seen[-1]


class Connection:
    """One question at a time."""

    def __init__(self, load, kind, name):
        self.load, self.kind, self.name = load, kind, name
        self.sock, self.order, self.asked, self.received = None, Order(), None, b""

    def connect(self):
        self.sock = socket.create_connection(("127.0.0.1", self.load.port), PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.load.poll.register(self.sock, select.EPOLLIN)
        self.load.by_fd[self.sock.fileno()] = self

    def close(self):
        if self.sock:
            self.load.poll.unregister(self.sock)
            del self.load.by_fd[self.sock.fileno()]
            self.sock.close()
            self.sock = None

    def ask(self, due):
        load = self.load
        load.number += 1
        method, path = "GET", "%s/%s?n=%d" % (load.base, load.name_of(load.number), load.number)
        if self.kind == SLOW:
            path += "&ms=%d" % (100 + load.number * 37 % 500)
        elif self.kind == ASYNC:
            method, path = "POST", path.replace("?", "/async?")
        self.asked = load.number, due, load.order.floor(), self.order.floor()
        self.received = b""
        try:
            if not self.sock:
                self.connect()
            self.sock.sendall(("%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n" % (method, path, "Connection: close\r\n" if self.kind == ONCE
                                                                       else "")).encode())
        except OSError as error:
            self.fail("not sent: %s" % error)

    def fail(self, why):
        if self.asked:
            self.load.failures.append("%s %s, question %d: %s" % (self.name, self.kind, self.asked[0], why))
            self.asked = None
        self.close()
        self.load.put_back(self)

    def on_readable(self):
        try:
            piece = self.sock.recv(65536)
        except OSError as error:
            self.fail(str(error))
            return
        if not piece and not self.asked:
            self.load.dropped += 1
            self.close()  # it was not in use, and yet nobody asked for its end
            return
        if not piece:
            self.fail("closed after %r" % self.received)
            return
        self.received += piece
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head) if end else None
        if length and len(body) >= int(length.group(1)):
            self.take(int(head.split(b" ", 2)[1]), head, body.decode())

    def take(self, status, head, body):
        number, due, floor, own_floor = self.asked
        wanted = 202 if self.kind == ASYNC else 200
        words = body.split(" ")
        if status != wanted:
            self.load.failures.append("%s %s, question %d: %d %s" % (self.name, self.kind, number, status, body[:200]))
        elif self.kind == ASYNC:
            self.load.calls.append((re.search(rb"(?i)\r\nx-call-id: *(\S+)", head).group(1).decode(), number))
        elif len(words) != 4 or words[:2] != [self.load.name_of(number), str(number)] or words[2] != words[3]:
            self.load.failures.append("%s %s, question %d: mixed answer %r" % (self.name, self.kind, number, body))
        else:
            self.load.held += self.load.order.take(words[2], floor)
            self.order.take(words[2], own_floor)
        self.load.answered += self.kind in (STEADY, ONCE)
        if self.kind in (STEADY, ONCE):
            self.load.waits.append(time.monotonic() - due)
        self.asked = None
        if self.kind == ONCE or re.search(rb"(?i)\r\nconnection: *close", head):
            self.close()
        self.load.put_back(self)


class Load:
    def __init__(self, port, base, rate, names):
        self.port, self.base, self.rate, self.names = port, base, rate, names
        self.poll, self.by_fd = select.epoll(), {}
        self.number = self.answered = self.held = self.dropped = 0
        self.failures, self.calls, self.order, self.waits = [], [], Order(), []
        self.idle = collections.deque(Connection(self, STEADY, "k%d" % i) for i in range(32))
        self.once = collections.deque(Connection(self, ONCE, "n%d" % i) for i in range(16))
        self.others = [Connection(self, SLOW, "s%d" % i) for i in range(16)] + [Connection(self, ASYNC, "a%d" % i) for i in range(2)]
        self.all = list(self.idle) + list(self.once) + self.others
        self.due = []  # (when, index of the slow or asynchronous connection)
        self.began = self.next = time.monotonic()

    def name_of(self, number):
        return self.names[number % len(self.names)]

    def put_back(self, connection):
        if connection.kind == STEADY:
            self.idle.append(connection)
        elif connection.kind == ONCE:
            self.once.append(connection)
        else:
            pause = 0.1 if connection.kind == ASYNC else 0.01
            heapq.heappush(self.due, (time.monotonic() + pause, self.others.index(connection)))

    def send_what_is_due(self):
        now = time.monotonic()
        for _ in range(64):
            waiting = self.once if self.number % 40 == 39 and self.once else self.idle
            if self.next > now or not waiting:
                break
            waiting.popleft().ask(self.next)
            self.next += 1 / self.rate
        while self.due and self.due[0][0] <= now:
            self.others[heapq.heappop(self.due)[1]].ask(now)

    def turn(self, is_sending):
        if is_sending:
            self.send_what_is_due()
        soon = max(0.0, min(0.05, self.next - time.monotonic())) if is_sending and self.idle else 0.05
        for fd, _ in self.poll.poll(soon):
            if fd == sys.stdin.fileno():
                self.command = sys.stdin.readline()
            elif fd in self.by_fd:
                self.by_fd[fd].on_readable()

    def say(self, **more):
        waits = sorted(self.waits)
        pick = lambda share: waits[int((len(waits) - 1) * share)] * 1e3 if waits else None
        print(json.dumps(dict(answered=self.answered, held=self.held, dropped=self.dropped, seconds=time.monotonic() - self.began, failed=len(self.failures),
                              failures=self.failures[:10], p50_ms=pick(0.5), p99_ms=pick(0.99), max_ms=pick(1), **more)), flush=True)

    def run(self):
        self.poll.register(sys.stdin, select.EPOLLIN)
        for connection in self.others:
            self.put_back(connection)
        self.command = None
        while True:
            self.turn(True)
            if self.command == "sum\n":
                self.say()
            elif self.command is not None:
                break
            self.command = None
        self.poll.unregister(sys.stdin)
        end = time.monotonic() + PATIENCE
        while any(one.asked for one in self.all) and time.monotonic() < end:
            self.turn(False)
        for one in self.all:
            if one.asked:
                one.fail("no answer within %d s" % PATIENCE)
        self.say(gap_ms=self.order.gap * 1e3, order=self.order.seen, orders={one.name: one.order.seen for one in self.all}, calls=self.calls)


class Callers:
    """The process, from the outside."""

    def __init__(self, port, base, rate, *names):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), str(port), base, str(rate), *names],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def sum(self):
        """What there was so far."""
        self.process.stdin.write("sum\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        """Everything that is on its way is waited for; the sum, with orders and calls."""
        return json.loads(self.process.communicate("stop\n")[0].splitlines()[-1])


if __name__ == "__main__":
    Load(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4:]).run()
