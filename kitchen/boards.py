"""What a feed shows now, and the revision at which that is true.

Each snapshot is one SQL statement, so revision and rows are of one moment; PostgreSQL builds the
JSON, so a board costs one round trip whatever it holds. The shapes are those of the API's orders.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kitchen import feeds
from kitchen.errors import NotFound
from kitchen.models import Location, Station

PAGE = 20  # open tickets on one page of a feed, for programs
SCREEN = 200  # cards a screen holds; it pages them itself
TRAY = 10  # bumped tickets, or completed orders, that a screen offers for recall

Snapshot = dict[str, Any]

_TICKET_JSON = """
jsonb_build_object(
  'id', t.id, 'order_id', t.order_id, 'station_code', s.code, 'station_name', s.name,
  'has_screen', s.has_screen, 'warn_seconds', s.warn_seconds, 'late_seconds', s.late_seconds,
  'round', t.round, 'status', t.status, 'version', t.version, 'priority', t.priority,
  'created_at', t.created_at, 'clock_from', t.clock_from, 'started_at', t.started_at,
  'ready_at', t.ready_at, 'completed_at', t.completed_at, 'recalled_at', t.recalled_at,
  'needs_ack', t.needs_ack,
  'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', i.id, 'name', i.name, 'quantity', i.quantity, 'status', i.status,
      'modifiers', i.modifiers, 'notes', i.notes, 'allergens', i.allergens, 'seat', i.seat,
      'course', i.course, 'menu_item', i.menu_item_id, 'void_reason', i.void_reason
    ) ORDER BY i.position), '[]') FROM kitchen_kitchenticketitem i WHERE i.ticket_id = t.id),
  'print_jobs', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', j.id, 'kind', j.kind, 'status', j.status, 'printer', p.code,
      'proof', nullif(j.proof, ''), 'attempts', j.attempts, 'possible_copy', j.possible_copy,
      'error_code', j.error_code, 'error_message', j.error_message
    ) ORDER BY j.id), '[]')
    FROM kitchen_printjob j LEFT JOIN kitchen_stationprinter p ON p.id = j.printer_id
    WHERE j.ticket_id = t.id))
"""

_ORDER_JSON = f"""
jsonb_build_object(
  'id', o.id, 'external_id', o.external_id, 'number', o.number, 'brand', b.code,
  'order_type', o.order_type, 'table', o."table", 'customer_name', o.customer_name,
  'server', o.server, 'guests', o.guests, 'priority', o.priority, 'notes', o.notes,
  'status', o.status, 'placed_at', o.placed_at, 'promised_at', o.promised_at,
  'completed_at', o.completed_at,
  'tickets', (SELECT coalesce(jsonb_agg({_TICKET_JSON} ORDER BY t.id), '[]')
    FROM kitchen_kitchenticket t JOIN kitchen_station s ON s.id = t.station_id
    WHERE t.order_id = o.id))
"""

_ORDERS = f"""
SELECT {_ORDER_JSON} FROM kitchen_order o JOIN kitchen_brand b ON b.id = o.brand_id
WHERE o.id = ANY(%s) ORDER BY o.id
"""

_FIND = f"""
SELECT {_ORDER_JSON} FROM kitchen_order o JOIN kitchen_brand b ON b.id = o.brand_id
WHERE o.location_id = %s AND
"""

# Rush goes ahead of all, then VIP, then by age; what is held waits behind what is to make.
_RANK = "CASE {0}.priority WHEN 'rush' THEN 0 WHEN 'vip' THEN 1 ELSE 2 END"

_TO_MAKE = (
    "t.station_id = %(station)s AND (t.status IN ('held', 'pending', 'preparing')"
    " OR (t.status = 'void' AND t.needs_ack))"
)

STATION_SQL = f"""
WITH shown AS (
  SELECT t.id, t.order_id, row_number() OVER (
    ORDER BY t.status = 'held', {_RANK.format("t")}, t.clock_from, t.id) AS n
  FROM kitchen_kitchenticket t WHERE {_TO_MAKE} ORDER BY n LIMIT %(limit)s
), tray AS (
  SELECT t.id, t.order_id, t.ready_at FROM kitchen_kitchenticket t
  WHERE t.station_id = %(station)s AND t.status = 'ready'
  ORDER BY t.ready_at DESC, t.id LIMIT %(tray)s
)
SELECT coalesce((SELECT revision FROM kitchen_feed WHERE key = %(feed)s), 0), clock_timestamp(),
  (SELECT count(*) FROM kitchen_kitchenticket t WHERE {_TO_MAKE}),
  (SELECT coalesce(array_agg(id ORDER BY n), '{{}}') FROM shown),
  (SELECT coalesce(array_agg(id ORDER BY ready_at DESC, id), '{{}}') FROM tray),
  (SELECT coalesce(jsonb_agg({_ORDER_JSON}), '[]')
   FROM kitchen_order o JOIN kitchen_brand b ON b.id = o.brand_id
   WHERE o.id IN (SELECT order_id FROM shown UNION SELECT order_id FROM tray))
