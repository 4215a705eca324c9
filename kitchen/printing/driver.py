"""Drives one printer: its chits in order, and a look at it every now and then.

Every printer has a driver of its own, so that none waits for another one's trouble.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from kitchen.models import StationPrinter
from kitchen.printing import compose, health, queue
from kitchen.printing.database import Database, DatabaseAway
from kitchen.printing.link import Link, OpenConnection
from kitchen.printing.outcome import PrintFailed, Report, Status, Trouble
from kitchen.printing.queue import Claim, ClaimLost
from kitchen.printing.render import render

IDLE_CHECK_SECONDS = 60.0
TROUBLE_CHECK_SECONDS = 5.0
PATIENCE_SECONDS = 60.0  # with paper or cover, when a backup could print the chit instead

log = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass
class Shop:
    """What all drivers of a worker share."""

    worker: str
    actor: str
    database: Database
    open_connection: OpenConnection
    confirm_seconds: float
    in_a_row: int  # chits over one connection, then others may have the printer
    in_hand: set[int] = field(default_factory=set)
    printed: int = 0
    failed: int = 0


@dataclass
class Hand:
    """The chit in hand, and how far it is. Without bytes it cannot be printed."""

    claim: Claim
    chit: bytes = b""
    began: float = field(default_factory=time.monotonic)
    sent: bool = False
    stuck: bool = False

    @property
    def duration_ms(self) -> int:
        """How long it has been in hand."""
        return int((time.monotonic() - self.began) * 1000)


class Driver:
    """One printer and what is to be printed on it."""

    def __init__(self, printer: StationPrinter, shop: Shop) -> None:
        self._shop = shop
        self._database = shop.database
        self._link = Link(printer, shop.open_connection, self._remember_proof)
        self._wake = asyncio.Event()
        self._give_up = asyncio.Event()
        self._stopping = False
        self._hand: Hand | None = None
        self._troubled = bool(printer.error_code)
        # It waits for a person; or it is left alone until then, because it could not be reached.
        self._waits = False
        self._rest_until = 0.0
        self._check_at = 0.0

    @property
    def printer(self) -> StationPrinter:
        """The printer as last known."""
        return self._link.printer

    def wake(self) -> None:
        """There is something to print."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the chit in hand and end; one that is not leaving or is stuck is given up."""
        self._stopping = True
        self._wake.set()
        if not self._hand or self._hand.stuck or not self._hand.sent:
            self._give_up.set()

    def give_up(self) -> None:
        """Let go of the chit in hand, however far it is."""
        self._give_up.set()

    async def renew(self, printer: StationPrinter) -> None:
        """Take over what was changed about the printer, between two chits."""
        if not self._hand:
            await self._link.renew(printer)

    async def run(self) -> None:
        """Drive until stopped."""
        try:
            while not self._stopping:
                await self._safely(self._turn())
        finally:
            await self._link.close()

    async def _safely(self, turn: Awaitable[None]) -> None:
        try:
            await turn
        except DatabaseAway as away:
            log.warning("printer=%s: the database is away: %s", self.printer.code, away)
            self._rest_until = time.monotonic() + 1.0
        except Exception:
            # Whatever it is, it is this printer's own trouble and ends no other driver.
            log.exception("printer=%s: unexpected", self.printer.code)
            self._rest_until = time.monotonic() + TROUBLE_CHECK_SECONDS

    async def _turn(self) -> None:
        expected = await self._wait()
        if time.monotonic() >= self._check_at and not self._stopping:
            await self._look()
        for _ in range(self._shop.in_a_row):
            if self._stopping or self._resting or not await self._print_next(expected=expected):
                return
            expected = False
        # Many printers take one connection at a time: whoever else waits for it may get in here.
        await self._link.close()
        self._wake.set()

    @property
    def _resting(self) -> bool:
        return self._waits or time.monotonic() < self._rest_until

    async def _wait(self) -> bool:
        """Until something is to be done. True if there is something to print."""
        if self._link.is_open:
            if await self._woken(self._link.keep_seconds) or self._stopping:
                return True
            await self._link.close()
        rest = self._rest_until if self._rest_until > time.monotonic() else float("inf")
        until = self._check_at if self._waits else min(self._check_at, rest)
        return await self._woken(until - time.monotonic())

    async def _woken(self, seconds: float) -> bool:
        woken = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                woken = await self._wake.wait()
        self._wake.clear()
        return woken and not self._resting

    async def _print_next(self, *, expected: bool) -> bool:
        """Print one chit; False if there is none."""
        # Where one is expected the printer is asked how it is while the database is asked for it.
        ready = asyncio.ensure_future(self._link.ready()) if expected else None
        try:
            hand = await self._database.run(_take, self.printer, self._shop)
            if not hand:
                return False
            self._hand = hand
            self._shop.in_hand.add(hand.claim.job.pk)
            await self._print(hand, ready or asyncio.ensure_future(self._link.ready()))
        except ClaimLost as lost:
            log.warning("%s: the claim ran out", lost)
        finally:
            if ready and await _ended(ready):
                await self._link.close()
            if self._hand:
                self._shop.in_hand.discard(self._hand.claim.job.pk)
            self._hand = None
        return True

    async def _print(self, hand: Hand, ready: "asyncio.Future[str]") -> None:
        try:
            if not hand.chit:
                await _ended(ready)
                raise PrintFailed("data.unprintable", "This chit cannot be printed.", sent=False)
            proof = await self._unless_given_up(ready)
            if hand.claim.job.kind == "test":
                proof = await self._unless_given_up(self._link.probe())
            await self._database.run(queue.leaving, hand.claim, hand.chit)
            hand.sent = True
            await self._unless_given_up(self._send(hand, proof))
        except PrintFailed as failure:
            failure.sent = hand.sent and failure.sent
            await self._failed(hand, failure)
        else:
            await self._succeeded(hand, proof)

    async def _send(self, hand: Hand, proof: str) -> None:
        async def on_trouble(trouble: Trouble | None) -> None:
            hand.stuck = trouble is not None
            await self._tell_trouble(hand, trouble)
            if self._stopping and hand.stuck:
                self._give_up.set()

        await self._link.print(
            hand.chit,
            number=hand.claim.job.pk,
            proof=proof,
            confirm_seconds=self._shop.confirm_seconds,
            patience=PATIENCE_SECONDS if hand.claim.has_backup else float("inf"),
            on_trouble=on_trouble,
        )

    async def _tell_trouble(self, hand: Hand, trouble: Trouble | None) -> None:
        report = Report(Status(online=True))
        if trouble:
            report = Report(failure=trouble.failure(sent=True))
        code, message = report.error
        with contextlib.suppress(DatabaseAway, ClaimLost):
            await self._record(report)
            await self._database.run(queue.note, hand.claim, code, message)

    async def _succeeded(self, hand: Hand, proof: str) -> None:
        self._shop.printed += 1
        log.info("printed %s proof=%s ms=%d", hand.claim.names, proof, hand.duration_ms)
        await self._database.insist(
            queue.printed, hand.claim, proof=proof, duration_ms=hand.duration_ms
        )
        if self._troubled:
            await self._record(Report(Status(online=True)))

    async def _failed(self, hand: Hand, failure: PrintFailed) -> None:
        claim, insist = hand.claim, self._database.insist
        log.warning("%s sent=%s %s: %s", claim.names, failure.sent, failure.code, failure.message)
        if failure.sent or not failure.waits:
            await self._link.close()
        if failure.sent:
            self._shop.failed += 1
            await insist(queue.unconfirmed, claim, failure, duration_ms=hand.duration_ms)
        elif failure.waits:
            await insist(queue.give_back, claim, failure)
        else:
            pause = await insist(queue.not_sent, claim, failure)
            self._shop.failed += not pause
            self._rest_until = time.monotonic() + pause
        if not failure.code.startswith("data.") and not self._give_up.is_set():
            await self._record(Report(failure=failure))

    async def _look(self) -> None:
        """Look how the printer is."""
        with contextlib.suppress(PrintFailed):
            report = await self._unless_given_up(self._link.look())
            if not report.error[0]:
                self._rest_until = 0.0
            await self._record(report)

    async def _record(self, report: Report) -> None:
        code, message = report.error
        pause = TROUBLE_CHECK_SECONDS if code else IDLE_CHECK_SECONDS
        self._check_at = time.monotonic() + pause
        self._waits = report.waits
        if code and not self._troubled:
            log.warning("printer=%s %s: %s", self.printer.code, code, message)
        self._troubled = bool(code)
        await self._database.run(health.record, self.printer.pk, report)

    async def _remember_proof(self, proof: str) -> None:
        log.info("printer=%s proves its prints by %s", self.printer.code, proof)
        await self._database.run(health.proved_by, self.printer.pk, proof)

    async def _unless_given_up(self, work: Awaitable[Result]) -> Result:
        """Return what the work gives; PrintFailed if the worker has to end before that."""
        task = asyncio.ensure_future(work)
        given_up = asyncio.ensure_future(self._give_up.wait())
        try:
            await asyncio.wait([task, given_up], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            given_up.cancel()
        if task.done():
            return task.result()
        await _ended(task)
        raise PrintFailed(
            "timeout.no_confirmation",
            "The worker was stopped before the printer answered.",
            sent=True,
            waits=True,
        )


def _take(printer: StationPrinter, shop: Shop) -> Hand | None:
    """Claim the next chit and render it."""
    began = time.monotonic()
    claim = queue.claim(printer, worker=shop.worker, actor=shop.actor)
    if not claim:
        return None
    hand = Hand(claim, began=began)
    try:
        slip = compose.slip_of(claim, now=datetime.now(UTC))
        hand.chit = render(slip, compose.paper_of(claim))
    except Exception:
        # One bad ticket must not stop the line: it is set aside, and shown.
        log.exception("%s cannot be printed", claim.names)
    return hand


async def _ended(work: "asyncio.Future[Any]") -> bool:
    """Take the result of the work, whatever it is; True if it had to be cut short."""
    cut_short = work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    return cut_short
