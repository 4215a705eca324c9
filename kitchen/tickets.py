"""Every change of a ticket or item at the stations: start, bump, recall, hold, fire, rush...

Each function is one transaction. The order is locked first, the allowed origins come from the
table in `states`, and of two competing taps the second is told what is true now.
"""

from typing import Any

from django.db import transaction

from kitchen import boards, changes
from kitchen.changes import Change
from kitchen.errors import MoveRefused, NotFound
from kitchen.models import KitchenTicket, KitchenTicketItem
from kitchen.states import (
    ITEM_MOVES,
    ITEM_TICKET_STATES,
    TICKET_MOVES,
    ItemState,
    TicketState,
    order_action,
    ticket_state_after_items,
)

State = dict[str, Any]


@transaction.atomic
def move(
    ticket_id: int,
    action: str,
    *,
    location_id: int,
    actor: str,
    version: int | None = None,
    station: str = "",
) -> State:
    """Do `action` to a ticket and return the ticket as it is now; only one of `station` if given.

    `version` is the one the person saw; another one, or a state the action may not start from,
    is refused with MoveRefused, whose `now` holds the ticket as it is.
    """
    order_id = changes.order_of_ticket(ticket_id, location_id=location_id, station=station)
    change = changes.open_order(order_id, location_id=location_id, actor=actor)
    ticket = change.tickets[ticket_id]
    if version is not None and version != ticket.version:
        raise _refused(f"This ticket has changed: it is {ticket.status} now.", ticket)
    if not _may(ticket, action):
        raise _refused(f"Cannot {action} a ticket that is {_words(ticket)}.", ticket)
    _apply(change, ticket, action)
    return _ticket(changes.settle(change), ticket_id)


@transaction.atomic
def move_item(
    ticket_id: int,
    item_id: int,
    action: str,
    *,
    location_id: int,
    actor: str,
    version: int | None = None,
    station: str = "",
    reason: str = "",
) -> State:
    """Do `item_bump`, `item_recall` or `void` to one item; return its ticket as it is now."""
    order_id = changes.order_of_ticket(ticket_id, location_id=location_id, station=station)
    change = changes.open_order(order_id, location_id=location_id, actor=actor)
    ticket = change.tickets[ticket_id]
    if version is not None and version != ticket.version:
        raise _refused(f"This ticket has changed: it is {ticket.status} now.", ticket)
    apply_to_item(change, ticket, item_id, action, reason=reason)
    return _ticket(changes.settle(change), ticket_id)


@transaction.atomic
def move_order(order_id: int, status: str, *, location_id: int, actor: str) -> State:
    """Bring all of an order's tickets that may to `status`; return the order as it is now.

    MoveRefused if none may. The result has `old_status` beside the order's own fields.
    """
    change = changes.open_order(order_id, location_id=location_id, actor=actor)
    before = change.order.status
    action = order_action(before, status)
    movable = [ticket for ticket in change.tickets.values() if _may(ticket, action)]
    if not movable:
        raise MoveRefused(
            f"Cannot make order {change.order.number} {status}: it is {before}.",
            state=before,
            now=boards.order(order_id),
        )
    for ticket in movable:
        _apply(change, ticket, action)
    return {**changes.settle(change), "old_status": before}


@transaction.atomic
def fire(order_id: int, *, location_id: int, actor: str, course: int | None = None) -> State:
    """Let an order's held tickets go, all or those with items of a course; return the order."""
    change = changes.open_order(order_id, location_id=location_id, actor=actor)
    held = [ticket for ticket in change.tickets.values() if ticket.status == TicketState.HELD]
    if course is not None:
        of_course = KitchenTicketItem.objects.filter(ticket__in=held, course=course)
        of_course = of_course.exclude(status=ItemState.VOID)
        wanted = set(of_course.values_list("ticket_id", flat=True))
        held = [ticket for ticket in held if ticket.id in wanted]
    if not held:
        what = "Nothing" if course is None else f"Nothing of course {course}"
        raise MoveRefused(
            f"{what} of order {change.order.number} is held.",
            state=change.order.status,
            now=boards.order(order_id),
        )
    for ticket in held:
        _apply(change, ticket, "fire")
    return changes.settle(change)


def void_ticket(change: Change, ticket: KitchenTicket, *, reason: str) -> None:
    """Void a ticket and what of its items is left, within a change already open."""
    items = KitchenTicketItem.objects.filter(ticket=ticket).exclude(status=ItemState.VOID)
    items.update(status=ItemState.VOID, void_reason=reason)
    _apply(change, ticket, "void", reason=reason)


