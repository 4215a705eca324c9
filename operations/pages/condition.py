"""How a printer is, in words that a cook understands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from kitchen.models import PrinterRoute, PrintJob, StationPrinter
from kitchen.states import JobState

WORDS = {
    "device.paper_out": "Out of paper",
    "device.cover_open": "Cover open",
    "device.cutter": "Cutter stuck",
    "device.offline": "Offline",
    "device.mechanical": "Needs a repair",
    "connection.refused": "Switched off or wrong address",
    "connection.timeout": "No answer",
    "connection.unreachable": "Not reachable",
    "connection.reset": "Connection lost",
    "timeout.no_progress": "Does not go on",
    "timeout.no_confirmation": "Does not confirm",
}
# The worker asks far more often than that; without it nobody knows how a printer is.
TOO_LONG_AGO = timedelta(minutes=5)
WAITING = (JobState.NEW, JobState.PRINTING)


@dataclass(frozen=True)
class Condition:
    """Whether a printer can print (None: nobody knows), and the words for it."""

    ok: bool | None
    words: str
    since: datetime | None = None


def of(printer: StationPrinter) -> Condition:
    """Return how a printer is, as far as the worker has told."""
    if not printer.enabled:
        return Condition(None, "Switched off")
    if printer.checked_at is None:
        return Condition(None, "Not asked yet")
    if timezone.now() - printer.checked_at > TOO_LONG_AGO:
        return Condition(None, "Not asked for a while: does the printer worker run?")
    if printer.error_code:
        words = WORDS.get(printer.error_code) or printer.error_message or printer.error_code
        return Condition(False, words, printer.trouble_since)
    if printer.online is False:
        return Condition(False, "Offline", printer.trouble_since)
    return Condition(True, "Paper is low" if printer.paper == "low" else "Ready")


def queues(location_id: int, routes: list[PrinterRoute]) -> dict[int, int]:
    """Return how many chits wait per printer: at the one that has them, else the station's own."""
    own = {route.station_id: route.printer_id for route in reversed(routes)}
    waiting = (
        PrintJob.objects.filter(location_id=location_id, status__in=WAITING)
        .values_list("printer_id", "station_id")
        .annotate(Count("id"))
    )
    found: dict[int, int] = {}
    for printer, station, count in waiting:
        where = printer or own.get(station)
        if where:
            found[where] = found.get(where, 0) + count
    return found
