"""One change of an order: its lock, its derived status, its log rows and what the feeds tell.

Every function that changes an order or ticket goes through here, so that the row, the log and
the feeds' revisions are always of one transaction. Lock order: order, tickets by id, feeds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from kitchen import boards, feeds, locks, log
from kitchen.errors import NotTheirs
from kitchen.models import KitchenTicket, Order
from kitchen.states import OPEN_TICKET, OrderState, TicketState, order_state

State = dict[str, Any]


@dataclass
class Change:
    """An order under its lock, its tickets by id, and what has been done to them so far."""

    order: Order
    tickets: dict[int, KitchenTicket]
    actor: str
    at: datetime
    new_order: bool = False
    header_changed: bool = False  # what every card of the order shows: table, name, notes...
    entries: list[log.Entry] = field(default_factory=list)
    touched: dict[int, tuple[str, str]] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)
    # How the order, its cards and its call to the guests stood before.
    before: str | None = field(init=False)
    shown: set[int] = field(init=False)
    called: State | None = field(init=False)

    def __post_init__(self) -> None:
        self.before = None if self.new_order else self.order.status
        shown = (t for t in self.tickets.values() if _on_board(t.status, needs_ack=t.needs_ack))
        self.shown = {ticket.id for ticket in shown}
        self.called = self._call(self.before)

    def _call(self, status: str | None) -> State | None:
        """Return what the guests' board shows of the order in this state; None: nothing."""
        if status not in feeds.BOARD_STATES:
            return None
        head = {"id": self.order.id, "number": self.order.number, "status": status}
        return boards.guest_entry({**head, "customer_name": self.order.customer_name})

    def record(
        self,
        ticket: KitchenTicket,
        action: str,
        old: str,
        new: str,
        *,
        print_job_id: int | None = None,
        **metadata: Any,
    ) -> None:
        """Note one change of a ticket: its log row, and that its feeds have to tell it."""
        first_old = self.touched.get(ticket.id, (old, new))[0]
        self.touched[ticket.id] = (first_old, new)
        since = self.at - ticket.state_since
        if old != new:
            ticket.state_since = self.at
        entry = self._entry(
            action,
            station_id=ticket.station_id,
            ticket_id=ticket.id,
            print_job_id=print_job_id,
            old=old,
            new=new,
            duration_ms=max(0, int(since.total_seconds() * 1000)),
            metadata=metadata,
        )
        self.entries.append(entry)

    def record_order(self, action: str, **metadata: Any) -> None:
        """Note a change of the order itself that touches none of its tickets."""
        status = self.order.status
        self.entries.append(self._entry(action, old=status, new=status, metadata=metadata))

    def _entry(self, action: str, **values: Any) -> log.Entry:
        return log.Entry(
            action=action,
            actor=self.actor,
            at=self.at,
            location_id=self.order.location_id,
            order_id=self.order.id,
            **values,
        )


def open_order(order_id: int, *, location_id: int, actor: str) -> Change:
    """Lock the order and its tickets; NotFound if it is not of this location."""
    order = locks.lock_order(order_id, location_id=location_id)
    tickets = locks.tickets_of(order_id)
    # The time is taken under the lock: an order's log never runs backwards.
    return Change(order, tickets, actor, at=timezone.now())


def order_of_ticket(ticket_id: int, *, location_id: int, station: str = "") -> int:
    """Return the id of the ticket's order; NotFound if it is not of this location.

    With `station`, NotTheirs if it is another station's ticket.
    """
    order_id, code = locks.owner_of(ticket_id, location_id=location_id)
    if station not in ("", code):
        raise NotTheirs(f"Ticket {ticket_id} is not this station's.")
    return order_id


def settle(change: Change) -> State:
    """Write the change and tell the feeds; return the order as it is now."""
    state = write(change)
    tell(change, state)
    return state


