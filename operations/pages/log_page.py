"""The ticket log for people: what was done by finger or printer, and the story of a ticket."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kitchen.models import KitchenTicket, KitchenTicketItem, KitchenTicketLog, Order, Station
from operations.pages.frame import Visit, page

ROWS = 100
STORY_ROWS = 500
SENSIBLE_YEARS = range(2000, 2200)
SEARCHED = timedelta(days=31)
SEARCHES = ("station", "action", "actor", "number")
FILTERS = ("station", "action", "actor", "number", "since", "ticket", "order")
ACTIONS = (
    "created", "start", "bump", "recall", "hold", "fire", "rush", "unrush", "void", "change",
    "acknowledge", "item_bump", "item_recall", "complete", "print_start", "print_success",
    "print_unconfirmed", "print_failed", "retry", "failover", "reprint", "manual_reset",
    "marked_printed", "marked_failed",
)  # fmt: skip

Rows = QuerySet[KitchenTicketLog]
Row = dict[str, Any]


@require_safe
@page("log")
def log_page(visit: Visit) -> HttpResponse:
    """Show the newest entries that fit the filters; with `?ticket=` or `?order=` a story."""
    filters = _filters(visit)
    stations = Station.objects.filter(location=visit.house).values("code", "name")
    context: dict[str, Any] = {"filters": filters, "stations": stations, "actions": ACTIONS}
    if filters["ticket"] or filters["order"]:
        return visit.show("log.html", context | {"story": _story(visit)})
    entries = list(_wanted(visit, filters)[: ROWS + 1])
    older = entries[ROWS - 1].id if len(entries) > ROWS else None
    rows = _rows(entries[:ROWS])
    return visit.show("log.html", context | {"rows": rows, "older": _older(filters, older)})


def _filters(visit: Visit) -> dict[str, str]:
    """Return what is looked for; a search goes back so many days, unless it says how far."""
    filters = {name: visit.asked(name) for name in FILTERS}
    if any(filters[name] for name in SEARCHES) and not _moment(filters["since"]):
        begin = timezone.now() - SEARCHED
        filters["since"] = timezone.localtime(begin).strftime("%Y-%m-%dT%H:%M")
    return filters


def _entries(visit: Visit) -> Rows:
    return KitchenTicketLog.objects.filter(location=visit.house).select_related("station", "order")


def _wanted(visit: Visit, filters: dict[str, str]) -> Rows:
    entries = _entries(visit).order_by("-id")
    before, since = visit.asked_id("before"), _moment(filters["since"])
    if before is not None:
        entries = entries.filter(id__lt=before)
    if since:
        entries = entries.filter(timestamp__gte=since)
    if filters["station"]:
        entries = entries.filter(station__code=filters["station"])
    if filters["action"]:
        entries = entries.filter(action=filters["action"])
    if filters["actor"]:
        entries = entries.filter(actor__icontains=filters["actor"])
    if filters["number"]:
        entries = entries.filter(order__in=_numbered(visit, filters["number"], since))
    return entries


def _numbered(visit: Visit, number: str, since: datetime | None) -> list[int]:
    """Return the last orders that had this number: it comes back each day."""
    orders = Order.objects.filter(location=visit.house, number=number.upper())
    if since:
        orders = orders.filter(placed_at__gte=since - timedelta(days=1))
    return list(orders.order_by("-placed_at").values_list("id", flat=True)[:20])


def _story(visit: Visit) -> dict[str, Any]:
    """Return all that happened to a ticket, or to an order, the first thing first."""
    ticket, order = visit.asked_id("ticket"), visit.asked_id("order")
    tickets = KitchenTicket.objects.filter(location=visit.house).select_related("order", "station")
    if ticket is not None:
        found = tickets.filter(id=ticket).first()
        entries = _entries(visit).filter(ticket_id=ticket)
    else:
        found = tickets.filter(order_id=order or 0).order_by("id").first()
        entries = _entries(visit).filter(order_id=order or 0)
    if found is None:
        raise Http404("There is no such ticket here.")
    head = {
        "ticket_id": ticket,
        "number": found.order.number,
        "table": found.order.table,
        "placed_at": found.order.placed_at,
        "rows": _told(entries.order_by("id")[:STORY_ROWS]),
    }
    if ticket is None:
        return head | {"station_name": "whole order", "round": 1, "status": found.order.status}
    return head | {
        "station_name": found.station.name, "round": found.round, "status": found.status
    }  # fmt: skip


def _told(entries: Rows) -> list[Row]:
    """Return the rows, each with how long after the first it came."""
    rows = _rows(list(entries))
    for row in rows:
        passed = row["timestamp"] - rows[0]["timestamp"]
        row["since_ms"] = max(0, int(passed.total_seconds() * 1000))
    return rows


def _rows(entries: list[KitchenTicketLog]) -> list[Row]:
    wanted = {entry.metadata["item"] for entry in entries if "item" in entry.metadata}
    items = dict(KitchenTicketItem.objects.filter(id__in=wanted).values_list("id", "name"))
    return [_row(entry, items) for entry in entries]


def _row(entry: KitchenTicketLog, items: dict[int, str]) -> Row:
    as_it_is = (
        "id", "timestamp", "ticket_id", "action", "old_status", "new_status", "actor", "printer",
        "printer_address", "error_code", "error_message", "duration_ms",
    )  # fmt: skip
    return {
        **{name: getattr(entry, name) for name in as_it_is},
        "number": entry.order.number if entry.order else None,
        "station_name": entry.station.name if entry.station else None,
        "side": "printer" if _by_printer(entry) else "screen",
        "what": _what(entry.metadata, items),
    }


def _by_printer(entry: KitchenTicketLog) -> bool:
    return entry.actor.startswith("printer_worker:") or entry.action.startswith("print_")


def _what(story: dict[str, Any], items: dict[int, str]) -> str | None:
    """Return what an entry's details say, in a few words."""
    parts = []
    if "item" in story:
        parts.append(items.get(story["item"], f"item {story['item']}"))
    if story.get("reason"):
        parts.append(str(story["reason"]))
    for name, value in story.items():
        if isinstance(value, list) and len(value) == 2:
            old, new = (str(part) if part not in (None, "") else "nothing" for part in value)
            parts.append(f"{name.replace('_', ' ')}: {old} → {new}")
    return ", ".join(parts) or None


def _older(filters: dict[str, str], before: int | None) -> str | None:
    if before is None:
        return None
    given = {name: value for name, value in filters.items() if value}
    return "?" + urlencode(given | {"before": before})


def _moment(written: str) -> datetime | None:
    """Return a moment as the page's field writes it, in the house's time; None if it is none."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if found.year not in SENSIBLE_YEARS:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
