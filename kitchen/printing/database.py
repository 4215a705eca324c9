"""Database work of a process that runs on asyncio: in threads, with connections that end well."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection

THREADS = 6  # fewer than the pool has connections
RETRY_SECONDS = 0.5
CLOSE_SECONDS = 1.0  # for threads that are busy

log = logging.getLogger(__name__)
Given = ParamSpec("Given")
Result = TypeVar("Result")


class DatabaseAway(Exception):
    """The database cannot be asked just now."""


class Database:
    """Runs functions that use the database, each in a thread."""

    def __init__(self, threads: int = THREADS) -> None:
        self._size = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(
        self, function: Callable[Given, Result], *args: Given.args, **named: Given.kwargs
    ) -> Result:
        """Return what the function returns; DatabaseAway if it could not be asked."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: _run(function, *args, **named))

    async def insist(
        self, function: Callable[Given, Result], *args: Given.args, **named: Given.kwargs
    ) -> Result:
        """The same, but wait until the database is back: what happened must not be forgotten."""
        while True:
            try:
                return await self.run(function, *args, **named)
            except DatabaseAway as away:
                log.warning("the database is away (%s); trying again", away)
                await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Give every thread's connection back."""
        loop = asyncio.get_running_loop()
        # The barrier lets no thread take two of the tasks.
        all_here = threading.Barrier(self._size)
        closing = [
            loop.run_in_executor(self._threads, _close_connection, all_here)
            for _ in range(self._size)
        ]
        await asyncio.gather(*closing)
        self._threads.shutdown(wait=False, cancel_futures=True)


def _close_connection(all_here: threading.Barrier) -> None:
    with contextlib.suppress(threading.BrokenBarrierError):
        all_here.wait(CLOSE_SECONDS)
    connection.close()


def _run(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    # A thread keeps its connection: opening one costs more than most of the work done on it.
    try:
        return function(*args, **named)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise DatabaseAway(str(error).strip() or type(error).__name__) from error


async def listen(channel: str, heard: Callable[[], None]) -> None:
    """Call `heard` for every NOTIFY on the channel; ends with an error when the database goes.

    The connection is its own: one from a pool would take its ear back with it.
    """
    database = connection.get_connection_params()
    for name in ("cursor_factory", "context", "pool"):
        database.pop(name, None)
    listener = await psycopg.AsyncConnection.connect(**database, autocommit=True)
    async with listener:
        await listener.execute(f"LISTEN {channel}")
        # Whatever was told before this moment would else wait for the next poll.
        heard()
        async for _ in listener.notifies():
            heard()
