"""Append to the ticket log; the only writer of it. The database refuses everything else."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Entry:
    """One change as the log keeps it; `duration_ms` is how long the old state lasted, or the
    print took. Long texts are cut to the columns' widths."""

    action: str
    actor: str
    location_id: int
    at: datetime
    station_id: int | None = None
    order_id: int | None = None
    ticket_id: int | None = None
    print_job_id: int | None = None
    old: str = ""
    new: str = ""
    printer: str = ""
    printer_address: str = ""
    error_code: str = ""
    error_message: str = ""
    duration_ms: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


_INSERT = """
INSERT INTO kitchen_kitchenticketlog (
  location_id, station_id, order_id, ticket_id, print_job_id, timestamp, action, old_status,
  new_status, actor, printer, printer_address, error_code, error_message, duration_ms, metadata
) VALUES
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def append(entries: Iterable[Entry]) -> None:
    """Write the entries in order. Call it in the transaction of the change it records."""
    rows = [_values(entry) for entry in entries]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(rows)), list(chain(*rows)))


def _values(entry: Entry) -> list[Any]:
    return [
        entry.location_id,
        entry.station_id,
        entry.order_id,
        entry.ticket_id,
        entry.print_job_id,
        entry.at,
        entry.action,
        entry.old,
        entry.new,
        entry.actor[:120],
        entry.printer,
        entry.printer_address[:200],
        entry.error_code,
        entry.error_message[:500],
        entry.duration_ms,
        json.dumps(entry.metadata),
    ]
