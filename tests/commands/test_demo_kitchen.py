"""The demo kitchen is what the contract says, and stays as the house has made it."""

from collections import Counter

import pytest
from django.contrib.auth import authenticate, get_user_model

from kitchen import orders
from kitchen.intake import NewItem, NewOrder
from kitchen.models import (
    Brand,
    Location,
    MenuItem,
    PrinterRoute,
    Station,
    StationPrinter,
)
from operations.admin import _is_option
from operations.models import Membership, PosToken, Screen

pytestmark = pytest.mark.django_db
ALLERGENS = {
    "celery", "crustaceans", "egg", "fish", "gluten", "lupin", "milk", "molluscs", "mustard",
    "nuts", "peanuts", "sesame", "soy", "sulphites",
}  # fmt: skip


def everything():
    models = (Location, Brand, Station, MenuItem, StationPrinter, PrinterRoute, Membership)
    return {model.__name__: list(model.objects.order_by("id").values()) for model in models}


def test_it_is_the_house_of_the_contract(run):
    run("demo_kitchen")

    assert Location.objects.get().code == "hq"
    assert Brand.objects.get().code == "main"
    assert dict(Station.objects.values_list("code", "has_screen")) == {
        "grill": True, "fry": True, "cold": True, "dessert": True, "bar": False, "bakery": False,
    }  # fmt: skip
    assert set(StationPrinter.objects.values_list("code", "kind", "host", "port")) == {
        ("bar", "network", "127.0.0.1", 9101),
        ("bakery", "network", "127.0.0.1", 9102),
        ("grill", "network", "127.0.0.1", 9103),
        ("spare", "network", "127.0.0.1", 9104),
    }


def test_printers_serve_their_stations_and_the_spare_stands_in(run):
    run("demo_kitchen")

    routes = PrinterRoute.objects.values_list("station__code", "printer__code", "priority")
    assert set(routes) == {
        ("bar", "bar", 1),
        ("bar", "spare", 2),
        ("bakery", "bakery", 1),
        ("bakery", "spare", 2),
        ("grill", "grill", 1),
    }


def test_a_second_time_changes_nothing(run):
    first_said = run("demo_kitchen")
    first = everything()

    second_said = run("demo_kitchen")

    assert everything() == first
    assert "nothing was changed" in second_said.out
    assert "nothing was changed" not in first_said.out


def test_what_the_house_has_changed_stays_changed(run):
    run("demo_kitchen")
    StationPrinter.objects.filter(code="bar").update(host="10.0.0.5", port=9100)
    MenuItem.objects.filter(name="Espresso").update(price="9.99")
    Membership.objects.update(role="cook")

    run("demo_kitchen")

    assert StationPrinter.objects.get(code="bar").host == "10.0.0.5"
    assert str(MenuItem.objects.get(name="Espresso").price) == "9.99"
    assert Membership.objects.get().role == "cook"


def test_what_is_missing_is_made_again(run):
    run("demo_kitchen")
    MenuItem.objects.filter(station__code="bar").delete()

    run("demo_kitchen")

    assert MenuItem.objects.filter(station__code="bar").count() == 7


def test_nobody_has_a_password(run):
    run("demo_kitchen")

    user = get_user_model().objects.get()
    assert user.username == "manager"
    assert not user.has_usable_password()
    for guess in ("", "manager", "admin", "password"):
        assert authenticate(username="manager", password=guess) is None
    assert Membership.objects.get().role == "manager"


def test_a_password_that_the_manager_set_stays(run):
    run("demo_kitchen")
    user = get_user_model().objects.get()
    user.set_password("correct horse battery")
    user.save()

    run("demo_kitchen")

    assert authenticate(username="manager", password="correct horse battery") == user


def test_no_way_in_is_left_behind(run):
    run("demo_kitchen")

    assert not PosToken.objects.exists()
    assert not Screen.objects.exists()


def test_every_station_has_dishes_that_a_guest_could_order(run):
    run("demo_kitchen")
    dishes = list(MenuItem.objects.select_related("station"))

    per_station = Counter(dish.station.code for dish in dishes)
    assert set(per_station) == {"grill", "fry", "cold", "dessert", "bar", "bakery"}
    assert min(per_station.values()) >= 4
    assert 30 <= len(dishes) <= 40
    assert all(dish.price > 0 for dish in dishes)
    assert {allergen for dish in dishes for allergen in dish.allergens} <= ALLERGENS
    assert all(_is_option(option) for dish in dishes for option in dish.options)


def test_the_whole_menu_can_be_ordered(run):
    run("demo_kitchen")
    items = [NewItem(dish.name, 1, menu_item=dish.id) for dish in MenuItem.objects.all()]

    placed = orders.place(Location.objects.get(), NewOrder(items), actor="pos:till")

    assert len(placed.answer["tickets"]) == 6


def test_it_says_in_a_few_lines_what_there_is(run):
    said = run("demo_kitchen")

    assert len(said.out.splitlines()) == 5
    assert "bar 127.0.0.1:9101" in said.out
    assert "sign_in_link" in said.out
    assert said.err == ""
