"""Orders: place one, add to it, change it, void it, move all of it."""

import contextlib
import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kitchen import boards, intake, orders, tickets
from kitchen.errors import Fault, MoveRefused, NotFound
from kitchen.intake import NewItem
from kitchen.models import Location
from kitchen.orders import Placed
from operations.access import Who
from operations.api import bodies, schemas, shapes
from operations.api.answers import reply
from operations.api.auth import Access, at_location, forbidden, not_theirs
from operations.api.bodies import Asked, Sent, once
from operations.api.problems import Problem, wrong_input

router = Router(tags=["Orders"])
ORDER = "/api/orders/{kds_id:order_id}/"
PLACED = {201: shapes.Acceptance, 200: shapes.Acceptance, 409: shapes.Problem, 422: shapes.Problem}
CHANGED = {
    200: shapes.Order,
    404: shapes.Problem,
    409: shapes.OrderConflict,
    422: shapes.Problem,
}
FOUND = {200: shapes.Order, 404: shapes.Problem}


@router.post("/api/orders/", auth=Access("order"), response=PLACED, summary="Place an order")
def place_order(request: HttpRequest, new: Annotated[schemas.Order, Sent(...)]) -> HttpResponse:
    """One ticket per station. The same Idempotency-Key or external_id again: 200, same body."""
    who = at_location(request, new.location or "")
    if who is None or not who.may("order"):
        raise wrong_input([Fault("location", not_theirs(new.location or ""))])
    placed = orders.place(
        _location(who),
        new.as_new(),
        actor=who.actor,
        owner=who.owner,
        key=bodies.key_of(request),
    )
    return _placed(placed)


@router.get("/api/orders/", auth=Access("see"), response=FOUND, summary="Find an order by your id")
def find_order(request: HttpRequest, wanted: Annotated[schemas.OrderWanted, Asked(...)]) -> Any:
    who = request.auth
    found = boards.find_order(who.location_id, external_id=wanted.external_id)
    return reply(_visible(found, who))


@router.get(ORDER, auth=Access("see"), response=FOUND, summary="Read an order")
def read_order(request: HttpRequest, order_id: int) -> HttpResponse:
    who = request.auth
    return reply(_visible(boards.find_order(who.location_id, order_id=order_id), who))


@router.patch(ORDER, auth=Access("move"), response=CHANGED, summary="Change an order")
def change_order(
    request: HttpRequest, order_id: int, change: Annotated[schemas.Change, Sent(...)]
) -> HttpResponse:
    """Open tickets show it at once. Only the priority may be changed from the expo's screen."""
    who = _of_whole_orders(request)
    values = change.values()
    if not values:
        raise wrong_input([Fault("", f"Name at least one of {', '.join(orders.CHANGEABLE)}.")])
    if set(values) != {"priority"} and not who.may("order"):
        raise forbidden(who)

    def act() -> bodies.Reply:
        return orders.change(order_id, values, location_id=who.location_id, actor=who.actor)

    return reply(once(request, act, told=values))


@router.post(ORDER + "items/", auth=Access("order"), response=PLACED, summary="Add a round")
def add_items(
    request: HttpRequest, order_id: int, more: Annotated[schemas.Round, Sent(...)]
) -> HttpResponse:
    """A further ticket at each station of the new items."""
    who = request.auth
    placed = orders.add_round(
        order_id,
        more.as_new(),
        location=_location(who),
        actor=who.actor,
        owner=who.owner,
        key=bodies.key_of(request),
    )
    return _placed(placed)


@router.post(ORDER + "void/", auth=Access("order"), response=CHANGED, summary="Void an order")
def void_order(
    request: HttpRequest, order_id: int, why: Annotated[schemas.Reason, Sent(None)]
) -> HttpResponse:
    """What is not complete yet. Screens show it, printers print a VOID chit."""
    who, reason = request.auth, why.reason or ""

    def act() -> bodies.Reply:
        return orders.void(order_id, location_id=who.location_id, actor=who.actor, reason=reason)

    return reply(once(request, act, told=reason))


@router.post(
    ORDER + "items/{kds_id:item_id}/void/",
    auth=Access("order"),
    response=CHANGED,
    summary="Void one item",
)
def void_item(
    request: HttpRequest,
    order_id: int,
    item_id: int,
    why: Annotated[schemas.Reason, Sent(None)],
) -> HttpResponse:
    who, reason = request.auth, why.reason or ""

    def act() -> bodies.Reply:
        return orders.void_item(
            order_id, item_id, location_id=who.location_id, actor=who.actor, reason=reason
        )

    return reply(once(request, act, told=reason))


