"""Where a virtual printer's chits go so that a page can show them. Paper does not wait for it."""

import asyncio
import logging
from collections import deque

from django.db import DatabaseError, connection

from kitchen.models import PaperChit
from kitchen.printing.virtual import Chit

KEPT_PER_PRINTER = 200
WAITING_AT_MOST = 500  # chits; with the database away for longer, the oldest are not shown
RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)


class PaperStore:
    """Writes chits in the background, in order, as soon as the database lets it."""

    def __init__(self) -> None:
        self._waiting: deque[Chit] = deque(maxlen=WAITING_AT_MOST)
        self._arrived = asyncio.Event()

    def put(self, event: str, chit: Chit | None) -> None:
        """Take what a printer tells; only whole chits are kept."""
        if chit:
            self._waiting.append(chit)
            self._arrived.set()

    async def run(self) -> None:
        """Store what comes, for ever."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting and not await self._store():
                await asyncio.sleep(RETRY_SECONDS)

    async def _store(self) -> bool:
        chits = list(self._waiting)
        try:
            await asyncio.to_thread(_save, chits)
        except DatabaseError as error:
            log.warning("paper is not stored for now: %s", error)
            return False
        for chit in chits:
            if self._waiting and self._waiting[0] is chit:
                self._waiting.popleft()
        if self._waiting:
            self._arrived.set()
        return True


def last_number(name: str) -> int:
    """Return the number of the printer's newest stored chit, 0 if there is none."""
    try:
        newest = PaperChit.objects.filter(printer_name=name).order_by("-id")
        return newest.values_list("number", flat=True).first() or 0
    finally:
        connection.close()


def _save(chits: list[Chit]) -> None:
    try:
        PaperChit.objects.bulk_create([_row(chit) for chit in chits])
        for name in {chit.printer for chit in chits}:
            old = PaperChit.objects.filter(printer_name=name).order_by("-id")
            limit = old.values_list("id", flat=True)[KEPT_PER_PRINTER : KEPT_PER_PRINTER + 1]
            PaperChit.objects.filter(printer_name=name, id__lte=limit.first() or 0).delete()
    finally:
        connection.close()


def _row(chit: Chit) -> PaperChit:
    return PaperChit(
        printer_name=chit.printer,
        port=chit.port,
        number=chit.number,
        lines=[line.as_json() for line in chit.lines],
        raw=chit.raw,
        printed_at=chit.printed_at,
    )
