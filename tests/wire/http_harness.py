# SPDX-License-Identifier: MIT
"""Starts the http_server of this folder and talks to it over bare sockets."""
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import cpu_seconds, wait_until  # noqa: E402, F401 - for those who use this

SERVER = os.environ.get("INTERLUDE_HTTP_SERVER", "build/dev/tests/wire/http_server")
SUPPRESSIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp")


class Server:
    """One http_server process; limits as NAME=VALUE."""

    def __init__(self, **limits):
        self.spool = tempfile.mkdtemp(prefix="interlude-http-")
        arguments = ["spool=" + self.spool] + ["%s=%s" % pair for pair in limits.items()]
        environment = dict(os.environ, LSAN_OPTIONS="suppressions=%s:print_suppressions=0" % SUPPRESSIONS,
                           UBSAN_OPTIONS="print_stacktrace=1")
        self.process = subprocess.Popen([SERVER] + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        line = self.process.stdout.readline().split()
        if not line or line[0] != "port":
            raise RuntimeError("http_server did not start: " + self.process.stderr.read())
        self.port, self.second_port = int(line[1]), int(line[2])
        self.lines, self.printed = queue.Queue(), []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.printed.append(line)
            self.lines.put(line)

    def next_line(self, seconds=30):
        """The next thing it prints."""
        return self.lines.get(timeout=seconds)

    def connect(self, timeout=30, port=None):
        sock = socket.create_connection(("127.0.0.1", port or self.port), timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def executed(self):
        with self.connect() as sock:
            sock.sendall(b"GET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return int(responses(sock)[0].body)

    def stop(self):
        """Ends the server; fails on anything a sanitizer or an assertion had to say. Returns what it printed."""
        self.process.terminate()
        errors = self.process.stderr.read()
        self.process.wait(30)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        if self.process.returncode != 0:
            raise AssertionError("http_server ended with %d:\n%s" % (self.process.returncode, errors))
        os.rmdir(self.spool)
        return "".join(self.printed)


class ServerTest(unittest.TestCase):
    LIMITS = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**cls.LIMITS)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return "<%d %r %r>" % (self.status, self.headers, self.body[:80])


class Reader:
    """Reads answers off a socket one after the other."""

    def __init__(self, sock):
        self.sock, self.data = sock, bytearray()

    def more(self):
        chunk = self.sock.recv(1 << 20)
        self.data += chunk
        return bool(chunk)

    def next(self, has_body=True):
        """The next answer, or None at the end of the stream."""
        while b"\r\n\r\n" not in self.data:
            if not self.more():
                if self.data:
                    raise AssertionError("half an answer: %r" % self.data[:200])
                return None
        head, _, _ = self.data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        status = int(lines[0].split()[1])
        length = int(headers.get("content-length", 0)) if has_body and status >= 200 else 0
        del self.data[:len(head) + 4]
        while len(self.data) < length:
            if not self.more():
                raise AssertionError("a short body")
        body = bytes(self.data[:length])
        del self.data[:length]
        return Response(status, headers, body)


def responses(sock):
    """All answers up to the end of the stream; a reset after the last one counts as the end."""
    reader, found = Reader(sock), []
    while True:
        try:
            response = reader.next()
        except ConnectionResetError:
            return found
        if response is None:
            return found
        found.append(response)
