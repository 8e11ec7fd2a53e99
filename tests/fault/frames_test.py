# SPDX-License-Identifier: MIT
"""
Malformed frames from a seeded generator, from hosts and from browsers: the bad peer is closed with the right code, or
what it said is passed over where the protocol has no other answer; nobody else notices. FRAMES=n for more of them.
"""
import json
import os
import random
import struct
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host  # noqa: E402
from interlude import Browser, Server, wait_until  # noqa: E402

FRAMES = int(os.environ.get("FRAMES", "1000"))  # of each side
SEED = int(os.environ.get("SEED", "11"))
METHODS = {
    Host: ("INITIALIZE_HOST", "SEND_IO_CALL", "SEND_PAGE", "SEND_LOADING_CALL", "SEND_LOG", "SEND_REDIRECT",
           "MARK_TRANSACTION_COMPLETE", "NOTIFY", "INITIALIZE_PEER_CONNECTION", "NO_SUCH_METHOD"),
    Browser: ("CREATE_TRANSACTION", "CONNECT_TO_TRANSACTION_AS_CLIENT", "RESPOND_TO_IO_CALL", "REQUEST_PAGE", "LEAVE_PAGE",
              "CANCEL_TRANSACTION", "SUBSCRIBE", "INITIALIZE_HOST", "NO_SUCH_METHOD"),
}


def frame(first, payload, mask=True, length=None):
    """The bytes of one frame; first byte, mask bit and length may be as bad as one likes."""
    size = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    head = bytes([first, bit | size]) if size < 126 else \
        bytes([first, bit | 126]) + struct.pack(">H", size) if size < 65536 else bytes([first, bit | 127]) + struct.pack(">Q", size)
    return head + (b"\0\0\0\0" if mask else b"") + payload


def text(value):
    return frame(0x81, value.encode() if isinstance(value, str) else value)


def message(data):
    return text(json.dumps({"id": str(uuid.uuid4()), "type": "MESSAGE", "data": data}))


def sockets_of(server):
    """How many it has open; of files it opens more as it likes."""
    folder, count = "/proc/%d/fd" % server.process.pid, 0
    for name in os.listdir(folder):
        try:
            count += os.readlink(os.path.join(folder, name)).startswith("socket:")
        except OSError:
            pass  # closed meanwhile
    return count


class Generator:
    def __init__(self, kind, seed):
        self.random, self.methods = random.Random(seed), METHODS[kind]

    def value(self, depth=0):
        """Any JSON value, mostly of the wrong kind for wherever it is put."""
        pick = self.random.randrange(9 if depth < 3 else 6)
        if pick < 6:
            return (None, True, self.random.randrange(-2**70, 2**70), "x" * self.random.randrange(300), str(uuid.uuid4()),
                    "\u0000\ud83d\ude00\u202e\"\\")[pick]
        if pick == 6:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.random.choice(("transactionId", "pageKey", "ioCall", "ioResponse", "slug", "actions", "groups", "result",
                                    "params", "sdkName", "data", "index", "page", "url")): self.value(depth + 1)
                for _ in range(self.random.randrange(5))}

    def damaged(self, data):
        data = bytearray(data)
        for _ in range(self.random.randrange(1, 6)):
            data[self.random.randrange(len(data))] = self.random.randrange(256)
        return bytes(data)

    def bad(self):
        """(bytes, the codes it may be closed with; None: it must not be closed)"""
        return self.random.choice((
            self.no_isocket, self.no_text, self.broken_framing, self.too_large, self.bad_rpc, self.bad_inputs, self.bad_inputs,
            self.unknown_ack, self.mutated))()

    def no_isocket(self):
        return text(self.random.choice(("", "{", "[]", "7", '"MESSAGE"', "{}", '{"id":1,"type":"MESSAGE","data":"x"}',
                                        '{"type":"MESSAGE","data":"x"}', '{"id":"x","type":"HELLO"}', "[" * 5000,
                                        json.dumps(self.value())))), {1008}

    def no_text(self):
        return self.random.choice(((text(b'{"id":"\xc3\x28"}'), {1007}), (text(b"\xed\xa0\x80"), {1007}), (frame(0x82, b"{}"), {1003})))

    def broken_framing(self):
        return self.random.choice((
            frame(0x81, b"{}", mask=False), frame(0xf1, b"{}"), frame(0x83, b"{}"), frame(0x8f, b""), frame(0x80, b"{}"),
            frame(0x09, b"ping"), frame(0x89, b"x" * 126), frame(0x88, b"\x03"), frame(0x88, struct.pack(">H", 1005)),
            frame(0x01, b"{") + frame(0x81, b"}"))), {1002, 1000, 1005, 1006, 1007}

    def too_large(self):
        return frame(0x81, b"[", length=self.random.choice((101 << 20, 1 << 40, 2**62))), {1009, 1002}

    def bad_rpc(self):
        return message(self.random.choice(("", "{", "null", "[]", "authenticated", '{"kind":"CALL"}', json.dumps(self.value()),
                                           '{"id":"1","kind":"RESPONSE","methodName":"X"}',
                                           '{"id":"1","kind":"CALL_CHUNK","chunk":0,"totalChunks":9,"data":"{"}'))), None

    def bad_inputs(self):
        return message(json.dumps({"id": str(self.random.randrange(1, 10**9)), "kind": "CALL", "data": self.value(),
                                   "methodName": self.random.choice(self.methods)})), None

    def unknown_ack(self):
        ident = self.random.choice((str(uuid.uuid4()), "", "x" * 999))
        return text(json.dumps({"type": "ACK", "id": ident})), None if len(ident) <= 36 else {1008}

    def mutated(self):
        """A good message with some bytes changed: whatever becomes of it is right, as long as it is nobody else's business."""
        good = message(json.dumps({"id": "1", "kind": "CALL", "data": {}, "methodName": self.random.choice(self.methods)}))
        return good[:6] + self.damaged(good[6:]), "any"


