# SPDX-License-Identifier: MIT
"""core/http apart from framing: answers, held requests, deadlines (R9), TLS, listening, stopping."""
import os
import resource
import select
import shutil
import socket
import ssl
import statistics
import struct
import subprocess
import tempfile
import time
import unittest

from http_harness import SERVER, Reader, Server, ServerTest, cpu_seconds, responses, wait_until

HELLO = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


def request(path, method=b"GET", headers=b"", body=b""):
    return method + b" " + path + b" HTTP/1.1\r\nHost: localhost:3000\r\n" + headers + b"\r\n" + body


class Answers(ServerTest):
    def ask(self, *args, **kwargs):
        with self.server.connect() as sock:
            sock.sendall(request(*args, **kwargs))
            return Reader(sock).next(has_body=kwargs.get("method") != b"HEAD")

    def echo(self, *args, **kwargs):
        return self.ask(*args, **kwargs).body.decode()

    def test_request_as_seen(self):
        seen = self.echo(b"/echo/a%20b%2Fc?x=%20y&z", headers=b"X-A: 1\r\nx-a:  2 \r\n")
        for line in ("method=GET", "path=/echo/a b/c", "raw=/echo/a%20b%2Fc", "query=x=%20y&z", "host=localhost:3000",
                     "peer=127.0.0.1 loopback=1 tls=0", "host: localhost:3000", "x-a: 1", "x-a: 2"):
            self.assertIn(line + "\n", seen)

    def test_request_id(self):
        self.assertEqual(self.ask(b"/hello", headers=b"X-Request-ID: a-1.b:2_c\r\n").headers["x-request-id"], "a-1.b:2_c")
        self.assertNotIn("x-request-id", self.ask(b"/hello").headers)
        made = self.ask(b"/echo").headers["x-request-id"]
        self.assertRegex(made, "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-")
        for bad in (b"a b", b"<script>", b"x" * 129, b"", b"\xff"):
            self.assertRegex(self.ask(b"/echo", headers=b"X-Request-ID: " + bad + b"\r\n").headers["x-request-id"], "-7")

    def test_head(self):
        answer = self.ask(b"/hello", method=b"HEAD")
        self.assertEqual((answer.status, answer.headers["content-length"], answer.body), (200, "12", b""))
        with self.server.connect() as sock:
            sock.sendall(request(b"/hello", method=b"HEAD") + HELLO)
            reader = Reader(sock)
            reader.next(has_body=False)
            self.assertEqual(reader.next().body, b"hello world\n")

    def test_methods(self):
        answer = self.ask(b"/post")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "POST, PUT, OPTIONS"))
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        answer = self.ask(b"/hello", method=b"OPTIONS")
        self.assertEqual((answer.status, answer.headers["allow"]), (204, "GET, HEAD, OPTIONS"))
        self.assertNotIn("content-length", answer.headers)
        self.assertIn("method=OPTIONS", self.echo(b"/echo", method=b"OPTIONS"))
        self.assertIn("method=PURGE", self.echo(b"/echo", method=b"PURGE"))

    def test_routes(self):
        for path in (b"/hello/", b"/hello/x", b"/hell", b"/HELLO", b"//hello", b"/api/x", b"/api/"):
            answer = self.ask(path)
            self.assertEqual((answer.status, answer.headers["content-type"]), (404, "application/problem+json"), path)
        self.assertEqual(self.ask(b"/echo/deep/er").status, 200)
        self.assertEqual(self.ask(b"/only-two").status, 404)
        with self.server.connect(port=self.server.second_port) as sock:
            sock.sendall(request(b"/only-two") + HELLO)
            reader = Reader(sock)
            self.assertEqual([reader.next().status, reader.next().status], [200, 404])

    def test_own_pages_are_protected(self):
        headers = self.ask(b"/page").headers
        self.assertIn("default-src 'self'; script-src 'self';", headers["content-security-policy"])
        self.assertIn("connect-src 'self' http: https:; ", headers["content-security-policy"])
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertNotIn("strict-transport-security", headers)
        self.assertNotIn("content-security-policy", self.ask(b"/hello").headers)
        for answer in (self.ask(b"/nothing"), self.ask(b"/hello")):
            self.assertNotIn("server", answer.headers)

    def test_answers_cannot_be_split(self):
        answer = self.ask(b"/inject")
        self.assertEqual(answer.status, 500)
        self.assertNotIn("set-cookie", answer.headers)
        answer = self.ask(b"/inject?length")
        self.assertEqual(answer.body, b"injected")

    def test_http10_closes(self):
        with self.server.connect() as sock:
            sock.sendall(b"GET /hello HTTP/1.0\r\n\r\n")
            self.assertEqual([answer.headers["connection"] for answer in responses(sock)], ["close"])

    def test_assets(self):
        path = b"/assets/app-0a1b2c3d.js"
        for accept, coding, body in ((b"", None, b"let raw = 1"), (b"gzip", "gzip", b"gzipped"), (b"gzip, br", "br", b"brotlied"),
                                     (b"br;q=0, gzip;q=0.5", "gzip", b"gzipped"), (b"deflate", None, b"let raw = 1"),
                                     (b"gzip;q=0.0", None, b"let raw = 1"), (b"brx, xgzip", None, b"let raw = 1"),
                                     (b"BR", "br", b"brotlied")):
            answer = self.ask(path, headers=b"Accept-Encoding: " + accept + b"\r\n")
            self.assertEqual((answer.headers.get("content-encoding"), answer.body), (coding, body), accept)
            self.assertEqual(answer.headers["vary"], "accept-encoding")
        self.assertEqual(answer.headers["cache-control"], "public, max-age=31536000, immutable")
        for tag in (b'"abc"', b'W/"abc"', b'"x", "abc"', b"*"):
            answer = self.ask(path, headers=b"If-None-Match: " + tag + b"\r\n")
            self.assertEqual((answer.status, answer.body, answer.headers["etag"]), (304, b"", '"abc"'))
        self.assertEqual(self.ask(path, headers=b'If-None-Match: "abcd"\r\n').status, 200)
        self.assertEqual(self.ask(b"/index.html").headers["cache-control"], "no-cache")
        self.assertIn("content-security-policy", self.ask(b"/index.html").headers)
        self.assertEqual(self.ask(b"/assets/app-0a1b2c3d.js.map").status, 404)
        self.assertEqual(self.ask(b"/assets/").status, 404)

    def test_held(self):
        answer = self.ask(b"/held?5")
        self.assertEqual((answer.status, answer.body, answer.headers["x-held"]), (200, b"held\n", "yes"))
        start = time.monotonic()
        self.assertEqual(self.ask(b"/held?never").status, 504)
        self.assertGreater(time.monotonic() - start, 0.19)
        self.assertEqual(self.ask(b"/dropped").status, 500)

    def test_held_keeps_the_order(self):
        with self.server.connect() as sock:
            sock.sendall(request(b"/held?30") + HELLO + request(b"/held?5") + HELLO * 3)
            reader = Reader(sock)
            self.assertEqual([reader.next().body for _ in range(6)],
                             [b"held\n", b"hello world\n", b"held\n"] + [b"hello world\n"] * 3)

    def test_what_comes_while_held_waits(self):
        """Neither later requests nor the end of what the client sends touch the one that is held, or keep the thread busy."""
        with self.server.connect() as sock:
            sock.sendall(request(b"/held?300"))
            self.ask(b"/hello")  # it is held by then
            before = cpu_seconds(self.server.process.pid)
            sock.sendall(request(b"/echo", method=b"POST", headers=b"Content-Length: 20000\r\n", body=b"x" * 20000) + HELLO)
            sock.shutdown(socket.SHUT_WR)
            reader = Reader(sock)
            self.assertEqual(reader.next().body, b"held\n")
            self.assertLess(cpu_seconds(self.server.process.pid) - before, 0.1)
            self.assertIn(b"method=POST", reader.next().body)
            self.assertEqual(reader.next().body, b"hello world\n")

    def test_leaving_while_held(self):
        for _ in range(100):
            sock = self.server.connect()
            sock.sendall(request(b"/held?20") + HELLO)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
        self.assertEqual(self.ask(b"/held?5").status, 200)

    def test_many_held_at_once(self):
        sockets = [self.server.connect() for _ in range(200)]
        for sock in sockets:
            sock.sendall(request(b"/held?1"))
        for sock in sockets:
            self.assertEqual(Reader(sock).next().body, b"held\n")
            sock.close()

    def test_no_room_for_a_body(self):
        os.rmdir(self.server.spool)
        try:
            answer = self.ask(b"/echo", method=b"POST", headers=b"Content-Length: 3000000\r\n", body=b"x" * 3000000)
            self.assertEqual(answer.status, 507)
            self.assertEqual(self.ask(b"/echo", method=b"POST", headers=b"Content-Length: 3\r\n", body=b"abc").status, 200)
        finally:
            os.mkdir(self.server.spool)

    def test_large_answer(self):
        self.assertEqual(len(self.ask(b"/large").body), 8 << 20)


