"""No hot query reads a big table whole: their plans with 100,000 old orders in the database.

Each thing that people, screens and printers ask for often is done once; then PostgreSQL is asked
how it would do every statement of it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitchen import boards, changes, figures, history, keys, orders, printers, tickets
from kitchen.intake import NewItem, NewOrder
from kitchen.models import KitchenTicket, PrintJob, StationPrinter
from kitchen.printing import hand, queue, rules
from operations import relay
from tests.kitchen.conftest import House, build_house

pytestmark = pytest.mark.django_db

OLD = 100_000
OPEN = 40
COST_AT_MOST = 5_000  # reading one of the big tables whole costs more
BIG = {
    "kitchen_order",
    "kitchen_kitchenticket",
    "kitchen_kitchenticketitem",
    "kitchen_kitchenticketlog",
    "kitchen_printjob",
    "kitchen_outbox",
    "kitchen_requestkey",
    "kitchen_printerhealthcheck",
}
# Years of business at one location; one order in fifty was voided.
FILL = """
CREATE TEMP TABLE old ON COMMIT DROP AS
SELECT n, now() - make_interval(mins => (%(old)s - n)::int) - interval '1 day' AS at,
  CASE WHEN n %% 50 = 0 THEN 'void' ELSE 'complete' END AS status,
  (ARRAY[%(stations)s])[1 + n %% 3] AS station
FROM generate_series(1, %(old)s) n;

INSERT INTO kitchen_order (id, location_id, brand_id, external_id, number, order_type, "table",
  customer_name, server, notes, priority, status, placed_at, completed_at, request_digest,
  acceptance)
OVERRIDING SYSTEM VALUE
SELECT -n, %(location)s, %(brand)s, 'OLD' || n, 'A001', 'dine_in', '', '', '', '', 'normal', status,
  at, CASE status WHEN 'complete' THEN at + interval '20 minutes' END, '', '{}' FROM old;

INSERT INTO kitchen_kitchenticket (id, order_id, location_id, station_id, round, status, priority,
  version, created_at, clock_from, state_since, ready_at, completed_at, needs_ack)
OVERRIDING SYSTEM VALUE
SELECT -n, -n, %(location)s, station, 1, status, 'normal', 3, at, at, at, at, at, false FROM old;

INSERT INTO kitchen_kitchenticketitem (ticket_id, position, name, quantity, status, modifiers,
  notes, allergens, void_reason)
SELECT -n, 1, 'Dish', 1, CASE status WHEN 'void' THEN 'void' ELSE 'ready' END, '[]', '', '[]', ''
FROM old;

INSERT INTO kitchen_printjob (id, location_id, station_id, ticket_id, printer_id, kind, status,
  priority, attempts, proof, possible_copy, place_of, created_at, not_before, claimed_by, claim_no,
  sent_at, finished_at, error_code, error_message)
OVERRIDING SYSTEM VALUE
SELECT -n, %(location)s, station, -n, %(printer)s, 'order', 'printed', 'normal', 1, 'status', false,
  '', at, at, '', 1, at, at, '', '' FROM old;

INSERT INTO kitchen_kitchenticketlog (location_id, station_id, order_id, ticket_id, timestamp,
  action, old_status, new_status, actor, printer, printer_address, error_code, error_message,
  metadata)
SELECT %(location)s, station, -n, -n, at, (ARRAY['created', 'bump', 'complete'])[k], '', '',
  'system', '', '', '', '', '{}' FROM old, generate_series(1, 3) k ORDER BY n, k;

INSERT INTO kitchen_requestkey (owner, key, digest, order_id, created_at)
SELECT 'pos:1', 'old' || n, '', -n, at FROM old;

INSERT INTO kitchen_printerhealthcheck (printer_id, checked_at, online, paper, cover, cutter,
  error_code)
SELECT %(printer)s, at, true, '', '', '', '' FROM old;

INSERT INTO kitchen_outbox (feed, rev, frame, created_at) SELECT 'expo:hq', n, '{}', at FROM old;
"""


@dataclass
class Life:
    """A house with a long past, a busy evening, and the ids to ask for."""

    house: House
    printer: StationPrinter
    order: int
    tickets: Iterator[KitchenTicket]

    @property
    def here(self) -> dict[str, Any]:
        return {"location_id": self.house.id, "actor": "screen:a"}

    def ticket(self) -> int:
        return next(self.tickets).id


@pytest.fixture(scope="module")
def life(django_db_setup: None, django_db_blocker: Any) -> Iterator[Life]:
    """One transaction for the whole module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        house = build_house()
        printer = StationPrinter.objects.get()
        _fill(house, printer)
        open_ones = [_place(house) for _ in range(OPEN)]
        with connection.cursor() as cursor:
            for table in BIG:
                cursor.execute(f"ANALYZE {table}")
        connection.check_constraints()  # here and now, or each test's end does it again
        opened = KitchenTicket.objects.filter(order_id__in=open_ones, station__code="bar")
        yield Life(house, printer, open_ones[0], iter(opened.order_by("id")))
        transaction.set_rollback(True)


