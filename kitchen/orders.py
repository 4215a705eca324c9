"""Orders come in: place one, add a round, change it, void it or a part of it.

An order is accepted whole or refused whole with every fault named, and accepted twice it exists
once. It becomes one ticket per station, and a print job for each station that prints.
"""

import zoneinfo
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kitchen import boards, changes, feeds, keys, tickets
from kitchen.changes import Change
from kitchen.errors import Fault, KeyReused, MoveRefused, NotFound, OrderInvalid
from kitchen.models import (
    Brand,
    KitchenTicket,
    KitchenTicketItem,
    Location,
    MenuItem,
    Order,
    PrinterRoute,
    PrintJob,
    Station,
)
from kitchen.states import OPEN_TICKET, ItemState

State = dict[str, Any]
BUSINESS_DAY_BEGINS = timedelta(hours=4)  # orders after midnight belong to the evening before


@dataclass(frozen=True)
class NewItem:
    """One line of what a guest asks for; its station by code, or by the menu item's default."""

    name: str
    quantity: int
    station_code: str = ""
    menu_item: int | None = None
    modifiers: Sequence[str] = ()
    notes: str = ""
    allergens: Sequence[str] = ()
    seat: int | None = None
    course: int | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class NewOrder:
    """What a guest asks for, already of the right types and sizes."""

    items: Sequence[NewItem]
    external_id: str = ""
    brand: str = ""
    order_type: str = "dine_in"
    table: str = ""
    customer_name: str = ""
    server: str = ""
    guests: int | None = None
    priority: str = "normal"
    notes: str = ""
    promised_at: datetime | None = None

    @property
    def digest(self) -> str:
        """A fingerprint of the content: retries with another one are refused."""
        return keys.digest_of(asdict(self))


@dataclass(frozen=True)
class Placed:
    """The answer to an order, and whether this request made it (else an earlier one did)."""

    answer: State
    created: bool


@dataclass
class References:
    """The house's things that an order's items name, and what of them does not exist."""

    brand: Brand | None
    stations: dict[str, Station]
    menu: dict[int, MenuItem]
    faults: list[Fault] = field(default_factory=list)

    def station_of(self, item: NewItem) -> Station:
        """Return where the item is made: its own code, else the menu's."""
        if item.station_code:
            return self.stations[item.station_code]
        return self.menu[item.menu_item or 0].station


def references(location: Location, brand: str, items: Sequence[NewItem]) -> References:
    """Look up brand, stations and menu items by their codes; every unknown one is a fault."""
    stations = {station.code: station for station in Station.objects.filter(location=location)}
    wanted = [item.menu_item for item in items if item.menu_item is not None]
    menu = {
        entry.id: entry
        for entry in MenuItem.objects.filter(location=location, id__in=wanted).select_related(
            "station"
        )
    }
    found = References(_brand(location, brand), stations, menu)
    if not items:
        found.faults.append(Fault("items", "An order has at least one item."))
    if found.brand is None:
        found.faults.append(Fault("brand", f"There is no brand {brand!r} at {location.name}."))
    for place, item in enumerate(items):
        found.faults.extend(_item_faults(f"items[{place}]", item, found))
    return found


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
        _owe_chit(change, ticket, kind="void", item_ids=items)
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
    _owe_chit(change, ticket, kind="void", item_ids=[item_id])
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
    if not _prints(ticket.station_id):
        raise MoveRefused(f"{ticket.station.name} has no printer.", state=ticket.status)
    job = _owe_chit(done, ticket, kind="reprint", item_ids=item_ids or None)
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
        number=_next_number(location, now),
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
    _owe_chits(change, made)


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


def _owe_chits(change: Change, made: list[KitchenTicket]) -> None:
    printing = set(
        PrinterRoute.objects.filter(station__in=[ticket.station_id for ticket in made]).values_list(
            "station_id", flat=True
        )
    )
    jobs = [_job(change, ticket, "order") for ticket in made if ticket.station_id in printing]
    if jobs:
        PrintJob.objects.bulk_create(jobs)
        feeds.wake_printers()


def _owe_chit(
    change: Change, ticket: KitchenTicket, *, kind: str, item_ids: list[int] | None
) -> PrintJob | None:
    if not _prints(ticket.station_id):
        return None
    job = _job(change, ticket, kind, item_ids)
    job.save()
    feeds.wake_printers()
    return job


def _job(
    change: Change, ticket: KitchenTicket, kind: str, item_ids: list[int] | None = None
) -> PrintJob:
    return PrintJob(
        location_id=ticket.location_id,
        station_id=ticket.station_id,
        ticket=ticket,
        kind=kind,
        priority=ticket.priority,
        item_ids=item_ids,
        created_at=change.at,
        not_before=change.at,
    )


def _prints(station_id: int) -> bool:
    return PrinterRoute.objects.filter(station_id=station_id).exists()


def _live_items(ticket: KitchenTicket) -> Any:
    return KitchenTicketItem.objects.filter(ticket=ticket).exclude(status=ItemState.VOID)


def _brand(location: Location, code: str) -> Brand | None:
    brands = Brand.objects.filter(location=location).order_by("id")
    return brands.filter(code=code).first() if code else brands.first()


def _item_faults(path: str, item: NewItem, found: References) -> list[Fault]:
    faults = []
    entry = found.menu.get(item.menu_item or 0)
    if item.menu_item is not None and entry is None:
        faults.append(Fault(f"{path}.menu_item", f"There is no menu item {item.menu_item}."))
    if entry is not None and entry.sold_out_at is not None:
        faults.append(Fault(f"{path}.menu_item", f"{entry.name} is sold out (86)."))
    if item.station_code and item.station_code not in found.stations:
        known = ", ".join(sorted(found.stations)) or "none"
        faults.append(
            Fault(
                f"{path}.station_code",
                f"There is no station {item.station_code!r}; known are: {known}.",
            )
        )
    if not item.station_code and item.menu_item is None:
        faults.append(Fault(f"{path}.station_code", "Name a station, or a menu_item that has one."))
    return faults


def _next_number(location: Location, now: datetime) -> str:
    """Return the next order number of the business day: A001 ... A999, B001 ...

    The row's lock makes placements of one location take turns from here to their commit.
    """
    day = _business_day(location, now)
    with connection.cursor() as cursor:
        cursor.execute(
            # Never back to a day that is over: of two orders at its very end the one that was
            # stamped first may come here last.
            "UPDATE kitchen_location SET order_counter ="
            " CASE WHEN counter_day >= %s THEN order_counter + 1 ELSE 1 END,"
            " counter_day = greatest(counter_day, %s) WHERE id = %s RETURNING order_counter",
            [day, day, location.id],
        )
        counter = cursor.fetchone()[0]
    letter, digits = divmod(counter - 1, 999)
    return f"{chr(ord('A') + letter % 26)}{digits + 1:03d}"


def _business_day(location: Location, now: datetime) -> date:
    local = now.astimezone(zoneinfo.ZoneInfo(location.timezone))
    return (local - BUSINESS_DAY_BEGINS).date()


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
