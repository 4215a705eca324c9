"""The worker against printers with faults: every chit once, or it says so."""

from collections.abc import Callable

import pytest_asyncio

from kitchen.models import KitchenTicket
from kitchen.printing.worker import Worker

from .conftest import Bench
from .kitchen_room import KitchenRoom


@pytest_asyncio.fixture
async def bar(room: KitchenRoom, bench: Bench) -> Bench:
    """A bar with only a printer."""
    await room.add_station("bar", await room.add_printer("bar", bench.port))
    return bench


async def test_order_comes_out_on_paper_once(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    work()
    order = await room.place("bar", table="12")

    job = await room.until_job(order, status="printed")

    assert [chit.text.count("Soup") for chit in bar.chits] == [1]
    assert "TABLE 12" in bar.chits[0].text
    assert (job.proof, job.attempts, job.place_of) == ("process_id", 1, "")
    assert bytes(job.chit) in bar.chits[0].raw
    assert await room.log_of(order) == [
        ("print_start", "new", "printing"),
        ("print_success", "printing", "printed"),
    ]


async def test_paper_in_the_cooks_hand_starts_the_ticket(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    work()
    order = await room.place("bar")

    await room.until_job(order, status="printed")

    ticket = await room.run(KitchenTicket.objects.get, order_id=order["id"])
    assert ticket.status == "preparing"


async def test_where_a_screen_is_the_cook_starts_the_ticket(
    room: KitchenRoom, bench: Bench, work: Callable[[], Worker]
) -> None:
    printer = await room.add_printer("grill", bench.port)
    await room.add_station("grill", printer, has_screen=True)
    work()
    order = await room.place("grill")

    await room.until_job(order, status="printed")

    ticket = await room.run(KitchenTicket.objects.get, order_id=order["id"])
    assert ticket.status == "pending"
