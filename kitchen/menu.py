"""The menu as programs and the order page read it, and 86: what is sold out."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from kitchen.errors import NotFound, NotTheirs
from kitchen.models import MenuItem

Entry = dict[str, Any]


def entries(location_id: int, *, brand: str = "") -> list[Entry]:
    """Return the menu of a location, or of one of its brands, in its order."""
    found = _all(location_id)
    if brand:
        found = found.filter(brand__code=brand)
    return [_entry(item) for item in found]


def set_sold_out(item_id: int, *, sold_out: bool, location_id: int, station: str = "") -> Entry:
    """86 a menu item, or bring it back; return it as it is now.

    With `station`, only what that station makes may be touched: NotTheirs for anything else.
    """
    item = _all(location_id).filter(id=item_id).first()
    if item is None:
        raise NotFound(f"There is no menu item {item_id} here.")
    if station and item.station.code != station:
        raise NotTheirs(f"{item.name} is made at {item.station.name}, not here.")
    if sold_out != (item.sold_out_at is not None):
        item.sold_out_at = timezone.now() if sold_out else None
        item.save(update_fields=["sold_out_at"])
    return _entry(item)


def _all(location_id: int) -> QuerySet[MenuItem]:
    found = MenuItem.objects.filter(location_id=location_id).select_related("brand", "station")
    return found.order_by("brand_id", "position", "id")


def _entry(item: MenuItem) -> Entry:
    return {
        "id": item.id,
        "brand": item.brand.code,
        "category": item.category,
        "name": item.name,
        "price": None if item.price is None else str(item.price),
        "station_code": item.station.code,
        "station_name": item.station.name,
        "options": item.options,
        "allergens": item.allergens,
        "sold_out": item.sold_out_at is not None,
        "sold_out_at": item.sold_out_at.isoformat() if item.sold_out_at else None,
    }
