"""The printer worker: prints what the stations are owed, until it is told to stop."""

import asyncio
import os
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kitchen.printing import http
from kitchen.printing.link import Connection
from kitchen.printing.metrics import Pages
from kitchen.printing.transport import opener
from kitchen.printing.worker import Worker


class Command(BaseCommand):
    help = "Prints the chits that stations are owed; any number of workers may run."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_run())


async def _open_connection(kind: str, host: str, port: int) -> Connection:
    return await opener(kind)(host, port)


async def _run() -> None:
    worker = Worker(
        open_connection=_open_connection,
        poll_seconds=settings.POLL_INTERVAL,
        confirm_seconds=settings.PRINT_CONFIRM_SECONDS,
        in_a_row=settings.MAX_TICKETS_PER_POLL,
    )
    _hear_signals(worker)
    pages = Pages(worker, version=settings.VERSION)
    server = await _serve(pages)
    try:
        await worker.run()
    finally:
        server.close()


def _hear_signals(worker: Worker) -> None:
    told: list[int] = []

    def stop() -> None:
        told.append(1)
        if len(told) > 1:
            # Told twice: whoever waits has lost patience. Leases run out by themselves.
            os._exit(1)
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def _serve(pages: Pages) -> asyncio.Server:
    host, port = settings.HEALTH_CHECK_HOST, settings.HEALTH_CHECK_PORT
    try:
        return await http.serve(host, port, pages.handle)
    except OSError as error:
        raise CommandError(
            f"Cannot serve /health on {host}:{port} ({error.strerror}): "
            f"set HEALTH_CHECK_PORT to a free port, such as {port + 100}."
        ) from error
