"""Printers that note when each chit began: python -m benchmarks.printers, asked through its input.

They answer at once like a thermal printer with an empty buffer. One can be away (its port is
closed), without paper (it says so, keeps what it gets, and loses that when it is switched off),
or hang (its queue of connections is full, so that nobody gets through).
"""

import asyncio
import contextlib
import re
import socket
import time
from dataclasses import dataclass, field

from benchmarks.peers import serve

COMMAND = re.compile(
    rb"\x10\x04(?P<ask>.)|\x1d\(H\x06\x0000(?P<id>....)|\x1dr(?P<fence>.)|\x1dV(?P<cut>[AB].|.)",
    re.DOTALL,
)
LONGEST_COMMAND = 11
HEALTHY = {1: 0x16}
NO_PAPER = {1: 0x1E, 2: 0x32, 4: 0x72}
FINE = 0x12


@dataclass
class Printer:
    """One printer and its paper: for each chit when its first byte came, and what it says."""

    port: int
    chits: list[tuple[int, bytes]] = field(default_factory=list)
    out_of_paper: bool = False
    server: asyncio.Server | None = None
    lines: "set[Connection]" = field(default_factory=set)

    async def switch_on(self) -> None:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: Connection(self), "127.0.0.1", self.port)

    def switch_off(self) -> None:
        """Whatever it had not printed is gone."""
        if self.server:
            self.server.close()
        for line in list(self.lines):
            line.transport.abort()


class Connection(asyncio.Protocol):
    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self._held = b""
        self._chit: list[bytes] = []
        self._began = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.printer.lines.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.printer.lines.discard(self)

    def data_received(self, data: bytes) -> None:
        data, at = self._held + data, 0
        for command in COMMAND.finditer(data):
            self._take(data[at : command.start()])
            self._obey(command)
            at = command.end()
        # A command that the network cut in two stays for the next piece.
        edge = max(data.rfind(mark, max(at, len(data) - LONGEST_COMMAND)) for mark in b"\x10\x1d")
        edge = edge if edge >= 0 else len(data)
        self._take(data[at:edge])
        self._held = data[edge:]

    def _take(self, data: bytes) -> None:
        if data.strip(b"\0"):
            self._began = self._began or time.monotonic_ns()
            self._chit.append(data)

    def _obey(self, command: re.Match[bytes]) -> None:
        out = self.printer.out_of_paper
        if ask := command["ask"]:
            answers = NO_PAPER if out else HEALTHY
            self.transport.write(bytes([answers.get(ask[0], FINE)]))
        elif command["cut"]:
            if not out:
                self.printer.chits.append((self._began, b"".join(self._chit)))
            self._chit, self._began = [], 0
        elif not out:
            self._began = 0
            number = command["id"]
            self.transport.write(b"\x37\x22" + number + b"\0" if number else b"\0")


class Printers:
    def __init__(self) -> None:
        self.printers: list[Printer] = []
        self.hanging: list[socket.socket] = []

    async def open(self, count: int) -> list[int]:
        """Switch so many on and return their ports."""
        await self.close()
        for _ in range(count):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.printers.append(Printer(probe.getsockname()[1]))
            await self.printers[-1].switch_on()
        return [printer.port for printer in self.printers]

    async def hang(self) -> int:
        """Have one more whose queue of connections is full; return its port."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        self.hanging.append(listener)
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
            self.hanging.append(waiting)
        return listener.getsockname()[1]

    async def away(self) -> None:
        for printer in self.printers:
            printer.switch_off()

    async def back(self) -> None:
        for printer in self.printers:
            printer.out_of_paper = False
            await printer.switch_on()

    async def take_paper(self) -> None:
        for printer in self.printers:
            printer.out_of_paper = True

    async def wait_for(self, texts: list[str], seconds: float) -> list[int | None]:
        """Wait for a chit with each of these texts; return when each began, None: never."""
        until = time.monotonic() + seconds
        while None in (found := [self._began(text.encode()) for text in texts]):
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.002)
        return found

    def _began(self, text: bytes) -> int | None:
        times = [at for printer in self.printers for at, chit in printer.chits if text in chit]
        return min(times, default=None)

    async def wait_for_count(self, count: int, seconds: float) -> dict[str, int]:
        """Wait for so many chits; return how many there are and when it was."""
        until = time.monotonic() + seconds
        while self._count() < count and time.monotonic() < until:
            await asyncio.sleep(0.002)
        return {"count": self._count(), "now": time.monotonic_ns()}

    def _count(self) -> int:
        return sum(len(printer.chits) for printer in self.printers)

    async def last_began(self) -> int:
        """Return when the last chit began."""
        return max(at for printer in self.printers for at, _ in printer.chits)

    async def forget(self) -> None:
        for printer in self.printers:
            printer.chits.clear()

    async def close(self) -> None:
        await self.away()
        for waiting in self.hanging:
            waiting.close()
        self.printers, self.hanging = [], []


async def main() -> None:
    printers = Printers()
    names = (
        "open", "hang", "away", "back", "take_paper", "wait_for", "wait_for_count",
        "last_began", "forget", "close",
    )  # fmt: skip
    await serve({name: getattr(printers, name) for name in names})


if __name__ == "__main__":
    asyncio.run(main())
