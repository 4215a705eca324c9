"""Which printer a station's chits go to, and which one stands in for it."""

from kitchen.models import StationPrinter

# For use in WITH: each station's printer, the first of its routes that is switched on.
OWN = """
own AS (
  SELECT DISTINCT ON (r.station_id) r.station_id, r.printer_id
  FROM kitchen_printerroute r
  JOIN kitchen_stationprinter p ON p.id = r.printer_id AND p.enabled
  ORDER BY r.station_id, r.priority, r.id
)
"""


def backup(station_id: int | None, printer: StationPrinter) -> StationPrinter | None:
    """Return the next printer of the station's routes that is in order, after this one."""
    if station_id is None:
        return None
    routes = StationPrinter.objects.filter(printerroute__station=station_id, enabled=True)
    in_turn = list(routes.order_by("printerroute__priority", "printerroute__id"))
    tried = next((n for n, known in enumerate(in_turn, 1) if known.pk == printer.pk), 0)
    return next((known for known in in_turn[tried:] if not known.error_code), None)


def own(station_id: int | None) -> StationPrinter | None:
    """Return the station's printer, the first that is switched on."""
    if station_id is None:
        return None
    found = StationPrinter.objects.filter(printerroute__station=station_id, enabled=True)
    return found.order_by("printerroute__priority", "printerroute__id").first()


def printer(printer_id: int | None) -> StationPrinter | None:
    """Return a printer as it is now."""
    return StationPrinter.objects.filter(pk=printer_id).first()
