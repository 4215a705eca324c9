"""The relay: tells the screens of every committed change.

A task in each web process; an advisory lock picks the one that works. It is woken by the change's
NOTIFY and by a poll that guarantees, takes rows from the outbox, hands them to the hub of its own
process at once, publishes them to the channel layer for the others, and commits. A crash in
between repeats them, which is harmless. With Redis away nothing waits for it: afterwards the
other processes are told to read anew, instead of the backlog.
"""

import asyncio
import contextlib
import logging
from typing import Any

import psycopg
from channels.layers import get_channel_layer
from django.db import connection

from kitchen.feeds import FEEDS_CHANNEL
from operations import wire
from operations.bell import group_of
from operations.live import hub

logger = logging.getLogger("olgfeast.relay")

RELAY_LOCK = 5_157_010  # any number, the same in every web process of one database
POLL_SECONDS = 1.0
BATCH = 200
REDIS_PATIENCE_SECONDS = 1.0
REDIS_REST_SECONDS = 1.0
RECONNECT_SECONDS = 1.0

# Only the relay that holds the lock deletes; SKIP LOCKED guards the moment of a hand-over.
TAKE_SQL = """
DELETE FROM kitchen_outbox WHERE id IN (
  SELECT id FROM kitchen_outbox ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING id, feed, rev, frame
"""

Row = tuple[int, str, int, dict[str, Any]]


class Relay:
    """One process' relay, from its start to the end of the event loop."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.owed: set[str] = set()  # feeds whose events Redis did not take
        self.redis_rests_until = 0.0
        self.holder: psycopg.AsyncConnection[Any] | None = None  # holds the lock

    async def run(self) -> None:
        """Work for ever; a database that goes away is waited for."""
        while True:
            try:
                await self._work()
            except (psycopg.Error, OSError) as error:
                logger.warning("relay waits for the database: %s", error)
            except Exception:
                logger.exception("relay begins anew")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _work(self) -> None:
        async with await _connect() as work, await _connect() as ear:
            await ear.execute(f"LISTEN {FEEDS_CHANNEL}")
            listening = asyncio.create_task(self._listen(ear))
            try:
                while not listening.done():
                    await self._turn(work)
                await listening
            finally:
                listening.cancel()

    async def _turn(self, work: psycopg.AsyncConnection[Any]) -> None:
        self.woken.clear()
        if await self._is_mine(work):
            while await self._tell(work) == BATCH:
                pass
            await self._pay_debts()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self.woken.wait()

    async def _listen(self, ear: psycopg.AsyncConnection[Any]) -> None:
        async for _ in ear.notifies():
            self.woken.set()

    async def _is_mine(self, work: psycopg.AsyncConnection[Any]) -> bool:
        if self.holder is work:
            return True
        cursor = await work.execute("SELECT pg_try_advisory_lock(%s)", [RELAY_LOCK])
        row = await cursor.fetchone()
        self.holder = work if row and row[0] else None
        return self.holder is work

    async def _tell(self, work: psycopg.AsyncConnection[Any]) -> int:
        async with work.transaction():
            cursor = await work.execute(TAKE_SQL, [BATCH])
            rows: list[Row] = sorted(await cursor.fetchall())
            events = [_event(row) for row in rows]
            for event in events:
                hub().deliver(event)
            await self._publish(events)
        return len(rows)

    async def _publish(self, events: list[wire.Event]) -> None:
        feeds = {event.feed for event in events}
        if not events or self._redis_rests():
            self.owed |= feeds
            return
        try:
            async with asyncio.timeout(REDIS_PATIENCE_SECONDS):
                for event in events:
                    await _ring(event)
        except Exception as error:
            self._rest(error)
            self.owed |= feeds

    async def _pay_debts(self) -> None:
        """After an outage, one resync for each feed instead of its backlog."""
        if not self.owed or self._redis_rests():
            return
        layer = get_channel_layer()
        try:
            async with asyncio.timeout(REDIS_PATIENCE_SECONDS):
                for feed in list(self.owed):
                    await layer.group_send(group_of(feed), {"type": "resync", "feeds": [feed]})
                    self.owed.discard(feed)
        except Exception as error:
            self._rest(error)

    def _redis_rests(self) -> bool:
        return asyncio.get_running_loop().time() < self.redis_rests_until

    def _rest(self, error: Exception) -> None:
        logger.warning("Redis takes no events: %r", error)
        self.redis_rests_until = asyncio.get_running_loop().time() + REDIS_REST_SECONDS


async def _connect() -> psycopg.AsyncConnection[Any]:
    # A connection of its own, outside the pool: LISTEN and the lock belong to it.
    values = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold", "pool"):
        values.pop(name, None)
    return await psycopg.AsyncConnection.connect(**values, autocommit=True)


async def _ring(event: wire.Event) -> None:
    fields = {"kind": event.kind, "feed": event.feed, "rev": event.rev, "frame": event.frame}
    message = {"type": "event", "event": fields}
    await get_channel_layer().group_send(group_of(event.feed), message)


def _event(row: Row) -> wire.Event:
    _, feed, rev, frame = row
    return wire.Event(kind=feed.partition(":")[0], feed=feed, rev=rev, frame=frame)


class WithRelay:
    """An ASGI application that starts the process' relay with its first request.

    Daphne speaks no lifespan, and a process that nobody has called has nobody to tell.
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.task is None or self.task.get_loop() is not asyncio.get_running_loop():
            self.task = asyncio.create_task(Relay().run())
        await self.application(scope, receive, send)
