"""The order page, for a place without a till. It shows the menu and posts to the API."""

from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from kitchen.models import Brand, MenuItem
from operations.pages.frame import Visit, page

DISHES = 1000


@require_safe
@page("order")
def order_page(visit: Visit) -> HttpResponse:
    """Show a brand's menu by category; `?brand=` chooses, else it is the first."""
    brands = list(Brand.objects.filter(location=visit.house).order_by("id")[:50])
    wanted = visit.asked("brand")
    brand = next((brand for brand in brands if wanted in ("", brand.code)), None)
    if brand is None and wanted:
        raise Http404(f"There is no brand {wanted!r} here.")
    context = {
        "menu": _menu(brand),
        "location": visit.house.code,
        "brand": brand.code if brand else "",
        "brands": [{"code": each.code, "name": each.name} for each in brands],
    }
    return visit.show("order.html", context)


def _menu(brand: Brand | None) -> list[dict[str, Any]]:
    """Return the categories in the order in which their first dishes stand on the menu."""
    dishes = list(MenuItem.objects.filter(brand=brand).select_related("station")[:DISHES])
    first = {dish.category: place for place, dish in reversed(list(enumerate(dishes)))}
    dishes.sort(key=lambda dish: first[dish.category])
    return [
        {"category": category or "Menu", "items": [_dish(dish) for dish in group]}
        for category, group in groupby(dishes, key=lambda dish: dish.category)
    ]


def _dish(dish: MenuItem) -> dict[str, Any]:
    return {
        "id": dish.id,
        "name": dish.name,
        "price": "" if dish.price is None else str(dish.price),
        "station_code": dish.station.code,
        "station_name": dish.station.name,
        "sold_out": dish.sold_out_at is not None,
        "options": dish.options,
        "allergens": dish.allergens,
    }