class Deadlines(unittest.TestCase):
    def setUp(self):
        self.server = Server(head_ms=400, body_ms=500, idle_ms=700, write_ms=400, linger_ms=200)

    def tearDown(self):
        self.server.stop()

    def ends_after(self, sock, expected, trickle=b""):
        """Until the server closes (at most 30 s): seconds; checks its answer. Sends a byte of trickle now and then."""
        start, answer = time.monotonic(), b""
        while True:
            if select.select([sock], [], [], 0.05)[0]:
                try:
                    data = sock.recv(65536)
                except ConnectionResetError:
                    data = b""
                answer += data
                if not data:
                    break
            elif trickle:
                try:
                    sock.send(trickle[:1])
                except OSError:
                    pass
                trickle = trickle[1:]
            self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(answer[9:12], expected)
        return time.monotonic() - start

    def test_nothing_sent(self):
        with self.server.connect() as sock:
            self.assertGreater(self.ends_after(sock, b""), 0.35)

    def test_slow_head(self):
        with self.server.connect() as sock:
            self.ends_after(sock, b"408", b"GET /hello HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 1000)

    def test_slow_body(self):
        for head in (b"Content-Length: 1000\r\n", b"Transfer-Encoding: chunked\r\n"):
            with self.server.connect() as sock:
                sock.sendall(request(b"/echo", b"POST", head))
                self.ends_after(sock, b"408", b"3e8\r\n" + b"1" * 1000)

    def test_body_that_never_comes(self):
        with self.server.connect() as sock:
            sock.sendall(request(b"/echo", b"POST", b"Content-Length: 5\r\nExpect: 100-continue\r\n"))
            self.assertEqual(Reader(sock).next().status, 100)
            self.ends_after(sock, b"408")

    def test_idle(self):
        with self.server.connect() as sock:
            sock.sendall(HELLO)
            self.assertEqual(Reader(sock).next().status, 200)
            self.assertGreater(self.ends_after(sock, b""), 0.6)

    def test_slow_reader(self):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.settimeout(5)
            sock.connect(("127.0.0.1", self.server.port))
            sock.sendall(request(b"/large"))
            port = sock.getsockname()[1]
            wait_until(lambda: not self.is_connected(port), "a client that does not read to be gone")

    def is_connected(self, client_port):
        """Has the server's end of the connection a socket?"""
        with open("/proc/net/tcp") as table:
            ends = [line.split()[1:4] for line in list(table)[1:]]
        return any(local == "0100007F:%04X" % self.server.port and remote == "0100007F:%04X" % client_port and state == "01"
                   for local, remote, state in ends)

    def test_slowloris_leaves_others_alone(self):
        """200 connections each of slow heads and slow bodies; all end, good clients never wait."""
        slow = []
        for start in (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", request(b"/echo", b"POST", b"Content-Length: 100\r\n")) * 200:
            slow.append(self.server.connect())
            slow[-1].sendall(start)
        waits, end = [], time.monotonic() + 1.2
        while time.monotonic() < end:
            start = time.monotonic()
            with self.server.connect() as sock:
                sock.sendall(HELLO)
                self.assertEqual(Reader(sock).next().status, 200)
            waits.append(time.monotonic() - start)
            for each in slow[:20]:
                try:
                    each.send(b"x")
                except OSError:
                    pass
        self.assertLess(statistics.median(waits), 1)
        for sock in slow:
            try:
                while sock.recv(4096):
                    pass
            except ConnectionResetError:
                pass
            sock.close()


class Patience(ServerTest):
    """What goes on is not ended by a deadline for what rests. Long ones: the machine may hold up this process meanwhile."""

    LIMITS = {"body_ms": 2000, "idle_ms": 2000}

    def test_steady_body_may_take_longer(self):
        with self.server.connect() as sock:
            sock.sendall(request(b"/echo", b"POST", b"Content-Length: 1000000\r\n"))
            for part in range(10):
                sock.sendall(b"x" * 100000)
                self.assertFalse(select.select([sock], [], [], 0.25)[0] and part < 9)
            self.assertEqual(Reader(sock).next().status, 200)

    def test_keep_alive_in_use_stays(self):
        with self.server.connect() as sock:
            reader = Reader(sock)
            for _ in range(10):
                sock.sendall(HELLO)
                self.assertEqual(reader.next().status, 200)
                self.assertFalse(select.select([sock], [], [], 0.25)[0])


class Listening(unittest.TestCase):
    def test_second_server_on_a_port_fails(self):
        server = Server()
        try:
            second = subprocess.run([SERVER, "port=%d" % server.port], capture_output=True, text=True, timeout=10)
            self.assertEqual(second.returncode, 1)
            self.assertEqual(second.stderr, "port %d is already in use (127.0.0.1); stop the other server or choose another "
                             "with --port\n" % server.port)
        finally:
            server.stop()

    def test_port_is_free_at_once_after_the_end(self):
        server = Server()
        with server.connect() as sock:
            sock.sendall(HELLO)
            Reader(sock).next()
            port = server.port
            server.stop()
        again = Server(port=port)
        self.assertEqual(again.port, port)
        again.stop()

    def test_threads_share_a_port(self):
        server = Server(threads=3)
        sockets = [server.connect() for _ in range(50)]
        for sock in sockets:
            sock.sendall(HELLO + request(b"/held?1"))
        for sock in sockets:
            reader = Reader(sock)
            self.assertEqual([reader.next().status, reader.next().status], [200, 200])
            sock.close()
        server.stop()

    def test_out_of_descriptors(self):
        """R7: no busy loop while there are none, service again when there are."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        try:
            server = Server()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        clients = [server.connect() for _ in range(150)]
        before = cpu_seconds(server.process.pid)
        select.select([], [], [], 0.5)
        self.assertLess(cpu_seconds(server.process.pid) - before, 0.1)
        for sock in clients:
            sock.close()
        with server.connect() as sock:
            sock.sendall(HELLO)
            self.assertEqual(Reader(sock).next().status, 200)
        server.stop()


class Stopping(unittest.TestCase):
    def setUp(self):
        self.server = Server()

    def test_held_requests_finish_and_idle_connections_close(self):
        idle, held, waiting = self.server.connect(), self.server.connect(), self.server.connect()
        idle.sendall(HELLO)
        idle_reader = Reader(idle)
        self.assertEqual(idle_reader.next().status, 200)
        held.sendall(request(b"/held?300"))
        wait_until(lambda: self.server.executed() >= 2)
        self.server.process.terminate()
        self.assertIsNone(idle_reader.next())
        answer = Reader(held).next()
        self.assertEqual((answer.body, answer.headers["connection"]), (b"held\n", "close"))
        for sock in (idle, held, waiting):
            sock.close()
        self.assertIn("stopped", self.server.stop())

    def test_a_request_past_the_grace_is_answered_504(self):
        with self.server.connect() as sock:
            sock.sendall(request(b"/held?1500"))
            wait_until(lambda: self.server.executed() >= 1)
            self.server.process.terminate()
            self.assertEqual(Reader(sock).next().status, 504)
        self.server.stop()

    def test_connections_in_the_queue_are_served(self):
        """Who had connected before the server was told to stop gets an answer."""
        busy = self.server.connect()
        busy.sendall(request(b"/block?500"))
        sockets = [self.server.connect() for _ in range(20)]
        for sock in sockets:
            sock.sendall(HELLO)
        self.server.process.terminate()
        busy.close()
        for sock in sockets:
            self.assertEqual(Reader(sock).next().status, 200)
            sock.close()
        self.server.stop()


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.cert, cls.key = cls.folder + "/cert.pem", cls.folder + "/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                        cls.key, "-out", cls.cert, "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        cls.server = Server(cert=cls.cert, key=cls.key, handshake_ms=300, linger_ms=200)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.folder)

    def connect(self, protocols=("http/1.1",), maximum=None):
        context = ssl.create_default_context(cafile=self.cert)
        context.set_alpn_protocols(list(protocols))
        if maximum:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = maximum
        return context.wrap_socket(self.server.connect(), server_hostname="localhost")

    def test_request(self):
        for maximum in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.connect(maximum=maximum) as sock:
                reader = Reader(sock)
                sock.sendall(request(b"/held?5"))
                self.assertEqual(reader.next().body, b"held\n")
                sock.sendall(HELLO * 20 + request(b"/echo") + request(b"/page") + request(b"/large"))
                for _ in range(20):
                    self.assertEqual(reader.next().body, b"hello world\n")
                self.assertIn(b"tls=1", reader.next().body)
                page = reader.next().headers
                self.assertIn("strict-transport-security", page)
                self.assertIn("connect-src 'self' https:; ", page["content-security-policy"])
                self.assertEqual(len(reader.next().body), 8 << 20)

    def test_versions_and_protocols(self):
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            self.connect(maximum=ssl.TLSVersion.TLSv1_1)
        with self.connect(("h2", "http/1.1")) as sock:
            self.assertEqual(sock.selected_alpn_protocol(), "http/1.1")

    def test_framing_and_pipelining(self):
        with self.connect() as sock:
            sock.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + HELLO)
            self.assertEqual(Reader(sock).next().status, 400)

    def test_websocket(self):
        from http_ws_test import BYE, BYE_BACK, TEXT, Socket, frame, handshake, text
        sock = self.connect()
        sock.sendall(handshake())
        reader = Reader(sock)
        self.assertEqual(reader.next().status, 101)
        ws = Socket.__new__(Socket)
        ws.sock, ws.reader = sock, reader
        for size in (0, 125, 126, 65536, 1 << 20):
            ws.send(frame(TEXT, b"x" * size))
            self.assertEqual(ws.next(), text(b"x" * size))
        ws.send(BYE)
        self.assertEqual(ws.all(), [BYE_BACK])
        sock.close()

    def test_handshake_deadline_and_garbage(self):
        for data in (b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
            with self.server.connect() as sock:
                sock.sendall(data)
                start = time.monotonic()
                try:
                    while sock.recv(100):
                        pass
                except ConnectionResetError:
                    pass
                self.assertLess(time.monotonic() - start, 10)  # without a deadline for handshakes it would take longer

    def test_wrong_files(self):
        for cert, key, word in (("/nonexistent", self.key, "certificate file"), (self.cert, self.cert, "key"),
                                (self.key, self.key, "certificate")):
            failed = subprocess.run([SERVER, "cert=" + cert, "key=" + key], capture_output=True, text=True, timeout=10)
            self.assertEqual(failed.returncode, 1)
            self.assertIn(word, failed.stderr)
        failed = subprocess.run([SERVER, "cert=" + self.cert], capture_output=True, text=True, timeout=10)
        self.assertIn("both", failed.stderr)


if __name__ == "__main__":
    unittest.main()
