# SPDX-License-Identifier: MIT
"""A client's WebSocket as tests need it: whole frames out of a thread, frames of any kind in. What they mean: its heirs."""
import base64
import os
import socket
import struct
import threading

PING, PONG, CLOSE, TEXT, BINARY = 9, 10, 8, 1, 2


class Socket:
    """Connects and upgrades; heirs start the reading, once they are ready for it, and get on_text, on_pong, on_close."""

    def __init__(self, port, path, headers):
        self.sock = socket.create_connection(("127.0.0.1", port), 60)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data, self.lock = b"", threading.RLock()
        self.close_code, self.close_reason = None, ""
        lines = ["GET %s HTTP/1.1" % path, "Host: 127.0.0.1:%d" % port, "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        self.sock.sendall(("\r\n".join(lines + ["%s: %s" % pair for pair in headers.items()]) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.data:
            chunk = self.sock.recv(65536)
            if not chunk:
                raise ConnectionError(self.data)
            self.data += chunk
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            self.sock.close()
            raise ConnectionError(head.decode())

    def start_reading(self):
        threading.Thread(target=self._read, daemon=True).start()

    def on_text(self, text):
        pass

    def on_pong(self, payload):
        pass

    def on_close(self):
        pass

    def _need(self, count):
        while len(self.data) < count:
            chunk = self.sock.recv(1 << 20)
            if not chunk:
                raise ConnectionError("closed")
            self.data += chunk
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def _read(self):
        try:
            while self._frame():
                pass
        except OSError:
            pass
        if self.close_code is None:
            self.close_code = 1006
        self.on_close()

    def _frame(self):
        """false: it was the last one."""
        first, length = self._need(2)
        if length == 126:
            length = struct.unpack(">H", self._need(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self._need(8))[0]
        payload = self._need(length)
        opcode = first & 15
        if opcode == PING:
            self.send_frame(PONG, payload)
        elif opcode == PONG:
            self.on_pong(payload)
        elif opcode == TEXT:
            self.on_text(payload.decode())
        elif opcode == CLOSE:
            self.close_code = struct.unpack(">H", payload[:2])[0] if payload else 1005
            self.close_reason = payload[2:].decode()
        return opcode != CLOSE

    def send_frame(self, opcode, payload):
        mask = os.urandom(4)
        length = len(payload)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", length)
        keys = (mask * (length // 4 + 1))[:length]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")).to_bytes(length, "big") if length else b""
        with self.lock:
            self.sock.sendall(head + mask + masked)

    def send_text(self, text):
        self.send_frame(TEXT, text.encode())

    def close(self, code=None):
        """Without a code: as a process does that is killed."""
        try:
            if code is not None:
                self.send_frame(CLOSE, struct.pack(">H", code) if code != 1005 else b"")
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the server was first
        self.sock.close()
