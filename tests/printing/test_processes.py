"""The commands as processes: killed, stopped, asked, and without their database."""

import json
import signal
import socket
from collections.abc import Callable, Iterator

import pytest
import pytest_asyncio
from django.db import connection

from kitchen.models import PaperChit, StationPrinter
from kitchen.printing.transport.network import open_printer

from .conftest import Bench
from .kitchen_room import KitchenRoom
from .processes import Process, fetch, free_port

Start = Callable[..., Process]
HEALTH_KEYS = {
    "status", "service", "version", "uptime_seconds", "database", "last_poll", "metrics",
}  # fmt: skip
METRIC_KEYS = {
    "tickets_processed", "tickets_failed", "success_rate", "pending_tickets", "printed_today",
    "failed_tickets",
}  # fmt: skip


@pytest.fixture
def start() -> Iterator[Start]:
    """Start processes that are killed at the end, if they still run."""
    running: list[Process] = []

    def start(*command: str, **environment: str) -> Process:
        running.append(Process(*command, **environment))
        return running[-1]

    yield start
    for process in running:
        process.kill()


@pytest_asyncio.fixture
async def bar(room: KitchenRoom, bench: Bench) -> Bench:
    """A bar with only a printer."""
    await room.add_station("bar", await room.add_printer("bar", bench.port))
    return bench


async def test_worker_killed_between_send_and_settle_loses_no_chit(
    room: KitchenRoom, bar: Bench, start: Start
) -> None:
    await bar.set_faults(paper_left=3)
    first = start("printer_worker")
    order = await room.place("bar")
    await room.until_job(order, status="printing", error_code="device.paper_out")

    first.send(signal.SIGKILL)
    await bar.set_faults(paper_left=None)
    await bar.until(lambda: bar.printed == 1)
    start("printer_worker")
    await room.until_job(order, status="printed", possible_copy=True)

    assert ["POSSIBLE COPY" in chit.text for chit in bar.chits] == [False, True]
    assert [entry[0] for entry in await room.log_of(order)] == [
        "print_start", "print_unconfirmed", "retry", "print_start", "print_success",
    ]  # fmt: skip


async def test_worker_killed_before_it_sent_prints_the_chit_once_and_unmarked(
    room: KitchenRoom, bar: Bench, start: Start
) -> None:
    await room.run(StationPrinter.objects.update, proof="process_id")
    await bar.set_faults(black_hole=True)
    first = start("printer_worker", MAX_PRINT_RETRIES="50")
    order = await room.place("bar")
    await room.until_job(order, status="printing")

    first.send(signal.SIGKILL)
    await first.ended()
    await bar.set_faults(black_hole=False)
    start("printer_worker")

    await room.until_job(order, status="printed", possible_copy=False)
    assert bar.printed == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_idle_worker_stops_with_exit_code_0(
    room: KitchenRoom, bar: Bench, start: Start, number: signal.Signals
) -> None:
    worker = start("printer_worker")
    await room.until(lambda: StationPrinter.objects.get().online is True)

    worker.send(number)

    code, errors = await worker.ended()
    assert code == 0
    assert "Traceback" not in errors
    assert (await room.run(StationPrinter.objects.get)).claimed_by == ""


async def test_worker_told_to_stop_finishes_the_chit_in_hand(
    room: KitchenRoom, bar: Bench, start: Start
) -> None:
    await bar.set_faults(lines_per_second=20.0)
    worker = start("printer_worker", PRINT_CONFIRM_SECONDS="10", POSSIBLE_COPY_AFTER_SECONDS="60")
    await room.until(lambda: StationPrinter.objects.get().online is True)
    order = await room.place("bar")
    await bar.until(lambda: bar.received > 100)

    worker.send(signal.SIGTERM)

    assert (await worker.ended())[0] == 0
    assert (await room.job_of(order)).status == "printed"
    assert bar.printed == 1


async def test_worker_told_to_stop_does_not_wait_for_paper(
    room: KitchenRoom, bar: Bench, start: Start
) -> None:
    await bar.set_faults(paper_left=3)
    worker = start("printer_worker")
    order = await room.place("bar")
    await room.until_job(order, status="printing", error_code="device.paper_out")

    worker.send(signal.SIGTERM)

    assert (await worker.ended())[0] == 0
    assert (await room.job_of(order)).status == "unconfirmed"


