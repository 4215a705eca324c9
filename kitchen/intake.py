"""What a POS asks for, and whether the house knows all of it: brand, stations, menu items."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal

from kitchen import keys
from kitchen.errors import Fault
from kitchen.models import Brand, Location, MenuItem, Station


@dataclass(frozen=True)
class NewItem:
    """One line of what a guest asks for; its station by code, or by the menu item's default."""

    name: str
    quantity: int
    station_code: str = ""
    menu_item: int | None = None
    modifiers: Sequence[str] = ()
    notes: str = ""
    allergens: Sequence[str] = ()
    seat: int | None = None
    course: int | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class NewOrder:
    """What a guest asks for, already of the right types and sizes."""

    items: Sequence[NewItem]
    external_id: str = ""
    brand: str = ""
    order_type: str = "dine_in"
    table: str = ""
    customer_name: str = ""
    server: str = ""
    guests: int | None = None
    priority: str = "normal"
    notes: str = ""
    promised_at: datetime | None = None

    @property
    def digest(self) -> str:
        """A fingerprint of the content: retries with another one are refused."""
        return keys.digest_of(asdict(self))


@dataclass
class References:
    """The house's things that an order's items name, and what of them does not exist."""

    brand: Brand | None
    stations: dict[str, Station]
    menu: dict[int, MenuItem]
    faults: list[Fault] = field(default_factory=list)

    def station_of(self, item: NewItem) -> Station:
        """Return where the item is made: its own code, else the menu's."""
        if item.station_code:
            return self.stations[item.station_code]
        return self.menu[item.menu_item or 0].station


def references(location: Location, brand: str, items: Sequence[NewItem]) -> References:
    """Look up brand, stations and menu items by their codes; every unknown one is a fault."""
    stations = {station.code: station for station in Station.objects.filter(location=location)}
    wanted = [item.menu_item for item in items if item.menu_item is not None]
    menu = {
        entry.id: entry
        for entry in MenuItem.objects.filter(location=location, id__in=wanted).select_related(
            "station"
        )
    }
    found = References(_brand(location, brand), stations, menu)
    if not items:
        found.faults.append(Fault("items", "An order has at least one item."))
    if found.brand is None:
        found.faults.append(Fault("brand", f"There is no brand {brand!r} at {location.name}."))
    for place, item in enumerate(items):
        found.faults.extend(_item_faults(f"items[{place}]", item, found))
    return found


def _brand(location: Location, code: str) -> Brand | None:
    brands = Brand.objects.filter(location=location).order_by("id")
    return brands.filter(code=code).first() if code else brands.first()


def _item_faults(path: str, item: NewItem, found: References) -> list[Fault]:
    faults = []
    entry = found.menu.get(item.menu_item or 0)
    if item.menu_item is not None and entry is None:
        faults.append(Fault(f"{path}.menu_item", f"There is no menu item {item.menu_item}."))
    if entry is not None and entry.sold_out_at is not None:
        faults.append(Fault(f"{path}.menu_item", f"{entry.name} is sold out (86)."))
    if item.station_code and item.station_code not in found.stations:
        known = ", ".join(sorted(found.stations)) or "none"
        faults.append(
            Fault(
                f"{path}.station_code",
                f"There is no station {item.station_code!r}; known are: {known}.",
            )
        )
    if not item.station_code and item.menu_item is None:
        faults.append(Fault(f"{path}.station_code", "Name a station, or a menu_item that has one."))
    return faults
