"""Whole stories of a kitchen, made up by hypothesis and checked after every step.

A plain model says what must happen. Then the log, the feeds and what every screen shows must
agree with it, with the database, and with each other.
"""

import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kitchen import boards, orders, tickets
from kitchen.errors import MoveRefused
from kitchen.intake import NewItem, NewOrder
from kitchen.models import Feed, KitchenTicket, KitchenTicketLog, Order, Outbox
from tests.kitchen import papers
from tests.kitchen.conftest import House
from tests.kitchen.reference import Replay, Screen, shown_by

State = dict[str, Any]
EXAMPLES = int(os.environ.get("STORIES", "25"))
STEPS = 30
ORDERS = 5
PICK = st.integers(0, 30)
CODES = st.lists(st.sampled_from(["grill", "fry", "bar"]), min_size=1, max_size=4)
PRIORITIES = st.sampled_from(["normal", "rush", "vip"])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "table": st.sampled_from(["1", "2"]),
        "customer_name": st.sampled_from(["Ann Lee", "Bo"]),
        "notes": st.sampled_from(["", "quick"]),
        "priority": PRIORITIES,
    },
)


@dataclass
class Ticket:
    """What the model knows of a ticket."""

    order: int
    screen: bool
    priority: str
    items: dict[int, str]
    status: str = "pending"
    needs_ack: bool = False
    changes: int = 1

    def may(self, action: str) -> bool:
        if (self.status, action) not in papers.TICKETS:
            return False
        if action in ("rush", "unrush"):
            return (self.priority == "rush") == (action == "unrush")
        return self.needs_ack if action == "acknowledge" else True

    def do(self, action: str, order: "Sent") -> None:
        self.status = papers.TICKETS[self.status, action]
        after = papers.items_after(action, list(self.items.values()))
        self.items = dict(zip(self.items, after, strict=True))
        if action in ("rush", "unrush"):
            calm = "vip" if order.header["priority"] == "vip" else "normal"
            self.priority = "rush" if action == "rush" else calm
        if action in ("void", "acknowledge"):
            self.needs_ack = self.screen and action == "void"
        self.changes += 1

    def may_item(self, item: int, action: str) -> bool:
        return (
            self.status in papers.ITEMS_WHILE[action] and (self.items[item], action) in papers.ITEMS
        )

    def do_item(self, item: int, action: str) -> None:
        self.items[item] = papers.ITEMS[self.items[item], action]
        self.status = papers.ticket_status(self.status, list(self.items.values()))
        self.needs_ack = self.screen if action == "void" else self.needs_ack
        self.changes += 1


@dataclass
class Sent:
    """What the model knows of an order."""

    header: State
    tickets: list[int] = field(default_factory=list)
    rounds: int = 1