async def test_second_signal_ends_at_once(room: KitchenRoom, bar: Bench, start: Start) -> None:
    await bar.set_faults(lines_per_second=0.5)
    worker = start("printer_worker", PRINT_CONFIRM_SECONDS="10", POSSIBLE_COPY_AFTER_SECONDS="60")
    await room.until(lambda: StationPrinter.objects.get().online is True)
    order = await room.place("bar")
    await bar.until(lambda: bar.received > 100)

    worker.send(signal.SIGTERM)
    worker.send(signal.SIGINT)

    assert (await worker.ended())[0] == 1
    assert (await room.job_of(order)).status == "printing"


async def test_worker_survives_losing_every_database_connection(
    room: KitchenRoom, bar: Bench, start: Start
) -> None:
    def cut_all() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                " current_database() AND application_name = 'worker-under-test'"
            )

    worker = start("printer_worker", PGAPPNAME="worker-under-test", POLL_INTERVAL="1")
    await room.until_job(await room.place("bar"), status="printed")

    await room.run(cut_all)

    await room.until_job(await room.place("bar"), status="printed", attempts=1)
    assert bar.printed == 2
    worker.send(signal.SIGTERM)
    assert (await worker.ended())[0] == 0


async def test_health_and_metrics_tell_what_the_contract_says(
    room: KitchenRoom, bar: Bench, start: Start
) -> None:
    worker = start("printer_worker")
    await room.until_job(await room.place("bar"), status="printed")

    status, body = await worker.page("/health")

    health = json.loads(body)
    assert status == 200
    assert set(health) == HEALTH_KEYS
    assert set(health["metrics"]) == METRIC_KEYS
    assert (health["status"], health["service"]) == ("healthy", "printer_worker")
    assert health["metrics"]["printed_today"] == 1
    status, text = await worker.page("/metrics")
    assert status == 200
    assert "olgfeast_chits_printed_total 1\n" in text
    assert 'olgfeast_printer_up{location="hq",printer="bar"} 1\n' in text


async def test_worker_without_its_database_says_so(start: Start) -> None:
    worker = start("printer_worker", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    status, body = await worker.page("/health")

    assert status == 503
    assert json.loads(body)["status"] == "unhealthy"
    worker.send(signal.SIGTERM)
    assert (await worker.ended())[0] == 0


async def test_taken_health_port_is_one_sentence_with_the_cure(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        worker = start("printer_worker", HEALTH_CHECK_PORT=str(taken.getsockname()[1]))
        code, errors = await worker.ended()

    assert code == 1
    assert "set HEALTH_CHECK_PORT to a free port" in errors
    assert "Traceback" not in errors


async def test_virtual_printers_print_keep_their_paper_and_take_faults(
    room: KitchenRoom, start: Start
) -> None:
    bar, spare, control = free_port(), free_port(), free_port()
    process = start(
        "virtual_printer", "--port", str(bar), "--name", "bar", "--port", str(spare),
        "--name", "spare", "--control", str(control),
    )  # fmt: skip
    await process.page("/", control)
    connection_to_bar = await open_printer("127.0.0.1", bar)
    await connection_to_bar._send(b"soup\n\x1dVB\x00", sent=True)

    await room.until(lambda: PaperChit.objects.filter(printer_name="bar").exists())

    chit = await room.run(PaperChit.objects.get)
    assert (chit.port, chit.number, chit.lines[0]["runs"][0]["text"]) == (bar, 1, "soup")
    await connection_to_bar.close()
    status, _ = await fetch(control, "POST", "/spare/faults", {"paper_left": 0})
    assert status == 200
    connection_to_spare = await open_printer("127.0.0.1", spare)
    assert (await connection_to_spare.status()).paper == "out"
    await connection_to_spare.close()
    process.send(signal.SIGTERM)
    assert await process.ended() == (0, "")


async def test_virtual_printer_on_a_taken_port_is_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, errors = await start("virtual_printer", "--port", str(port)).ended()

    assert code == 1
    assert f"Cannot listen on 127.0.0.1 {port}" in errors
    assert "Traceback" not in errors
