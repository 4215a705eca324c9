"""The pages of the boards, and the snapshot that a screen polls while its socket is away."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from kitchen import boards
from kitchen.boards import SCREEN, FeedRef
from kitchen.models import Location
from operations import wire
from operations.access import Who
from operations.access_views import needs, page_context

HEADINGS = {"expo": "Expo", "guests": "Your order"}


@needs("see")
def board_page(request: HttpRequest, who: Who, *, kind: str, code: str = "") -> HttpResponse:
    """The page of one board, painted with what it shows now."""
    ref = _feed(who, kind, code)
    here = request.path.removesuffix(_path(kind, code))
    context = {
        **page_context(request, who),
        "feed_kind": kind,
        "board": boards.snapshot(ref, limit=SCREEN),
        "heading": HEADINGS.get(kind, ref.name),
        "socket_url": here + _socket(kind, code),
        "board_url": here + _path(kind, code) + "board",
        "can_act": who.may("move"),
    }
    return render(request, f"boards/{kind}.html", context)


@needs("see")
def board_snapshot(request: HttpRequest, who: Who, *, kind: str, code: str = "") -> HttpResponse:
    """The board alone; 204 if the screen has this revision (`?have=`) already."""
    ref = _feed(who, kind, code)
    have = request.GET.get("have", "")
    if have.isdecimal() and int(have) == boards.revision(ref.key):
        return _timed(HttpResponse(status=204))
    return _timed(HttpResponse(wire.Picture(ref, boards.snapshot(ref, limit=SCREEN)).page))


def _feed(who: Who, kind: str, code: str) -> FeedRef:
    if not who.may_see_feed(kind, code):
        raise PermissionDenied("This screen was paired for another board.")
    location = Location(id=who.location_id, code=who.location, name=who.location)
    return boards.find(kind, location, code)


def _timed(response: HttpResponse) -> HttpResponse:
    response["X-KDS-Now"] = timezone.now().isoformat()
    response["Cache-Control"] = "no-store"
    return response


def _path(kind: str, code: str) -> str:
    arguments = [code] if code else []
    return reverse(f"operations:{kind}", args=arguments)


def _socket(kind: str, code: str) -> str:
    stem = {"station": "stations", "status": "kitchen"}.get(kind, kind)
    return f"/ws/{stem}/{code}/" if code else f"/ws/{stem}/"
