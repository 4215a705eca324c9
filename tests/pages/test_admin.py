"""The set-up under /admin/: for superusers, for the house's things, with one door."""

import pytest
from django.test import Client

from kitchen.models import KitchenTicketLog, MenuItem, PrinterRoute, Station, StationPrinter
from operations import access
from operations.models import PosToken

pytestmark = pytest.mark.django_db
SET_UP = [
    "auth/user", "kitchen/brand", "kitchen/location", "kitchen/menuitem", "kitchen/station",
    "kitchen/stationprinter",
]  # fmt: skip
LOOK_ONLY = ["kitchen/kitchenticketlog", "operations/postoken"]
OPTIONS = '[{"name": "Size", "choices": ["S", "L"], "max": 1}]'


@pytest.fixture
def owner(person):
    client = Client()
    client.force_login(person("owner", is_staff=True, is_superuser=True))
    return client


def dish(**values):
    item = MenuItem.objects.get(name="Espresso")
    return {
        "location": item.location_id, "brand": item.brand_id, "station": item.station_id,
        "category": "Drinks", "name": "Espresso", "price": "2.80", "options": "[]",
        "allergens": "[]", "position": 1, **values,
    }  # fmt: skip


def save(owner, model, number, values):
    return owner.post(f"/admin/{model}/{number}/change/", values)


@pytest.mark.parametrize("model", [*SET_UP, *LOOK_ONLY])
def test_an_owner_sets_the_house_up(owner, place, model):
    place("grill")

    assert owner.get(f"/admin/{model}/").status_code == 200
    adds = owner.get(f"/admin/{model}/add/").status_code
    assert adds == (403 if model in LOOK_ONLY else 200)


def test_nothing_of_the_running_kitchen_can_be_changed_there(owner):
    page = owner.get("/admin/").content.decode()

    listed = {model for model in ("order", "kitchenticket", "printjob") if f"/{model}/" in page}
    assert listed == set()


def test_a_manager_without_the_owners_flag_does_not_get_in(browser):
    manager = browser("manager")

    assert manager.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert manager.get("/admin/login/?next=/admin/").status_code == 403


def test_there_is_one_door_and_it_is_the_one_that_slows_guessers_down(client, person):
    person("owner", is_staff=True, is_superuser=True)

    shown = client.get("/admin/login/?next=/admin/kitchen/")
    tried = client.post("/admin/login/", {"username": "owner", "password": "x"})

    assert shown["Location"] == "/sign-in/?next=%2Fadmin%2Fkitchen%2F"
    assert tried["Location"].startswith("/sign-in/")


def test_the_log_can_be_looked_at_and_nothing_else(owner, place):
    place("grill")
    entry = KitchenTicketLog.objects.get()

    assert owner.get(f"/admin/kitchen/kitchenticketlog/{entry.id}/change/").status_code == 200
    assert save(owner, "kitchen/kitchenticketlog", entry.id, {"action": "x"}).status_code == 403
    delete = owner.post(f"/admin/kitchen/kitchenticketlog/{entry.id}/delete/", {"post": "yes"})
    assert delete.status_code == 403


def test_a_token_is_revoked_with_one_action_and_out_at_once(owner, browser):
    program = browser("pos")
    assert program.get("/operations/log/").status_code == 200
    number = PosToken.objects.get().id

    owner.post("/admin/operations/postoken/", {"action": "revoke", "_selected_action": [number]})

    assert program.get("/operations/log/").status_code == 302


def test_a_tokens_digest_is_not_shown(owner, hq):
    access.create_token(hq, "till")
    token = PosToken.objects.get()

    page = owner.get(f"/admin/operations/postoken/{token.id}/change/").content.decode()

    assert token.digest not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("options", '{"name": "Size"}'),
        ("options", '[{"name": "Size"}]'),
        ("options", '[{"name": "Size", "choices": []}]'),
        ("options", '[{"name": "Size", "choices": [1]}]'),
        ("options", '[{"name": "Size", "choices": ["S"], "max": 0}]'),
        ("options", '[{"name": "Size", "choices": ["S"], "price": 1}]'),
        ("allergens", '"milk"'),
        ("allergens", "[1]"),
        ("allergens", "milk"),
    ],
)
def test_what_the_order_page_could_not_show_is_refused(owner, hq, field, value):
    number = MenuItem.objects.get(name="Espresso").id

    answer = save(owner, "kitchen/menuitem", number, dish(**{field: value}))

    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {field}


def test_a_dish_can_be_changed(owner, hq):
    number = MenuItem.objects.get(name="Espresso").id

    answer = save(owner, "kitchen/menuitem", number, dish(options=OPTIONS, allergens='["milk"]'))

    assert answer.status_code == 302, answer.context["errors"]
    assert MenuItem.objects.get(id=number).options[0]["choices"] == ["S", "L"]


def test_a_dish_is_made_in_its_own_house(owner, annex):
    number = MenuItem.objects.get(name="Espresso").id
    there = Station.objects.get(location=annex, code="grill").id

    answer = save(owner, "kitchen/menuitem", number, dish(station=there))

    assert b"These have to be of one location" in answer.content


def test_a_locations_time_zone_has_to_exist(owner, hq):
    values = {"code": "hq", "name": "HQ", "timezone": "Madrid"}

    refused = save(owner, "kitchen/location", hq.id, values)
    accepted = save(owner, "kitchen/location", hq.id, values | {"timezone": "Europe/Madrid"})

    assert b"such as Europe/Madrid" in refused.content
    assert accepted.status_code == 302


def printer(host="127.0.0.1", **routes):
    bar = StationPrinter.objects.get(code="bar")
    route = PrinterRoute.objects.get(printer=bar)
    return {
        "location": bar.location_id, "code": "bar", "name": "Bar", "kind": "network",
        "host": host, "port": 9101, "columns": 48, "code_page": "CP858", "enabled": "on",
        "printerroute_set-TOTAL_FORMS": 1, "printerroute_set-INITIAL_FORMS": 1,
        "printerroute_set-0-id": route.id, "printerroute_set-0-printer": bar.id,
        "printerroute_set-0-station": route.station_id, "printerroute_set-0-priority": 1,
        **routes,
    }  # fmt: skip


def test_a_printer_at_another_address_is_asked_anew_how_it_proves_a_print(owner, hq):
    StationPrinter.objects.update(proof="process_id")
    number = StationPrinter.objects.get(code="bar").id

    save(owner, "kitchen/stationprinter", number, printer())
    same = StationPrinter.objects.get(code="bar").proof
    save(owner, "kitchen/stationprinter", number, printer(host="10.0.0.5"))

    assert (same, StationPrinter.objects.get(code="bar").proof) == ("process_id", "")


def test_a_printer_serves_stations_of_its_own_house(owner, annex):
    there = Station.objects.get(location=annex, code="grill").id
    number = StationPrinter.objects.get(code="bar").id

    answer = save(
        owner, "kitchen/stationprinter", number, printer(**{"printerroute_set-0-station": there})
    )

    assert b"These have to be of one location" in answer.content


def test_a_person_is_taken_on_with_a_role(owner, person, hq):
    ana = person("ana", None)
    page = owner.get(f"/admin/auth/user/{ana.id}/change/").content.decode()

    assert 'name="membership_set-0-role"' in page
