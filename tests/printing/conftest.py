"""Printers made of software, on ports of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from kitchen.printing.virtual import Chit, VirtualPrinter

PATIENCE_SECONDS = 20  # until a test that waits for an event gives up


class Bench(VirtualPrinter):
    """A virtual printer whose events a test in the same loop can wait for."""

    def __init__(self, name: str = "grill") -> None:
        super().__init__(name, 0, on_event=self._hear)
        self._heard = asyncio.Event()

    def _hear(self, event: str, chit: Chit | None) -> None:
        self._heard.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something happened that makes the condition true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._heard.clear()
                await self._heard.wait()


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    printer = Bench()
    await printer.start()
    yield printer
    await printer.stop()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines short enough to be run into."""
    from kitchen.printing.transport import network

    monkeypatch.setattr(network, "ANSWER_SECONDS", 0.15)
    monkeypatch.setattr(network, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(network, "PROGRESS_SECONDS", 0.3)
    monkeypatch.setattr(network, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(network, "DRAIN_SECONDS", 0.1)