def write(change: Change) -> State:
    """Derive the order's status and write the log; return the order as it is now."""
    order, after = change.order, order_state(ticket.status for ticket in change.tickets.values())
    if after != order.status:
        order.status = after
        order.completed_at = change.at if after == OrderState.COMPLETE else None
        Order.objects.filter(id=order.id).update(status=after, completed_at=order.completed_at)
    log.append(change.entries)
    return boards.order(order.id)


def tell(change: Change, state: State) -> None:
    """Raise the feeds that show something of the change. Nothing else may follow it."""
    feeds.publish(_events(change, state))


@transaction.atomic(savepoint=False)
def retell(order_id: int, *, location_id: int, ticket_id: int) -> None:
    """Raise the feeds that show a ticket when something beside it changed, such as a print."""
    change = open_order(order_id, location_id=location_id, actor="system")
    status = change.tickets[ticket_id].status
    change.touched[ticket_id] = (status, status)
    tell(change, boards.order(order_id))


def _events(change: Change, state: State) -> Iterable[feeds.Event]:
    moves = [
        {"order_id": state["id"], "ticket_id": number, "old_status": old, "new_status": new}
        for number, (old, new) in change.touched.items()
        if old != new and number not in change.created
    ]
    yield from _station_events(change, state, moves)
    yield from _order_events(change, state, moves)
    yield from _guest_events(change, state)


def _station_events(change: Change, state: State, moves: list[State]) -> Iterable[feeds.Event]:
    location = change.order.location.code
    # The order's other cards show its header and how its other tickets stand, no more.
    on_all_cards = bool(moves or change.created or change.header_changed)
    for ticket in state["tickets"]:
        number = ticket["id"]
        stays = _on_board(ticket["status"], needs_ack=ticket["needs_ack"])
        if not (stays or number in change.shown):
            continue
        if not (on_all_cards or number in change.touched):
            continue
        mine = [move for move in moves if move["ticket_id"] == number]
        frame = {
            "action": _station_action(change, number, stays=stays, moved=bool(mine)),
            "order": boards.station_entry(state, number),
            "moves": mine,
        }
        yield feeds.Event(feeds.station(location, ticket["station_code"]), frame)


def _station_action(change: Change, ticket_id: int, *, stays: bool, moved: bool) -> str:
    if ticket_id in change.created:
        return "new_order"
    if not stays:
        return "removed"
    return "status_changed" if moved else "changed"


def _on_board(status: str, *, needs_ack: bool) -> bool:
    """True if the station's board shows such a ticket, to make or in its tray."""
    return status in OPEN_TICKET or (status == TicketState.VOID and needs_ack)


def _order_events(change: Change, state: State, moves: list[State]) -> Iterable[feeds.Event]:
    location, before, after = change.order.location.code, change.before, state["status"]
    was, stays = before in feeds.BOARD_STATES, after in feeds.BOARD_STATES
    action = "status_changed" if moves or before != after else "changed"
    arrival = "new_order" if change.new_order else action
    # The expo also shows the orders that were completed last.
    if was or stays or OrderState.COMPLETE in (before, after):
        expo_action = (action if was else "new_order") if stays else "removed"
        yield feeds.Event(feeds.expo(location), _frame(expo_action, state, moves))
    if was and before != after:
        yield feeds.Event(feeds.status(location, before), _frame("removed", state, moves))
    if stays:
        yield feeds.Event(feeds.status(location, after), _frame(arrival, state, moves))


def _guest_events(change: Change, state: State) -> Iterable[feeds.Event]:
    call = boards.guest_entry(state) if state["status"] in feeds.BOARD_STATES else None
    if call == change.called:
        return
    action = "status_changed" if change.called and call else "new_order" if call else "removed"
    frame = {"action": action, "order": boards.guest_entry(state), "moves": []}
    yield feeds.Event(feeds.guests(change.order.location.code), frame)


def _frame(action: str, state: State, moves: list[State]) -> State:
    return {"action": action, "order": state, "moves": moves}
