"""Builds the demo kitchen. What is there already stays as the house has made it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from kitchen.demo.menu import MENU
from kitchen.models import Brand, Location, MenuItem, PrinterRoute, Station, StationPrinter

STATIONS = (
    ("grill", "Grill", True),
    ("fry", "Fry", True),
    ("cold", "Cold", True),
    ("dessert", "Dessert", True),
    ("bar", "Bar", False),
    ("bakery", "Bakery", False),
)
PRINTERS = (
    ("bar", "Bar printer", 9101),
    ("bakery", "Bakery printer", 9102),
    ("grill", "Grill printer", 9103),
    ("spare", "Spare printer", 9104),
)
# station, printer, priority: 1 is the station's own, 2 stands in for it
ROUTES = (
    ("bar", "bar", 1),
    ("bakery", "bakery", 1),
    ("grill", "grill", 1),
    ("bar", "spare", 2),
    ("bakery", "spare", 2),
)


@dataclass(frozen=True)
class Built:
    """The demo kitchen's location, and how many of each kind were made now."""

    location: Location
    made: Counter[str]


@transaction.atomic
def build() -> Built:
    """Make what is missing of the demo kitchen; a second time nothing is."""
    made: Counter[str] = Counter()
    location = _want(made, Location, code="hq", defaults={"name": "olgFeast HQ"})
    brand = _want(made, Brand, location=location, code="main", defaults={"name": "olgFeast"})
    stations = _stations(made, location)
    _printers(made, location, stations)
    _menu(made, brand, stations)
    return Built(location, made)


def _stations(made: Counter[str], location: Location) -> dict[str, Station]:
    return {
        code: _want(
            made,
            Station,
            location=location,
            code=code,
            defaults={"name": name, "position": place, "has_screen": has_screen},
        )
        for place, (code, name, has_screen) in enumerate(STATIONS, 1)
    }


def _printers(made: Counter[str], location: Location, stations: dict[str, Station]) -> None:
    printers = {
        code: _want(
            made,
            StationPrinter,
            location=location,
            code=code,
            defaults={"name": name, "host": "127.0.0.1", "port": port},
        )
        for code, name, port in PRINTERS
    }
    for code, printer, priority in ROUTES:
        _want(
            made,
            PrinterRoute,
            station=stations[code],
            printer=printers[printer],
            defaults={"priority": priority},
        )


def _menu(made: Counter[str], brand: Brand, stations: dict[str, Station]) -> None:
    for place, dish in enumerate(MENU, 1):
        written = {
            "location": brand.location,
            "station": stations[dish.station],
            "category": dish.category,
            "price": dish.amount,
            "options": list(dish.options),
            "allergens": list(dish.allergens),
            "position": place,
        }
        _want(made, MenuItem, brand=brand, name=dish.name, defaults=written)


def _want(
    made: Counter[str], model: type[models.Model], *, defaults: dict[str, Any], **wanted: Any
) -> Any:
    thing, created = model._default_manager.get_or_create(**wanted, defaults=defaults)
    made[model.__name__] += created
    return thing
