"""The product's kitchen for a run: python -m benchmarks.house, asked through its input.

Uses the product's own functions where it can; old data, of which there is much, comes by SQL.
"""

import io
import time
from typing import Any

import django
from django.core.management import call_command

from benchmarks.peers import obey

PRINTERS = 8
OLD_DATA = """
WITH made AS (
  INSERT INTO kitchen_order (location_id, brand_id, external_id, number, order_type, "table",
    customer_name, server, notes, priority, status, placed_at, completed_at, request_digest,
    acceptance)
  SELECT %(location)s, %(brand)s, '', 'A' || n, 'dine_in', '12', '', 'Ana', '', 'normal',
    'complete', at, at + interval '10 minutes', '', '{}'
  FROM generate_series(1, %(count)s) n, LATERAL (SELECT now() - n * interval '1 minute' AS at) x
  RETURNING id, placed_at
), tickets AS (
  INSERT INTO kitchen_kitchenticket (order_id, location_id, station_id, round, status, priority,
    version, created_at, clock_from, state_since, started_at, ready_at, completed_at, needs_ack)
  SELECT id, %(location)s, %(station)s, 1, 'complete', 'normal', 4, placed_at, placed_at,
    placed_at, placed_at, placed_at, placed_at, false FROM made
  RETURNING id, order_id, created_at
), items AS (
  INSERT INTO kitchen_kitchenticketitem (ticket_id, position, name, quantity, status, modifiers,
    notes, allergens, void_reason)
  SELECT id, p, 'Ribeye', 1, 'ready', '["Medium rare"]', '', '[]', '' FROM tickets,
    generate_series(1, 2) p
)
INSERT INTO kitchen_kitchenticketlog (location_id, station_id, order_id, ticket_id, timestamp,
  action, old_status, new_status, actor, printer, printer_address, error_code, error_message,
  metadata)
SELECT %(location)s, %(station)s, order_id, id, created_at, action, '', '', 'system', '', '',
  '', '', '{}'
FROM tickets, unnest(ARRAY['created', 'start', 'bump', 'complete']) action
"""
CLEAR = """
UPDATE kitchen_kitchenticket SET status = 'complete', needs_ack = false, completed_at = now()
WHERE status IN ('held', 'pending', 'preparing', 'ready')
   OR (status = 'void' AND needs_ack);
UPDATE kitchen_order SET status = 'complete', completed_at = now()
WHERE status IN ('pending', 'preparing', 'ready');
"""


def prepare() -> str:
    """Make tables, static files and the kitchen; return a POS token."""
    call_command("migrate", verbosity=0, interactive=False, stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False, stdout=io.StringIO())
    from kitchen.models import Brand, Location, Station
    from operations import access

    house = Location.objects.create(code="hq", name="Headquarters")
    Brand.objects.create(location=house, code="main", name="Main")
    for place, code in enumerate(("grill", "fry", "cold", "dessert")):
        Station.objects.create(location=house, code=code, name=code.title(), position=place)
    for number in range(1, PRINTERS + 1):
        code = f"p{number}"
        Station.objects.create(location=house, code=code, name=code, has_screen=False)
    return access.create_token(house, "bench")


def printers(ports: list[int]) -> None:
    """Give the printing stations these printers, one each, and forget all that was owed."""
    from kitchen.models import Location, PrinterRoute, PrintJob, Station, StationPrinter

    PrintJob.objects.exclude(status="printed").update(status="printed")
    PrinterRoute.objects.all().delete()
    StationPrinter.objects.update(enabled=False, claimed_by="", claimed_until=None)
    house = Location.objects.get()
    batch = time.time_ns() % 10**9
    for number, port in enumerate(ports, 1):
        printer = StationPrinter.objects.create(
            location=house,
            code=f"x{number}-{batch}",
            name=f"x{number}",
            host="127.0.0.1",
            port=port,
        )
        station = Station.objects.get(location=house, code=f"p{number}")
        PrinterRoute.objects.create(station=station, printer=printer, priority=1)


def board(count: int) -> list[int]:
    """Clear the boards and place so many orders; return the tickets at the grill."""
    from django.db import connection

    from kitchen.models import KitchenTicket

    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
    for number in range(count):
        _place(f"board-{time.time_ns()}-{number}", [("grill", "Ribeye"), ("grill", "Burger")])
    open_ones = KitchenTicket.objects.filter(status="pending", station__code="grill")
    return list(open_ones.order_by("id").values_list("id", flat=True))


def wait_for_printers(count: int) -> None:
    """Return once a worker drives so many printers and knows how each proves a print."""
    from kitchen.models import StationPrinter

    until = time.monotonic() + 50
    known = StationPrinter.objects.filter(enabled=True).exclude(claimed_by="").exclude(proof="")
    while known.count() < count:
        if time.monotonic() > until:
            raise RuntimeError("no worker took the printers")
        time.sleep(0.05)


def owe_chits(each: int) -> list[int]:
    """Place orders for every printing station, all in one transaction.

    Return the number of chits owed, and the moment of the commit.
    """
    from django.db import transaction

    lines = [(f"p{number}", "Negroni") for number in range(1, PRINTERS + 1)]
    with transaction.atomic():
        for number in range(each):
            _place(f"chits-{time.time_ns()}-{number}", lines)
    return [each * PRINTERS, time.monotonic_ns()]


def tell(count: int) -> None:
    """Commit so many changes of the grill's feed at once, each with a real card."""
    from django.db import transaction

    from kitchen import boards, feeds
    from kitchen.models import KitchenTicket

    ticket = KitchenTicket.objects.filter(station__code="grill").order_by("-id")[0]
    entry = boards.station_entry(boards.order(ticket.order_id), ticket.id)
    frame = {"action": "changed", "order": entry, "moves": []}
    with transaction.atomic():
        feeds.publish([feeds.Event(feeds.station("hq", "grill"), frame)] * count)


def old_tickets(count: int) -> None:
    """Add tickets that were finished long ago, with items and log."""
    from django.db import connection

    from kitchen.models import Brand, Location, Station

    where = {
        "location": Location.objects.get().id,
        "brand": Brand.objects.get().id,
        "station": Station.objects.get(code="grill").id,
    }
    with connection.cursor() as cursor:
        for start in range(0, count, 50_000):
            cursor.execute(OLD_DATA, {**where, "count": min(50_000, count - start)})
        cursor.execute("VACUUM ANALYZE")


def _place(external_id: str, lines: list[tuple[str, str]]) -> Any:
    from kitchen import intake, orders
    from kitchen.models import Location

    items = [
        intake.NewItem(name, 1, station, modifiers=("No ice",), notes="quick")
        for station, name in lines
    ]
    new = intake.NewOrder(items, external_id=external_id, table="12", server="Ana")
    return orders.place(Location.objects.get(), new, actor="pos:bench")


if __name__ == "__main__":
    django.setup()
    done = (prepare, printers, board, wait_for_printers, owe_chits, tell, old_tickets)
    obey({function.__name__: function for function in done})
