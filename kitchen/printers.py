"""How the printers of a location are, and test prints."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from kitchen import feeds
from kitchen.errors import MoveRefused, NotFound
from kitchen.models import PrinterHealthCheck, PrinterRoute, PrintJob, StationPrinter
from kitchen.states import JobState

UPTIME_HOURS = 24


def find(location_id: int, code: str) -> StationPrinter:
    """Return the location's printer with this code; NotFound if there is none."""
    found = StationPrinter.objects.filter(location_id=location_id, code=code).first()
    if found is None:
        raise NotFound(f"There is no printer {code!r} here.")
    return found


def status(printer: StationPrinter) -> dict[str, Any]:
    """Return what is known of a printer: how it is, what waits for it, how much it was up."""
    return {
        "code": printer.code,
        "name": printer.name,
        "kind": printer.kind,
        "address": f"{printer.host}:{printer.port}",
        "enabled": printer.enabled,
        "online": printer.online,
        "paper": printer.paper,
        "cover": printer.cover,
        "cutter": printer.cutter,
        "proof": printer.proof or None,
        "error_code": printer.error_code,
        "error_message": printer.error_message,
        "trouble_since": _text(printer.trouble_since),
        "checked_at": _text(printer.checked_at),
        "last_print": _text(printer.last_print_at),
        "queue": queue(printer),
        "uptime": uptime(printer),
    }


def queue(printer: StationPrinter) -> int:
    """Return how many chits wait for this printer or are being printed on it."""
    waiting = PrintJob.objects.filter(
        location_id=printer.location_id, status__in=[JobState.NEW, JobState.PRINTING]
    )
    at_home = Q(printer=None, station__in=_stations_of(printer))
    return waiting.filter(Q(printer=printer) | at_home).count()


def _stations_of(printer: StationPrinter) -> list[int]:
    """Return the stations whose chits come to this printer first."""
    routes = PrinterRoute.objects.filter(
        station__location_id=printer.location_id, printer__enabled=True
    )
    first = routes.order_by("station_id", "priority", "id").distinct("station_id")
    pairs = first.values_list("station_id", "printer_id")
    return [station for station, where in pairs if where == printer.pk]


def uptime(printer: StationPrinter) -> float | None:
    """Return how many of the last day's checks found it online, in percent; None: no check."""
    since = timezone.now() - timedelta(hours=UPTIME_HOURS)
    checks = PrinterHealthCheck.objects.filter(printer=printer, checked_at__gte=since)
    counts = checks.aggregate(all=Count("id"), online=Count("id", filter=Q(online=True)))
    return round(100 * counts["online"] / counts["all"], 2) if counts["all"] else None


@transaction.atomic
def print_test(printer: StationPrinter) -> PrintJob:
    """Owe this printer a test chit; MoveRefused if it is switched off."""
    if not printer.enabled:
        raise MoveRefused(f"{printer.name} is switched off.", state="disabled")
    now = timezone.now()
    job = PrintJob.objects.create(
        location_id=printer.location_id,
        printer=printer,
        kind="test",
        created_at=now,
        not_before=now,
    )
    feeds.wake_printers()
    return job


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