class Story(RuleBasedStateMachine):
    house: House

    @initialize()
    def open_the_house(self) -> None:
        self.savepoint = transaction.savepoint()
        self.orders: dict[int, Sent] = {}
        self.tickets: dict[int, Ticket] = {}
        self.refs = {ref.key: ref for ref in self.house.feeds()}
        self.screens = {key: Screen(boards.snapshot(ref)) for key, ref in self.refs.items()}
        self.earlier: list[tuple[State, State]] = []
        self.told: dict[str, list[tuple[int, State]]] = {key: [] for key in self.refs}
        self.last_outbox = max(Outbox.objects.values_list("id", flat=True), default=0)
        self.last_log = max(KitchenTicketLog.objects.values_list("id", flat=True), default=0)
        self.replays: dict[int, Replay] = {}

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            self.latecomers_end_up_the_same()
            transaction.savepoint_rollback(self.savepoint)

    # What people do

    @precondition(lambda self: len(self.orders) < ORDERS)
    @rule(codes=CODES, priority=PRIORITIES, name=st.sampled_from(["", "Ann Lee", "Bo"]))
    def place(self, codes: list[str], priority: str, name: str) -> None:
        new = NewOrder(_items(codes), priority=priority, customer_name=name)
        placed = orders.place(self.house.location, new, actor="pos:till")
        header = {"priority": priority, "customer_name": name, "table": "", "notes": ""}
        self.orders[placed.answer["id"]] = Sent(header)
        self.took(placed.answer)
        self.check(rows=len(set(codes)))

    @precondition(lambda self: any(sent.rounds == 1 for sent in self.orders.values()))
    @rule(pick=PICK, codes=CODES)
    def add_round(self, pick: int, codes: list[str]) -> None:
        number = _one_of([n for n, sent in self.orders.items() if sent.rounds == 1], pick)
        if self.status_of(number) == "void":
            self.refused(orders.add_round, number, _items(codes), location=self.house.location)
            return
        self.orders[number].rounds += 1
        placed = orders.add_round(
            number, _items(codes), location=self.house.location, actor="pos:till"
        )
        self.took(placed.answer)
        self.check(rows=len(set(codes)))

    @precondition(lambda self: self.tickets)
    @rule(pick=PICK, action=st.sampled_from(sorted({name for _, name in papers.TICKETS})))
    def tap(self, pick: int, action: str) -> None:
        if action in ("void", "change"):  # these belong to orders
            action = "bump"
        number = _one_of(self.tickets, pick)
        ticket = self.tickets[number]
        if not ticket.may(action):
            self.refused(tickets.move, number, action)
            return
        ticket.do(action, self.orders[ticket.order])
        answer = tickets.move(number, action, location_id=self.house.id, actor="screen:a")
        assert (answer["id"], answer["status"]) == (number, ticket.status)
        self.check(rows=1)

    @precondition(lambda self: self.tickets)
    @rule(pick=PICK, action=st.sampled_from(["bump", "recall", "complete", "acknowledge"]))
    def tap_on_an_old_picture(self, pick: int, action: str) -> None:
        number = _one_of(self.tickets, pick)
        self.refused(tickets.move, number, action, version=self.tickets[number].changes - 1)

    @precondition(lambda self: self.tickets)
    @rule(pick=PICK, which=PICK, action=st.sampled_from(["item_bump", "item_recall", "void"]))
    def tap_item(self, pick: int, which: int, action: str) -> None:
        number = _one_of(self.tickets, pick)
        ticket = self.tickets[number]
        item = _one_of(ticket.items, which)
        if not ticket.may_item(item, action):
            self.refused(tickets.move_item, number, item, action)
            return
        ticket.do_item(item, action)
        tickets.move_item(number, item, action, location_id=self.house.id, actor="screen:a")
        self.check(rows=1)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, wanted=st.sampled_from(["pending", "preparing", "ready", "complete"]))
    def move_order(self, pick: int, wanted: str) -> None:
        number = _one_of(self.orders, pick)
        action = papers.ORDERS[self.status_of(number), wanted]
        moved = [ticket for ticket in self.of(number) if ticket.may(action)]
        if not moved:
            self.refused(tickets.move_order, number, wanted)
            return
        before = self.status_of(number)
        for ticket in moved:
            ticket.do(action, self.orders[number])
        answer = tickets.move_order(number, wanted, location_id=self.house.id, actor="staff:b")
        assert (answer["old_status"], answer["status"]) == (before, self.status_of(number))
        self.check(rows=len(moved))

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def fire(self, pick: int) -> None:
        number = _one_of(self.orders, pick)
        held = [ticket for ticket in self.of(number) if ticket.status == "held"]
        if not held:
            self.refused(tickets.fire, number)
            return
        for ticket in held:
            ticket.do("fire", self.orders[number])
        tickets.fire(number, location_id=self.house.id, actor="staff:b")
        self.check(rows=len(held))

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        number = _one_of(self.orders, pick)
        left = [ticket for ticket in self.of(number) if ticket.may("void")]
        if not left:
            self.refused(orders.void, number, reason="gone")
            return
        for ticket in left:
            ticket.do("void", self.orders[number])
        orders.void(number, location_id=self.house.id, actor="pos:till", reason="gone")
        self.check(rows=len(left))

    @precondition(lambda self: self.tickets)
    @rule(pick=PICK, which=PICK)
    def void_item(self, pick: int, which: int) -> None:
        ticket = self.tickets[_one_of(self.tickets, pick)]
        item = _one_of(ticket.items, which)
        if not ticket.may_item(item, "void"):
            self.refused(orders.void_item, ticket.order, item, reason="no")
            return
        ticket.do_item(item, "void")
        orders.void_item(
            ticket.order, item, location_id=self.house.id, actor="pos:till", reason="no"
        )
        self.check(rows=1)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, values=HEADERS)
    def change(self, pick: int, values: State) -> None:
        number = _one_of(self.orders, pick)
        header = self.orders[number].header
        differs = any(header[name] != value for name, value in values.items())
        rows = self.model_change(number, values) if differs else 0
        orders.change(number, values, location_id=self.house.id, actor="pos:till")
        self.check(rows=rows)

    @precondition(lambda self: self.tickets)
    @rule(pick=PICK)
    def reprint(self, pick: int) -> None:
        number = _one_of(self.tickets, pick)
        if self.tickets[number].screen:  # in this house only the bar prints
            self.refused(orders.reprint, number)
            return
        orders.reprint(number, location_id=self.house.id, actor="staff:b")
        self.check(rows=1)

    @precondition(lambda self: len(self.earlier) < 10)
    @rule()
    def a_screen_is_switched_on(self) -> None:
        now = {key: boards.snapshot(ref) for key, ref in self.refs.items()}
        self.earlier.append((now, {key: len(told) for key, told in self.told.items()}))

    # The model

    def model_change(self, number: int, values: State) -> int:
        header = self.orders[number].header
        new_priority = values.get("priority", header["priority"])
        open_ones = [ticket for ticket in self.of(number) if ticket.may("change")]
        for ticket in open_ones:
            if new_priority != header["priority"]:
                ticket.priority = new_priority
            ticket.needs_ack = ticket.screen
            ticket.changes += 1
        header.update(values)
        return len(open_ones) or 1  # a line of its own when no ticket has one

    def took(self, answer: State) -> None:
        for ticket in answer["tickets"]:
            if ticket["id"] not in self.tickets:
                number = answer["id"]
                self.orders[number].tickets.append(ticket["id"])
                self.tickets[ticket["id"]] = Ticket(
                    order=number,
                    screen=ticket["station_code"] != "bar",
                    priority=self.orders[number].header["priority"],
                    items={item["id"]: "pending" for item in ticket["items"]},
                )
                self.replays[ticket["id"]] = Replay(item["id"] for item in ticket["items"])

    def of(self, number: int) -> list[Ticket]:
        return [self.tickets[ticket] for ticket in self.orders[number].tickets]

    def status_of(self, number: int) -> str:
        return papers.order_status([ticket.status for ticket in self.of(number)])

    def refused(self, function: Any, *args: Any, **values: Any) -> None:
        where = {} if "location" in values else {"location_id": self.house.id}
        with pytest.raises(MoveRefused):
            function(*args, **where, **values, actor="screen:a")
        self.check(rows=0)

    # What must hold after each step

    def check(self, *, rows: int) -> None:
        self.database_is_as_the_model()
        self.log_has_one_row_per_change(rows)
        self.log_tells_the_present()
        self.feeds_and_screens_agree()

    def database_is_as_the_model(self) -> None:
        for order in Order.objects.filter(id__in=self.orders):
            assert order.status == self.status_of(order.id)
        for row in KitchenTicket.objects.filter(id__in=self.tickets).prefetch_related("items"):
            ticket = self.tickets[row.id]
            items = {item.id: item.status for item in row.items.all()}
            is_now = (row.status, row.priority, row.needs_ack, row.version, items)
            must = (ticket.status, ticket.priority, ticket.needs_ack, ticket.changes, ticket.items)
            assert is_now == must

    def log_has_one_row_per_change(self, rows: int) -> None:
        self.new_rows = list(KitchenTicketLog.objects.filter(id__gt=self.last_log).order_by("id"))
        assert len(self.new_rows) == rows
        self.last_log = max([self.last_log, *(row.id for row in self.new_rows)])

    def log_tells_the_present(self) -> None:
        for row in self.new_rows:
            if row.ticket_id:
                self.replays[row.ticket_id].read(row)
        for number, replay in self.replays.items():
            told = (replay.status, replay.priority, replay.items, replay.changes)
            ticket = self.tickets[number]
            assert told == (ticket.status, ticket.priority, ticket.items, ticket.changes)

    def feeds_and_screens_agree(self) -> None:
        news: dict[str, list[tuple[int, State]]] = {}
        for row in Outbox.objects.filter(id__gt=self.last_outbox).order_by("id"):
            news.setdefault(row.feed, []).append((row.rev, row.frame))
            self.last_outbox = row.id
        assert set(news) <= set(self.refs)
        for key, ref in self.refs.items():
            self.one_feed_agrees(ref, self.screens[key], news.get(key, []))

    def one_feed_agrees(
        self, ref: boards.FeedRef, screen: Screen, news: list[tuple[int, State]]
    ) -> None:
        before, rev_before = screen.shows(), screen.rev
        revision = Feed.objects.filter(key=ref.key).values_list("revision", flat=True).first() or 0
        assert [rev for rev, _ in news] == list(range(rev_before + 1, revision + 1))
        assert all(screen.hear(rev, frame) for rev, frame in news)
        fresh = boards.snapshot(ref)
        assert (screen.rev, screen.shows()) == (fresh["rev"], shown_by(fresh)), ref.key
        # Told of what it shows, and of nothing else.
        assert bool(news) == (screen.shows() != before), f"{ref.key} was told {news}"
        self.told[ref.key].extend(news)

    def latecomers_end_up_the_same(self) -> None:
        """Whoever takes a snapshot and then hears everything, old or new, ends up right."""
        for snapshots, _ in self.earlier:
            for key, snapshot in snapshots.items():
                screen = Screen(snapshot)
                assert all(screen.hear(rev, frame) for rev, frame in self.told[key])
                assert screen.shows() == self.screens[key].shows()


def _items(codes: list[str]) -> list[NewItem]:
    return [NewItem(f"Dish {place}", 1, code) for place, code in enumerate(codes)]


def _one_of(things: Any, pick: int) -> Any:
    things = list(things)
    return things[pick % len(things)]


def test_every_story_leaves_rows_log_and_screens_in_agreement(house: House) -> None:
    Story.house = house

    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck),
        ),
    )
