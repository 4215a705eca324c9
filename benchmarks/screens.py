"""Screens, many in one process: python -m benchmarks.screens, asked through its input.

Every arrival is counted by the key of the change it tells of. The same bytes go to many screens,
so each text is parsed once and known again afterwards.
"""

import asyncio
import contextlib
import time
from collections import Counter
from typing import Any

from benchmarks.peers import serve
from benchmarks.sockets import ScreenSocket, handshake
from benchmarks.subjects import BEAT, SNAPSHOT, Subject, subject

KNOWN_AT_MOST = 4000
LOOK_SECONDS = 0.002
CONNECT_SECONDS = 90.0
RETRY_SECONDS = 0.5


class Screens:
    """The screens of one run, all watching the same board."""

    def __init__(self) -> None:
        self.sockets: list[ScreenSocket] = []
        self.known: dict[bytes, str] = {}
        self.counts: Counter[str] = Counter()
        self.everywhere: dict[str, list[int]] = {}  # key -> when it had reached all, each time
        self.subject: Subject | None = None

    async def open(self, name: str, values: dict[str, Any], count: int) -> dict[str, Any]:
        """Connect so many more at once and wait until each has its snapshot."""
        self.subject = subject(name, values)
        began = time.monotonic_ns()
        until = time.monotonic() + CONNECT_SECONDS
        shown = await asyncio.gather(*(self._connect(self.subject, until) for _ in range(count)))
        seconds = (time.monotonic_ns() - began) / 1e9
        return {"seconds": seconds, "missing": shown.count(False)}

    async def _connect(self, subject: Subject, until: float) -> bool:
        """Connect, again and again as screens do, until there is a snapshot."""
        loop = asyncio.get_running_loop()
        while time.monotonic() < until:
            ask = handshake(
                subject.port, subject.path, token=subject.token, protocol=subject.protocol
            )
            with contextlib.suppress(OSError):
                _, socket = await loop.create_connection(
                    lambda ask=ask: ScreenSocket(ask, self.take), "127.0.0.1", subject.port
                )
                if await socket.opened and await socket.shown:
                    self.sockets.append(socket)
                    return True
            await asyncio.sleep(RETRY_SECONDS)
        return False

    def take(self, socket: ScreenSocket, payload: bytes) -> None:
        key = self.known.get(payload)
        if key is None:
            key = self._learn(payload)
        if not key:
            return
        count = self.counts[key] + 1
        self.counts[key] = count
        if key == SNAPSHOT:
            if not socket.shown.done():
                socket.shown.set_result(True)
        elif key == BEAT:
            socket.beat()
        elif count % len(self.sockets) == 0:
            self.everywhere.setdefault(key, []).append(time.monotonic_ns())

    def _learn(self, payload: bytes) -> str:
        assert self.subject
        if len(self.known) > KNOWN_AT_MOST:
            self.known.clear()
        key = self.known[payload] = self.subject.key(payload)
        return key

    async def reset(self) -> None:
        """Begin to count anew."""
        self.counts.clear()
        self.everywhere.clear()

    async def wait_for(self, key: str, seconds: float) -> int | None:
        """Return when a change had reached the last screen, None if it did not in time."""
        until = time.monotonic() + seconds
        while key not in self.everywhere and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
        return self.everywhere.get(key, [None])[0]

    async def wait_for_count(self, prefix: str, count: int, seconds: float) -> dict[str, Any]:
        """Wait until so many changes of a kind are everywhere, or until nothing more comes."""
        until, last, seen = time.monotonic() + seconds, -1, 0
        while time.monotonic() < until:
            seen = sum(n for key, n in self.counts.items() if key.startswith(prefix))
            if seen >= count * len(self.sockets):
                break
            if seen != last:
                last, until = seen, time.monotonic() + seconds
            await asyncio.sleep(0.02)
        return {
            "arrived": seen,
            "everywhere": {k: v for k, v in self.everywhere.items() if k.startswith(prefix)},
            "snapshots": self.counts[SNAPSHOT],
            "now": time.monotonic_ns(),
        }

    async def closed(self) -> list[str]:
        """Return why screens were closed so far."""
        return [socket.closed for socket in self.sockets if socket.closed]

    async def beats(self) -> dict[str, float]:
        """Return how many beats the screens got, and the longest any went without."""
        counts = [socket.beats for socket in self.sockets]
        silence = max(socket.longest_silence for socket in self.sockets)
        return {"fewest": min(counts), "most": max(counts), "silence": silence}

    async def close(self) -> None:
        for socket in self.sockets:
            socket.transport.abort()
        self.__init__()  # type: ignore[misc]


async def main() -> None:
    screens = Screens()
    await serve(
        {
            "open": screens.open,
            "reset": screens.reset,
            "wait_for": screens.wait_for,
            "wait_for_count": screens.wait_for_count,
            "closed": screens.closed,
            "beats": screens.beats,
            "close": screens.close,
        }
    )


if __name__ == "__main__":
    asyncio.run(main())
