"""The printer worker: woken by the database, sure by polling, one driver for each printer.

Any number of workers may run. Each printer is leased by one of them; when that one is gone, its
leases run out and another takes over.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time

from kitchen.feeds import PRINT_CHANNEL
from kitchen.models import StationPrinter
from kitchen.printing import health, queue, rules
from kitchen.printing.database import THREADS, Database, DatabaseAway, listen
from kitchen.printing.driver import Driver, Shop
from kitchen.printing.link import OpenConnection

LEASE_ROUND = 3  # a lease is renewed so many times before it would run out
LISTEN_AGAIN_SECONDS = 1.0
GRACE_SECONDS = 12.0  # for chits that are on their way when the worker is told to stop

log = logging.getLogger(__name__)


class Worker:
    """All printers of this process."""

    def __init__(
        self,
        *,
        open_connection: OpenConnection,
        poll_seconds: float,
        confirm_seconds: float,
        in_a_row: int,
        threads: int = THREADS,
    ) -> None:
        host = socket.gethostname()
        self._database = Database(threads)
        self.shop = Shop(
            worker=f"{host}:{os.getpid()}:{secrets.token_hex(3)}",
            actor=f"printer_worker:{host}",
            database=self._database,
            open_connection=open_connection,
            confirm_seconds=confirm_seconds,
            in_a_row=in_a_row,
        )
        self.started = time.monotonic()
        self.poll_seconds = poll_seconds
        self.last_poll: float | None = None  # of the clock on the wall
        self._polled = time.monotonic()
        self._confirm_seconds = confirm_seconds
        self._drivers: dict[int, Driver] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._stop = asyncio.Event()

    @property
    def silent_seconds(self) -> float:
        """How long ago the database answered a poll."""
        return time.monotonic() - self._polled

    @property
    def database(self) -> Database:
        """For those who ask on this worker's behalf."""
        return self._database

    def stop(self) -> None:
        """Finish what is on its way to paper, then end."""
        self._stop.set()
        self._woken.set()
        for driver in self._drivers.values():
            driver.stop()

    async def run(self) -> None:
        """Work until stopped."""
        log.info("worker=%s started", self.shop.worker)
        helpers = [
            asyncio.create_task(loop())
            for loop in (self._listen, self._keep_leases, self._apply_rules)
        ]
        try:
            await self._dispatch()
            await self._finish()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._release()
        log.info("worker=%s stopped", self.shop.worker)

    async def _dispatch(self) -> None:
        """Wake the driver of every printer that owes a chit, as soon as one is due."""
        wait = 0.0
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            self._woken.clear()
            wait = await self._poll()

    async def _poll(self) -> float:
        """Return the seconds until the next poll."""
        try:
            due = await self._database.run(queue.due, list(self._drivers))
        except DatabaseAway as away:
            log.warning("the database is away: %s", away)
            return self.poll_seconds
        self.last_poll, self._polled = time.time(), time.monotonic()
        for printer_id, seconds in due.items():
            if seconds <= 0 and printer_id in self._drivers:
                self._drivers[printer_id].wake()
        later = [seconds for seconds in due.values() if seconds > 0]
        return min([self.poll_seconds, *later])

    async def _listen(self) -> None:
        while True:
            try:
                await listen(PRINT_CHANNEL, self._woken.set)
            except Exception as error:
                # The poll goes on without it.
                log.warning("cannot hear the database (%s); trying again", error)
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _keep_leases(self) -> None:
        # Also while it is stopping: what is on its way to paper is still its own.
        pause = queue.lease().total_seconds() / LEASE_ROUND
        while True:
            in_hand = list(self.shop.in_hand)
            with contextlib.suppress(DatabaseAway):
                mine = await self._database.run(health.lease_printers, self.shop.worker, in_hand)
                await self._man({printer.pk: printer for printer in mine})
            await asyncio.sleep(pause)

    async def _man(self, printers: dict[int, StationPrinter]) -> None:
        """Have one driver for each of these printers, and for no other."""
        for printer_id, printer in printers.items():
            if printer_id in self._drivers:
                await self._drivers[printer_id].renew(printer)
            elif not self._stop.is_set() and printer_id not in self._running:
                self._drive(printer)
        for printer_id in set(self._drivers) - set(printers):
            self._drivers.pop(printer_id).stop()

    def _drive(self, printer: StationPrinter) -> None:
        driver = Driver(printer, self.shop)
        self._drivers[printer.pk] = driver
        task = asyncio.create_task(driver.run(), name=f"driver of {printer.code}")
        self._running[printer.pk] = task
        task.add_done_callback(lambda _: self._running.pop(printer.pk, None))

    async def _apply_rules(self) -> None:
        while not self._stop.is_set():
            try:
                changed = await self._database.run(
                    rules.apply, actor=self.shop.actor, in_hand=list(self.shop.in_hand)
                )
                if changed:
                    self._woken.set()
            except DatabaseAway:
                pass
            except Exception:
                log.exception("a rule failed")
            await asyncio.sleep(self.poll_seconds)

    async def _finish(self) -> None:
        """Let the chits that are on their way come out, but not for ever."""
        running = list(self._running.values())
        if not running:
            return
        for driver in self._drivers.values():
            driver.stop()
        _, late = await asyncio.wait(running, timeout=min(self._confirm_seconds, GRACE_SECONDS))
        if late:
            for driver in self._drivers.values():
                driver.give_up()
            _, late = await asyncio.wait(late, timeout=GRACE_SECONDS / 4)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _release(self) -> None:
        with contextlib.suppress(DatabaseAway, TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS / 4):
                await self._database.run(health.release_printers, self.shop.worker)
        await self._database.close()
