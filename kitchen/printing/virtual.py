"""A printer for people without one: it takes ESC/POS on a port and keeps what it printed.

It behaves like a thermal printer with a network card, the unkind parts too: one connection at a
time, a small buffer, status in the middle of everything, and faults that tests and trainers can
switch on while it runs.
"""

import asyncio
import contextlib
import re
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kitchen.printing.paper import Cut, Decoder, Event, PaperLine, PictureLine, Question, TextLine

BUFFER = 16 * 1024  # bytes a real card holds; more stays with the sender
CHITS_KEPT = 1000
STATUS_REQUEST = re.compile(rb"\x10\x04([\x01-\x04])")
FIXED = 0x12  # the two bits that mark an answer to DLE EOT


@dataclass
class Faults:
    """What is wrong with the printer; change it through `VirtualPrinter.set_faults`."""

    paper_left: int | None = None  # lines until the roll ends; None: endless
    paper_low: bool = False
    cover_open: bool = False
    cutter: bool = False  # jams at the next cut
    mechanical: bool = False
    offline: bool = False
    refuse: bool = False  # nobody listens
    black_hole: bool = False  # takes the connection, reads nothing
    reset_after: int | None = None  # bytes until it breaks off the connection
    silent: bool = False  # prints, answers nothing
    lines_per_second: float = 0.0  # 0: at once
    process_id: bool = True  # False: too old a model to know the proof
    fence: bool = True


@dataclass(frozen=True)
class Chit:
    """One piece of paper, torn off."""

    printer: str
    port: int
    number: int
    lines: tuple[PaperLine, ...]
    raw: bytes
    printed_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def text(self) -> str:
        """All letters on it, line by line."""
        return "\n".join(line.text for line in self.lines if isinstance(line, TextLine))


Callback = Callable[[str, Chit | None], None]


