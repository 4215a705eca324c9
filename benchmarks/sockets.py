"""A WebSocket client that does the least there is to do, so that it is never the limit."""

import asyncio
import base64
import os
import time
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class ScreenSocket(asyncio.Protocol):
    """One connected screen; hands each text on as bytes. Expects whole frames, as servers send."""

    def __init__(self, request: bytes, on_text: Callable[["ScreenSocket", bytes], None]) -> None:
        self.on_text = on_text
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        # Set once the first snapshot is there; False if the server closes before.
        self.shown: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.closed: str = ""  # why, once it is
        self.beats = 0
        self.beat_at = 0.0
        self.longest_silence = 0.0  # between two beats
        self._request = request
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._held:
            data = self._held + data
        if not self.opened.done():
            head, _, rest = data.partition(b"\r\n\r\n")
            if not rest and not data.endswith(b"\r\n\r\n"):
                self._held = data
                return
            self.opened.set_result(head.startswith(b"HTTP/1.1 101"))
            data = rest
        self._held = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            elif size == 127:
                size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
            if start + size > end:
                break
            payload = data[start : start + size]
            opcode = data[at] & 15
            if opcode == TEXT:
                self.on_text(self, payload)
            else:
                self._control(opcode, payload)
            at = start + size
        return data[at:]

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.send(payload, PONG)
        elif opcode == CLOSE:
            self.closed = str(int.from_bytes(payload[:2], "big") or 1005)
            self.transport.close()

    def beat(self) -> None:
        """Note a beat and answer it, as screens do."""
        now = time.monotonic()
        if self.beats:
            self.longest_silence = max(self.longest_silence, now - self.beat_at)
        self.beats, self.beat_at = self.beats + 1, now
        self.send(b'{"type":"seen","rev":0}')

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        """Send a short frame, masked with zeros: that is a mask too."""
        self.transport.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = self.closed or "1006"
        for waited in (self.opened, self.shown):
            if not waited.done():
                waited.set_result(False)


def handshake(port: int, path: str, *, token: str = "", protocol: str = "") -> bytes:
    """Return the request that opens a socket."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if protocol:
        lines.append(f"Sec-WebSocket-Protocol: {protocol}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
