"""Reads of the ticket log: one ticket's, or a whole location's, oldest first, with a cursor.

Log ids are handed out before their transactions commit, so a reader that goes on after the last
id it saw would lose rows that commit late. A page therefore ends where nothing can still appear.
"""

import time
from datetime import datetime
from typing import Any

from django.db import connection

from kitchen.errors import NotFound
from kitchen.models import KitchenTicket, KitchenTicketLog, Station

PAGE = 200
PAGE_AT_MOST = 1000
WAIT_SECONDS = 0.25
LOOK_AGAIN_SECONDS = 0.005

Page = dict[str, Any]

# Who may still be about to commit log rows; an INSERT holds this lock to its transaction's end.
_WRITERS = """
SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks
WHERE relation = 'kitchen_kitchenticketlog'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid <> pg_backend_pid() AND (%(only)s::text[] IS NULL OR virtualtransaction = ANY(%(only)s))
"""
_OLD_ENOUGH = """
SELECT coalesce((SELECT id FROM kitchen_kitchenticketlog
  WHERE id <= %s AND timestamp < now() - interval '1 minute' ORDER BY id DESC LIMIT 1), 0)
"""
_FIELDS = {
    "id": "id",
    "station": "station__code",
    "ticket": "ticket_id",
    "order": "order_id",
    "print_job": "print_job_id",
    "timestamp": "timestamp",
    "action": "action",
    "old_status": "old_status",
    "new_status": "new_status",
    "actor": "actor",
    "printer": "printer",
    "printer_address": "printer_address",
    "error_code": "error_code",
    "error_message": "error_message",
    "duration_ms": "duration_ms",
    "metadata": "metadata",
}


def of_ticket(ticket_id: int, *, location_id: int, after: int = 0, limit: int = PAGE) -> Page:
    """Return the log of one ticket; NotFound if it is not of this location."""
    if not KitchenTicket.objects.filter(id=ticket_id, location_id=location_id).exists():
        raise NotFound(f"There is no ticket {ticket_id} here.")
    return _page({"ticket_id": ticket_id}, after=after, limit=limit)


def of_location(
    location_id: int,
    *,
    action: str = "",
    station: str = "",
    since: datetime | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> Page:
    """Return the log of a location, or what of it fits; NotFound for an unknown station."""
    wanted: dict[str, Any] = {"location_id": location_id}
    if station:
        wanted["station_id"] = _station_id(location_id, station)
    if action:
        wanted["action"] = action
    if since:
        wanted["timestamp__gte"] = since
    return _page(wanted, after=after, limit=limit)


def settled_id() -> int:
    """Return an id up to which no row can still appear.

    Waits a moment for the transactions that were writing to the log when it was asked; nobody
    waits for it. If one of them hangs, only what is older than a minute counts as settled.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM kitchen_kitchenticketlog_id_seq")
        last = cursor.fetchone()[0]
        give_up = time.monotonic() + WAIT_SECONDS
        writers = None
        while writers != []:
            cursor.execute(_WRITERS, {"only": writers})
            writers = cursor.fetchone()[0]
            if writers and time.monotonic() > give_up:
                cursor.execute(_OLD_ENOUGH, [last])
                return cursor.fetchone()[0]
            if writers:
                time.sleep(LOOK_AGAIN_SECONDS)
    return last


def _page(wanted: dict[str, Any], *, after: int, limit: int) -> Page:
    rows = KitchenTicketLog.objects.filter(**wanted, id__gt=after, id__lte=settled_id())
    found = list(rows.order_by("id").values_list(*_FIELDS.values())[: limit + 1])
    entries = [_entry(row) for row in found[:limit]]
    return {
        "entries": entries,
        "next": entries[-1]["id"] if entries else after,
        "more": len(found) > limit,
    }


def _station_id(location_id: int, code: str) -> int:
    found = Station.objects.filter(location_id=location_id, code=code).first()
    if found is None:
        raise NotFound(f"There is no station {code!r} here.")
    return found.id


def _entry(row: tuple[Any, ...]) -> dict[str, Any]:
    entry = dict(zip(_FIELDS, row, strict=True))
    return {**entry, "timestamp": entry["timestamp"].isoformat()}
