"""Append to the ticket log; the only writer of it. The database refuses everything else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kitchen.models import KitchenTicketLog


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


def append(entries: Iterable[Entry]) -> None:
    """Write the entries in order. Call it in the transaction of the change it records."""
    KitchenTicketLog.objects.bulk_create([_row(entry) for entry in entries])


def _row(entry: Entry) -> KitchenTicketLog:
    return KitchenTicketLog(
        location_id=entry.location_id,
        station_id=entry.station_id,
        order_id=entry.order_id,
        ticket_id=entry.ticket_id,
        print_job_id=entry.print_job_id,
        timestamp=entry.at,
        action=entry.action,
        old_status=entry.old,
        new_status=entry.new,
        actor=entry.actor[:120],
        printer=entry.printer,
        printer_address=entry.printer_address[:200],
        error_code=entry.error_code,
        error_message=entry.error_message[:500],
        duration_ms=entry.duration_ms,
        metadata=entry.metadata,
    )