"""

ORDERS_SQL = f"""
WITH shown AS (
  SELECT o.id, row_number() OVER (ORDER BY {_RANK.format("o")}, o.placed_at, o.id) AS n
  FROM kitchen_order o WHERE o.location_id = %(location)s AND o.status = ANY(%(states)s)
    AND o.status IN ('pending', 'preparing', 'ready')
  ORDER BY n LIMIT %(limit)s
), recent AS (
  SELECT o.id, o.completed_at FROM kitchen_order o
  WHERE o.location_id = %(location)s AND o.status = 'complete'
  ORDER BY o.completed_at DESC, o.id LIMIT %(tray)s
)
SELECT coalesce((SELECT revision FROM kitchen_feed WHERE key = %(feed)s), 0), clock_timestamp(),
  (SELECT count(*) FROM kitchen_order o WHERE o.location_id = %(location)s
     AND o.status = ANY(%(states)s) AND o.status IN ('pending', 'preparing', 'ready')),
  (SELECT coalesce(array_agg(id ORDER BY n), '{{}}') FROM shown),
  (SELECT coalesce(array_agg(id ORDER BY completed_at DESC, id), '{{}}') FROM recent),
  (SELECT coalesce(jsonb_agg({_ORDER_JSON}), '[]')
   FROM kitchen_order o JOIN kitchen_brand b ON b.id = o.brand_id
   WHERE o.id IN (SELECT id FROM shown UNION SELECT id FROM recent))
"""

_ALARMS = """
SELECT p.error_code, p.code, NULL, NULL::bigint, p.error_message, p.trouble_since
FROM kitchen_stationprinter p
WHERE p.location_id = %(location)s AND p.enabled AND p.error_code <> ''
UNION ALL
SELECT coalesce(nullif(j.error_code, ''), 'print.' || j.status), p.code, o.number, j.id,
  coalesce(nullif(j.error_message, ''), j.status), coalesce(j.finished_at, j.created_at)
FROM kitchen_printjob j LEFT JOIN kitchen_stationprinter p ON p.id = j.printer_id
LEFT JOIN kitchen_kitchenticket t ON t.id = j.ticket_id
LEFT JOIN kitchen_order o ON o.id = t.order_id
WHERE j.location_id = %(location)s AND j.status IN ('unconfirmed', 'failed')
ORDER BY 6, 4 LIMIT 50
"""


@dataclass(frozen=True)
class FeedRef:
    """A feed by its parts, as a URL or a key names it."""

    kind: str  # station, status, expo, guests
    location_id: int
    location: str
    code: str = ""  # the station's code or the status
    station_id: int | None = None
    name: str = ""

    @property
    def key(self) -> str:
        """The feed's key, also its row in kitchen_feed."""
        return ":".join(part for part in (self.kind, self.location, self.code) if part)


def find(kind: str, location: Location, code: str = "") -> FeedRef:
    """Return the feed of that kind in the location; NotFound if there is none."""
    if kind == "station":
        station = Station.objects.filter(location=location, code=code).first()
        if station is None:
            raise NotFound(f"There is no station {code!r} at {location.name}.")
        return FeedRef(kind, location.id, location.code, code, station.id, station.name)
    if kind == "status" and code in feeds.BOARD_STATES:
        return FeedRef(kind, location.id, location.code, code, name=code.capitalize())
    if kind in ("expo", "guests") and not code:
        return FeedRef(kind, location.id, location.code, name=kind.capitalize())
    raise NotFound(f"There is no feed {':'.join(filter(None, (kind, code)))!r}.")


