"""The start page: choose a screen, and see at a glance how the house stands."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kitchen import boards
from kitchen.models import KitchenTicket, Order, PrinterRoute, Station, StationPrinter
from kitchen.states import OrderState, TicketState
from operations.pages import condition
from operations.pages.frame import Visit, page

# As the boards count: what is to make, and what was cancelled but not yet seen.
TO_MAKE = Q(status__in=["held", "pending", "preparing"]) | Q(status="void", needs_ack=True)
OPEN_ORDER = [OrderState.PENDING, OrderState.PREPARING, OrderState.READY]


@require_safe
@page("see")
def start_page(visit: Visit) -> HttpResponse:
    """Show every station with what is open there, the other boards, the printers."""
    stations = [
        station
        for station in Station.objects.filter(location=visit.house)
        if visit.who.may_see_feed("station", station.code)
    ]
    return visit.show(
        "stations.html",
        {
            "stations": _tiles(stations),
            "printers": _lamps(visit.house.id),
            "orders": _orders(visit.house.id),
            "alarms": len(boards.alarms(visit.house.id)),
        },
    )


def _tiles(stations: list[Station]) -> list[dict[str, Any]]:
    to_make, ready = _to_make(stations), _ready(stations)
    return [
        {
            "code": station.code,
            "name": station.name,
            "has_screen": station.has_screen,
            "ready": ready.get(station.id, 0),
            **to_make[station.id],
        }
        for station in stations
    ]


def _to_make(stations: list[Station]) -> defaultdict[int, dict[str, Any]]:
    """Return per station: how many are open, how many of them late, since when the oldest."""
    now = timezone.now()
    waits = Q(status__in=[TicketState.PENDING, TicketState.PREPARING])
    late = Q()
    for station in stations:
        limit = datetime.fromtimestamp(now.timestamp() - station.late_seconds, now.tzinfo)
        late |= Q(station_id=station.id, clock_from__lt=limit)
    found = (
        KitchenTicket.objects.filter(TO_MAKE, station__in=stations)
        .values("station_id")
        .annotate(
            open=Count("id"),
            late=Count("id", filter=waits & late),
            oldest=Min("clock_from", filter=waits),
        )
    )
    tiles: defaultdict[int, dict[str, Any]] = defaultdict(
        lambda: {"open": 0, "late": 0, "oldest": None}
    )
    for row in found:
        tiles[row.pop("station_id")] = row
    return tiles


def _ready(stations: list[Station]) -> dict[int, int]:
    ready = KitchenTicket.objects.filter(station__in=stations, status=TicketState.READY)
    return dict(ready.values_list("station_id").annotate(Count("id")))


def _lamps(location_id: int) -> list[dict[str, Any]]:
    routes = list(PrinterRoute.objects.filter(station__location_id=location_id))
    queues = condition.queues(location_id, routes)
    lamps = []
    for printer in StationPrinter.objects.filter(location_id=location_id, enabled=True):
        how = condition.of(printer)
        lamps.append(
            {
                "code": printer.code,
                "name": printer.name,
                "ok": how.ok,
                "words": how.words,
                "queue": queues.get(printer.id, 0),
            }
        )
    return lamps


def _orders(location_id: int) -> dict[str, int]:
    found = Order.objects.filter(location_id=location_id, status__in=OPEN_ORDER)
    return found.aggregate(open=Count("id"), ready=Count("id", filter=Q(status="ready")))