def _fill(house: House, printer: StationPrinter) -> None:
    stations = ", ".join(str(station.id) for station in house.stations.values())
    sql = FILL.replace("%(stations)s", stations)
    given = {
        "old": OLD,
        "location": house.id,
        "brand": house.location.brand_set.get().id,
        "printer": printer.id,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


def _place(house: House) -> int:
    items = [NewItem("Dish", 1, code) for code in house.stations]
    return orders.place(house.location, NewOrder(items), actor="pos:t").answer["id"]


def _claim(life: Life) -> None:
    until = timezone.now() + timedelta(minutes=1)
    StationPrinter.objects.update(claimed_by="w", claimed_until=until)
    # The database's clock stands still in this long transaction.
    PrintJob.objects.filter(status="new").update(not_before=until - timedelta(days=1))
    assert queue.claim(life.printer, worker="w", actor="printer_worker:w")


def _failed_job(life: Life) -> int:
    job = PrintJob.objects.filter(status="new").latest("id")
    PrintJob.objects.filter(id=job.id).update(status="failed", finished_at=timezone.now())
    return job.id


def _take_outbox(life: Life) -> None:
    with connection.cursor() as cursor:
        cursor.execute(relay.TAKE_SQL, [relay.BATCH])


def _page_of_old_log(life: Life, **values: Any) -> None:
    assert history.of_location(life.house.id, after=1000, **values)["entries"]


HOT: dict[str, Callable[[Life], Any]] = {
    "place": lambda life: orders.place(
        life.house.location,
        NewOrder([NewItem("Dish", 1, "grill")], external_id="NEW"),
        actor="pos:t",
        owner="pos:1",
        key="new",
    ),
    "place again": lambda life: orders.place(
        life.house.location,
        NewOrder([NewItem("Dish", 1, "grill")], external_id="NEW"),
        actor="pos:t",
    ),
    "round": lambda life: orders.add_round(
        life.order, [NewItem("Dish", 1, "bar")], location=life.house.location, actor="pos:t"
    ),
    "start": lambda life: tickets.move(life.ticket(), "start", **life.here),
    "bump": lambda life: tickets.move(life.ticket(), "bump", **life.here),
    "bump of an item": lambda life: tickets.move_item(
        *KitchenTicket.objects.filter(status="pending").values_list("id", "items").latest("id"),
        "item_bump",
        **life.here,
    ),
    "bump with a key": lambda life: keys.once(
        lambda: tickets.move(life.ticket(), "bump", **life.here),
        owner="pos:1",
        key="tap",
        content=1,
    ),
    "whole order": lambda life: tickets.move_order(life.order, "ready", **life.here),
    "void": lambda life: orders.void(_place(life.house), reason="", **life.here),
    "change": lambda life: orders.change(_place(life.house), {"table": "7"}, **life.here),
    "print told anew": lambda life: changes.retell(
        *KitchenTicket.objects.filter(status="pending").values_list("order_id").latest("id"),
        location_id=life.house.id,
        ticket_id=KitchenTicket.objects.filter(status="pending").latest("id").id,
    ),
    "station board": lambda life: boards.snapshot(life.house.feed("station", "grill")),
    "status board": lambda life: boards.snapshot(life.house.feed("status", "preparing")),
    "expo board": lambda life: boards.snapshot(life.house.feed("expo")),
    "guests board": lambda life: boards.snapshot(life.house.feed("guests"), limit=boards.SCREEN),
    "alarms": lambda life: boards.alarms(life.house.id),
    "order by id": lambda life: boards.find_order(life.house.id, order_id=-OLD // 2),
    "order by external id": lambda life: boards.find_order(life.house.id, external_id="OLD777"),
    "log of a ticket": lambda life: history.of_ticket(-OLD // 2, location_id=life.house.id),
    "page of the log": _page_of_old_log,
    "page of the log, one action": lambda life: _page_of_old_log(life, action="bump"),
    "page of the log, one station": lambda life: _page_of_old_log(life, station="fry"),
    "log of the last hour": lambda life: history.of_location(
        life.house.id, since=timezone.now() - timedelta(hours=1)
    ),
    "figures of the house": lambda life: figures.house(),
    "figures of printing": lambda life: figures.paper(),
    "a printer's status": lambda life: printers.status(life.printer),
    "outbox": _take_outbox,
    "due chits": lambda life: queue.due([life.printer.id]),
    "claim of a chit": _claim,
    "rules of printing": lambda life: rules.apply(actor="printer_worker:w", in_hand=[]),
    "retry of a chit": lambda life: hand.retry(_failed_job(life), **life.here),
}


@pytest.mark.parametrize("name", HOT)
def test_hot_query_uses_an_index(life: Life, name: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        HOT[name](life)

    statements = [query["sql"] for query in captured.captured_queries]
    faults = [fault for sql in statements for fault in _faults(sql)]

    assert statements
    assert faults == []


def _faults(sql: str) -> list[str]:
    if sql.split()[0] not in ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE"):
        return []
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    plan = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
    whole = [
        f"reads {node['Relation Name']} whole: {sql}"
        for node in _nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG
    ]
    dear = plan["Total Cost"] > COST_AT_MOST
    return whole + [f"costs {plan['Total Cost']:.0f}: {sql}"] * dear


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def test_reading_a_big_table_whole_would_be_found(life: Life) -> None:
    assert _faults("SELECT count(*) FROM kitchen_kitchenticket WHERE version > 5")
    assert _faults("UPDATE kitchen_order SET notes = '' WHERE notes = 'x'")
    assert not _faults("SELECT * FROM kitchen_order WHERE id = 1")
