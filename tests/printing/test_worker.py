"""The worker against printers with faults: every chit once, or it says so."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.utils import timezone

from kitchen import orders, printers
from kitchen.models import (
    KitchenTicket,
    KitchenTicketItem,
    Outbox,
    PrintJob,
    StationPrinter,
)
from kitchen.printing import hand, rules
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


async def test_rush_goes_ahead_and_the_others_keep_their_order(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    for dish, priority in (("First", "normal"), ("Second", "normal"), ("Hurry", "rush")):
        await room.place("bar", dish=dish, priority=priority)

    work()

    await bar.until(lambda: bar.printed == 3)
    shown = [next(d for d in ("First", "Second", "Hurry") if d in c.text) for c in bar.chits]
    assert shown == ["Hurry", "First", "Second"]


async def test_a_long_row_of_chits_lets_others_in_between(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker], settings: Any
) -> None:
    settings.MAX_TICKETS_PER_POLL = 2
    placed = [await room.place("bar") for _ in range(5)]
    worker = work()
    opened: list[tuple[str, int]] = []
    plain = worker.shop.open_connection

    async def open_connection(kind: str, host: str, port: int) -> Any:
        opened.append((host, port))
        return await plain(kind, host, port)

    worker.shop.open_connection = open_connection
    for order in placed:
        await room.until_job(order, status="printed")

    assert len(opened) == 3
    assert len(bar.chits) == 5


async def test_printer_without_paper_keeps_its_chits_waiting_and_prints_each_once(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(paper_left=0)
    work()
    placed = [await room.place("bar") for _ in range(3)]
    await room.until(lambda: StationPrinter.objects.get().error_code == "device.paper_out")
    await room.until_job(placed[0], status="new", error_code="device.paper_out", attempts=0)

    await bar.set_faults(paper_left=None)

    for order in placed:
        job = await room.until_job(order, status="printed")
        assert (job.attempts, job.possible_copy) == (1, False)
    assert bar.printed == 3
    printer = await room.run(StationPrinter.objects.get)
    assert (printer.error_code, printer.online, printer.trouble_since) == ("", True, None)


async def test_paper_that_ends_during_a_chit_is_waited_for(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(paper_left=3)
    work()
    order = await room.place("bar")
    await room.until_job(order, status="printing", error_code="device.paper_out")

    await bar.set_faults(paper_left=None)

    job = await room.until_job(order, status="printed")
    assert (job.attempts, job.possible_copy, job.error_code) == (1, False, "")
    assert bar.printed == 1


async def test_expo_hears_of_a_printer_in_trouble_and_of_its_end(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    def alarms() -> list[list[str]]:
        told = Outbox.objects.filter(feed="expo:hq").order_by("id")
        frames = [row.frame["alarms"] for row in told if "alarms" in row.frame]
        return [[alarm["code"] for alarm in frame] for frame in frames]

    work()
    await room.until(lambda: StationPrinter.objects.get().online is True)
    await bar.set_faults(cover_open=True)
    await room.place("bar")
    await room.until(lambda: ["device.cover_open"] in alarms())

    await bar.set_faults(cover_open=False)

    await room.until(lambda: alarms()[-1:] == [[]])


async def test_refused_connection_is_tried_again_and_then_failed(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(refuse=True)
    work()
    order = await room.place("bar")

    job = await room.until_job(order, status="failed")

    assert (job.attempts, job.error_code, job.sent_at) == (4, "connection.refused", None)
    assert await room.log_of(order) == [
        *[("print_start", "new", "printing"), ("retry", "printing", "new")] * 3,
        ("print_start", "new", "printing"),
        ("print_failed", "printing", "failed"),
    ]


async def test_chits_that_failed_while_the_printer_was_away_come_out_when_it_is_back(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(refuse=True)
    work()
    order = await room.place("bar")
    await room.until_job(order, status="failed")

    await bar.set_faults(refuse=False)

    await room.until_job(order, status="printed", possible_copy=False)
    assert bar.printed == 1


async def test_after_all_attempts_the_backup_prints_and_says_in_whose_place(
    room: KitchenRoom,
    benches: Callable[[str], Awaitable[Bench]],
    work: Callable[[], Worker],
) -> None:
    dead, spare = await benches("bar"), await benches("spare")
    await dead.set_faults(refuse=True)
    await room.add_station(
        "bar",
        await room.add_printer("bar", dead.port),
        await room.add_printer("spare", spare.port),
    )
    work()
    order = await room.place("bar")

    job = await room.until_job(order, status="printed")

    assert (job.printer.code, job.place_of) == ("spare", "bar")
    assert "IN PLACE OF BAR" in spare.chits[0].text
    assert ("failover", "printing", "new") in await room.log_of(order)


async def test_chits_go_to_the_backup_when_the_paper_is_out_for_long(
    room: KitchenRoom,
    benches: Callable[[str], Awaitable[Bench]],
    work: Callable[[], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "LONG_TROUBLE_SECONDS", 0.2)
    empty, spare = await benches("bar"), await benches("spare")
    await empty.set_faults(paper_left=0)
    await room.add_station(
        "bar",
        await room.add_printer("bar", empty.port),
        await room.add_printer("spare", spare.port),
    )
    work()
    placed = [await room.place("bar") for _ in range(3)]

    for order in placed:
        await room.until_job(order, status="printed", place_of="bar")

    assert spare.printed == 3
    assert empty.printed == 0


@pytest.mark.usefixtures("soon_again")
async def test_chit_cut_off_by_a_power_cycle_is_printed_again_as_a_possible_copy(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(paper_left=3)
    work()
    order = await room.place("bar")
    await room.until_job(order, status="printing", error_code="device.paper_out")

    await bar.power_cycle()
    await bar.set_faults(paper_left=None)

    await room.until_job(order, status="printed", possible_copy=True)
    assert bar.printed == 1
    assert "POSSIBLE COPY" in bar.chits[0].text
    assert [entry[0] for entry in await room.log_of(order)] == [
        "print_start", "print_unconfirmed", "retry", "print_start", "print_success",
    ]  # fmt: skip


@pytest.mark.usefixtures("soon_again")
async def test_connection_reset_in_the_middle_gives_a_copy_that_says_so(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    work()
    await room.until(lambda: StationPrinter.objects.get().proof == "process_id")
    await bar.set_faults(reset_after=60)
    order = await room.place("bar")

    await room.until_job(order, status="printed", possible_copy=True)

    assert "POSSIBLE COPY" in bar.chits[-1].text


@pytest.mark.usefixtures("hasty", "soon_again")
async def test_printer_that_fell_silent_gets_no_chit_and_no_blind_copies(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    work()
    await room.until(lambda: StationPrinter.objects.get().proof == "process_id")
    await bar.set_faults(silent=True)
    order = await room.place("bar")

    job = await room.until_job(order, status="failed")

    assert (job.error_code, job.sent_at) == ("connection.timeout", None)
    assert bar.printed == 0


@pytest.mark.usefixtures("hasty", "soon_again")
async def test_silent_clone_prints_each_chit_once_without_a_proof(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(silent=True)
    work()
    placed = [await room.place("bar") for _ in range(3)]

    for order in placed:
        await room.until_job(order, status="printed", proof="none")

    await bar.until(lambda: bar.printed == 3)


async def test_printer_without_process_id_proves_by_its_status(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await bar.set_faults(process_id=False)
    work()
    order = await room.place("bar")

    await room.until_job(order, status="printed", proof="status")

    assert bar.printed == 1


async def test_dead_printer_delays_no_other(
    room: KitchenRoom,
    benches: Callable[[str], Awaitable[Bench]],
    work: Callable[[], Worker],
) -> None:
    hole, well = await benches("hole"), await benches("well")
    await hole.set_faults(black_hole=True)
    await room.add_station("bar", await room.add_printer("hole", hole.port, proof="process_id"))
    await room.add_station("bakery", await room.add_printer("well", well.port))
    work()

    for _ in range(5):
        stuck = await room.place("bar")
        await room.until_job(await room.place("bakery"), status="printed", attempts=1)

    assert (await room.job_of(stuck)).status != "printed"
    assert (well.printed, hole.printed) == (5, 0)


async def test_two_workers_print_nothing_twice(
    room: KitchenRoom,
    benches: Callable[[str], Awaitable[Bench]],
    work: Callable[[], Worker],
) -> None:
    three = [await benches(f"p{n}") for n in range(3)]
    for n, printer in enumerate(three):
        await room.add_station(f"s{n}", await room.add_printer(f"p{n}", printer.port))
    work()
    work()

    placed = [await room.place(f"s{n % 3}") for n in range(30)]

    for order in placed:
        await room.until_job(order, status="printed", attempts=1)
    assert [printer.printed for printer in three] == [10, 10, 10]


async def test_impossible_chit_is_set_aside_and_the_line_goes_on(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    bad = await room.place("bar")
    await room.run(KitchenTicketItem.objects.update, modifiers=7)
    work()
    job = await room.until_job(bad, status="failed", error_code="data.unprintable")
    good = await room.place("bar")

    await room.until_job(good, status="printed")

    assert (job.sent_at, bar.printed) == (None, 1)


async def test_old_backlog_waits_for_a_person(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    order = await room.place("bar")
    yesterday = timezone.now() - timedelta(hours=14)
    await room.run(PrintJob.objects.update, created_at=yesterday, not_before=yesterday)
    await room.run(StationPrinter.objects.update, enabled=False)
    work()
    await room.until_job(order, status="failed")

    assert bar.printed == 0


async def test_person_who_asks_again_gets_the_chit_marked(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker], settings: Any
) -> None:
    settings.POSSIBLE_COPY_AFTER_SECONDS = 3600.0
    work()
    await room.until(lambda: StationPrinter.objects.get().proof == "process_id")
    await bar.set_faults(reset_after=60)
    order = await room.place("bar")
    job = await room.until_job(order, status="unconfirmed")

    await room.run(hand.retry, job.pk, location_id=room.location.pk, actor="staff:ana")

    await room.until_job(order, status="printed", possible_copy=True)
    assert "POSSIBLE COPY" in bar.chits[-1].text


async def test_test_print_names_the_printer_and_probes_it_anew(
    room: KitchenRoom, bar: Bench, work: Callable[[], Worker]
) -> None:
    await room.run(StationPrinter.objects.update, proof="none")
    work()
    printer = await room.run(StationPrinter.objects.get)

    await room.run(printers.print_test, printer)

    await bar.until(lambda: bar.printed == 1)
    assert "TEST PRINT" in bar.chits[0].text
    await room.until(lambda: StationPrinter.objects.get().proof == "process_id")


async def test_void_chit_says_so(room: KitchenRoom, bar: Bench, work: Callable[[], Worker]) -> None:
    work()
    order = await room.place("bar")
    await room.until_job(order, status="printed")

    await room.run(
        orders.void, order["id"], location_id=room.location.pk, actor="pos:till", reason="left"
    )

    await bar.until(lambda: bar.printed == 2)
    assert "VOID 1 x Soup" in bar.chits[1].text
    assert "Reason: left" in bar.chits[1].text
