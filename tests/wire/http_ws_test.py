# SPDX-License-Identifier: MIT
"""WebSocket frames (RFC 6455, reliability R10): table-driven on bare sockets."""
import base64
import hashlib
import os
import random
import select
import socket
import struct
import unittest

from http_harness import Reader, Server, ServerTest, cpu_seconds

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"


def handshake(path=b"/ws", key=base64.b64encode(b"0123456789abcdef"), version=b"13", extra=b"", method=b"GET",
              upgrade=b"websocket", connection=b"Upgrade", http=b"HTTP/1.1"):
    lines = [method + b" " + path + b" " + http, b"Host: a"]
    for name, value in ((b"Upgrade", upgrade), (b"Connection", connection), (b"Sec-WebSocket-Key", key),
                        (b"Sec-WebSocket-Version", version)):
        if value is not None:
            lines.append(name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n" + extra + b"\r\n"


def masked(payload, mask=MASK):
    key = int.from_bytes((mask * (len(payload) // 4 + 1))[:len(payload)], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")


def frame(opcode, payload=b"", fin=True, rsv=0, mask=MASK, length_bytes=None, length=None):
    length = len(payload) if length is None else length
    if length_bytes is None:
        length_bytes = 0 if length < 126 else 2 if length < 65536 else 8
    code = {0: length, 2: 126, 8: 127}[length_bytes]
    head = bytes([fin << 7 | rsv << 4 | opcode, (128 if mask else 0) | code])
    if length_bytes:
        head += length.to_bytes(length_bytes, "big")
    return head + (mask + masked(payload, mask) if mask else payload)


def close_body(code, reason=b""):
    return struct.pack("!H", code) + reason


class Socket:
    """An open WebSocket."""

    def __init__(self, server, path=b"/ws", early=b""):
        self.sock = server.connect()
        self.sock.sendall(handshake(path) + early)
        self.reader = Reader(self.sock)
        self.answer = self.reader.next()
        assert self.answer.status == 101, self.answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _need(self, count):
        while len(self.reader.data) < count:
            try:
                if not self.reader.more():
                    return False
            except ConnectionResetError:
                return False
        return True

    def next(self):
        """(opcode, payload), or None at the end of the stream."""
        if not self._need(2):
            return None
        first, second = self.reader.data[:2]
        assert first & 0x80 and not first & 0x70, "the server does not fragment or use extensions"
        assert not second & 0x80, "the server does not mask"
        size, at = second, 2
        if size > 125:
            at = 4 if size == 126 else 10
            assert self._need(at)
            size = int.from_bytes(self.reader.data[2:at], "big")
        assert self._need(at + size), "a short frame"
        payload = bytes(self.reader.data[at:at + size])
        del self.reader.data[:at + size]
        return first & 15, payload

    def all(self):
        found = []
        while (received := self.next()) is not None:
            found.append(received)
        return found


def closed(code):
    """What a server that fails the connection says last."""
    return (CLOSE, close_body(code))


def text(payload):
    return (TEXT, payload)


BYE = frame(CLOSE, close_body(1000))
BYE_BACK = closed(1000)
SIZES = (0, 1, 2, 124, 125, 126, 127, 128, 129, 255, 256, 1000, 4095, 4096, 4097, 65533, 65534, 65535, 65536, 65537, 100000,
         1 << 20)

VALID_TEXTS = ["", "a", "é", "κόσμε", "日本語", "😀", "\u0080", "\u07ff", "\u0800", "\uffff", "\ufffe", "\ud7ff", "\ue000",
               "\U00010000", "\U0010ffff", "\x00", "\x7f", "a\r\n\t\"", "\ufeffx", "e\u0301"]
INVALID_TEXTS = [b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xc3", b"\xc3a", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xe2\x82",
                 b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80", b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf",
                 b"\xf0\x9f\x98", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80",
                 b"\xfe", b"\xff", b"abc\xff", b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"]


def cases():
    """(name, bytes sent, frames expected until the end of the stream)"""
    for size in SIZES:
        payload = b"*" * size
        yield "text of %d" % size, frame(TEXT, payload) + BYE, [text(payload), BYE_BACK]
        yield "text of %d in two" % size, \
            frame(TEXT, payload[:size // 2], fin=False) + frame(CONTINUATION, payload[size // 2:]) + BYE, [text(payload), BYE_BACK]
    for size in (0, 1, 2, 64, 124, 125):
        payload = b"p" * size
        yield "ping of %d" % size, frame(PING, payload) + BYE, [(PONG, payload), BYE_BACK]
        yield "pong of %d unasked" % size, frame(PONG, payload) + BYE, [BYE_BACK]
    for opcode in (CLOSE, PING, PONG):
        for size in (126, 127, 65535, 65536):
            yield "control frame %d of %d" % (opcode, size), frame(opcode, close_body(1000) + b"x" * (size - 2)), [closed(1002)]
        yield "fragmented control frame %d" % opcode, frame(opcode, b"", fin=False), [closed(1002)]
    yield "ten pings", b"".join(frame(PING, b"%d" % i) for i in range(10)) + BYE, [(PONG, b"%d" % i) for i in range(10)] + [BYE_BACK]
    yield "texts and pings in order of kind", frame(TEXT, b"a") + BYE, [text(b"a"), BYE_BACK]
    for rsv in range(1, 8):
        for opcode in (TEXT, PING, CLOSE):
            yield "reserved bits %d on %d" % (rsv, opcode), frame(opcode, b"", rsv=rsv), [closed(1002)]
        yield "reserved bits %d on a continuation" % rsv, frame(TEXT, b"a", fin=False) + frame(CONTINUATION, b"b", rsv=rsv), [closed(1002)]
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield "reserved opcode %d" % opcode, frame(opcode, b"x"), [closed(1002)]
        yield "reserved opcode %d, empty" % opcode, frame(opcode), [closed(1002)]
        yield "reserved opcode %d inside a message" % opcode, frame(TEXT, b"a", fin=False) + frame(opcode, b"b"), [closed(1002)]
        yield "reserved opcode %d behind a text" % opcode, frame(TEXT, b"a") + frame(opcode, b"b"), [text(b"a"), closed(1002)]
    for opcode in (TEXT, PING, PONG, CLOSE, BINARY):
        yield "unmasked %d" % opcode, frame(opcode, b"", mask=None), [closed(1002)]
        yield "unmasked %d with payload" % opcode, frame(opcode, b"\x03\xe8", mask=None), [closed(1002)]
    for size, width in ((0, 2), (1, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)):
        yield "length %d in %d bytes" % (size, width), frame(TEXT, b"x" * size, length_bytes=width), [closed(1002)]
    yield "length with its top bit set", frame(TEXT, b"", length_bytes=8, length=1 << 63), [closed(1002)]
    yield "length of all ones", frame(TEXT, b"", length_bytes=8, length=(1 << 64) - 1), [closed(1002)]
    for length in ((16 << 20) + 1, 1 << 32, (1 << 63) - 1):
        yield "message of %d announced" % length, frame(TEXT, b"x", length_bytes=8, length=length), [closed(1009)]
    yield "message too long in parts", frame(TEXT, b"x" * (16 << 20), fin=False) + frame(CONTINUATION, b"x"), [closed(1009)]
    # fragmentation
    yield "three parts", frame(TEXT, b"a", fin=False) + frame(CONTINUATION, b"b", fin=False) + frame(CONTINUATION, b"c") + BYE, \
        [text(b"abc"), BYE_BACK]
    yield "empty parts", frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) + frame(CONTINUATION, b"") + BYE, \
        [text(b""), BYE_BACK]
    yield "empty parts round one", frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"x", fin=False) + frame(CONTINUATION, b"") + BYE, \
        [text(b"x"), BYE_BACK]
    yield "a thousand parts", frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"y", fin=False) * 1000 + frame(CONTINUATION) + BYE, \
        [text(b"y" * 1000), BYE_BACK]
    yield "ping between parts", frame(TEXT, b"a", fin=False) + frame(PING, b"p") + frame(CONTINUATION, b"b") + BYE, \
        [(PONG, b"p"), text(b"ab"), BYE_BACK]
    yield "pong between parts", frame(TEXT, b"a", fin=False) + frame(PONG, b"p") + frame(CONTINUATION, b"b") + BYE, \
        [text(b"ab"), BYE_BACK]
    yield "close between parts", frame(TEXT, b"a", fin=False) + BYE, [BYE_BACK]
    yield "pings between many parts", frame(TEXT, b"a", fin=False) + (frame(CONTINUATION, b"b", fin=False) + frame(PING)) * 5 \
        + frame(CONTINUATION, b"c") + BYE, [(PONG, b"")] * 5 + [text(b"abbbbbc"), BYE_BACK]
    yield "continuation of nothing", frame(CONTINUATION, b"a"), [closed(1002)]
    yield "continuation of nothing, not final", frame(CONTINUATION, b"a", fin=False), [closed(1002)]
    yield "continuation behind a whole text", frame(TEXT, b"a") + frame(CONTINUATION, b"b"), [text(b"a"), closed(1002)]
    yield "text inside a text", frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), [closed(1002)]
    yield "binary inside a text", frame(TEXT, b"a", fin=False) + frame(BINARY, b"b"), [closed(1002)]
    yield "unfinished text inside a text", frame(TEXT, b"a", fin=False) + frame(TEXT, b"b", fin=False), [closed(1002)]
    # kinds
    yield "binary", frame(BINARY, b"a"), [closed(1003)]
    yield "empty binary", frame(BINARY), [closed(1003)]
    yield "binary in parts", frame(BINARY, b"a", fin=False) + frame(CONTINUATION, b"b"), [closed(1003)]
    yield "binary behind a text", frame(TEXT, b"a") + frame(BINARY, b"b"), [text(b"a"), closed(1003)]
    # UTF-8
    for valid in VALID_TEXTS:
        payload = valid.encode("utf-8", "surrogatepass")
        yield "text %r" % valid, frame(TEXT, payload) + BYE, [text(payload), BYE_BACK]
        if len(payload) > 1:
            yield "text %r cut inside" % valid, frame(TEXT, payload[:1], fin=False) + b"".join(
                frame(CONTINUATION, payload[i:i + 1], fin=False) for i in range(1, len(payload))) + frame(CONTINUATION) + BYE, \
                [text(payload), BYE_BACK]
    for payload in INVALID_TEXTS:
        yield "invalid UTF-8 %r" % payload, frame(TEXT, payload), [closed(1007)]
        yield "invalid UTF-8 %r in parts" % payload, frame(TEXT, payload[:1], fin=False) + frame(CONTINUATION, payload[1:]), [closed(1007)]
    # what is certainly wrong is refused before the message ends
    yield "fail fast in the first part", frame(TEXT, b"\xff", fin=False), [closed(1007)]
    yield "fail fast in the middle", frame(TEXT, b"abc", fin=False) + frame(CONTINUATION, b"\xed\xa0\x80", fin=False), [closed(1007)]
    yield "fail fast inside a frame", frame(TEXT, b"a" * 100 + b"\xf5" + b"a" * 100, length=100000, length_bytes=8), [closed(1007)]
    # close
    yield "close without a code", frame(CLOSE), [(CLOSE, b"")]
    yield "close with half a code", frame(CLOSE, b"\x03"), [closed(1002)]
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        yield "close %d" % code, frame(CLOSE, close_body(code)), [closed(code)]
        yield "close %d with reason" % code, frame(CLOSE, close_body(code, b"why")), [(CLOSE, close_body(code, b"why"))]
    for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
        yield "close with forbidden code %d" % code, frame(CLOSE, close_body(code)), [closed(1002)]
    yield "close with the longest reason", frame(CLOSE, close_body(1000, b"x" * 123)), [(CLOSE, close_body(1000, b"x" * 123))]
    yield "close with a reason in UTF-8", frame(CLOSE, close_body(1000, "tschüß".encode())), [(CLOSE, close_body(1000, "tschüß".encode()))]
    yield "close with a broken reason", frame(CLOSE, close_body(1000, b"\xff")), [closed(1007)]
    yield "text behind close", BYE + frame(TEXT, b"a"), [BYE_BACK]
    yield "ping behind close", BYE + frame(PING), [BYE_BACK]
    yield "two closes", BYE + BYE, [BYE_BACK]
    yield "garbage behind close", BYE + b"\xff" * 100, [BYE_BACK]
    yield "text behind a broken frame", frame(3) + frame(TEXT, b"a"), [closed(1002)]
    yield "the server closes", frame(TEXT, b"close 4001") + frame(CLOSE, close_body(4001)), [(CLOSE, close_body(4001, b"as asked"))]
    yield "the server closes behind an echo", frame(TEXT, b"a") + frame(TEXT, b"close 4001") + BYE, \
        [text(b"a"), (CLOSE, close_body(4001, b"as asked"))]


CASES = list(cases())


class Frames(ServerTest):
    # wslay 1.1.1 checks the UTF-8 of a close reason per piece that arrives; the connection ends either way.
    NOT_IN_PIECES = ("close with a reason in UTF-8", "close with a broken reason")

    def check(self, send, skipped=()):
        for name, data, expected in CASES:
            if name in skipped:
                continue
            with self.subTest(name), Socket(self.server) as ws:
                send(ws, data)
                found = ws.all()
                self.assertEqual(found, expected, "%s: %r" % (name, [(o, p[:40]) for o, p in found]))

    def test_at_once(self):
        self.assertGreaterEqual(len(CASES), 300)
        self.check(lambda ws, data: ws.send(data))

    def test_bytewise(self):
        def send(ws, data):
            if len(data) > 2000:
                ws.send(data)
                return
            for i in range(len(data)):
                ws.send(data[i:i + 1])
        self.check(send, self.NOT_IN_PIECES)

    def test_in_pieces(self):
        random_pieces = random.Random(1)

        def send(ws, data):
            while data:
                size = random_pieces.choice((1, 2, 3, 5, 7, 100, 4096, 100000))
                ws.send(data[:size])
                data = data[size:]
        self.check(send, self.NOT_IN_PIECES)

    def test_random_frames(self):
        """10,000 random frames: no crash, no hang, every connection ends with a close frame or an end of stream."""
        generator, sent = random.Random(2), 0
        while sent < 10000:
            with Socket(self.server) as ws:
                data = b""
                for _ in range(20):
                    payload = generator.randbytes(generator.choice((0, 1, 2, 10, 125, 126, 300)))
                    data += frame(generator.choice((0, 1, 1, 1, 2, 8, 9, 9, 10, generator.randrange(16))), payload,
                                  fin=generator.random() < 0.8, rsv=0 if generator.random() < 0.95 else generator.randrange(8),
                                  mask=MASK if generator.random() < 0.97 else None)
                    sent += 1
                ws.send(data + BYE)
                try:
                    ws.sock.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                ws.all()
        self.assertEqual(self.server.executed(), self.server.executed())

    def test_random_bytes(self):
        generator = random.Random(3)
        for _ in range(200):
            with Socket(self.server) as ws:
                ws.send(generator.randbytes(generator.randrange(1, 500)))
                try:
                    ws.sock.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                try:
                    while ws.sock.recv(65536):
                        pass
                except ConnectionResetError:
                    pass


class Handshake(ServerTest):
    def statuses(self, request):
        with self.server.connect() as sock:
            sock.sendall(request)
            return Reader(sock).next()

    def test_accepted(self):
        key = base64.b64encode(os.urandom(16))
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
        answer = self.statuses(handshake(key=key))
        self.assertEqual((answer.status, answer.headers["sec-websocket-accept"]), (101, accept))
        self.assertEqual(answer.headers["upgrade"], "websocket")
        self.assertEqual(answer.headers["connection"].lower(), "upgrade")
        self.assertNotIn("sec-websocket-extensions", answer.headers)
        for request in (handshake(upgrade=b"WebSocket"), handshake(connection=b"keep-alive, Upgrade"),
                        handshake(extra=b"Sec-WebSocket-Extensions: permessage-deflate\r\n"),
                        handshake(extra=b"Sec-WebSocket-Protocol: chat\r\nOrigin: http://a\r\n")):
            answer = self.statuses(request)
            self.assertEqual(answer.status, 101)
            self.assertNotIn("sec-websocket-extensions", answer.headers)

    def test_refused(self):
        for status, request in (
                (405, handshake(method=b"POST")), (426, handshake(upgrade=None)),
                (426, handshake(upgrade=b"h2c")), (426, handshake(connection=None)), (426, handshake(connection=b"close")),
                (426, handshake(version=None)), (426, handshake(version=b"8")), (426, handshake(version=b"14")),
                (400, handshake(key=None)), (400, handshake(key=b"")), (400, handshake(key=b"short==")),
                (400, handshake(key=b"!" * 22 + b"==")), (400, handshake(key=b"A" * 24)), (400, handshake(key=b"A" * 28 + b"==")),
                (400, handshake(extra=b"Content-Length: 3\r\n") + b"abc"), (404, handshake(path=b"/wsx")),
                (400, handshake(extra=b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"))):
            with self.subTest(request=request):
                self.assertEqual(self.statuses(request).status, status)
        answer = self.statuses(handshake(version=b"12"))
        self.assertEqual(answer.headers["sec-websocket-version"], "13")

    def test_http10(self):
        self.assertEqual(self.statuses(handshake(http=b"HTTP/1.0")).status, 400)

    def test_frames_sent_with_the_handshake(self):
        with Socket(self.server, early=frame(TEXT, b"early") + BYE) as ws:
            self.assertEqual(ws.all(), [text(b"early"), BYE_BACK])

    def test_handshake_behind_a_request(self):
        with self.server.connect() as sock:
            sock.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" + handshake() + frame(TEXT, b"x"))
            reader = Reader(sock)
            self.assertEqual([reader.next().status, reader.next().status], [200, 101])
            while len(reader.data) < 3:
                reader.more()
            self.assertEqual(reader.data, b"\x81\x01x")

    def test_accepted_by_another_thread(self):
        with Socket(self.server, b"/ws-held", early=frame(TEXT, b"me too")) as ws:
            self.assertEqual({ws.next(), ws.next()}, {text(b"welcome"), text(b"me too")})

    def test_messages_from_another_thread_keep_their_order(self):
        with Socket(self.server) as ws:
            ws.send(frame(TEXT, b"late 10000"))
            for _ in range(10000):
                self.assertEqual(ws.next(), text(b"from another thread"))

    def test_small_limit(self):
        with Socket(self.server, b"/ws?small") as ws:
            ws.send(frame(TEXT, b"x" * 1024) + frame(TEXT, b"x" * 1025))
            self.assertEqual(ws.all(), [text(b"x" * 1024), closed(1009)])


class Traffic(ServerTest):
    LIMITS = {"ping_ms": 2000}

    def test_traffic_makes_pings_unnecessary(self):
        with Socket(self.server) as ws:
            for _ in range(10):
                ws.send(frame(TEXT, b"x"))
                self.assertEqual(ws.next(), text(b"x"))
                self.assertFalse(select.select([ws.sock], [], [], 0.25)[0])


class Endings(unittest.TestCase):
    """FIN and RST in every state, slow readers, deadlines: each ends by itself, with one on_close, and nothing spins."""

    def setUp(self):
        self.server = Server(ping_ms=500, pong_ms=700, drain_ms=800, close_ms=400, linger_ms=200)

    def tearDown(self):
        out = self.server.stop()
        self.assertIn("stopped, 0 sockets open", out)

    def closed_with(self, code):
        """The next on_close the server reports."""
        self.assertEqual(self.server.next_line(), "closed %d\n" % code)

    STATES = {
        "open": b"",
        "inside a frame head": frame(TEXT, b"abc")[:1],
        "inside a length": frame(TEXT, b"x" * 70000)[:5],
        "inside a mask": frame(TEXT, b"abc")[:4],
        "inside a payload": frame(TEXT, b"abc")[:-1],
        "between parts": frame(TEXT, b"a", fin=False),
        "inside a close": BYE[:-1],
        "paused": frame(TEXT, b"pause"),
        "while much is being sent": frame(TEXT, b"flood 4"),
    }

    def reset(self, sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    def test_end_in_each_state(self):
        for name, data in self.STATES.items():
            for is_reset in (False, True):
                with self.subTest(name, reset=is_reset):
                    ws = Socket(self.server)
                    ws.send(data)
                    if name == "paused":
                        self.assertEqual(ws.next(), text(b"paused"))
                    self.reset(ws.sock) if is_reset else ws.sock.close()
                    self.closed_with(1006)

    def test_half_close(self):
        with Socket(self.server) as ws:
            ws.send(frame(TEXT, b"x"))
            self.assertEqual(ws.next(), text(b"x"))
            ws.sock.shutdown(socket.SHUT_WR)
            self.assertEqual(ws.all(), [])
        self.closed_with(1006)

    def test_end_after_our_close(self):
        for is_reset in (False, True):
            ws = Socket(self.server)
            ws.send(frame(TEXT, b"close 4001"))
            self.assertEqual(ws.next(), (CLOSE, close_body(4001, b"as asked")))
            self.reset(ws.sock) if is_reset else ws.sock.close()
            self.closed_with(4001)

    def test_close_never_answered(self):
        with Socket(self.server) as ws:
            ws.send(frame(TEXT, b"close 4001"))
            self.assertEqual(ws.next()[0], CLOSE)
            self.assertEqual(ws.all(), [])
        self.closed_with(4001)

    def test_end_after_a_failure(self):
        for is_reset in (False, True):
            ws = Socket(self.server)
            ws.send(frame(3))
            self.assertEqual(ws.next(), closed(1002))
            self.reset(ws.sock) if is_reset else ws.sock.close()
            self.closed_with(1002)

    def test_ping_keeps_alive_and_silence_ends(self):
        with Socket(self.server) as ws:
            for _ in range(3):
                self.assertEqual(ws.next(), (PING, b""))
                ws.send(frame(PONG))
            self.assertEqual(ws.next(), (PING, b""))
            self.assertEqual(ws.all(), [])
        self.closed_with(1006)

    def test_reader_too_slow(self):
        """More than the kernel takes, less than the bound: closed because nothing drains."""
        with Socket(self.server) as ws:
            ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            ws.send(frame(TEXT, b"flood 7"))
            self.closed_with(1013)

    def test_queue_over_its_bound(self):
        """What is over 8 MiB is dropped and the peer told, if it reads."""
        with Socket(self.server) as ws:
            ws.send(frame(TEXT, b"flood 20"))
            found = ws.all()
            self.assertEqual(found[-1], closed(1013))
            self.assertTrue(all(received == text(b"x" * (1 << 20)) for received in found[:-1]))
            self.assertLess(len(found), 21)
        self.closed_with(1013)

    def test_large_answers_drain(self):
        with Socket(self.server) as ws:
            for _ in range(5):
                ws.send(frame(TEXT, b"flood 7"))
                for _ in range(7):
                    self.assertEqual(len(ws.next()[1]), 1 << 20)
            ws.send(BYE)
            self.assertEqual(ws.all(), [BYE_BACK])
        self.closed_with(1000)

    def test_nothing_spins(self):
        sockets = [Socket(self.server) for _ in range(20)]
        for ws in sockets:
            ws.send(frame(TEXT, b"x"))
            self.assertEqual(ws.next(), text(b"x"))
            ws.sock.shutdown(socket.SHUT_WR)
        for _ in sockets:
            self.closed_with(1006)
        before = cpu_seconds(self.server.process.pid)
        select.select([], [], [], 0.5)
        self.assertLess(cpu_seconds(self.server.process.pid) - before, 0.1)
        for ws in sockets:
            ws.sock.close()

    def test_server_stops(self):
        with Socket(self.server) as ws:
            self.server.process.terminate()
            self.assertEqual(ws.next()[1][:2], close_body(1012))
            ws.send(frame(CLOSE, close_body(1012)))
            self.assertEqual(ws.all(), [])


if __name__ == "__main__":
    unittest.main()