@router.post(ORDER + "fire/", auth=Access("move"), response=CHANGED, summary="Fire held tickets")
def fire_order(
    request: HttpRequest, order_id: int, what: Annotated[schemas.Course, Sent(None)]
) -> HttpResponse:
    """Of one course, or all of them."""
    who, course = _of_whole_orders(request), what.course

    def act() -> bodies.Reply:
        return tickets.fire(order_id, location_id=who.location_id, actor=who.actor, course=course)

    return reply(once(request, act, told=course))


@router.post(
    "/operations/api/orders/{kds_id:order_id}/status/",
    auth=Access("move"),
    response={**CHANGED, 200: shapes.StatusMoved, 409: shapes.StatusConflict},
    summary="Move a whole order",
)
def move_order(
    request: HttpRequest, order_id: int, wanted: Annotated[schemas.Status, Sent(...)]
) -> HttpResponse:
    """All of its tickets that may go there."""
    who, status = _of_whole_orders(request), wanted.status

    def act() -> bodies.Reply:
        return _moved(
            tickets.move_order(order_id, status, location_id=who.location_id, actor=who.actor)
        )

    try:
        return reply(once(request, act, told=status))
    except MoveRefused as refusal:
        raise _not_moved(refusal) from refusal


def _moved(order: dict[str, Any]) -> bodies.Reply:
    return {
        "success": True,
        "order_id": order["id"],
        "ref_code": order["external_id"] or order["number"],
        "old_status": order["old_status"],
        "new_status": order["status"],
    }


def _not_moved(refusal: MoveRefused) -> Problem:
    order = refusal.now or {}
    return Problem(
        409,
        str(refusal),
        success=False,
        order_id=order["id"],
        ref_code=order["external_id"] or order["number"],
        current_status=refusal.state,
        order=order,
    )


@bodies.look_further(schemas.Order)
def look_for_order_faults(request: HttpRequest, raw: bytes) -> list[Fault]:
    """Return what of a refused order the house does not have: stations, brand, menu items."""
    body = _plain(raw)
    location = body.get("location")
    who = at_location(request, location) if isinstance(location, str) else request.auth
    if who is None:
        return [Fault("location", not_theirs(location))]
    brand = body.get("brand")
    known_form = isinstance(brand, str) and len(brand) <= 32 and brand.isprintable()
    found = intake.references(_location(who), brand if known_form else "", _items(body))
    return found.faults


@bodies.look_further(schemas.Round)
def look_for_round_faults(request: HttpRequest, raw: bytes) -> list[Fault]:
    """Return what of refused items the house does not have."""
    return intake.references(_location(request.auth), "", _items(_plain(raw))).faults


def _plain(raw: bytes) -> dict[str, Any]:
    """Return a body whose schema may be wrong as a dict, whatever it is."""
    with contextlib.suppress(ValueError, RecursionError):
        body = json.loads(raw)
        if isinstance(body, dict):
            return body
    return {}


def _items(body: dict[str, Any]) -> list[NewItem]:
    sent = body.get("items")
    items = sent[: schemas.ITEMS_AT_MOST] if isinstance(sent, list) else []
    return [_item(item if isinstance(item, dict) else {}) for item in items]


def _item(sent: dict[str, Any]) -> NewItem:
    """Return as much of an item as can be looked up."""
    station, menu_item = sent.get("station_code"), sent.get("menu_item")
    known = type(menu_item) is int and 0 < menu_item <= schemas.LARGEST_ID
    return NewItem(
        name="",
        quantity=1,
        station_code=station if isinstance(station, str) else "",
        menu_item=menu_item if known else None,
    )


def _placed(placed: Placed) -> HttpResponse:
    # A stored answer has lost the order of its fields; a retry gets it letter for letter.
    answer = orders.acceptance(placed.answer)
    headers = {"Location": f"/api/orders/{answer['id']}/"}
    return reply(answer, status=201 if placed.created else 200, headers=headers)


def _location(who: Who) -> Location:
    return Location.objects.get(id=who.location_id)


def _of_whole_orders(request: HttpRequest) -> Who:
    """Return who asks; refused for a station's screen, which may touch only its own tickets."""
    who = request.auth
    if who.station:
        raise forbidden(who)
    return who


def _visible(order: dict[str, Any], who: Who) -> dict[str, Any]:
    """Return the order if it may be read: screens see whole orders only where they show them."""
    if who.shows == "guests":
        raise forbidden(who)
    mine = any(ticket["station_code"] == who.station for ticket in order["tickets"])
    if who.station and not mine:
        raise NotFound("No ticket of this order is this station's.")
    return order
