# SPDX-License-Identifier: MIT
"""HTTP/1 framing (reliability R12): what could be read in two ways is refused, and nothing behind it is executed."""
import unittest

from http_harness import Reader, ServerTest, responses

SMUGGLED = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


def get(*lines, path=b"/hello", version=b"HTTP/1.1", method=b"GET"):
    return method + b" " + path + b" " + version + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def post(*lines, body=b""):
    return get(*lines, path=b"/echo", method=b"POST") + body


HOST = b"Host: a"
CHUNKED = b"Transfer-Encoding: chunked"


def chunked(body):
    return post(HOST, CHUNKED, body=body)


# Each is followed by a complete request that must not be executed.
BAD = [
    # request line
    (400, b"GET /hello\r\n\r\n"),
    (400, b"GET\r\n\r\n"),
    (400, b"/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n"),
    (400, b"GET\t/hello\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"G\x00T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"G(T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b" GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"A" * 33 + b" /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    (400, b"\x80\x2e\x01\x00\x02"),
    (400, get(HOST, version=b"http/1.1")),
    (400, get(HOST, version=b"HTTP/1,1")),
    (400, get(HOST, version=b"HTTPS/1.")),
    (400, get(HOST, version=b"HTTP/1.1.")),
    (400, get(HOST, version=b"HTTP/11")),
    (505, get(HOST, version=b"HTTP/2.0")),
    (505, get(HOST, version=b"HTTP/0.9")),
    (505, get(HOST, version=b"HTTP/1.2")),
    (505, get(HOST, version=b"HTTP/1.9")),
    (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    # URL
    (400, get(HOST, path=b"/hello\x00")),
    (400, get(HOST, path=b"/hel\x01lo")),
    (400, get(HOST, path=b"/hel\x7flo")),
    (400, get(HOST, path=b"/h\xc3\xa9llo")),
    (400, get(HOST, path=b"hello")),
    (400, get(HOST, path=b"*")),
    (400, get(HOST, path=b"?x")),
    (400, get(HOST, path=b"//\x80")),
    (400, get(HOST, path=b"/hello#x")),
    (400, get(HOST, path=b"/hello?a#x")),
    (400, get(HOST, path=b"http://b/hello")),
    (400, get(HOST, path=b"http://a:81/hello")),
    (400, get(HOST, path=b"http://a@b/hello")),
    (400, get(HOST, path=b"ftp://a/hello")),
    (400, get(HOST, path=b"a:80", method=b"CONNECT")),
    (400, get(HOST, path=b"/%")),
    (400, get(HOST, path=b"/%4")),
    (400, get(HOST, path=b"/%zz")),
    (400, get(HOST, path=b"/%4g")),
    (400, get(HOST, path=b"/%00")),
    (400, get(HOST, path=b"/%0d%0a")),
    (400, get(HOST, path=b"/%1f")),
    (400, get(HOST, path=b"/%7f")),
    (400, get(HOST, path=b"/%80")),
    (400, get(HOST, path=b"/%c3")),
    (400, get(HOST, path=b"/%c0%af")),
    (400, get(HOST, path=b"/%ed%a0%80")),
    (400, get(HOST, path=b"/%f5%80%80%80")),
    (400, get(HOST, path=b"/..")),
    (400, get(HOST, path=b"/.")),
    (400, get(HOST, path=b"/../hello")),
    (400, get(HOST, path=b"/hello/.")),
    (400, get(HOST, path=b"/x/../hello")),
    (400, get(HOST, path=b"/%2e%2e/hello")),
    (400, get(HOST, path=b"/x/%2e/hello")),
    (400, get(HOST, path=b"/x%2f..%2fhello")),
    (414, get(HOST, path=b"/" + b"a" * 8192)),
    (414, get(HOST, path=b"/" + b"a" * 100000)),
    (414, b"GET /" + b"a" * 20000),
    # line ends
    (400, b"GET /hello HTTP/1.1\nHost: a\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\nHost: a\n\n"),
    (400, b"GET /hello HTTP/1.1\r\nHost: a\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nHost: a\r\n\n"),
    (400, b"GET /hello HTTP/1.1\r\nHost: a\r\nX: y\nZ: w\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\rHost: a\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nHost: a\r\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\r\nHost: a\r\n\r\n"),
    (400, b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\r\n"),
    # header names
    (400, get(HOST, b"X : y")),
    (400, get(HOST, b"X\t: y")),
    (400, get(b"Host : a")),
    (400, post(HOST, b"Content-Length : 3", body=b"abc")),
    (400, post(HOST, b"Transfer-Encoding : chunked", body=b"0\r\n\r\n")),
    (400, get(HOST, b": y")),
    (400, get(HOST, b"X")),
    (400, get(HOST, b"X y: z")),
    (400, get(HOST, b"X\x00: y")),
    (400, get(HOST, b"X\x80: y")),
    (400, get(HOST, b"X(1): y")),
    (400, get(HOST, b"\"X\": y")),
    (400, get(HOST, b"X/1: y")),
    (400, get(HOST, b"X@: y")),
    (400, get(HOST, b"\x0bX: y")),
    # folding
    (400, get(HOST, b"X: y", b" z")),
    (400, get(HOST, b"X: y", b"\tz")),
    (400, get(b" Host: a")),
    (400, get(HOST, b" X: y")),
    (400, get(HOST, b"X: y", b"  ")),
    (400, post(HOST, b"Transfer-Encoding:", b" chunked", body=b"0\r\n\r\n")),
    # header values
    (400, get(HOST, b"X: a\x00b")),
    (400, get(HOST, b"X: a\x01b")),
    (400, get(HOST, b"X: aaaaaaaaaaaa\x08bbbbbbbbbbbbb")),
    (400, get(HOST, b"X: \x7f")),
    (400, get(HOST, b"X: aaaaaaaaaa\x7faaaaaa")),
    (400, get(HOST, b"X: a\x1bb")),
    # Host
    (400, get()),
    (400, get(HOST, HOST)),
    (400, get(HOST, b"Host: b")),
    (400, get(HOST, b"host: b")),
    (400, get(b"Host:")),
    (400, get(b"Host:  ")),
    (400, get(b"Host: a b")),
    (400, get(b"Host: a/b")),
    (400, get(b"Host: a@b")),
    (400, get(b"Host: a\\b")),
    (400, get(b"Host: a?b")),
    (400, get(b"Host: a#b")),
    (400, get(b"Host: <a>")),
    (400, get(b"Host: \xc3\xa9")),
    (400, get(b"Host: " + b"a" * 301)),
    (400, get(HOST, HOST, version=b"HTTP/1.0")),
    # Content-Length
    (400, post(HOST, b"Content-Length: 3", b"Content-Length: 3", body=b"abc")),
    (400, post(HOST, b"Content-Length: 3", b"Content-Length: 5", body=b"abc")),
    (400, post(HOST, b"Content-Length: 0", b"Content-Length: 3", body=b"abc")),
    (400, post(HOST, b"Content-Length: 3, 3", body=b"abc")),
    (400, post(HOST, b"Content-Length: 3,5", body=b"abc")),
    (400, post(HOST, b"Content-Length: +3", body=b"abc")),
    (400, post(HOST, b"Content-Length: -3", body=b"abc")),
    (400, post(HOST, b"Content-Length: 0x3", body=b"abc")),
    (400, post(HOST, b"Content-Length: 3.0", body=b"abc")),
    (400, post(HOST, b"Content-Length: 3 3", body=b"abc")),
    (400, post(HOST, b"Content-Length: three", body=b"abc")),
    (400, post(HOST, b"Content-Length:", body=b"abc")),
    (400, post(HOST, b"Content-Length: 3a", body=b"abc")),
    (400, post(HOST, b"Content-Length: \"3\"", body=b"abc")),
    (400, post(HOST, b"Content-Length: 99999999999999999999", body=b"abc")),
    (400, post(HOST, b"Content-Length: 18446744073709551619", body=b"abc")),
    (413, post(HOST, b"Content-Length: 10485761", body=b"abc")),
    (413, post(HOST, b"Content-Length: 9223372036854775807", body=b"abc")),
    # Transfer-Encoding
    (400, post(HOST, CHUNKED, b"Content-Length: 3", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Content-Length: 3", CHUNKED, body=b"0\r\n\r\n")),
    (400, post(HOST, b"Content-Length: 0", CHUNKED, body=b"0\r\n\r\n")),
    (400, post(HOST, CHUNKED, CHUNKED, body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: identity", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: gzip", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: chunkedx", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: chunked;q=1", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: \"chunked\"", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding:", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n")),
    (400, post(HOST, b"Transfer-Encoding: identity", CHUNKED, body=b"0\r\n\r\n")),
    (400, get(HOST, CHUNKED, path=b"/echo", method=b"POST", version=b"HTTP/1.0") + b"0\r\n\r\n"),
    # chunks
    (400, chunked(b"x\r\n\r\n")),
    (400, chunked(b"\r\n0\r\n\r\n")),
    (400, chunked(b"-1\r\n\r\n")),
    (400, chunked(b"+3\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"0x3\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b" 3\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3 \r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3 ;x\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3\r\nabc\n0\r\n\r\n")),
    (400, chunked(b"3\r\nabc\r\r\n0\r\n\r\n")),
    (400, chunked(b"3\r\nabcd\r\n0\r\n\r\n")),
    (400, chunked(b"3\r\nabc0\r\n\r\n")),
    (400, chunked(b"3\r\nabc\r\n0\n\r\n")),
    (400, chunked(b"3\r\nabc\r\n0\r\n\n")),
    (400, chunked(b"3\r\nabc\r\n0\r\n\r\r\n")),
    (400, chunked(b"3\r\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3;\x00\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3;a\rb\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3;a\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"3;" + b"a" * 300 + b"\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"0" * 9 + b"3\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"100000003\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"f" * 16 + b"\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"f" * 17 + b"\r\nabc\r\n0\r\n\r\n")),
    (400, chunked(b"1" * 300)),
    (400, chunked(b"1\r\na\r\n" * 40000)),
    (413, chunked(b"a00001\r\nabc")),
    (413, chunked(b"ffffffff\r\nabc")),
    # trailers
    (400, chunked(b"0\r\nContent-Length: 3\r\n\r\n")),
    (400, chunked(b"0\r\nTransfer-Encoding: chunked\r\n\r\n")),
    (400, chunked(b"0\r\nHost: b\r\n\r\n")),
    (400, chunked(b"0\r\nX : y\r\n\r\n")),
    (400, chunked(b"0\r\nX: y\n\r\n")),
    (400, chunked(b"0\r\nX: y\r\n z\r\n\r\n")),
    (400, chunked(b"0\r\nX: \x00\r\n\r\n")),
    (400, chunked(b"0\r\nX\r\n\r\n")),
    (431, chunked(b"0\r\nX: " + b"y" * 5000)),
    (431, chunked(b"0\r\n" + (b"X: " + b"y" * 100 + b"\r\n") * 50 + b"\r\n")),
    # size of the head
    (431, get(HOST, *[b"X: y"] * 100)),
    (431, get(HOST, *[b"X: y"] * 5000)),
    (431, get(HOST, b"X: " + b"y" * 16384)),
    (431, get(HOST, b"X: " + b"y" * 65536)),
    (431, b"GET /hello HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100000),
    (431, b"GET /hello HTTP/1.1\r\nHost: a\r\n" + (b"X: " + b"y" * 1000 + b"\r\n") * 17),
    (431, b"GET /hello HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 101),
    # expectations
    (417, post(HOST, b"Content-Length: 3", b"Expect: 200-ok", body=b"abc")),
    (417, post(HOST, b"Content-Length: 3", b"Expect:", body=b"abc")),
    (417, post(HOST, b"Content-Length: 3", b"Expect: 100-continue", b"Expect: 100-continue", body=b"abc")),
]

# (answers expected, bytes sent); the connection is half-closed behind them
GOOD = [
    ([200], get(HOST)),
    ([200], b"\r\n" + get(HOST)),
    ([200], get(b"HOST: a")),
    ([200], get(b"Host:a")),
    ([200], get(b"Host: \t a \t ")),
    ([200], get(b"Host: [::1]:3000")),
    ([200], get(b"Host: localhost:3000")),
    ([200], get(version=b"HTTP/1.0")),
    ([200], get(HOST, version=b"HTTP/1.0")),
    ([200], get(HOST, b"X:")),
    ([200], get(HOST, b"X: a\tb")),
    ([200], get(HOST, b"X: \xc3\xa9\xff")),
    ([200], get(HOST, b"!#$%&'*+-.^_`|~09azAZ: x")),
    ([200], get(HOST, *[b"X: y"] * 99)),
    ([200], get(HOST, b"X: " + b"y" * 16300)),
    ([200], get(HOST, path=b"http://a/hello")),
    ([200], get(HOST, path=b"HTTP://A/hello")),
    ([404], get(HOST, path=b"http://a")),
    ([200], get(HOST, path=b"/hell%6f")),
    ([200], get(HOST, path=b"/hello?" + b"a" * 8185)),
    ([200], get(HOST, path=b"/hello?%zz=%&\"<>`{|}")),
    ([404], get(HOST, path=b"/...")),
    ([404], get(HOST, path=b"/.a/b..c")),
    ([404], get(HOST, path=b"/%f0%9f%98%80")),
    ([204], get(HOST, path=b"*", method=b"OPTIONS")),
    ([204], get(HOST, method=b"OPTIONS")),
    ([405], get(HOST, method=b"TRACE")),
    ([405], get(HOST, method=b"BREW")),
    ([405], get(HOST, method=b"get")),
    ([404], get(HOST, path=b"/nothing")),
    ([200, 200, 200], get(HOST) * 3),
    ([200] * 200, get(HOST) * 200),
    ([200, 405, 404, 200], get(HOST) + get(HOST, method=b"PUT") + get(HOST, path=b"/no") + get(HOST)),
    ([200], get(HOST, b"Connection: close") + get(HOST)),
    ([200], post(HOST, b"Content-Length: 3", body=b"abc")),
    ([200], post(HOST, b"Content-Length: 0")),
    ([200], post(HOST, b"Content-Length: 003", body=b"abc")),
    ([200], post(HOST)),
    ([200, 200], post(HOST, b"Content-Length: 3", body=b"abc") + get(HOST)),
    ([200, 200], post(HOST, b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED) + get(HOST)),
    ([200], chunked(b"0\r\n\r\n")),
    ([200], chunked(b"3\r\nabc\r\n0\r\n\r\n")),
    ([200], chunked(b"00000003\r\nabc\r\n0\r\n\r\n")),
    ([200], chunked(b"3;x=y;z=\"w\"\r\nabc\r\n0;last\r\n\r\n")),
    ([200], chunked(b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n")),
    ([200], chunked(b"3\r\n\r\n\r\r\n0\r\n\r\n")),
    ([200], chunked(b"3\r\nabc\r\n0\r\nX-Trailer: y\r\nY: z\r\n\r\n")),
    ([200, 200], chunked(b"3\r\nabc\r\n0\r\n\r\n") + get(HOST)),
    ([200, 200, 200], chunked(b"3\r\nabc\r\n0\r\n\r\n") + chunked(b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n0\r\n\r\n")
     + get(HOST)),
    ([200], post(HOST, b"Transfer-Encoding: CHUNKED", body=b"0\r\n\r\n")),
    ([200], post(HOST, b"Content_Length: 5", b"Content-Length: 3", body=b"abc")),
    ([100, 200], post(HOST, b"Content-Length: 3", b"Expect: 100-continue")),
]


class Framing(ServerTest):
    def test_refused(self):
        before = self.server.executed()
        for status, request in BAD:
            with self.subTest(request=request[:120]), self.server.connect() as sock:
                try:
                    sock.sendall(request + SMUGGLED)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # refused while we were still sending
                found = responses(sock)
                self.assertEqual([response.status for response in found], [status])
                self.assertEqual(found[0].headers["connection"], "close")
                self.assertEqual(found[0].headers["content-type"], "application/problem+json")
        self.assertEqual(self.server.executed(), before, "a request behind a refused one was executed")
        self.assertGreaterEqual(len(BAD), 150)

    def test_refused_bytewise(self):
        before = self.server.executed()
        for status, request in BAD:
            if len(request) > 400:
                continue
            with self.subTest(request=request), self.server.connect() as sock:
                try:
                    for byte in request + SMUGGLED:
                        sock.send(bytes([byte]))
                except (BrokenPipeError, ConnectionResetError):
                    pass
                found = responses(sock)
                self.assertLessEqual(len(found), 1)  # a reset may take the answer with it
                self.assertTrue(all(response.status == status for response in found), found)
        self.assertEqual(self.server.executed(), before)

    def test_accepted(self):
        for statuses, request in GOOD:
            with self.subTest(request=request[:120]), self.server.connect() as sock:
                sock.sendall(request)
                reader, found = Reader(sock), []
                for _ in statuses:
                    found.append(reader.next())
                    if found[-1].status == 100:
                        sock.sendall(b"abc")
                self.assertEqual([response.status for response in found], statuses)

    def test_accepted_bytewise(self):
        for statuses, request in GOOD:
            if len(request) > 400 or b"Connection: close" in request:
                continue
            with self.subTest(request=request), self.server.connect() as sock:
                for byte in request:
                    sock.send(bytes([byte]))
                reader = Reader(sock)
                for status in statuses:
                    self.assertEqual(reader.next().status, status)
                    if status == 100:
                        sock.sendall(b"abc")

    def test_bodies_arrive_as_sent(self):
        body = bytes(range(256)) * 20000  # 5 MB: spooled
        chunks = b"".join(b"%x\r\n" % len(part) + part + b"\r\n"
                          for part in (body[i:i + 70001] for i in range(0, len(body), 70001))) + b"0\r\n\r\n"
        with self.server.connect() as sock:
            reader = Reader(sock)
            for request in (post(HOST, b"Content-Length: %d" % len(body), body=body), chunked(chunks)) * 2:
                sock.sendall(request)
                self.assertTrue(reader.next().body.endswith(b"\n\n" + body))

    def test_pipelined_behind_large_body(self):
        body = b"x" * 300000
        requests = b"".join((post(HOST, b"Content-Length: %d" % len(body), body=body), get(HOST) * 50,
                             chunked(b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"), get(HOST) * 50))
        for _ in range(10):  # the first connection of a server hardly ever has bytes left in the kernel between two answers
            with self.server.connect() as sock:
                sock.sendall(requests)
                reader = Reader(sock)
                self.assertEqual([reader.next().status for _ in range(102)], [200] * 102)

    def test_body_limit_is_exact(self):
        body = b"x" * 10485760
        with self.server.connect() as sock:
            sock.sendall(post(HOST, b"Content-Length: 10485760", body=body))
            self.assertEqual(len(Reader(sock).next().body.partition(b"\n\n")[2]), len(body))

    def test_expect_does_not_show(self):
        with self.server.connect() as sock:
            sock.sendall(post(HOST, b"Content-Length: 3", b"Expect: 100-continue", body=b"abc"))
            response = Reader(sock).next()  # nobody waited, so nothing is continued
            self.assertEqual(response.status, 200)
            self.assertNotIn(b"expect", response.body.lower())
            self.assertNotIn(b"upgrade", response.body.lower())

    def test_expect_of_http10_is_ignored(self):
        with self.server.connect() as sock:
            sock.sendall(get(HOST, b"Content-Length: 3", b"Expect: 100-continue", path=b"/echo", method=b"POST",
                             version=b"HTTP/1.0"))
            sock.sendall(b"abc")
            self.assertEqual([response.status for response in responses(sock)], [200])


if __name__ == "__main__":
    unittest.main()