class VirtualPrinter:
    """One printer. `on_event` hears of "chit", "line", "bytes", "connected" and "trouble"."""

    def __init__(
        self, name: str, port: int, *, host: str = "127.0.0.1", columns: int = 48,
        on_event: Callback | None = None,
    ) -> None:  # fmt: skip
        self.name, self.host, self.port = name, host, port
        self.faults = Faults()
        self.chits: deque[Chit] = deque(maxlen=CHITS_KEPT)
        self.printed = 0
        self.received = 0
        self._decoder = Decoder(columns=columns)
        self._tell = on_event or (lambda event, chit: None)
        self._lines: list[PaperLine] = []
        self._raw = bytearray()
        self._auto_status = 0
        self._jammed = self._starved = False
        self._seen = b""
        self._server: asyncio.Server | None = None
        self._engine: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._writer: asyncio.StreamWriter | None = None

    async def start(self) -> None:
        """Listen and be ready. OSError if the port is taken. Port 0 becomes a free one."""
        await self._listen()
        self._engine = asyncio.create_task(self._print())

    async def stop(self) -> None:
        """Switch off."""
        if self._engine:
            self._engine.cancel()
            await asyncio.gather(self._engine, return_exceptions=True)
        await self._close_port()
        self._cut_connections()

    async def set_faults(self, **faults: object) -> None:
        """Change some faults; a printer that may print again goes on by itself."""
        self.faults = Faults(**{**vars(self.faults), **faults})
        if self.faults.refuse:
            await self._close_port()
            self._cut_connections()
        elif not self._server:
            await self._listen()
        self._wake()
        self._push_status()

    async def power_cycle(self) -> None:
        """Off and on: what was not on paper is lost, and every connection with it."""
        self._decoder.reset()
        self._seen, self._auto_status = b"", 0
        self._cut_connections()

    @property
    def paper_out(self) -> bool:
        """True once the roll has ended."""
        return self.faults.paper_left is not None and self.faults.paper_left <= 0

    @property
    def stuck(self) -> bool:
        """True while it cannot print."""
        faults = self.faults
        return self.paper_out or faults.cover_open or faults.offline or faults.mechanical

    @property
    def waiting(self) -> int:
        """Bytes taken in and not yet on paper."""
        return self._decoder.waiting

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close_port(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()

    def _cut_connections(self) -> None:
        for writer in self._writers:
            wire: socket.socket = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                # No linger: the other end sees a reset, as from a printer that lost power.
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            # A second caller is kept waiting, as by most network cards.
            async with self._turn:
                self._writer = writer
                self._tell("connected", None)
                await self._receive(reader)
        except OSError:
            pass
        finally:
            self._writer = None
            self._writers.discard(writer)
            writer.close()

    async def _receive(self, reader: asyncio.StreamReader) -> None:
        while True:
            await self._until(lambda: not self.faults.black_hole)
            data = await reader.read(4096)
            if not data:
                return
            if self._breaks_off(data):
                self._cut_connections()
                return
            self._take(data)
            await self._until(lambda: self.waiting < BUFFER or self._starved)

    def _breaks_off(self, data: bytes) -> bool:
        left = self.faults.reset_after
        if left is None:
            return False
        self.faults.reset_after = None if len(data) >= left else left - len(data)
        if len(data) >= left:
            self._take(data[:left])
        return len(data) >= left

    def _take(self, data: bytes) -> None:
        self.received += len(data)
        self._decoder.feed(data)
        self._starved = False
        # Real-time requests act when they arrive, wherever in the stream they stand.
        seen = self._seen + data
        for request in STATUS_REQUEST.finditer(seen):
            self._answer(bytes([self._status(request[1][0])]))
        self._seen = seen[-2:]
        self._tell("bytes", None)
        self._wake()

    def _status(self, n: int) -> int:
        faults = self.faults
        if n == 1:
            return FIXED | 0x04 | 0x08 * (self.stuck or self._jammed)
        if n == 2:
            wrong = faults.mechanical or self._jammed
            return FIXED | 0x04 * faults.cover_open | 0x20 * self.paper_out | 0x40 * wrong
        if n == 3:
            return FIXED | 0x08 * self._jammed | 0x20 * faults.mechanical
        return FIXED | 0x0C * (faults.paper_low or self.paper_out) | 0x60 * self.paper_out

    def _auto_bytes(self) -> bytes:
        faults = self.faults
        first = 0x14 | 0x08 * (self.stuck or self._jammed) | 0x20 * faults.cover_open
        second = 0x08 * self._jammed | 0x20 * faults.mechanical
        third = 0x03 * (faults.paper_low or self.paper_out) | 0x0C * self.paper_out
        return bytes([first, second, third, 0x0F])

    def _push_status(self) -> None:
        self._tell("trouble", None)
        if self._auto_status:
            self._answer(self._auto_bytes())

    def _answer(self, data: bytes) -> None:
        if self._writer and not self.faults.silent:
            self._writer.write(data)

    async def _print(self) -> None:
        while True:
            await self._until(lambda: not self.stuck)
            event = self._decoder.step()
            if event is None:
                self._starved = True
                self._wake()
                await self._pause()
                continue
            self._raw += self._decoder.taken
            await self._do(event)

    async def _do(self, event: Event) -> None:
        if isinstance(event, Question):
            self._reply(event)
        elif isinstance(event, Cut):
            await self._cut(event)
        elif isinstance(event, TextLine | PictureLine):
            await self._line(event)

    async def _line(self, line: PaperLine) -> None:
        if self.faults.lines_per_second:
            await asyncio.sleep(1 / self.faults.lines_per_second)
        self._lines.append(line)
        self._tell("line", None)
        if self.faults.paper_left is not None:
            self.faults.paper_left -= 1
            if self.paper_out:
                self._push_status()

    async def _cut(self, cut: Cut) -> None:
        if self.faults.cutter:
            self._jammed = True
            self._push_status()
            await self._until(lambda: not self.faults.cutter)
            self._jammed = False
        self.printed += 1
        chit = Chit(self.name, self.port, self.printed, (*self._lines, cut), bytes(self._raw))
        self._lines.clear()
        self._raw.clear()
        self.chits.append(chit)
        self._tell("chit", chit)

    def _reply(self, question: Question) -> None:
        if question.kind == "process_id" and self.faults.process_id:
            self._answer(b"\x37\x22" + question.data + b"\x00")
        elif question.kind == "fence" and self.faults.fence:
            self._answer(bytes([0x03 * self.faults.paper_low]))
        elif question.kind == "auto_status":
            self._auto_status = question.data[0]
            self._push_status()
        elif question.kind == "name":
            self._answer(b"\x5folgFeast virtual\x00")

    def _wake(self) -> None:
        self._changed.set()

    async def _pause(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._pause()
