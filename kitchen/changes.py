"""One change of an order: its lock, its derived status, its log rows and what the feeds tell.

Every function that changes an order or ticket goes through here, so that the row, the log and
the feeds' revisions are always of one transaction. Lock order: order, tickets by id, feeds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from kitchen import boards, feeds, log
from kitchen.errors import NotFound
from kitchen.models import KitchenTicket, Order
from kitchen.states import OrderState, TicketState, order_state

State = dict[str, Any]


@dataclass
class Change:
    """An order under its lock, its tickets by id, and what has been done to them so far."""

    order: Order
    tickets: dict[int, KitchenTicket]
    actor: str
    at: datetime = field(default_factory=timezone.now)
    entries: list[log.Entry] = field(default_factory=list)
    touched: dict[int, tuple[str, str]] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)
    new_order: bool = False

    def record(
        self, ticket: KitchenTicket, action: str, old: str, new: str, **metadata: Any
    ) -> None:
        """Note one change of a ticket: its log row, and that its feeds have to tell it."""
        first_old = self.touched.get(ticket.id, (old, new))[0]
        self.touched[ticket.id] = (first_old, new)
        since = self.at - ticket.state_since
        if old != new:
            ticket.state_since = self.at
        self.entries.append(
            log.Entry(
                action=action,
                actor=self.actor,
                at=self.at,
                location_id=self.order.location_id,
                station_id=ticket.station_id,
                order_id=self.order.id,
                ticket_id=ticket.id,
                old=old,
                new=new,
                duration_ms=max(0, int(since.total_seconds() * 1000)),
                metadata=metadata,
            )
        )


def open_order(order_id: int, *, location_id: int, actor: str) -> Change:
    """Lock the order and its tickets; NotFound if it is not of this location."""
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True)
        .select_related("location")
        .filter(id=order_id, location_id=location_id)
        .first()
    )
    if order is None:
        raise NotFound(f"There is no order {order_id} here.")
    tickets = (
        KitchenTicket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("station")
        .filter(order_id=order_id)
        .order_by("id")
    )
    return Change(order, {ticket.id: ticket for ticket in tickets}, actor)


def order_of_ticket(ticket_id: int, *, location_id: int) -> int:
    """Return the id of the ticket's order; NotFound if it is not of this location."""
    found = KitchenTicket.objects.filter(id=ticket_id, location_id=location_id)
    order_id = found.values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(f"There is no ticket {ticket_id} here.")
    return order_id


def settle(change: Change) -> State:
    """Derive the order's status, write the log, raise the feeds; return the order as it is now."""
    before = change.order.status
    after = order_state(ticket.status for ticket in change.tickets.values())
    if after != before:
        change.order.status = after
        change.order.completed_at = change.at if after == OrderState.COMPLETE else None
        Order.objects.filter(id=change.order.id).update(
            status=after, completed_at=change.order.completed_at
        )
    log.append(change.entries)
    state = boards.order(change.order.id)
    feeds.publish(_events(change, state, before=before, after=after))
    return state


def retell(order_id: int, *, location_id: int, ticket_id: int) -> None:
    """Raise the feeds that show a ticket when something beside it changed, such as a print."""
    change = open_order(order_id, location_id=location_id, actor="system")
    ticket = change.tickets[ticket_id]
    change.touched[ticket_id] = (ticket.status, ticket.status)
    state = boards.order(order_id)
    status = change.order.status
    feeds.publish(_events(change, state, before=status, after=status))


def _events(change: Change, state: State, *, before: str, after: str) -> Iterable[feeds.Event]:
    location = change.order.location.code
    moves = [
        {"order_id": state["id"], "ticket_id": number, "old_status": old, "new_status": new}
        for number, (old, new) in change.touched.items()
        if old != new and number not in change.created
    ]
    yield from _station_events(change, state, moves)
    yield from _order_events(change, state, moves, before=before, after=after)
    if change.new_order or before != after:
        yield feeds.Event(feeds.guests(location), _guest_frame(change, state, after))


def _station_events(change: Change, state: State, moves: list[State]) -> Iterable[feeds.Event]:
    location = change.order.location.code
    for ticket in state["tickets"]:
        number = ticket["id"]
        if number not in change.touched and not _on_board(ticket):
            continue
        mine = [move for move in moves if move["ticket_id"] == number]
        frame = {
            "action": _station_action(change, ticket, moved=bool(mine)),
            "order": boards.station_entry(state, number),
            "moves": mine,
        }
        yield feeds.Event(feeds.station(location, ticket["station_code"]), frame)


def _station_action(change: Change, ticket: State, *, moved: bool) -> str:
    if ticket["id"] in change.created:
        return "new_order"
    if not _on_board(ticket):
        return "removed"
    return "status_changed" if moved else "changed"


def _on_board(ticket: State) -> bool:
    if ticket["status"] == TicketState.VOID:
        return ticket["needs_ack"]
    return ticket["status"] != TicketState.COMPLETE


def _order_events(
    change: Change, state: State, moves: list[State], *, before: str, after: str
) -> Iterable[feeds.Event]:
    location = change.order.location.code
    stays = after in feeds.BOARD_STATES
    action = "status_changed" if moves else "changed"
    if change.new_order or before not in feeds.BOARD_STATES:
        action = "new_order"
    expo_action = action if stays else "removed"
    yield feeds.Event(feeds.expo(location), _frame(expo_action, state, moves))
    if before != after and before in feeds.BOARD_STATES and not change.new_order:
        yield feeds.Event(feeds.status(location, before), _frame("removed", state, moves))
    if stays:
        arrived = "status_changed" if before != after and not change.new_order else action
        yield feeds.Event(feeds.status(location, after), _frame(arrived, state, moves))


def _guest_frame(change: Change, state: State, after: str) -> State:
    if after not in feeds.BOARD_STATES:
        action = "removed"
    else:
        action = "new_order" if change.new_order else "status_changed"
    return {"action": action, "order": boards.guest_entry(state), "moves": []}


def _frame(action: str, state: State, moves: list[State]) -> State:
    return {"action": action, "order": state, "moves": moves}
