"""The menu, and 86: sold out or back."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kitchen import menu
from operations.api import schemas, shapes
from operations.api.answers import reply
from operations.api.auth import Access
from operations.api.bodies import Asked, Reply, Sent, once

router = Router(tags=["Menu"])
SOLD_OUT = "/api/menu/{kds_id:item_id}/86/"
TOUCHED = {200: shapes.MenuItem, 404: shapes.Problem}


@router.get("/api/menu/", auth=Access("see"), response={200: shapes.Menu}, summary="Read the menu")
def read_menu(request: HttpRequest, wanted: Annotated[schemas.MenuWanted, Asked(...)]) -> Any:
    return reply({"items": menu.entries(request.auth.location_id, brand=wanted.brand)})


@router.post(SOLD_OUT, auth=Access("move"), response=TOUCHED, summary="Sold out")
def sell_out(
    request: HttpRequest, item_id: int, nothing: Annotated[schemas.Nothing, Sent(None)]
) -> HttpResponse:
    """Orders of it are refused until it is back."""
    return _set(request, item_id, sold_out=True)


@router.delete(SOLD_OUT, auth=Access("move"), response=TOUCHED, summary="Back on the menu")
def bring_back(request: HttpRequest, item_id: int) -> HttpResponse:
    return _set(request, item_id, sold_out=False)


def _set(request: HttpRequest, item_id: int, *, sold_out: bool) -> HttpResponse:
    who = request.auth

    def act() -> Reply:
        return menu.set_sold_out(
            item_id, sold_out=sold_out, location_id=who.location_id, station=who.station
        )

    return reply(once(request, act))
