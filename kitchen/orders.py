"""Orders come in: place one, add a round, change it, void it or a part of it.

An order is accepted whole or refused whole with every fault named, and accepted twice it exists
once. It becomes one ticket per station, and a print job for each station that prints.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kitchen import boards, changes, chits, keys, numbers, tickets
from kitchen.changes import Change
from kitchen.errors import Fault, KeyReused, MoveRefused, NotFound, OrderInvalid
from kitchen.intake import NewItem, NewOrder, References, references
from kitchen.models import (
    KitchenTicket,
    KitchenTicketItem,
    Location,
    Order,
    PrintJob,
    Station,
)
from kitchen.states import OPEN_TICKET, ItemState

State = dict[str, Any]


@dataclass(frozen=True)
class Placed:
    """The answer to an order, and whether this request made it (else an earlier one did)."""

    answer: State
    created: bool


def place(
    location: Location, new: NewOrder, *, actor: str, owner: str = "", key: str = ""
) -> Placed:
    """Place an order, once: the same `key` (of this `owner`) or external_id answers as before.

    OrderInvalid names every fault; KeyReused if the key or external_id came with other content.
    """
    earlier = _earlier(location, new, owner=owner, key=key)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            return Placed(_place(location, new, actor=actor, owner=owner, key=key), created=True)
    except IntegrityError:
        # A retry sent at the same moment was faster; anything else is a real fault.
        earlier = _earlier(location, new, owner=owner, key=key)
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def add_round(
    order_id: int, items: Sequence[NewItem], *, location: Location, actor: str,
    owner: str = "", key: str = "",
) -> Placed:  # fmt: skip
    """Add items to an order: one further ticket at each of their stations."""
    digest = keys.digest_of([order_id, [asdict(item) for item in items]])
    change = changes.open_order(order_id, location_id=location.id, actor=actor)
    earlier = keys.find(owner, key, digest)
    if earlier:
        return Placed(earlier.reply, created=False)
    if change.order.status == "void":
        raise MoveRefused(
            f"Order {change.order.number} is void: place a new order.",
            state="void",
            now=boards.order(order_id),
        )
    found = references(location, change.order.brand.code, items)
    if found.faults:
        raise OrderInvalid(found.faults)
    _create_tickets(change, items, found)
    state = changes.write(change)
    answer = acceptance(state)
    keys.keep(owner, key, digest, order=change.order, reply=answer)
    changes.tell(change, state)
    return Placed(answer, created=True)


@transaction.atomic
def void(order_id: int, *, location_id: int, actor: str, reason: str) -> State:
    """Void what is left of an order: all tickets that are not complete; return the order."""
    change = changes.open_order(order_id, location_id=location_id, actor=actor)
    left = [ticket for ticket in change.tickets.values() if ticket.status in OPEN_TICKET]
    if not left:
        raise MoveRefused(
            f"Cannot void order {change.order.number}: it is {change.order.status}.",
            state=change.order.status,
            now=boards.order(order_id),
        )
    for ticket in left:
        items = list(_live_items(ticket).values_list("id", flat=True))
        tickets.void_ticket(change, ticket, reason=reason)
        chits.owe(change, ticket, kind="void", item_ids=items)
    return changes.settle(change)


@transaction.atomic
def void_item(order_id: int, item_id: int, *, location_id: int, actor: str, reason: str) -> State:
    """Void one item of an order; the last one voids its ticket; return the order."""
    change = changes.open_order(order_id, location_id=location_id, actor=actor)
    item = KitchenTicketItem.objects.filter(id=item_id, ticket__order_id=order_id).first()
    if item is None:
        raise NotFound(f"There is no item {item_id} in order {change.order.number}.")
    ticket = change.tickets[item.ticket_id]
    tickets.apply_to_item(change, ticket, item_id, "void", reason=reason)
    chits.owe(change, ticket, kind="void", item_ids=[item_id])
    return changes.settle(change)


CHANGEABLE = ("table", "customer_name", "notes", "promised_at", "priority")


@transaction.atomic
def change(order_id: int, values: State, *, location_id: int, actor: str) -> State:
    """Change what an order says of itself; its open tickets show it and ask to be acknowledged.

    `values` holds any of CHANGEABLE. Values that are already so change nothing.
    """
    done = changes.open_order(order_id, location_id=location_id, actor=actor)
    order = done.order
    differs = {name: value for name, value in values.items() if getattr(order, name) != value}
    if not differs:
        return boards.order(order_id)
    story = {name: [_plain(getattr(order, name)), _plain(value)] for name, value in differs.items()}
    Order.objects.filter(id=order_id).update(**differs)
    done.header_changed = True
    for ticket in done.tickets.values():
        if ticket.status in OPEN_TICKET:
            ticket.priority = differs.get("priority", ticket.priority)
            ticket.needs_ack = ticket.station.has_screen
            ticket.version += 1
            done.record(ticket, "change", ticket.status, ticket.status, **story)
            ticket.save(update_fields=["priority", "needs_ack", "version"])
    if not done.entries:
        done.record_order("change", **story)
    return changes.settle(done)


@transaction.atomic
def reprint(
    ticket_id: int, *, location_id: int, actor: str, item_ids: list[int] | None = None
) -> PrintJob:
    """Owe a ticket's chit again, whole or only these items; the paper says that it is a reprint."""
    order_id = changes.order_of_ticket(ticket_id, location_id=location_id)
    done = changes.open_order(order_id, location_id=location_id, actor=actor)
    ticket = done.tickets[ticket_id]
    known = set(ticket.items.values_list("id", flat=True))
    strange = [number for number in item_ids or [] if number not in known]
    if strange:
        raise OrderInvalid(
            [Fault("items", f"Ticket {ticket_id} has no item {number}.") for number in strange]
        )
    if not chits.prints(ticket.station_id):
        raise MoveRefused(f"{ticket.station.name} has no printer.", state=ticket.status)
    job = chits.owe(done, ticket, kind="reprint", item_ids=item_ids or None)
    done.record(ticket, "reprint", ticket.status, ticket.status, print_job_id=job.id)
    changes.settle(done)
    return job


