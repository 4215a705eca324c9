"""What a tap costs beyond what the domain does for it: nothing that asks the database."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitchen import tickets

from .conftest import Caller, House

Place = Callable[..., dict[str, Any]]


def statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"][:60] for query in queries]


def test_tap_asks_the_database_nothing_beyond_the_domain(
    till: Caller, place: Place, house: House, screen: Any
) -> None:
    (one,) = place("grill")["tickets"]
    (two,) = place("grill")["tickets"]
    (three,) = place("grill")["tickets"]
    at_grill = screen("station", "grill")
    for caller in (till, at_grill):
        caller.get("/operations/api/feeds/station:grill/")  # now it is known who that is

    alone = statements(
        lambda: tickets.move(one["id"], "start", location_id=house.id, actor="pos:till")
    )
    by_token = statements(lambda: till.post(f"/operations/api/tickets/{two['id']}/start/"))
    by_cookie = statements(lambda: at_grill.post(f"/operations/api/tickets/{three['id']}/start/"))

    assert len(alone) == len(by_token) == len(by_cookie)
