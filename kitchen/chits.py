"""The chits that a change owes: a print job each, written with the change.

Printing itself is the worker's; here only its work is put down.
"""

from kitchen import feeds
from kitchen.changes import Change
from kitchen.models import KitchenTicket, PrinterRoute, PrintJob


def owe_all(change: Change, made: list[KitchenTicket]) -> None:
    """Owe the chits of new tickets, at the stations that print."""
    printing = set(
        PrinterRoute.objects.filter(station__in=[ticket.station_id for ticket in made]).values_list(
            "station_id", flat=True
        )
    )
    jobs = [_job(change, ticket, "order") for ticket in made if ticket.station_id in printing]
    if jobs:
        PrintJob.objects.bulk_create(jobs)
        feeds.wake_printers()


def owe(
    change: Change, ticket: KitchenTicket, *, kind: str, item_ids: list[int] | None
) -> PrintJob | None:
    """Owe one more chit of a ticket, whole or of some items; None at a station without printer."""
    if not prints(ticket.station_id):
        return None
    job = _job(change, ticket, kind, item_ids)
    job.save()
    feeds.wake_printers()
    return job


def _job(
    change: Change, ticket: KitchenTicket, kind: str, item_ids: list[int] | None = None
) -> PrintJob:
    return PrintJob(
        location_id=ticket.location_id,
        station_id=ticket.station_id,
        ticket=ticket,
        kind=kind,
        priority=ticket.priority,
        item_ids=item_ids,
        created_at=change.at,
        not_before=change.at,
    )


def prints(station_id: int) -> bool:
    """True if the station has a printer."""
    return PrinterRoute.objects.filter(station_id=station_id).exists()
