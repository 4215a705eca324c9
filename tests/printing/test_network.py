"""The network transport against a printer with faults."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kitchen.printing.outcome import NONE, PROCESS_ID, STATUS, PrintFailed, Status, Trouble
from kitchen.printing.transport import opener
from kitchen.printing.transport.network import NetworkPrinter, open_printer

from .conftest import Bench

CHIT = b"\x1b@" + b"soup\n" * 5 + b"\x1dVB\x00"
pytestmark = pytest.mark.usefixtures("hasty")


class Troubles(list[Trouble | None]):
    """What the transport told while it waited."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()

    async def __call__(self, trouble: Trouble | None) -> None:
        self.append(trouble)
        self.told.set()


@asynccontextmanager
async def connected(bench: Bench) -> AsyncIterator[NetworkPrinter]:
    connection = await open_printer(bench.host, bench.port)
    try:
        yield connection
    finally:
        await connection.close()


async def print_chit(
    connection: NetworkPrinter, *, proof: str = PROCESS_ID, chit: bytes = CHIT,
    on_trouble: Troubles | None = None, patience: float = 20.0, confirm_seconds: float = 0.5,
) -> None:  # fmt: skip
    await connection.print(
        chit, number=42, proof=proof, confirm_seconds=confirm_seconds,
        on_trouble=Troubles() if on_trouble is None else on_trouble, patience=patience,
    )  # fmt: skip


@pytest.mark.parametrize("proof", [PROCESS_ID, STATUS])
async def test_chit_is_out_when_the_proof_is_in(bench: Bench, proof: str) -> None:
    async with connected(bench) as connection:
        await print_chit(connection, proof=proof)

        assert [chit.text for chit in bench.chits] == ["\n".join(["soup"] * 5)]


async def test_many_chits_go_over_one_connection_in_order(bench: Bench) -> None:
    async with connected(bench) as connection:
        for number in range(20):
            await print_chit(connection, chit=b"chit %d\n\x1dVB\x00" % number)

    assert [chit.text for chit in bench.chits] == [f"chit {number}" for number in range(20)]


async def test_silent_printer_has_printed_when_it_took_everything(bench: Bench) -> None:
    await bench.set_faults(silent=True)

    async with connected(bench) as connection:
        await print_chit(connection, proof=NONE)

    await bench.until(lambda: bench.printed == 1)


@pytest.mark.parametrize(
    ("faults", "proof"),
    [({}, PROCESS_ID), ({"process_id": False}, STATUS), ({"silent": True}, NONE)],
)
async def test_probe_finds_the_strongest_proof(
    bench: Bench, faults: dict[str, bool], proof: str
) -> None:
    await bench.set_faults(**faults)

    async with connected(bench) as connection:
        assert await connection.probe() == proof


@pytest.mark.parametrize(
    ("faults", "status"),
    [
        ({}, Status(True, "ok", "closed", "ok")),
        ({"paper_low": True}, Status(True, "low", "closed", "ok")),
        ({"paper_left": 0}, Status(False, "out", "closed", "ok")),
        ({"cover_open": True}, Status(False, "ok", "open", "ok")),
        ({"offline": True}, Status(False, "ok", "closed", "ok")),
        ({"mechanical": True}, Status(False, "ok", "closed", "ok", mechanical=True)),
        ({"silent": True}, None),
    ],
)
async def test_status(bench: Bench, faults: dict[str, object], status: Status | None) -> None:
    await bench.set_faults(**faults)

    async with connected(bench) as connection:
        assert await connection.status(full=True) == status


async def test_no_word_of_it_is_not_printed(bench: Bench) -> None:
    await bench.set_faults(silent=True)

    async with connected(bench) as connection:
        with pytest.raises(PrintFailed) as failed:
            await print_chit(connection, confirm_seconds=0.1, chit=b"soup\n\x1dVB\x00")

    assert (failed.value.code, failed.value.sent) == ("timeout.no_confirmation", True)


async def test_paper_out_during_the_chit_waits_for_the_roll_and_prints_once(
    bench: Bench,
) -> None:
    await bench.set_faults(paper_left=3)
    troubles = Troubles()

    async with connected(bench) as connection:
        printing = asyncio.create_task(
            print_chit(connection, on_trouble=troubles, confirm_seconds=0.2)
        )
        await troubles.told.wait()
        assert not printing.done()
        await bench.set_faults(paper_left=None)
        await printing

    assert [trouble.code for trouble in troubles if trouble] == ["device.paper_out"]
    assert bench.printed == 1


async def test_patience_ends_and_the_chit_may_be_on_paper(bench: Bench) -> None:
    await bench.set_faults(cover_open=True)

    async with connected(bench) as connection:
        with pytest.raises(PrintFailed) as failed:
            await print_chit(connection, patience=0.2)

    assert (failed.value.code, failed.value.sent) == ("device.cover_open", True)
    assert failed.value.waits