def apply_to_item(
    change: Change, ticket: KitchenTicket, item_id: int, action: str, *, reason: str = ""
) -> None:
    """Do an item's action within a change already open; its ticket follows its items."""
    items = list(KitchenTicketItem.objects.filter(ticket=ticket).order_by("position"))
    item = next((item for item in items if item.id == item_id), None)
    if item is None:
        raise NotFound(f"There is no item {item_id} on this ticket.")
    allowed = ticket.status in ITEM_TICKET_STATES[action]
    if not allowed or item.status not in ITEM_MOVES[action].origins:
        verb = action.removeprefix("item_")
        raise _refused(
            f"Cannot {verb} {item.name}: it is {item.status}, its ticket {ticket.status}.", ticket
        )
    old_item, old = item.status, ticket.status
    item.status = ITEM_MOVES[action].target
    item.ready_at = change.at if item.status == ItemState.READY else None
    item.void_reason = reason
    item.save(update_fields=["status", "ready_at", "void_reason"])
    new = ticket_state_after_items(old, [item.status for item in items])
    if action == "void":
        ticket.needs_ack = ticket.station.has_screen
    _stamp(change, ticket, old, new)
    story = {"item": item.id, "item_old": old_item, "item_new": item.status}
    if reason:
        story["reason"] = reason
    change.record(ticket, action, old, new, **story)
    _save(ticket)


def _may(ticket: KitchenTicket, action: str) -> bool:
    if ticket.status not in TICKET_MOVES[action].origins:
        return False
    if action == "acknowledge":
        return ticket.needs_ack
    if action in ("rush", "unrush"):
        return (ticket.priority == "rush") == (action == "unrush")
    return True


def _words(ticket: KitchenTicket) -> str:
    return ticket.status if ticket.priority == "normal" else f"{ticket.status} ({ticket.priority})"


def _apply(change: Change, ticket: KitchenTicket, action: str, *, reason: str = "") -> None:
    old = ticket.status
    new = TICKET_MOVES[action].target or old
    story: State = {"reason": reason} if reason else {}
    if action in ("rush", "unrush"):
        was, ticket.priority = ticket.priority, _priority_after(change, action)
        story["priority"] = [was, ticket.priority]
    if action == "acknowledge":
        ticket.needs_ack = False
    if action == "fire":
        ticket.clock_from = change.at
    if action == "void":
        ticket.needs_ack = ticket.station.has_screen
    _stamp(change, ticket, old, new)
    _move_items(change, ticket, action)
    change.record(ticket, action, old, new, **story)
    _save(ticket)


def _priority_after(change: Change, action: str) -> str:
    if action == "rush":
        return "rush"
    # A VIP's ticket stays a VIP's once the rush is off.
    return "vip" if change.order.priority == "vip" else "normal"


def _move_items(change: Change, ticket: KitchenTicket, action: str) -> None:
    items = KitchenTicketItem.objects.filter(ticket=ticket)
    if action == "bump":
        items.filter(status=ItemState.PENDING).update(status=ItemState.READY, ready_at=change.at)
    if action == "recall":
        items.filter(status=ItemState.READY).update(status=ItemState.PENDING, ready_at=None)


def _stamp(change: Change, ticket: KitchenTicket, old: str, new: str) -> None:
    """Set a ticket's state and the moments that belong to it; the original clock is kept."""
    ticket.status = new
    if old == new:
        return
    if new in (TicketState.PREPARING, TicketState.READY) and ticket.started_at is None:
        ticket.started_at = change.at
    if old in (TicketState.READY, TicketState.COMPLETE) and new == TicketState.PREPARING:
        ticket.recalled_at = change.at
    ticket.ready_at = {
        TicketState.READY: change.at,
        TicketState.COMPLETE: ticket.ready_at,
        TicketState.VOID: ticket.ready_at,
    }.get(TicketState(new))
    ticket.completed_at = change.at if new == TicketState.COMPLETE else None


def _save(ticket: KitchenTicket) -> None:
    ticket.version += 1
    ticket.save(
        update_fields=[
            "status", "priority", "version", "clock_from", "state_since", "started_at",
            "ready_at", "completed_at", "recalled_at", "needs_ack",
        ]
    )  # fmt: skip


def _ticket(order: State, ticket_id: int) -> State:
    return next(ticket for ticket in order["tickets"] if ticket["id"] == ticket_id)


def _refused(message: str, ticket: KitchenTicket) -> MoveRefused:
    now = _ticket(boards.order(ticket.order_id), ticket.id)
    return MoveRefused(message, state=ticket.status, now=now)
