"""Taps: what a cook does to a ticket or an item. Nothing here is slower than it must be."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kitchen import tickets
from operations.api import schemas, shapes
from operations.api.answers import reply
from operations.api.auth import Access
from operations.api.bodies import Reply, Sent, once

router = Router(tags=["Tickets"])
TICKET = "/operations/api/tickets/{kds_id:ticket_id}/"
TAPPED = {
    200: shapes.Ticket,
    404: shapes.Problem,
    409: shapes.TicketConflict,
    422: shapes.Problem,
}
Action = Literal[
    "start", "bump", "complete", "recall", "rush", "unrush", "hold", "fire", "acknowledge"
]
ItemAction = Literal["bump", "recall"]


@router.post(
    TICKET + "{ticket_action:action}/", auth=Access("move"), response=TAPPED, summary="Tap a ticket"
)
def tap_ticket(
    request: HttpRequest,
    ticket_id: int,
    action: Action,
    seen: Annotated[schemas.Seen, Sent(None)],
) -> HttpResponse:
    """409 tells what is true now. The same Idempotency-Key again: the same reply."""
    who = request.auth

    def act() -> Reply:
        return tickets.move(ticket_id, action, version=seen.version, **_by(who))

    return reply(once(request, act))


@router.post(
    TICKET + "items/{kds_id:item_id}/{item_action:action}/",
    auth=Access("move"),
    response=TAPPED,
    summary="Tap one item",
)
def tap_item(
    request: HttpRequest,
    ticket_id: int,
    item_id: int,
    action: ItemAction,
    seen: Annotated[schemas.Seen, Sent(None)],
) -> HttpResponse:
    """The last item ready makes the ticket ready."""
    who = request.auth

    def act() -> Reply:
        return tickets.move_item(
            ticket_id, item_id, f"item_{action}", version=seen.version, **_by(who)
        )

    return reply(once(request, act))


def _by(who: Any) -> dict[str, Any]:
    return {"location_id": who.location_id, "actor": who.actor, "station": who.station}