def orders(order_ids: list[int]) -> list[dict[str, Any]]:
    """Return orders with their tickets, items and print jobs, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [order_ids])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def order(order_id: int) -> dict[str, Any]:
    """Return one order with its tickets, items and print jobs."""
    found = orders([order_id])
    if not found:
        raise NotFound(f"There is no order {order_id}.")
    return found[0]


def find_order(location_id: int, *, order_id: int = 0, external_id: str = "") -> dict[str, Any]:
    """Return an order of the location whole, by its id or by the POS's id; NotFound if none."""
    by, value = ("o.external_id = %s", external_id) if external_id else ("o.id = %s", order_id)
    with connection.cursor() as cursor:
        cursor.execute(_FIND + by, [location_id, value])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no order {external_id or order_id} here.")
    return json.loads(row[0])


def revision(key: str) -> int:
    """Return the feed's revision; 0 before its first change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM kitchen_feed WHERE key = %s", [key])
        row = cursor.fetchone()
    return row[0] if row else 0


def snapshot(ref: FeedRef, *, limit: int = PAGE) -> Snapshot:
    """Return everything the feed shows, at most `limit` open ones, with its revision."""
    if ref.kind == "station":
        return _station(ref, limit)
    return _by_order(ref, limit)


def station_entry(order: dict[str, Any], ticket_id: int) -> dict[str, Any]:
    """Return an order as its station sees it: this ticket, and how the others stand."""
    mine = [ticket for ticket in order["tickets"] if ticket["id"] == ticket_id]
    others = [
        {key: ticket[key] for key in ("id", "station_code", "station_name", "status")}
        for ticket in order["tickets"]
        if ticket["id"] != ticket_id
    ]
    return {**order, "tickets": mine, "others": others}


def guest_entry(order: dict[str, Any]) -> dict[str, Any]:
    """Return what the guests' board may show of an order: number, first name, state."""
    first_name = order["customer_name"].split(" ")[0][:20]
    state = "ready" if order["status"] == "ready" else "preparing"
    return {"id": order["id"], "number": order["number"], "name": first_name, "status": state}


def alarms(location_id: int) -> list[dict[str, Any]]:
    """Return what is wrong with the location's printing, oldest first, at most 50."""
    with connection.cursor() as cursor:
        cursor.execute(_ALARMS, {"location": location_id})
        rows = cursor.fetchall()
    keys = ("code", "printer", "number", "job", "message", "since")
    return [
        {**dict(zip(keys, row, strict=True)), "since": row[5].isoformat() if row[5] else None}
        for row in rows
    ]


def _station(ref: FeedRef, limit: int) -> Snapshot:
    rev, now, total, shown, tray, found = _run(
        STATION_SQL, ref, {"station": ref.station_id, "limit": limit}
    )
    by_ticket = {ticket["id"]: order for order in found for ticket in order["tickets"]}
    return {
        **_head(ref, rev, now),
        "orders": [station_entry(by_ticket[number], number) for number in shown],
        "more": total - len(shown),
        "ready": [station_entry(by_ticket[number], number) for number in tray],
    }


def _by_order(ref: FeedRef, limit: int) -> Snapshot:
    states = [ref.code] if ref.kind == "status" else list(feeds.BOARD_STATES)
    wants_recent = ref.kind == "expo"
    rev, now, total, shown, recent, found = _run(
        ORDERS_SQL, ref, {"states": states, "limit": limit, "tray": TRAY if wants_recent else 0}
    )
    by_id = {order["id"]: order for order in found}
    board = {
        **_head(ref, rev, now),
        "orders": [by_id[number] for number in shown],
        "more": total - len(shown),
    }
    if ref.kind == "guests":
        # In the order of their numbers: guests look theirs up, whose is cooked first is not theirs.
        calls = (guest_entry(order) for order in board["orders"])
        board["orders"] = sorted(calls, key=lambda call: call["id"])
    if wants_recent:
        board["recent"] = [by_id[number] for number in recent]
        board["alarms"] = alarms(ref.location_id)
    return board


def _run(sql: str, ref: FeedRef, values: dict[str, Any]) -> Any:
    given = {"feed": ref.key, "location": ref.location_id, "tray": TRAY, **values}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        *rest, found = cursor.fetchone()
    return *rest, json.loads(found)


def _head(ref: FeedRef, rev: int, now: Any) -> Snapshot:
    head: Snapshot = {"feed": ref.key, "rev": rev, "now": now.isoformat()}
    if ref.kind == "station":
        head["station"] = {"code": ref.code, "name": ref.name}
    return head
