"""Finds each dish of a file a station: as asked, by the menu, a word in its name, its kind."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kitchen.models import Location, MenuItem, Station
from kitchen.rehearsal.script import Line, Sheet, Unreadable

# The first that is found in a name decides; of its stations the first that the house has.
WORDS = (
    (r"soda|soft drink|water\b|izze|nectar|juice|coffee|tea\b|beer|wine", ("bar",)),
    (r"cake|ice cream|brownie|dessert|pudding|sundae", ("dessert", "bakery")),
    (r"torta|bread|croissant|lasagna|pizza", ("bakery", "dessert")),
    (r"salad|roll\b|edamame|side of", ("cold",)),
    (r"fries|crispy|parmesan|potsticker|wings|orange chicken", ("fry",)),
    (r"chips|guacamole|salsa", ("cold", "fry")),
    (r"hamburger|cheeseburger|burger|steak|burrito|bowl|taco|hot dog|quesadilla", ("grill",)),
)
CATEGORIES = {
    "american": ("grill",),
    "asian": ("fry", "grill"),
    "mexican": ("grill", "cold"),
    "italian": ("grill", "fry"),
    "drinks": ("bar",),
    "desserts": ("dessert",),
}


@dataclass(frozen=True)
class Way:
    """Where a dish goes, and why."""

    station: str
    why: str
    menu_item: int | None = None


def parse_map(options: Iterable[str]) -> dict[str, str]:
    """Return `CATEGORY=code` options as a mapping; Unreadable if one is not of that form."""
    ways = {}
    for option in options:
        name, sign, code = option.rpartition("=")
        if not sign or not name.strip() or not code.strip():
            raise Unreadable(f"--station-map {option!r}: write CATEGORY=station, as Asian=fry.")
        ways[name.strip().casefold()] = code.strip()
    return ways


def ways(
    location: Location, sheets: Iterable[Sheet], asked: Mapping[str, str]
) -> dict[tuple[str, str], Way]:
    """Return each dish's way, by its name and category, the dishes in the file's order."""
    codes = list(Station.objects.filter(location=location).values_list("code", flat=True))
    if not codes:
        raise Unreadable(f"{location.name} has no station: make one under /admin/.")
    unknown = [code for code in asked.values() if code not in codes]
    if unknown:
        raise Unreadable(f"There is no station {unknown[0]!r}; known are: {', '.join(codes)}.")
    menu = _menu(location)
    dishes = {(line.name, line.category): line for sheet in sheets for line in sheet.lines}
    return {dish: _way(line, asked, menu, codes) for dish, line in dishes.items()}


def _menu(location: Location) -> dict[str, MenuItem]:
    items = MenuItem.objects.filter(location=location, sold_out_at=None)
    return {item.name.casefold(): item for item in items.select_related("station")}


def _way(
    line: Line, asked: Mapping[str, str], menu: Mapping[str, MenuItem], codes: list[str]
) -> Way:
    name, category = line.name.casefold(), line.category.casefold()
    for told in (name, category):
        if told in asked:
            return Way(asked[told], "as asked")
    if name in menu:
        return Way(menu[name].station.code, "menu", menu[name].id)
    for words, wanted in WORDS:
        found, code = re.search(rf"\b(?:{words})", name), _first(wanted, codes)
        if found and code:
            return Way(code, f'"{found[0]}"')
    code = _first(CATEGORIES.get(category, ()), codes)
    return Way(code, "category") if code else Way(codes[0], "first station")


def _first(wanted: Iterable[str], codes: list[str]) -> str | None:
    return next((code for code in wanted if code in codes), None)
