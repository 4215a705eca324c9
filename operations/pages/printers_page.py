"""The printers: how each one is, what waits for it, and the chits that somebody has to look at."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Q, Value, When
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kitchen.models import (
    KitchenTicketLog,
    Location,
    PrinterHealthCheck,
    PrinterRoute,
    PrintJob,
    StationPrinter,
)
from kitchen.states import JobState
from operations.pages import condition
from operations.pages.frame import Visit, business_day, page, span_of

JOBS = 100
ERRORS = 3  # per printer
ERRORS_READ = 60
NEEDS_A_LOOK = (JobState.FAILED, JobState.UNCONFIRMED)

Facts = dict[str, Any]


@require_safe
@page("print")
def printers_page(visit: Visit) -> HttpResponse:
    """Show every printer, and the chits that wait or need a look."""
    day = span_of(business_day(visit.zone), visit.zone)
    jobs = _jobs(visit.house)
    context = {
        "printers": _printers(visit.house, day),
        "jobs": [_job(job) for job in jobs[:JOBS]],
        "more": max(0, len(jobs) - JOBS),
        "can_print": visit.who.may("print"),
        "location": visit.house.code,
    }
    return visit.show("printers.html", context)


def uptimes(house: Location, day: tuple[datetime, datetime]) -> dict[int, float]:
    """Return per printer in how many of a hundred checks of the day it was online."""
    checks = PrinterHealthCheck.objects.filter(printer__location=house, checked_at__range=day)
    counted = checks.values_list("printer_id").annotate(
        asked=Count("id"), online=Count("id", filter=Q(online=True))
    )
    return {printer: 100.0 * online / asked for printer, asked, online in counted}


def _printers(house: Location, day: tuple[datetime, datetime]) -> list[Facts]:
    routes = list(PrinterRoute.objects.filter(station__location=house).select_related("station"))
    queues, up, errors = (
        condition.queues(house.id, routes),
        uptimes(house, day),
        _errors(house, day),
    )
    served, replaced = _stations(routes)
    return [
        {
            **_facts(printer),
            "queue": queues.get(printer.id, 0),
            "uptime": up.get(printer.id),
            "stations": served[printer.id],
            "stands_in_for": replaced[printer.id],
            "errors": errors[printer.code][:ERRORS],
        }
        for printer in StationPrinter.objects.filter(location=house)
    ]


def _facts(printer: StationPrinter) -> Facts:
    as_it_is = (
        "code", "name", "host", "port", "enabled", "paper", "cover", "cutter", "proof",
        "checked_at", "last_print_at",
    )  # fmt: skip
    how = condition.of(printer)
    facts = {name: getattr(printer, name) for name in as_it_is}
    return facts | {"ok": how.ok, "words": how.words, "since": how.since}


def _stations(routes: list[PrinterRoute]) -> tuple[defaultdict[int, list[str]], ...]:
    """Return per printer the stations that it prints for, and those that it stands in for."""
    served: defaultdict[int, list[str]] = defaultdict(list)
    replaced: defaultdict[int, list[str]] = defaultdict(list)
    for route in routes:
        of_kind = served if route.priority == 1 else replaced
        of_kind[route.printer_id].append(route.station.name)
    return served, replaced


def _errors(house: Location, day: tuple[datetime, datetime]) -> defaultdict[str, list[Facts]]:
    """Return today's last troubles per printer's code, the newest first."""
    found: defaultdict[str, list[Facts]] = defaultdict(list)
    entries = KitchenTicketLog.objects.filter(location=house, timestamp__gte=day[0])
    for entry in entries.exclude(error_code="").order_by("-id")[:ERRORS_READ]:
        found[entry.printer].append(
            {"at": entry.timestamp, "code": entry.error_code, "message": entry.error_message}
        )
    return found


def _jobs(house: Location) -> list[PrintJob]:
    """Return the chits that are not out, first those that a person has to look at."""
    urgent = Case(When(status__in=NEEDS_A_LOOK, then=Value(0)), default=Value(1))
    owed = PrintJob.objects.filter(
        location=house, status__in=[*NEEDS_A_LOOK, JobState.NEW, JobState.PRINTING]
    )
    return list(
        owed.select_related("ticket__order", "station", "printer")
        .defer("chit")
        .order_by(urgent, "-id")[: JOBS + 1]
    )


def _job(job: PrintJob) -> Facts:
    as_it_is = (
        "id", "kind", "status", "ticket_id", "created_at", "attempts", "error_message",
        "possible_copy",
    )  # fmt: skip
    return {
        **{name: getattr(job, name) for name in as_it_is},
        "number": job.ticket.order.number if job.ticket else None,
        "station_name": job.station.name if job.station else None,
        "printer": job.printer.name if job.printer else None,
    }