class Frames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.key = cls.server.api_key()
        cls.bystander = Host(cls.server.port, cls.key, slugs=["calm"])
        assert cls.bystander.initialize()["type"] == "success"
        cls.browser = Browser(cls.server)
        cls.run_of_bystander = cls.browser.begin("calm")
        cls.bystander.next("START_TRANSACTION")
        cls.bystander.ask(cls.run_of_bystander, "Calm")
        cls.render = cls.browser.render()[1]

    @classmethod
    def tearDownClass(cls):
        """Whatever happened before: those in the middle of a run did not notice."""
        assert cls.browser.answer(cls.run_of_bystander, cls.render, ["still"]) is True
        assert json.loads(cls.bystander.next("IO_RESPONSE")[1]["value"])["values"] == ["still"]
        assert cls.bystander.complete(cls.run_of_bystander, "calm") is True
        assert cls.browser.completed() == ("SUCCESS", "calm")
        cls.browser.close()
        cls.bystander.close()
        cls.server.stop()

    def peer(self, kind):
        return Host(self.server.port, self.key, slugs=["victim"]) if kind is Host else Browser(self.server)

    def bombard(self, kind):
        generator = Generator(kind, SEED)
        before = sockets_of(self.server)
        peer, counts = None, {}
        for number in range(FRAMES):
            data, codes = generator.bad()
            peer = peer or self.peer(kind)
            try:
                peer.sock.sendall(data)
                if codes is None:
                    self.assert_alive(peer, number, data)
                else:
                    if codes == "any":
                        peer.send_frame(8, struct.pack(">H", 1000))  # goodbye, in case it was not so bad
                    wait_until(lambda: peer.close_code is not None, lambda: "frame %d to be refused: %r" % (number, data[:200]))  # noqa: B023
                    self.assertTrue(codes == "any" or peer.close_code in codes, (number, data[:200], peer.close_code, codes))
            except OSError:
                wait_until(lambda: peer.close_code is not None, "the end of a socket that was closed")  # noqa: B023
            counts[peer.close_code] = counts.get(peer.close_code, 0) + 1
            if peer.close_code is not None:
                peer.close()
                peer = None
        if peer:
            peer.close()
        wait_until(lambda: sockets_of(self.server) <= before, "the sockets of those who were refused to be closed")
        print("%d frames of a %s: %s" % (FRAMES, kind.__name__.lower(), counts))

    def assert_alive(self, peer, number, data):
        """It still acknowledges a ping message: whatever was said before has been dealt with."""
        if isinstance(peer, Host):
            ident = peer.send_message("ping")
            peer.wait(lambda: ident in peer.acks, "frame %d to be passed over: %r" % (number, data[:300]))
        else:
            self.assertTrue(peer.call("INITIALIZE_CLIENT", None), (number, data[:300]))

    def test_hosts(self):
        self.bombard(Host)

    def test_browsers(self):
        self.bombard(Browser)


if __name__ == "__main__":
    unittest.main(verbosity=2)
