"""Sent twice, an order exists once: by external_id, by key, one after another and at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from kitchen import boards, orders, tickets
from kitchen.errors import KeyReused
from kitchen.intake import NewItem, NewOrder
from kitchen.models import (
    KitchenTicket,
    KitchenTicketLog,
    MenuItem,
    Order,
    Outbox,
    PrintJob,
    RequestKey,
)
from kitchen.orders import Placed
from tests.kitchen.conftest import House, build_house

RIBEYE = [NewItem("Ribeye", 1, "grill"), NewItem("Beer", 1, "bar")]


@pytest.fixture
def send(house: House) -> Callable[..., Placed]:
    def send(
        external_id: str = "", *, key: str = "", owner: str = "pos:1", **values: Any
    ) -> Placed:
        new = NewOrder(RIBEYE, external_id=external_id, **values)
        return orders.place(house.location, new, actor="pos:till", owner=owner, key=key)

    return send


@pytest.fixture
def send_round(house: House) -> Callable[..., Placed]:
    def send_round(order_id: int, *items: NewItem, key: str = "") -> Placed:
        return orders.add_round(
            order_id,
            items or RIBEYE,
            location=house.location,
            actor="pos:till",
            owner="pos:1",
            key=key,
        )

    return send_round


def _rows() -> list[int]:
    models = (Order, KitchenTicket, PrintJob, KitchenTicketLog, Outbox)
    return [model.objects.count() for model in models]


@pytest.mark.parametrize("again", [{"external_id": "T1"}, {"key": "k1"}])
def test_second_sending_gets_the_first_answer(send: Callable[..., Placed], again: Any) -> None:
    first = send(**again)
    rows = _rows()

    second = send(**again)

    assert (first.created, second.created) == (True, False)
    assert second.answer == first.answer
    assert _rows() == rows


def test_answer_stays_as_it_was_when_the_order_has_moved_on(
    send: Callable[..., Placed], house: House
) -> None:
    first = send("T1", key="k1")
    tickets.move_order(first.answer["id"], "ready", location_id=house.id, actor="screen:a")

    assert send("T1", key="k1").answer == first.answer
    assert send("T1").answer == first.answer


def test_retry_is_answered_though_the_dish_is_sold_out_by_now(house: House) -> None:
    entry = MenuItem.objects.create(
        location=house.location,
        brand=house.location.brand_set.get(),
        station=house.stations["grill"],
        name="Ribeye",
    )
    new = NewOrder([NewItem("Ribeye", 1, menu_item=entry.id)], external_id="T1")
    first = orders.place(house.location, new, actor="pos:till")
    MenuItem.objects.update(sold_out_at=timezone.now())

    second = orders.place(house.location, new, actor="pos:till")

    assert second.answer == first.answer


@pytest.mark.parametrize("again", [{"external_id": "T1"}, {"key": "k1"}])
def test_same_name_with_other_content_is_refused(send: Callable[..., Placed], again: Any) -> None:
    send(**again)
    rows = _rows()

    with pytest.raises(KeyReused) as refused:
        send(**again, table="7")

    assert repr(next(iter(again.values()))) in str(refused.value)
    assert _rows() == rows


def test_keys_of_two_owners_do_not_meet(send: Callable[..., Placed]) -> None:
    assert send(key="k1", owner="pos:1").created
    assert send(key="k1", owner="pos:2", table="7").created


def test_external_ids_of_two_locations_do_not_meet(send: Callable[..., Placed]) -> None:
    send("T1")
    annex = build_house("annex")

    assert orders.place(
        annex.location, NewOrder(RIBEYE, external_id="T1"), actor="pos:other"
    ).created


def test_key_of_an_order_is_not_good_for_another_location(
    send: Callable[..., Placed],
) -> None:
    send(key="k1")
    annex = build_house("annex")

    with pytest.raises(KeyReused):
        orders.place(annex.location, NewOrder(RIBEYE), actor="pos:till", owner="pos:1", key="k1")


def test_without_key_or_external_id_each_sending_is_an_order(send: Callable[..., Placed]) -> None:
    assert send().answer["id"] != send().answer["id"]


def test_refused_order_leaves_its_key_free(send: Callable[..., Placed], house: House) -> None:
    wrong = NewOrder([NewItem("Tea", 1, "tearoom")])
    with pytest.raises(orders.OrderInvalid):
        orders.place(house.location, wrong, actor="pos:till", owner="pos:1", key="k1")

    assert send(key="k1").created


def test_round_sent_twice_is_one_round(
    send: Callable[..., Placed], send_round: Callable[..., Placed]
) -> None:
    number = send().answer["id"]
    first = send_round(number, key="r1")
    rows = _rows()

    second = send_round(number, key="r1")

    assert (first.created, second.created) == (True, False)
    assert second.answer == first.answer
    assert _rows() == rows


def test_key_of_a_round_is_not_good_for_another_order(
    send: Callable[..., Placed], send_round: Callable[..., Placed]
) -> None:
    one, two = send().answer["id"], send().answer["id"]
    send_round(one, key="r1")

    with pytest.raises(KeyReused):
        send_round(two, key="r1")

    assert len(boards.order(two)["tickets"]) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [{"external_id": "T1"}, {"key": "k1"}])
def test_twenty_sendings_at_once_are_one_order(
    send: Callable[..., Placed], at_once: Callable[..., list[Any]], again: Any
) -> None:
    placed = at_once(*[partial(send, **again)] * 20)

    assert [answer for answer in placed if isinstance(answer, Exception)] == []
    assert sum(answer.created for answer in placed) == 1
    assert all(answer.answer == placed[0].answer for answer in placed)
    assert _rows()[:4] == [1, 2, 1, 2]
    assert placed[0].answer["number"] == "A001"


@pytest.mark.django_db(transaction=True)
def test_twenty_sendings_of_a_round_at_once_are_one_round(
    send: Callable[..., Placed],
    send_round: Callable[..., Placed],
    at_once: Callable[..., list[Any]],
) -> None:
    number = send().answer["id"]

    placed = at_once(*[partial(send_round, number, key="r1")] * 20)

    assert [answer for answer in placed if isinstance(answer, Exception)] == []
    assert sum(answer.created for answer in placed) == 1
    assert _rows()[:4] == [1, 4, 2, 4]


@pytest.mark.django_db(transaction=True)
def test_of_two_contents_under_one_key_at_once_one_is_refused(
    send: Callable[..., Placed], at_once: Callable[..., list[Any]]
) -> None:
    results = at_once(*[partial(send, key="k1", table=str(table)) for table in range(6)])

    refused = [result for result in results if isinstance(result, KeyReused)]
    assert len(refused) == 5
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_rounds_of_two_orders_under_one_key_at_once_one_is_refused(
    send: Callable[..., Placed],
    send_round: Callable[..., Placed],
    at_once: Callable[..., list[Any]],
) -> None:
    numbers = [send().answer["id"] for _ in range(6)]

    results = at_once(*[partial(send_round, number, key="r1") for number in numbers])

    refused = [result for result in results if isinstance(result, KeyReused)]
    assert len(refused) == 5
    assert KitchenTicket.objects.filter(round=2).values("order").distinct().count() == 1
    assert RequestKey.objects.count() == 1
