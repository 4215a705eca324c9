"""A kitchen with printers for the worker's tests: orders go in, paper comes out."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from kitchen import boards, orders
from kitchen.intake import NewItem, NewOrder
from kitchen.models import (
    Brand,
    KitchenTicketLog,
    Location,
    PrinterRoute,
    PrintJob,
    Station,
    StationPrinter,
)
from kitchen.printing.database import Database, listen

PATIENCE_SECONDS = 30  # until a test that waits for an event gives up
ASK_AGAIN_SECONDS = 0.2


class KitchenRoom:
    """One location. Functions that touch the database are `await`ed and run in a thread."""

    def __init__(self) -> None:
        self.database = Database(threads=2)
        self.location: Location
        self._changed = asyncio.Event()
        self._ear: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Build the house and listen for its changes."""
        self.location = await self.run(_build)
        self._ear = asyncio.create_task(listen("kds_feeds", self._changed.set))

    async def close(self) -> None:
        if self._ear:
            self._ear.cancel()
            await asyncio.gather(self._ear, return_exceptions=True)
        await self.database.close()

    async def run(self, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await self.database.run(function, *args, **named)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a change made the condition, asked of the database, true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                self._changed.clear()
                if await self.run(condition):
                    return
                # Most changes are told; what is not (paper, leases) is asked for.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), ASK_AGAIN_SECONDS)

    async def add_printer(self, code: str, port: int, **values: Any) -> StationPrinter:
        return await self.run(
            StationPrinter.objects.create,
            location=self.location, code=code, name=code.title(), host="127.0.0.1", port=port,
            **values,
        )  # fmt: skip

    async def add_station(
        self, code: str, *printers: StationPrinter, has_screen: bool = False
    ) -> Station:
        def add() -> Station:
            station = Station.objects.create(
                location=self.location, code=code, name=code.title(), has_screen=has_screen
            )
            for priority, printer in enumerate(printers, 1):
                PrinterRoute.objects.create(station=station, printer=printer, priority=priority)
            return station

        return await self.run(add)

    async def place(self, *stations: str, dish: str = "Soup", **values: Any) -> dict[str, Any]:
        """Place an order with one dish for each station; return it as the boards show it."""

        def place() -> dict[str, Any]:
            items = [NewItem(dish, 1, code) for code in stations]
            placed = orders.place(self.location, NewOrder(items, **values), actor="pos:till")
            return boards.order(placed.answer["id"])

        return await self.run(place)

    async def job_of(self, order: dict[str, Any]) -> PrintJob:
        return await self.run(job_of, order)

    async def until_job(self, order: dict[str, Any], **values: Any) -> PrintJob:
        """Wait until the order's one chit has these values; return its job."""
        await self.until(
            lambda: all(getattr(job_of(order), name) == value for name, value in values.items())
        )
        return await self.job_of(order)

    async def log_of(self, order: dict[str, Any]) -> list[tuple[str, str, str]]:
        """Return action, old and new state of the order's print events, oldest first."""

        def rows() -> list[tuple[str, str, str]]:
            found = KitchenTicketLog.objects.filter(order_id=order["id"]).order_by("id")
            found = found.exclude(print_job=None)
            return list(found.values_list("action", "old_status", "new_status"))

        return await self.run(rows)


def job_of(order: dict[str, Any]) -> PrintJob:
    return PrintJob.objects.select_related("printer").get(ticket__order_id=order["id"])


def _build() -> Location:
    location = Location.objects.create(code="hq", name="HQ", timezone="UTC")
    Brand.objects.create(location=location, code="main", name="Main")
    return location


def make_due() -> None:
    """Let no chit wait any longer."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kitchen_printjob SET not_before = %s", [timezone.now()])
