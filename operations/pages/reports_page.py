"""One day in figures: per station, per printer, per hour; also as a file for a spreadsheet."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncHour
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kitchen.models import KitchenTicketLog, Location, Order, Station, StationPrinter
from operations.pages.frame import Visit, business_day, page, span_of
from operations.pages.printers_page import uptimes

RESULTS = {
    "print_success": "printed",
    "print_unconfirmed": "unconfirmed",
    "print_failed": "failed",
}
STATIONS = """
SELECT t.station_id, count(*) FILTER (WHERE t.status <> 'void'),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY made.seconds),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY made.seconds),
  count(*) FILTER (WHERE made.seconds > s.late_seconds), count(made.seconds),
  count(*) FILTER (WHERE t.status = 'void')
FROM kitchen_kitchenticket t JOIN kitchen_station s ON s.id = t.station_id
LEFT JOIN LATERAL (
  SELECT greatest(0, extract(epoch FROM t.ready_at - t.clock_from))::float AS seconds
  WHERE t.status <> 'void' AND t.ready_at IS NOT NULL
) AS made ON true
WHERE s.location_id = %s AND t.created_at >= %s AND t.created_at < %s
GROUP BY t.station_id
"""
ORDERS = """
SELECT count(*), count(completed_at),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - placed_at)::float)
FROM kitchen_order WHERE location_id = %s AND placed_at >= %s AND placed_at < %s
"""

Span = tuple[datetime, datetime]
Facts = dict[str, Any]


@require_safe
@page("manage")
def reports_page(visit: Visit) -> HttpResponse:
    """Show a day, today without `?day=`; with `?format=csv` give it as a file."""
    today = business_day(visit.zone)
    day = _day(visit.asked("day"), today)
    span = span_of(day, visit.zone)
    figures = {
        "stations": _stations(visit.house, span),
        "printers": _printers(visit.house, span),
        "hours": _hours(visit.house, span),
        "orders": _orders(visit.house, span),
    }
    if visit.asked("format") == "csv":
        return _file(visit.house, day, figures)
    neighbours = {
        "day": day,
        "earlier": f"?day={day - timedelta(days=1)}",
        "later": f"?day={day + timedelta(days=1)}" if day < today else None,
        "file": f"?day={day}&format=csv",
    }
    return visit.show("reports.html", figures | neighbours)


def _day(written: str, today: date) -> date:
    """Return the day asked for; today if it is none, or not yet."""
    try:
        asked = date.fromisoformat(written)
    except ValueError:
        return today
    return min(max(asked, date(2000, 1, 1)), today)


def _stations(house: Location, span: Span) -> list[Facts]:
    with connection.cursor() as cursor:
        cursor.execute(STATIONS, [house.id, *span])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    rows = []
    for station in Station.objects.filter(location=house):
        tickets, median, p90, late, made, void = found.get(station.id, (0, None, None, 0, 0, 0))
        rows.append(
            {
                "code": station.code,
                "name": station.name,
                "tickets": tickets,
                "median": median,
                "p90": p90,
                "late": late,
                "late_share": 100.0 * late / made if made else None,
                "void": void,
            }
        )
    return rows


def _printers(house: Location, span: Span) -> list[Facts]:
    entries = KitchenTicketLog.objects.filter(
        location=house, timestamp__gte=span[0], timestamp__lt=span[1], action__in=RESULTS
    )
    counted: dict[str, Counter[str]] = {}
    for printer, action, count in entries.values_list("printer", "action").annotate(Count("id")):
        counted.setdefault(printer, Counter())[RESULTS[action]] += count
    up = uptimes(house, span)
    return [
        {
            "code": printer.code,
            "name": printer.name,
            **{result: counted.get(printer.code, {}).get(result, 0) for result in RESULTS.values()},
            "uptime": up.get(printer.id),
        }
        for printer in StationPrinter.objects.filter(location=house)
    ]


def _orders(house: Location, span: Span) -> Facts:
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, [house.id, *span])
        placed, complete, median = cursor.fetchone()
    return {"placed": placed, "complete": complete, "median": median}


def _hours(house: Location, span: Span) -> list[Facts]:
    """Return how many orders came in each hour that had any, by the house's clock."""
    placed = Order.objects.filter(location=house, placed_at__gte=span[0], placed_at__lt=span[1])
    counted = placed.annotate(hour=TruncHour("placed_at")).values("hour").order_by("hour")
    return list(counted.annotate(orders=Count("id")))


def _file(house: Location, day: date, figures: Facts) -> HttpResponse:
    """Return the figures one to a line, which every spreadsheet can sum and pivot."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["day", "about", "code", "name", "measure", "value"])
    for about, code, name, measure, value in _lines(house, figures):
        if value is not None:
            figure = round(value, 1) if isinstance(value, float) else value
            writer.writerow([day, about, code, _harmless(name), measure, figure])
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = HttpResponse("\ufeff" + sheet.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="olgfeast-{house.code}-{day}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(house: Location, figures: Facts) -> Iterator[tuple[str, str, str, str, Any]]:
    for measure, value in figures["orders"].items():
        yield "orders", house.code, house.name, measure, value
    for about in ("station", "printer"):
        for row in figures[f"{about}s"]:
            for measure in [key for key in row if key not in ("code", "name")]:
                yield about, row["code"], row["name"], measure, row[measure]
    for row in figures["hours"]:
        yield "hour", f"{row['hour']:%H:%M}", "", "orders", row["orders"]


def _harmless(name: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t")) else name
