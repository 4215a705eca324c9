"""Who may do what, and that cookies alone change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from operations import access
from operations.models import PosToken, Screen

from .conftest import Caller, House, build_house, problem, till_of

Place = Callable[..., dict[str, Any]]


@pytest.fixture
def paths(house: House, place: Place) -> dict[str, tuple[str, str, Any]]:
    """One request of each kind, all of which would succeed with the right to it."""
    placed = place("bar", external_id="T1")
    number, ticket = placed["id"], placed["tickets"][0]
    job = ticket["print_jobs"][0]["id"]
    item, dish = ticket["items"][0]["id"], house.menu["Spritz"].id
    order, tap = f"/api/orders/{number}/", f"/operations/api/tickets/{ticket['id']}/"
    tea = {"items": [{"name": "Tea", "quantity": 1, "station_code": "bar"}]}
    return {
        "place": ("POST", "/api/orders/", tea),
        "find": ("GET", "/api/orders/?external_id=T1", None),
        "read": ("GET", order, None),
        "round": ("POST", f"{order}items/", tea),
        "void": ("POST", f"{order}void/", None),
        "void item": ("POST", f"{order}items/{item}/void/", None),
        "table": ("PATCH", order, {"table": "3"}),
        "priority": ("PATCH", order, {"priority": "rush"}),
        "status": ("POST", f"/operations/api/orders/{number}/status/", {"status": "ready"}),
        "tap": ("POST", f"{tap}bump/", None),
        "tap item": ("POST", f"{tap}items/{item}/bump/", None),
        "own feed": ("GET", "/operations/api/feeds/station:bar/", None),
        "expo feed": ("GET", "/operations/api/feeds/expo/", None),
        "menu": ("GET", "/api/menu/", None),
        "86": ("POST", f"/api/menu/{dish}/86/", None),
        "back": ("DELETE", f"/api/menu/{dish}/86/", None),
        "test print": ("POST", "/api/kitchen/printers/bar/test", None),
        "printer": ("GET", "/api/kitchen/printers/bar/status", None),
        "reprint": ("POST", f"/api/kitchen/tickets/{ticket['id']}/reprint", None),
        "job": ("POST", f"/api/kitchen/jobs/{job}/mark_printed", None),
        "ticket log": ("GET", f"/api/kitchen/tickets/{ticket['id']}/log", None),
        "log": ("GET", "/api/kitchen/log", None),
    }


SEE = {"find", "read", "own feed", "expo feed", "menu"}
MOVE = {"priority", "status", "tap", "tap item", "86", "back"}
ORDER = {"place", "round", "void", "void item", "table"}
PRINT = {"test print", "printer", "reprint", "job"}
LOG = {"ticket log", "log"}
ALL = SEE | MOVE | ORDER | PRINT | LOG
OF_STATION = {"read", "find", "own feed", "menu", "tap", "tap item", "86", "back"}
MAY: dict[str, set[str]] = {
    "pos": ALL,
    "manager": ALL,
    "expo": ALL,
    "cook": ALL - ORDER,
    "screen station bar": OF_STATION,
    "screen station grill": {"menu"},
    "screen status pending": (SEE | MOVE) - {"own feed", "expo feed"},
    "screen expo": SEE | MOVE | PRINT,
    "screen guests": {"menu"},
}


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize("what", sorted(ALL))
def test_everybody_may_do_what_is_theirs_and_no_more(
    paths: dict[str, tuple[str, str, Any]],
    till: Caller,
    staff: Any,
    screen: Any,
    who: str,
    what: str,
) -> None:
    kind, *rest = who.split(" ")
    caller = till if who == "pos" else screen(*rest) if kind == "screen" else staff(who)

    answer = caller.call(*paths[what])

    if what in MAY[who]:
        assert answer.status_code in (200, 201, 202, 409), answer.content
    else:
        assert answer.status_code in (403, 404), answer.content


@pytest.mark.parametrize("what", sorted(ALL))
def test_nobody_may_do_nothing(paths: dict[str, tuple[str, str, Any]], what: str) -> None:
    answer = Caller(Client(), {}).call(*paths[what])

    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Basic dGlsbDp0aWxs", "Bearer", "Token x", "Bearer \x00", "ü"]
)
def test_false_token_is_nobody(db: None, header: str) -> None:
    problem(Caller(Client(), {"Authorization": header}).get("/api/menu/"), 401)


def test_false_token_is_nobody_also_beside_a_good_session(staff: Any) -> None:
    problem(staff("manager").get("/api/menu/", Authorization="Bearer nonsense"), 401)


@pytest.mark.parametrize("cookie", ["nonsense", '"\\000aaaaaaaaaa"', "x" * 4000, "ü" * 20])
@pytest.mark.parametrize("name", ["sessionid", access.SCREEN_COOKIE])
def test_false_cookie_is_nobody(db: None, name: str, cookie: str) -> None:
    client = Client(headers={"Cookie": f"{name}={cookie}"})

    problem(Caller(client, {}).get("/api/menu/"), 401)


def test_revoked_token_and_screen_are_out(till: Caller, screen: Any) -> None:
    grill = screen("station", "grill")
    PosToken.objects.update(revoked_at="2026-03-06T18:00:00Z")
    Screen.objects.update(revoked_at="2026-03-06T18:00:00Z")
    access.forget()

    problem(till.get("/api/menu/"), 401)
    problem(grill.get("/operations/api/feeds/station:grill/"), 401)


@pytest.mark.parametrize("what", sorted(MOVE | ORDER | PRINT - {"printer"}))
def test_session_alone_changes_nothing(
    paths: dict[str, tuple[str, str, Any]], staff: Any, what: str
) -> None:
    body = problem(staff("manager", csrf=False).call(*paths[what]), 403)

    assert "CSRF" in body["detail"]


def test_screen_cookie_alone_changes_nothing(place: Place, screen: Any) -> None:
    ticket = place("grill")["tickets"][0]["id"]
    path = f"/operations/api/tickets/{ticket}/bump/"

    problem(screen("station", "grill", csrf=False).post(path), 403)
    assert screen("station", "grill").post(path).status_code == 200


def test_request_from_a_strange_page_changes_nothing(place: Place, staff: Any) -> None:
    ticket = place("grill")["tickets"][0]["id"]
    path = f"/operations/api/tickets/{ticket}/bump/"

    body = problem(staff("cook").post(path, Origin="https://evil.example"), 403)

    assert "Origin" in body["detail"]


def test_cookie_alone_may_read(staff: Any) -> None:
    assert staff("cook", csrf=False).get("/api/menu/").status_code == 200


def test_station_screen_taps_only_its_own_tickets(place: Place, screen: Any) -> None:
    grill, fry = (ticket["id"] for ticket in place("grill", "fry")["tickets"])
    at_grill = screen("station", "grill")

    assert at_grill.post(f"/operations/api/tickets/{grill}/bump/").status_code == 200
    problem(at_grill.post(f"/operations/api/tickets/{fry}/bump/"), 403)


def test_station_screen_reads_only_orders_it_shares(place: Place, screen: Any) -> None:
    shared, strange = place("grill", "fry")["id"], place("fry")["id"]
    at_grill = screen("station", "grill")

    assert at_grill.get(f"/api/orders/{shared}/").status_code == 200
    problem(at_grill.get(f"/api/orders/{strange}/"), 404)


def test_station_screen_sells_out_only_what_it_makes(house: House, screen: Any) -> None:
    at_grill = screen("station", "grill")

    assert at_grill.post(f"/api/menu/{house.menu['Ribeye'].id}/86/").status_code == 200
    problem(at_grill.post(f"/api/menu/{house.menu['Spritz'].id}/86/"), 403)


@pytest.mark.parametrize("location", ["annex", "nowhere", "%00", "A B", "x" * 200])
def test_location_of_others_is_refused(till: Caller, location: str) -> None:
    build_house("annex")

    problem(till.get(f"/api/menu/?location={location}"), 403)


def test_person_of_two_locations_chooses_by_query(house: House, staff: Any) -> None:
    annex = build_house("annex")
    ana = staff("manager", annex)
    number = till_of(annex).post(
        "/api/orders/", {"items": [{"name": "Tea", "quantity": 1, "station_code": "bar"}]}
    )

    path = f"/api/orders/{number.json()['id']}/"

    problem(ana.get(path), 404)
    assert ana.get(f"{path}?location=annex").status_code == 200
