"""Printers made of software, on ports of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from kitchen.printing.transport import opener
from kitchen.printing.virtual import Chit, VirtualPrinter
from kitchen.printing.worker import Worker

from .kitchen_room import KitchenRoom

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
def hasty(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Deadlines short enough to be run into.

    Only where a printer's silence is the matter: on a busy machine a good printer misses them too.
    """
    from kitchen.printing.transport import network

    monkeypatch.setattr(network, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(network, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(network, "PROGRESS_SECONDS", 0.3)
    monkeypatch.setattr(network, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(network, "DRAIN_SECONDS", 0.1)
    settings.PRINT_CONFIRM_SECONDS = 1.0
    settings.PRINT_LEASE_SECONDS = 1.5


@pytest.fixture
def soon_again(settings: Any) -> None:
    """What may or may not be on paper is printed again without a long wait."""
    settings.POSSIBLE_COPY_AFTER_SECONDS = 0.3


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Pauses of the worker short enough to be waited for."""
    from kitchen.printing import driver

    monkeypatch.setattr(driver, "TROUBLE_CHECK_SECONDS", 0.1)
    settings.POLL_INTERVAL = 0.2
    settings.RETRY_DELAY_SECONDS = 0.1


@pytest_asyncio.fixture
async def room(transactional_db: None) -> AsyncIterator[KitchenRoom]:
    room = KitchenRoom()
    await room.open()
    yield room
    await room.close()


@pytest_asyncio.fixture
async def benches() -> AsyncIterator[Callable[[str], Awaitable[Bench]]]:
    """Switch on further printers; they are switched off at the end."""
    running: list[Bench] = []

    async def add(name: str) -> Bench:
        printer = Bench(name)
        await printer.start()
        running.append(printer)
        return printer

    yield add
    for printer in running:
        await printer.stop()


@pytest_asyncio.fixture
async def work(quick: None, settings: Any) -> AsyncIterator[Callable[[], Worker]]:
    """Start workers in this process; they are stopped at the end."""
    running: list[tuple[Worker, asyncio.Task[None]]] = []

    async def open_connection(kind: str, host: str, port: int) -> Any:
        return await opener(kind)(host, port)

    def start() -> Worker:
        worker = Worker(
            open_connection=open_connection,
            poll_seconds=settings.POLL_INTERVAL,
            confirm_seconds=settings.PRINT_CONFIRM_SECONDS,
            in_a_row=settings.MAX_TICKETS_PER_POLL,
            threads=2,
        )
        running.append((worker, asyncio.create_task(worker.run())))
        return worker

    yield start
    for worker, task in running:
        worker.stop()
        await asyncio.wait_for(task, PATIENCE_SECONDS)
