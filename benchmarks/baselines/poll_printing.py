"""A print loop as it is usually written: every 2 seconds, one printer after the other, blocking.

An item counts as printed when its bytes were sent. PRINT_PORTS names the printers as JSON,
station by station. Run with the stock application's settings.
"""

import json
import logging
import os
import time

import django
from escpos.printer import Network

POLL_SECONDS = float(os.environ.get("POLL_SECONDS", "2"))
TIMEOUT_SECONDS = float(os.environ.get("PRINT_TIMEOUT", "5"))  # the library's own is 60


def main() -> None:
    ports = json.loads(os.environ["PRINT_PORTS"])
    while True:
        for station, port in ports.items():
            print_pending(station, port)
        time.sleep(POLL_SECONDS)


def print_pending(station: str, port: int) -> None:
    from django.utils import timezone

    from benchmarks.baselines.stock.models import OrderItem

    pending = OrderItem.objects.filter(station=station, printed_at=None).select_related("order")
    for item in pending.order_by("id"):
        try:
            print_item(item, port)
        except Exception:
            logging.exception("could not print item %s", item.id)
            continue
        item.printed_at = timezone.now()
        item.save()


def print_item(item, port: int) -> None:  # type: ignore[no-untyped-def]
    printer = Network("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        printer.set(align="center", bold=True, double_height=True, double_width=True)
        printer.text(f"{item.order.number}\n")
        printer.set(align="left", bold=False, normal_textsize=True)
        printer.text(f"Table {item.order.table}  {item.order.server}\n\n")
        printer.text(f"{item.quantity} x {item.name}\n")
        for modifier in item.modifiers:
            printer.text(f"   {modifier}\n")
        printer.text(f"{item.notes}\n")
        printer.cut()
    finally:
        printer.close()


if __name__ == "__main__":
    django.setup()
    main()
