"""Paper and the record: printers, chits, print jobs by hand, the ticket log."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kitchen import history, orders, printers, printjobs
from operations.api import schemas, shapes
from operations.api.answers import reply
from operations.api.auth import Access
from operations.api.bodies import Asked, Reply, Sent, once

router = Router(tags=["Kitchen"])
PRINTER = "/api/kitchen/printers/{kds_code:code}/"
TICKET = "/api/kitchen/tickets/{kds_id:ticket_id}/"
OWED = {
    202: shapes.Job,
    404: shapes.Problem,
    409: shapes.Conflict,
    422: shapes.Problem,
}
PUT_RIGHT = {200: shapes.Job, 404: shapes.Problem, 409: shapes.Conflict}
ByHand = Literal["retry", "mark_printed", "mark_failed"]


@router.post(PRINTER + "test", auth=Access("print"), response=OWED, summary="Test print")
def print_test(
    request: HttpRequest, code: str, nothing: Annotated[schemas.Nothing, Sent(None)]
) -> HttpResponse:
    location_id = request.auth.location_id

    def act() -> Reply:
        return printjobs.facts(printers.print_test(printers.find(location_id, code)))

    return reply(once(request, act), status=202)


@router.get(
    PRINTER + "status",
    auth=Access("print"),
    response={200: shapes.Printer, 404: shapes.Problem},
    summary="How a printer is",
)
def read_printer(request: HttpRequest, code: str) -> HttpResponse:
    return reply(printers.status(printers.find(request.auth.location_id, code)))


@router.post(TICKET + "reprint", auth=Access("print"), response=OWED, summary="Print a chit again")
def reprint(
    request: HttpRequest, ticket_id: int, part: Annotated[schemas.Part, Sent(None)]
) -> HttpResponse:
    """The paper says that it is a reprint."""
    who = request.auth

    def act() -> Reply:
        job = orders.reprint(
            ticket_id, location_id=who.location_id, actor=who.actor, item_ids=part.items
        )
        return printjobs.facts(job)

    return reply(once(request, act, told=part.items), status=202)


@router.post(
    "/api/kitchen/jobs/{kds_id:job_id}/{job_action:action}",
    auth=Access("print"),
    response=PUT_RIGHT,
    summary="Settle a print job by hand",
)
def put_right(
    request: HttpRequest,
    job_id: int,
    action: ByHand,
    nothing: Annotated[schemas.Nothing, Sent(None)],
) -> HttpResponse:
    who = request.auth

    def act() -> Reply:
        return printjobs.by_hand(job_id, action, location_id=who.location_id, actor=who.actor)

    return reply(once(request, act))


@router.get(
    TICKET + "log",
    auth=Access("log"),
    response={200: shapes.Log, 404: shapes.Problem},
    summary="A ticket's log",
)
def read_ticket_log(
    request: HttpRequest, ticket_id: int, wanted: Annotated[schemas.LogWanted, Asked(...)]
) -> Any:
    """Oldest first. Go on with `next` as `after`."""
    place = {"location_id": request.auth.location_id}
    return reply(history.of_ticket(ticket_id, **place, after=wanted.after, limit=wanted.limit))


@router.get(
    "/api/kitchen/log",
    auth=Access("log"),
    response={200: shapes.Log, 404: shapes.Problem},
    summary="The log",
)
def read_log(
    request: HttpRequest, wanted: Annotated[schemas.LocationLogWanted, Asked(...)]
) -> HttpResponse:
    """Oldest first. Go on with `next` as `after`: no row is passed over."""
    return reply(history.of_location(request.auth.location_id, **wanted.__dict__))
