"""The virtual printers' paper."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from kitchen.models import Location, PaperChit, StationPrinter
from operations.pages.frame import Visit, page, whole

CHITS = 20  # per printer
PRINTERS = 50
HERE = ("127.0.0.1", "localhost", "::1")

# One step of the index per printer, however much paper there is.
NAMES = """
WITH RECURSIVE printer AS (
  (SELECT printer_name AS name FROM kitchen_paperchit ORDER BY printer_name LIMIT 1)
  UNION ALL
  SELECT (SELECT c.printer_name FROM kitchen_paperchit c WHERE c.printer_name > p.name
          ORDER BY c.printer_name LIMIT 1)
  FROM printer p WHERE p.name IS NOT NULL
)
SELECT name FROM printer WHERE name IS NOT NULL LIMIT %s
"""
NEWEST = """
SELECT chit.id FROM unnest(%s::text[], %s::int[]) AS slot(name, port) CROSS JOIN LATERAL (
  SELECT c.id FROM kitchen_paperchit c
  WHERE c.printer_name = slot.name AND slot.port IN (0, c.port) ORDER BY c.id DESC LIMIT %s
) AS chit
"""


@dataclass(frozen=True)
class Slot:
    """A printer whose paper may be looked at; port 0 stands for any."""

    name: str
    port: int


@require_safe
@page("print")
def paper_page(visit: Visit) -> HttpResponse:
    """Show what the virtual printers have printed."""
    slots = _slots(visit.house)
    return visit.show("paper.html", _context(visit.house, slots, _newest(slots)))


@require_safe
@page("print")
def chits(visit: Visit) -> HttpResponse:
    """The paper alone; 204 if the newest chit is the one that the page has (`?have=`)."""
    slots = _slots(visit.house)
    ids = _newest(slots)
    if whole(visit.asked("have")) == max(ids, default=0):
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    return visit.show("_chits.html", _context(visit.house, slots, ids))


def _slots(house: Location) -> list[Slot]:
    """Return the house's own printers; if no other house is here, all that have printed."""
    own = StationPrinter.objects.filter(location=house).values_list("code", "port")
    if Location.objects.exclude(id=house.id).exists():
        return [Slot(code, port) for code, port in own[:PRINTERS]]
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [PRINTERS])
        strange = {name for (name,) in cursor.fetchall()} - {code for code, _ in own}
    return [Slot(name, 0) for name in [*(code for code, _ in own), *sorted(strange)]][:PRINTERS]


def _newest(slots: list[Slot]) -> list[int]:
    names, ports = [slot.name for slot in slots], [slot.port for slot in slots]
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [names, ports, CHITS])
        return [row[0] for row in cursor.fetchall()]


def _context(house: Location, slots: list[Slot], ids: list[int]) -> dict[str, Any]:
    """A printer that printed nothing has a slot too, if it is one of this machine's."""
    local = StationPrinter.objects.filter(location=house, host__in=HERE)
    ports = dict(local.values_list("code", "port"))
    paper: dict[str, list[PaperChit]] = {slot.name: [] for slot in slots if slot.name in ports}
    for chit in PaperChit.objects.filter(id__in=ids).defer("raw").order_by("-id"):
        paper.setdefault(chit.printer_name, []).append(chit)
    return {
        "have": max(ids, default=0),
        "printers": [
            {"name": name, "port": found[0].port if found else ports[name], "chits": found}
            for name, found in paper.items()
        ],
    }
