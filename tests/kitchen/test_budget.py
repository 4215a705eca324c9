"""How many statements each thing costs: few, and never more for a bigger order or board."""

from collections.abc import Callable
from typing import Any

import pytest

from kitchen import boards, history, orders, tickets
from kitchen.intake import NewItem, NewOrder
from kitchen.models import KitchenTicket
from tests.kitchen.conftest import House

State = dict[str, Any]
Budget = Callable[[int], Any]
SAVEPOINT = 2  # in a test the transaction is a savepoint: two statements that count
ROLLBACK = 1  # and one more if it is undone


@pytest.fixture
def budget(django_assert_max_num_queries: Budget) -> Budget:
    """Allow so many statements inside one transaction."""
    return lambda most: django_assert_max_num_queries(most + SAVEPOINT)


@pytest.mark.parametrize("items", [1, 200])
def test_placing_an_order(house: House, budget: Budget, items: int) -> None:
    codes = ["grill", "fry", "bar"]
    asked = [NewItem(f"Dish {n}", 1, codes[n % 3]) for n in range(items)]
    new = NewOrder(asked, external_id="T1")

    with budget(16):
        orders.place(house.location, new, actor="pos:till", owner="pos:1", key="k1")


def test_placing_it_again(house: House, django_assert_max_num_queries: Budget) -> None:
    new = NewOrder([NewItem("Ribeye", 1, "grill")], external_id="T1")
    orders.place(house.location, new, actor="pos:till", owner="pos:1", key="k1")

    with django_assert_max_num_queries(1):
        orders.place(house.location, new, actor="pos:till", owner="pos:1", key="k1")


def test_a_further_round(place: Callable[..., State], house: House, budget: Budget) -> None:
    order = place("grill")
    items = [NewItem("More", 1, code) for code in ("grill", "fry", "bar")]

    with budget(15):
        orders.add_round(
            order["id"], items, location=house.location, actor="pos:t", owner="pos:1", key="k1"
        )


@pytest.mark.parametrize(
    ("state", "action", "most"),
    [
        ("pending", "start", 8),
        ("preparing", "bump", 9),
        ("ready", "recall", 9),
        ("ready", "complete", 8),
        ("pending", "rush", 7),
    ],
)
def test_a_tap(
    open_ticket: Callable[..., KitchenTicket],
    move: Callable[..., State],
    budget: Budget,
    state: str,
    action: str,
    most: int,
) -> None:
    ticket = open_ticket(state, items=50)

    with budget(most):
        move(ticket, action)


def test_a_tap_on_an_item(
    open_ticket: Callable[..., KitchenTicket], house: House, budget: Budget
) -> None:
    ticket = open_ticket(items=50)
    item = ticket.items.order_by("position")[7].id

    with budget(10):
        tickets.move_item(ticket.id, item, "item_bump", location_id=house.id, actor="screen:a")


def test_a_tap_that_is_refused(
    open_ticket: Callable[..., KitchenTicket], move: Callable[..., State], budget: Budget
) -> None:
    ticket = open_ticket("ready")

    with budget(4 + ROLLBACK), pytest.raises(orders.MoveRefused):
        move(ticket, "bump")


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize(
    ("kind", "code", "most"),
    [("station", "grill", 1), ("status", "pending", 1), ("expo", "", 2), ("guests", "", 1)],
)
def test_a_snapshot(
    place: Callable[..., State],
    house: House,
    django_assert_max_num_queries: Budget,
    kind: str,
    code: str,
    most: int,
    count: int,
) -> None:
    for _ in range(count):
        place("grill", "fry")
    ref = house.feed(kind, code)

    with django_assert_max_num_queries(most):
        boards.snapshot(ref, limit=boards.SCREEN)


def test_a_look_whether_anything_is_new(
    house: House, django_assert_max_num_queries: Budget
) -> None:
    with django_assert_max_num_queries(1):
        boards.revision(house.feed("expo").key)


def test_a_page_of_the_log(
    open_ticket: Callable[..., Any], house: House, django_assert_max_num_queries: Budget
) -> None:
    for _ in range(10):
        open_ticket("complete")

    with django_assert_max_num_queries(4):
        history.of_location(house.id, station="grill", action="bump")
