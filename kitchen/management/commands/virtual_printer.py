"""Printers for people without one: take ESC/POS, answer as a printer does, show the paper."""

import argparse
import asyncio
import contextlib
import itertools
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from kitchen.printing import paper_store, virtual_control
from kitchen.printing.virtual import VirtualPrinter


class Command(BaseCommand):
    help = "Runs virtual printers; their paper is shown at /operations/paper/."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=_port, action="append", required=True,
            help="port to listen on; once for each printer",
        )  # fmt: skip
        parser.add_argument(
            "--name", action="append", default=[], help="its name; once for each port"
        )
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--columns", type=int, default=48, help="letters in a line")
        parser.add_argument(
            "--control", type=_port, help="port of a local switchboard for faults (HTTP)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if len(options["name"]) > len(options["port"]):
            raise CommandError("There are more names than ports: give one --port for each --name.")
        try:
            asyncio.run(_run(options))
        except OSError as error:
            ports = ", ".join(map(str, options["port"]))
            raise CommandError(f"Cannot listen on {options['host']} {ports}: {error}.") from error


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r}: write a number from 1 to 65535, such as 9101")
    return int(text)


async def _run(options: dict[str, Any]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = paper_store.PaperStore()
    printers = [
        VirtualPrinter(
            name or f"port-{port}", port, host=options["host"], columns=options["columns"],
            on_event=store.put,
        )
        for port, name in itertools.zip_longest(options["port"], options["name"], fillvalue="")
    ]  # fmt: skip
    async with contextlib.AsyncExitStack() as open_things:
        for printer in printers:
            # Its numbers go on where they ended, if the database can be asked.
            with contextlib.suppress(DatabaseError):
                printer.printed = await asyncio.to_thread(paper_store.last_number, printer.name)
            await printer.start()
            open_things.push_async_callback(printer.stop)
        if options["control"]:
            await virtual_control.start(printers, host="127.0.0.1", port=options["control"])
        storing = asyncio.create_task(store.run())
        open_things.callback(storing.cancel)
        await stop.wait()
