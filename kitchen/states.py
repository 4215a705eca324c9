"""The states of tickets, items, orders and print jobs, and every move between them.

This is the only place where a transition is written down. Screens ask the same tables which
buttons to show, the database guards the same words, and the tests run over states x actions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class TicketState(StrEnum):
    """Where one station's share of an order is."""

    HELD = "held"
    PENDING = "pending"
    PREPARING = "preparing"
    READY = "ready"
    COMPLETE = "complete"
    VOID = "void"


class ItemState(StrEnum):
    """Where one line of a ticket is."""

    PENDING = "pending"
    READY = "ready"
    VOID = "void"


class OrderState(StrEnum):
    """What an order's tickets add up to; derived, never set by hand."""

    PENDING = "pending"
    PREPARING = "preparing"
    READY = "ready"
    COMPLETE = "complete"
    VOID = "void"


class JobState(StrEnum):
    """Where one chit to be printed is."""

    NEW = "new"
    PRINTING = "printing"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class Move:
    """The states an action may start from and the one it leads to (None: it stays)."""

    origins: frozenset[str]
    target: str | None = None


_T, _I, _J = TicketState, ItemState, JobState
OPEN_TICKET = frozenset({_T.HELD, _T.PENDING, _T.PREPARING, _T.READY})
TO_MAKE = frozenset({_T.HELD, _T.PENDING, _T.PREPARING})

TICKET_MOVES: dict[str, Move] = {
    "start": Move(frozenset({_T.PENDING}), _T.PREPARING),
    "bump": Move(frozenset({_T.PENDING, _T.PREPARING}), _T.READY),
    "complete": Move(frozenset({_T.READY}), _T.COMPLETE),
    "recall": Move(frozenset({_T.READY, _T.COMPLETE}), _T.PREPARING),
    "hold": Move(frozenset({_T.PENDING}), _T.HELD),
    "fire": Move(frozenset({_T.HELD}), _T.PENDING),
    "void": Move(OPEN_TICKET, _T.VOID),
    "rush": Move(OPEN_TICKET),
    "unrush": Move(OPEN_TICKET),
    "acknowledge": Move(OPEN_TICKET | {_T.VOID}),
    "change": Move(OPEN_TICKET),
}

ITEM_MOVES: dict[str, Move] = {
    "item_bump": Move(frozenset({_I.PENDING}), _I.READY),
    "item_recall": Move(frozenset({_I.READY}), _I.PENDING),
    "void": Move(frozenset({_I.PENDING, _I.READY}), _I.VOID),
}
# An item may be touched only while its ticket is in one of these.
ITEM_TICKET_STATES: dict[str, frozenset[str]] = {
    "item_bump": frozenset({_T.PENDING, _T.PREPARING}),
    "item_recall": frozenset({_T.PREPARING, _T.READY}),
    "void": OPEN_TICKET,
}

JOB_MOVES: dict[str, Move] = {
    "print_start": Move(frozenset({_J.NEW}), _J.PRINTING),
    "print_success": Move(frozenset({_J.PRINTING}), _J.PRINTED),
    "print_unconfirmed": Move(frozenset({_J.PRINTING}), _J.UNCONFIRMED),
    "print_failed": Move(frozenset({_J.NEW, _J.PRINTING}), _J.FAILED),
    # Back in the queue: by the worker while its claim is not on paper, or by a person or rule.
    "retry": Move(frozenset({_J.PRINTING, _J.UNCONFIRMED, _J.FAILED}), _J.NEW),
    "failover": Move(frozenset({_J.NEW, _J.PRINTING}), _J.NEW),
    "marked_printed": Move(frozenset({_J.NEW, _J.UNCONFIRMED, _J.FAILED}), _J.PRINTED),
    "marked_failed": Move(frozenset({_J.NEW, _J.UNCONFIRMED}), _J.FAILED),
}

# What a request for a whole order ("all of it is preparing now") asks of each ticket...
ORDER_REQUESTS: dict[str, str] = {
    "pending": "fire",
    "preparing": "start",
    "ready": "bump",
    "complete": "complete",
}
# ...and what it asks if all of it was done already: to come back.
ORDER_RECALLS: dict[str, frozenset[str]] = {
    "preparing": frozenset({OrderState.READY, OrderState.COMPLETE}),
}


def order_state(tickets: Iterable[str]) -> OrderState:
    """Return what the states of an order's tickets add up to; voided ones do not count."""
    live = {state for state in tickets if state != TicketState.VOID}
    if not live:
        return OrderState.VOID
    if live == {TicketState.COMPLETE}:
        return OrderState.COMPLETE
    if live <= {TicketState.READY, TicketState.COMPLETE}:
        return OrderState.READY
    if live <= {TicketState.HELD, TicketState.PENDING}:
        return OrderState.PENDING
    return OrderState.PREPARING


def ticket_state_after_items(ticket: str, items: Iterable[str]) -> TicketState:
    """Return where a ticket in state `ticket` stands once its items are in `items`.

    The last item ready makes the ticket ready, a first one started makes it preparing, and an
    item taken back makes a ready ticket preparing again. No item left: void.
    """
    live = {state for state in items if state != ItemState.VOID}
    if not live:
        return TicketState.VOID
    if ticket not in (TicketState.PENDING, TicketState.PREPARING, TicketState.READY):
        return TicketState(ticket)
    if live == {ItemState.READY}:
        return TicketState.READY
    if ItemState.READY in live or ticket == TicketState.READY:
        return TicketState.PREPARING
    return TicketState(ticket)


def allowed_actions(ticket: str) -> list[str]:
    """Return the actions a ticket in this state accepts, in the order of the table."""
    return [name for name, move in TICKET_MOVES.items() if ticket in move.origins]


def order_action(status: str, wanted: str) -> str:
    """Return what is asked of each ticket when an order in `status` is to become `wanted`."""
    return "recall" if status in ORDER_RECALLS.get(wanted, ()) else ORDER_REQUESTS[wanted]
