"""The menu, and 86."""

from typing import Any

import pytest

from kitchen.models import Brand, MenuItem, Station

from .conftest import Caller, House, build_house, problem


def test_menu_is_read_with_its_stations(till: Caller, house: House) -> None:
    items = till.get("/api/menu/").json()["items"]

    assert items[0] == {
        "id": house.menu["Ribeye"].id,
        "brand": "main",
        "category": "",
        "name": "Ribeye",
        "price": "32.00",
        "station_code": "grill",
        "station_name": "Grill",
        "options": [],
        "allergens": [],
        "sold_out": False,
        "sold_out_at": None,
    }
    assert [item["name"] for item in items] == ["Ribeye", "Spritz"]


def test_menu_of_one_brand(till: Caller, house: House) -> None:
    brand = Brand.objects.create(location=house.location, code="burgers", name="Burgers")
    station = Station.objects.get(location=house.location, code="grill")
    MenuItem.objects.create(location=house.location, brand=brand, station=station, name="Smash")

    items = till.get("/api/menu/?brand=burgers").json()["items"]

    assert [(item["name"], item["price"]) for item in items] == [("Smash", None)]


def test_item_is_sold_out_and_back(till: Caller, house: House) -> None:
    path = f"/api/menu/{house.menu['Ribeye'].id}/86/"

    gone = till.post(path).json()
    again = till.post(path).json()
    back = till.delete(path).json()

    assert gone["sold_out"] is True
    assert again["sold_out_at"] == gone["sold_out_at"]
    assert (back["sold_out"], back["sold_out_at"]) == (False, None)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_item_of_another_location_is_not_found(till: Caller, method: str) -> None:
    other = build_house("annex").menu["Ribeye"].id

    problem(till.call(method, f"/api/menu/{other}/86/"), 404)


def test_refusing_a_sold_out_item_does_not_hide_the_menu(till: Caller, house: House) -> None:
    till.post(f"/api/menu/{house.menu['Ribeye'].id}/86/")

    sold: dict[str, Any] = {
        item["name"]: item["sold_out"] for item in till.get("/api/menu/").json()["items"]
    }
    assert sold == {"Ribeye": True, "Spritz": False}