async def test_jammed_cutter_is_told(bench: Bench) -> None:
    await bench.set_faults(cutter=True)

    async with connected(bench) as connection:
        with pytest.raises(PrintFailed) as failed:
            await print_chit(connection, patience=0.2)

    assert (failed.value.code, failed.value.waits) == ("device.cutter", False)


async def test_reset_in_the_middle_may_be_on_paper(bench: Bench) -> None:
    await bench.set_faults(reset_after=12)

    async with connected(bench) as connection:
        with pytest.raises(PrintFailed) as failed:
            await print_chit(connection)

    assert (failed.value.code, failed.value.sent) == ("connection.reset", True)


async def test_power_cycle_loses_the_chit_and_is_told(bench: Bench) -> None:
    await bench.set_faults(paper_left=2)
    troubles = Troubles()

    async with connected(bench) as connection:
        printing = asyncio.create_task(print_chit(connection, on_trouble=troubles))
        await troubles.told.wait()
        await bench.power_cycle()
        with pytest.raises(PrintFailed) as failed:
            await printing

    assert (failed.value.code, failed.value.sent) == ("connection.reset", True)
    await bench.set_faults(paper_left=None)
    assert bench.printed == 0


async def test_refused(bench: Bench) -> None:
    await bench.set_faults(refuse=True)

    with pytest.raises(PrintFailed) as failed:
        await open_printer(bench.host, bench.port)

    assert (failed.value.code, failed.value.sent) == ("connection.refused", False)


async def test_host_that_does_not_answer_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        # The kernel completes a first handshake or two by itself; then nobody answers.
        with contextlib.ExitStack() as crowd:
            for _ in range(4):
                wire = crowd.enter_context(socket.socket())
                wire.setblocking(False)
                wire.connect_ex(("127.0.0.1", port))
            with pytest.raises(PrintFailed) as failed:
                await open_printer("127.0.0.1", port)

    assert (failed.value.code, failed.value.sent) == ("connection.timeout", False)


async def test_unknown_host_is_unreachable() -> None:
    with pytest.raises(PrintFailed) as failed:
        await open_printer("no-such-printer.invalid", 9100)

    assert (failed.value.code, failed.value.sent) == ("connection.unreachable", False)


async def test_black_hole_is_noticed_by_a_chit_larger_than_the_buffers(bench: Bench) -> None:
    await bench.set_faults(black_hole=True)

    async with connected(bench) as connection:
        connection._wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        with pytest.raises(PrintFailed) as failed:
            await print_chit(connection, proof=NONE, chit=b"soup " * 390_000)

    assert (failed.value.code, failed.value.sent) == ("timeout.no_progress", True)


async def test_chit_that_is_far_too_large_is_not_sent(bench: Bench) -> None:
    async with connected(bench) as connection:
        with pytest.raises(PrintFailed) as failed:
            await print_chit(connection, chit=b"x" * 3_000_000)

    assert (failed.value.code, failed.value.sent) == ("data.too_large", False)
    assert bench.received == 0


async def test_closing_lets_the_printer_read_to_the_end(bench: Bench) -> None:
    connection = await open_printer(bench.host, bench.port)
    # Unread answers at the moment of closing must not reset the line.
    await connection._send(b"\x1da\xff" + CHIT * 50, sent=True)
    await connection.close()

    await bench.until(lambda: bench.printed == 50)


async def test_broken_connection_is_known_before_the_next_chit(bench: Bench) -> None:
    async with connected(bench) as connection:
        await bench.until(lambda: bench._writer is not None)
        await bench.power_cycle()
        await connection._reader

        assert not connection.alive


async def test_automatic_status_tells_when_the_printer_answers_no_request(bench: Bench) -> None:
    connection = await open_printer(bench.host, bench.port)
    await connection._send(b"\x1da\xff", sent=False)
    await bench.until(lambda: bench._auto_status == 0xFF)
    connection._tells_status = False
    await bench.set_faults(cover_open=True)

    with pytest.raises(PrintFailed) as failed:
        await print_chit(connection, patience=0.1)

    await connection.close()
    assert failed.value.code == "device.cover_open"


def test_unknown_kind_of_printer_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PrintFailed, match=r"carrier-pigeon.*network"):
        opener("carrier-pigeon")


async def test_a_goodbye_that_is_cut_short_leaves_no_socket_open(bench: Bench) -> None:
    await bench.set_faults(silent=True)
    connection = await open_printer(bench.host, bench.port)
    wire = connection._wire
    goodbye = asyncio.create_task(connection.close())
    await asyncio.sleep(0)

    goodbye.cancel()
    await asyncio.gather(goodbye, connection._reader, return_exceptions=True)
    await asyncio.sleep(0)

    assert wire.fileno() == -1
