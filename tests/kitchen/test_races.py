"""Several hands at once: one wins, the others are told the truth, nobody waits for ever."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from kitchen import boards, orders, tickets
from kitchen.errors import MoveRefused
from kitchen.intake import NewItem
from kitchen.models import KitchenTicket, KitchenTicketLog, Order, Outbox
from tests.kitchen import papers
from tests.kitchen.conftest import House
from tests.kitchen.reference import Replay, Screen, shown_by

State = dict[str, Any]
HANDS = 6
TAPS_EACH = 25

pytestmark = pytest.mark.django_db(transaction=True)


def _won(results: list[Any]) -> list[State]:
    others = [result for result in results if not isinstance(result, dict)]
    assert all(isinstance(result, MoveRefused) for result in others), others
    return [result for result in results if isinstance(result, dict)]


def _order_logs(*tickets: int) -> list[str]:
    rows = KitchenTicketLog.objects.filter(ticket_id__in=tickets).exclude(action="created")
    return [row.action for row in rows.order_by("id")]


def test_two_cooks_bump_one_ticket_and_one_wins(
    open_ticket: Callable[..., KitchenTicket],
    move: Callable[..., State],
    at_once: Callable[..., list[Any]],
) -> None:
    for _ in range(5):
        ticket = open_ticket()

        results = at_once(*[partial(move, ticket, "bump")] * 2)

        (won,) = _won(results)
        (lost,) = [result for result in results if result is not won]
        assert (won["status"], won["version"]) == ("ready", 2)
        assert (lost.state, lost.now) == ("ready", won)
        assert _order_logs(ticket.id) == ["bump"]


def test_two_cooks_on_the_same_picture_do_different_things_and_one_wins(
    open_ticket: Callable[..., KitchenTicket],
    move: Callable[..., State],
    at_once: Callable[..., list[Any]],
) -> None:
    for _ in range(5):
        ticket = open_ticket()

        results = at_once(
            partial(move, ticket, "rush", version=1), partial(move, ticket, "start", version=1)
        )

        (won,) = _won(results)
        (lost,) = [result for result in results if result is not won]
        assert lost.now == won == boards.order(ticket.order_id)["tickets"][0]


def test_six_cooks_tap_the_same_item_and_it_counts_once(
    open_ticket: Callable[..., KitchenTicket],
    move_item: Callable[..., State],
    at_once: Callable[..., list[Any]],
) -> None:
    for _ in range(5):
        ticket = open_ticket(items=2)

        results = at_once(*[partial(move_item, ticket, 0, "item_bump")] * 6)

        assert len(_won(results)) == 1
        assert _order_logs(ticket.id) == ["item_bump"]


def test_last_items_of_a_ticket_at_once_make_it_ready(
    open_ticket: Callable[..., KitchenTicket],
    move_item: Callable[..., State],
    at_once: Callable[..., list[Any]],
) -> None:
    for _ in range(5):
        ticket = open_ticket(items=4)

        results = at_once(*[partial(move_item, ticket, place, "item_bump") for place in range(4)])

        assert len(_won(results)) == 4
        ticket.refresh_from_db()
        assert (ticket.status, ticket.version) == ("ready", 5)


def test_last_tickets_of_an_order_at_once_make_it_ready(
    place: Callable[..., State], move: Callable[..., State], at_once: Callable[..., list[Any]]
) -> None:
    for _ in range(3):
        order = place("grill", "fry", "bar")

        at_once(*[partial(move, ticket["id"], "bump") for ticket in order["tickets"]])

        assert Order.objects.get(id=order["id"]).status == "ready"
        last = Outbox.objects.filter(feed="status:hq:ready").latest("rev")
        assert {t["status"] for t in last.frame["order"]["tickets"]} == {"ready"}


def test_bump_and_void_at_once_end_in_one_truth(
    open_ticket: Callable[..., KitchenTicket],
    move: Callable[..., State],
    house: House,
    at_once: Callable[..., list[Any]],
) -> None:
    for _ in range(5):
        ticket = open_ticket()
        void = partial(
            orders.void, ticket.order_id, location_id=house.id, actor="pos:till", reason=""
        )

        results = at_once(partial(move, ticket, "bump"), void)

        _won(results)
        ticket.refresh_from_db()
        assert (ticket.status, ticket.order.status) == ("void", "void")
        assert _order_logs(ticket.id) in (["bump", "void"], ["void"])


def test_two_rounds_at_once_are_two_rounds(
    place: Callable[..., State], house: House, at_once: Callable[..., list[Any]]
) -> None:
    order = place("grill")
    add = partial(
        orders.add_round,
        order["id"],
        [NewItem("More", 1, "grill")],
        location=house.location,
        actor="pos:till",
    )

    results = at_once(*[add] * 5)

    assert not [result for result in results if isinstance(result, Exception)]
    rounds = [ticket["round"] for ticket in boards.order(order["id"])["tickets"]]
    assert rounds == [1, 2, 3, 4, 5, 6]


class Hand:
    """Somebody who does this and that to a few orders, as fast as can be."""

    def __init__(self, seed: int, house: House, order_ids: list[int]) -> None:
        self.dice = random.Random(seed)
        self.house = house
        self.orders = order_ids
        self.here = {"location_id": house.id, "actor": f"screen:{seed}"}

    def __call__(self) -> int:
        done = 0
        acts = [self.tap] * 6 + [self.tap_item] * 3
        acts += [self.whole, self.whole, self.more, self.change, self.void_item, self.void]
        for _ in range(TAPS_EACH):
            try:
                self.dice.choice(acts)()
            except MoveRefused:
                continue
            done += 1
        return done

    def order(self) -> int:
        return self.dice.choice(self.orders)

    def ticket(self) -> KitchenTicket:
        return self.dice.choice(list(KitchenTicket.objects.filter(order_id__in=self.orders)))

    def tap(self) -> None:
        action = self.dice.choice(["start", "bump", "recall", "complete", "hold", "fire", "rush"])
        tickets.move(self.ticket().id, action, **self.here)

    def tap_item(self) -> None:
        ticket = self.ticket()
        item = self.dice.choice(list(ticket.items.all()))
        action = self.dice.choice(["item_bump", "item_recall"])
        tickets.move_item(ticket.id, item.id, action, **self.here)

    def whole(self) -> None:
        status = self.dice.choice(["preparing", "ready", "complete"])
        tickets.move_order(self.order(), status, **self.here)

    def more(self) -> None:
        items = [NewItem("More", 1, code) for code in self.dice.sample(["grill", "fry", "bar"], 2)]
        orders.add_round(
            self.order(), items, location=self.house.location, actor=self.here["actor"]
        )

    def change(self) -> None:
        values = {"table": str(self.dice.random()), "customer_name": self.dice.choice("AB")}
        orders.change(self.order(), values, **self.here)

    def void_item(self) -> None:
        ticket = self.ticket()
        item = self.dice.choice(list(ticket.items.all()))
        orders.void_item(ticket.order_id, item.id, reason="", **self.here)

    def void(self) -> None:
        if self.dice.random() < 0.2:
            orders.void(self.order(), reason="", **self.here)


class Watcher:
    """A screen that asks for all boards again and again while hands are busy."""

    def __init__(self, house: House, rounds: int) -> None:
        self.refs = house.feeds()
        self.rounds = rounds
        self.seen: list[State] = []

    def __call__(self) -> int:
        for _ in range(self.rounds):
            self.seen.extend(boards.snapshot(ref, limit=500) for ref in self.refs)
        return self.rounds


@pytest.mark.parametrize("seed", range(3))
def test_many_hands_on_few_orders_leave_log_feeds_and_screens_in_agreement(
    place: Callable[..., State], house: House, at_once: Callable[..., list[Any]], seed: int
) -> None:
    empty = {ref.key: boards.snapshot(ref) for ref in house.feeds()}
    ids = [place("grill", "grill", "fry", "bar")["id"] for _ in range(3)]
    hands = [Hand(seed * 100 + n, house, ids) for n in range(HANDS - 1)]
    watcher = Watcher(house, rounds=10)

    results = at_once(*hands, watcher)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert all(results)
    _log_tells_the_present(ids)
    for ref in house.feeds():
        seen = [snapshot for snapshot in watcher.seen if snapshot["feed"] == ref.key]
        _events_lead_to_every_snapshot(empty[ref.key], [*seen, boards.snapshot(ref, limit=500)])


def _log_tells_the_present(order_ids: list[int]) -> None:
    for order in Order.objects.filter(id__in=order_ids).prefetch_related("tickets__items"):
        for ticket in order.tickets.all():
            items = {item.id: item.status for item in ticket.items.order_by("position")}
            replay = Replay(items)
            for row in KitchenTicketLog.objects.filter(ticket=ticket).order_by("id"):
                replay.read(row)
            told = (replay.status, replay.priority, replay.items, replay.changes)
            assert told == (ticket.status, ticket.priority, items, ticket.version)
        states = [ticket.status for ticket in order.tickets.all()]
        assert order.status == papers.order_status(states)


def _events_lead_to_every_snapshot(empty: State, snapshots: list[State]) -> None:
    """Whatever was read while things moved is what the events tell up to that revision."""
    key = empty["feed"]
    events = list(Outbox.objects.filter(feed=key).order_by("id").values_list("rev", "frame"))
    assert [rev for rev, _ in events] == list(range(1, len(events) + 1))
    assert boards.revision(key) == len(events)
    screen = Screen(empty)
    for snapshot in sorted(snapshots, key=lambda board: board["rev"]):
        for rev, frame in events[screen.rev : snapshot["rev"]]:
            assert screen.hear(rev, frame)
        assert _without_short_trays(screen.shows()) == _without_short_trays(shown_by(snapshot))


def _without_short_trays(shown: State) -> State:
    # A tray that was once full may lack older cards on a screen, until its next snapshot.
    return {**shown, "tray": shown["tray"][:5]}


def test_cook_does_not_wait_for_another_order(
    open_ticket: Callable[..., KitchenTicket],
    move: Callable[..., State],
    at_once: Callable[..., list[Any]],
) -> None:
    """While one order is held locked for long, taps on others go through."""
    one, other = open_ticket(), open_ticket()

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM kitchen_order WHERE id = %s FOR UPDATE", [one.order_id])
        (told,) = at_once(partial(move, other, "bump"))

    assert told["status"] == "ready"
