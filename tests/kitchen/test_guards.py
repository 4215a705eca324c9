"""The database's own guards: no word that the tables do not know, nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kitchen import states
from kitchen.models import KitchenTicket, KitchenTicketItem, Order, PrintJob

PRIORITIES = ["normal", "rush", "vip"]
COLUMNS = [
    (Order, "status", [state for state in states.OrderState if state != "complete"]),
    (Order, "priority", PRIORITIES),
    (Order, "order_type", ["dine_in", "takeout", "delivery"]),
    (KitchenTicket, "status", [state for state in states.TicketState if state != "ready"]),
    (KitchenTicket, "priority", PRIORITIES),
    (KitchenTicketItem, "status", list(states.ItemState)),
    (PrintJob, "status", list(states.JobState)),
]


@pytest.fixture
def one_of_each(open_ticket: Callable[..., Any]) -> None:
    open_ticket(station="bar")


def _write(model: type, column: str, value: Any) -> None:
    """Past Django: as a person at the SQL prompt would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'UPDATE {model._meta.db_table} SET "{column}" = %s', [value])


@pytest.mark.parametrize(("model", "column", "known"), COLUMNS)
@pytest.mark.usefixtures("one_of_each")
def test_every_known_word_is_taken(model: type, column: str, known: list[str]) -> None:
    for word in known:
        _write(model, column, word)


@pytest.mark.parametrize(("model", "column", "known"), COLUMNS)
@pytest.mark.usefixtures("one_of_each")
def test_unknown_word_is_refused(model: type, column: str, known: list[str]) -> None:
    for word in ("burnt", "", known[0].upper()):
        with pytest.raises(IntegrityError):
            _write(model, column, word)


@pytest.mark.parametrize("quantity", [0, 1000, -1])
@pytest.mark.usefixtures("one_of_each")
def test_impossible_quantity_is_refused(quantity: int) -> None:
    with pytest.raises(IntegrityError):
        _write(KitchenTicketItem, "quantity", quantity)


@pytest.mark.usefixtures("one_of_each")
def test_second_ticket_of_one_station_and_round_is_refused() -> None:
    ticket = KitchenTicket.objects.get()
    ticket.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.save(force_insert=True)


def test_second_order_with_one_external_id_is_refused(place: Callable[..., Any]) -> None:
    order = Order.objects.get(id=place(external_id="T1")["id"])
    order.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        order.save(force_insert=True)


def test_orders_without_external_id_do_not_clash(place: Callable[..., Any]) -> None:
    place()
    place()

    assert Order.objects.filter(external_id="").count() == 2


def test_complete_order_and_ready_ticket_are_taken_with_their_moments(
    place: Callable[..., Any],
) -> None:
    order = place()

    with transaction.atomic():
        Order.objects.update(status="complete", completed_at=order["placed_at"])
        KitchenTicket.objects.update(status="ready", ready_at=order["placed_at"])


def test_open_order_with_a_moment_of_completion_is_refused(place: Callable[..., Any]) -> None:
    order = place()

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(completed_at=order["placed_at"])


def test_complete_order_without_its_moment_is_refused(place: Callable[..., Any]) -> None:
    place()

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(status="complete", completed_at=None)


def test_ready_ticket_without_its_moment_is_refused(open_ticket: Callable[..., Any]) -> None:
    open_ticket()

    with pytest.raises(IntegrityError), transaction.atomic():
        KitchenTicket.objects.update(status="ready", ready_at=None)


@pytest.mark.usefixtures("one_of_each")
def test_ticket_with_items_cannot_be_deleted() -> None:
    def delete() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM kitchen_printjob")
            cursor.execute("DELETE FROM kitchen_kitchenticket")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError):
        delete()
