"""The network between a screen and the house, which can be cut, muffled and mended."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from typing import Any

PIECE = 65536
SWITCHES = ("refuses", "refuses_sockets", "deaf_to_screen", "deaf_to_house", "holds_news")


class Wire:
    """A TCP relay on a port of its own, run in a thread; browsers connect here."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.lines: set[Line] = set()
        self.refuses = self.refuses_sockets = self.deaf_to_screen = self.deaf_to_house = False
        self.holds_news = False
        self.changed = asyncio.Event()
        self.requests: list[str] = []
        self.thread.start()
        self.server = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Nothing goes through and everybody is told: connections break, new ones are refused."""
        self._change(lambda line: True, refuses=True)

    def black_hole(self) -> None:
        """Nothing goes through and nobody is told, as when a tablet walks out of the Wi-Fi."""
        self._change(deaf_to_screen=True, deaf_to_house=True)

    def swallow_answers(self) -> None:
        """What the screen says arrives; what the house answers does not."""
        self._change(deaf_to_house=True)

    def refuse_sockets(self) -> None:
        """Plain HTTP goes through, WebSockets do not, as behind a stubborn proxy."""
        self._change(lambda line: line.is_socket, refuses=False, refuses_sockets=True)

    def hold_news(self) -> None:
        """What comes through WebSockets to the screen comes later; nothing is lost."""
        self._change(holds_news=True)

    def mend(self) -> None:
        """All goes through again; what was under way in a black hole is lost for good."""
        self._change(lambda line: line.starved, **dict.fromkeys(SWITCHES, False))

    def close(self) -> None:
        self.cut()
        self._do(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _close(self) -> None:
        self.server.close()
        while self.lines:
            await asyncio.sleep(0)

    def _change(
        self, breaks: "Callable[[Line], bool]" = lambda line: False, **switches: bool
    ) -> None:
        async def work() -> None:
            vars(self).update(switches)
            self.changed.set()
            self.changed.clear()
            for line in list(self.lines):
                if breaks(line):
                    line.snap()

        self._do(work())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(self, reader, writer)
        self.lines.add(line)
        try:
            await line.carry()
        finally:
            self.lines.discard(line)
            line.snap()


class Line:
    """One connection, from the screen's side to the house's."""

    def __init__(
        self, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.wire, self.reader, self.writer = wire, reader, writer
        self.onward: asyncio.StreamWriter | None = None
        self.is_socket = False
        self.starved = False  # something was lost on it

    async def carry(self) -> None:
        with contextlib.suppress(OSError):
            first = await self.reader.read(PIECE)
            self.is_socket = b"upgrade: websocket" in first.lower()
            if self.wire.refuses or (self.is_socket and self.wire.refuses_sockets):
                return
            back, self.onward = await asyncio.open_connection("127.0.0.1", self.wire.target)
            ways = [asyncio.create_task(way) for way in (self._up(first), self._down(back))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _up(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            while data:
                if self.wire.deaf_to_screen:
                    self.starved = True
                elif self.onward:
                    self._note(data)
                    self.onward.write(data)
                    await self.onward.drain()
                data = await self.reader.read(PIECE)

    async def _down(self, back: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await back.read(PIECE):
                while self.is_socket and self.wire.holds_news:
                    await self.wire.changed.wait()
                if self.wire.deaf_to_house:
                    self.starved = True
                    continue
                self.writer.write(data)
                await self.writer.drain()

    def _note(self, data: bytes) -> None:
        if data[:5] in (b"POST ", b"PATCH", b"GET /"):
            self.wire.requests.append(data.partition(b" HTTP/")[0].decode("latin-1"))

    def snap(self) -> None:
        """Break it off so that both ends hear of it."""
        for writer in (self.writer, self.onward):
            if writer is None or writer.transport.is_closing():
                continue
            wire: socket.socket = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