def acceptance(order: State) -> State:
    """Return the answer that a POS gets: the order's tickets, items and print jobs, in short."""
    head = {key: order[key] for key in ("id", "external_id", "number", "status", "placed_at")}
    return {**head, "tickets": [_ticket_answer(ticket) for ticket in order["tickets"]]}


def _ticket_answer(ticket: State) -> State:
    head = ("id", "station_code", "round", "status", "version")
    item = ("id", "name", "quantity", "status")
    job = ("id", "status", "printer", "proof")
    return {
        **{key: ticket[key] for key in head},
        "items": [{key: entry[key] for key in item} for entry in ticket["items"]],
        "print_jobs": [{key: entry[key] for key in job} for entry in ticket["print_jobs"]],
    }


def _place(location: Location, new: NewOrder, *, actor: str, owner: str, key: str) -> State:
    found = references(location, new.brand, new.items)
    if found.faults:
        raise OrderInvalid(found.faults)
    now = timezone.now()
    order = Order.objects.create(
        location=location,
        brand=found.brand,
        number=numbers.next_number(location, now),
        placed_at=now,
        request_digest=new.digest,
        **{
            name: getattr(new, name)
            for name in (
                "external_id", "order_type", "table", "customer_name", "server", "guests",
                "priority", "notes", "promised_at",
            )
        },
    )  # fmt: skip
    change = Change(order, {}, actor, at=now, new_order=True)
    _create_tickets(change, new.items, found)
    state = changes.write(change)
    answer = acceptance(state)
    Order.objects.filter(id=order.id).update(acceptance=answer)
    keys.keep(owner, key, _digest_at(location, new), order=order, reply=answer)
    changes.tell(change, state)
    return answer


def _create_tickets(change: Change, items: Sequence[NewItem], found: References) -> None:
    by_station: dict[Station, list[NewItem]] = {}
    for item in items:
        by_station.setdefault(found.station_of(item), []).append(item)
    rounds = {ticket.station_id: ticket.round for ticket in change.tickets.values()}
    made = KitchenTicket.objects.bulk_create(
        KitchenTicket(
            order=change.order,
            location_id=change.order.location_id,
            station=station,
            round=rounds.get(station.id, 0) + 1,
            priority=change.order.priority,
            created_at=change.at,
            clock_from=change.at,
            state_since=change.at,
        )
        for station in sorted(by_station, key=lambda station: station.id)
    )
    KitchenTicketItem.objects.bulk_create(
        _item_row(ticket, position, item)
        for ticket in made
        for position, item in enumerate(by_station[ticket.station], 1)
    )
    for ticket in made:
        change.tickets[ticket.id] = ticket
        change.created.add(ticket.id)
        change.record(
            ticket, "created", "", ticket.status, round=ticket.round, priority=ticket.priority
        )
    chits.owe_all(change, made)


def _item_row(ticket: KitchenTicket, position: int, item: NewItem) -> KitchenTicketItem:
    return KitchenTicketItem(
        ticket=ticket,
        position=position,
        name=item.name,
        quantity=item.quantity,
        modifiers=list(item.modifiers),
        notes=item.notes,
        allergens=list(item.allergens),
        seat=item.seat,
        course=item.course,
        unit_price=item.unit_price,
        menu_item_id=item.menu_item,
    )


def _live_items(ticket: KitchenTicket) -> Any:
    return KitchenTicketItem.objects.filter(ticket=ticket).exclude(status=ItemState.VOID)


def _earlier(location: Location, new: NewOrder, *, owner: str, key: str) -> Placed | None:
    found = keys.find(owner, key, _digest_at(location, new))
    if found:
        return Placed(found.reply, created=False)
    if not new.external_id:
        return None
    order = Order.objects.filter(location=location, external_id=new.external_id).first()
    if order is None:
        return None
    if order.request_digest != new.digest:
        raise KeyReused(
            f"external_id {new.external_id!r} is order {order.number} already, with other"
            " content: add items or change it there, or use a new external_id."
        )
    return Placed(order.acceptance, created=False)


def _digest_at(location: Location, new: NewOrder) -> str:
    # Staff of two locations have one set of keys.
    return keys.digest_of([location.id, new.digest])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
