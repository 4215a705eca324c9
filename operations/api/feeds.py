"""What a board shows now, for programs; unchanged costs one small query."""

import re

from django.http import HttpRequest, HttpResponse
from ninja import Router

from kitchen import boards
from kitchen.errors import NotFound
from kitchen.models import Location
from operations.access import Who
from operations.api import shapes
from operations.api.answers import reply
from operations.api.auth import Access, at_location, forbidden, not_theirs
from operations.api.faults import CODE
from operations.api.problems import Problem

router = Router(tags=["Feeds"])
KINDS_WITH_CODE = ("station", "status")
FRESH = {200: shapes.Snapshot, 304: None, 404: shapes.Problem}


@router.get(
    "/operations/api/feeds/{feed}/", auth=Access("see"), response=FRESH, summary="Read a board"
)
def read_feed(request: HttpRequest, feed: str) -> HttpResponse:
    """`station:hq:grill`, `status:hq:pending`, `expo:hq`, `guests:hq`; or without the location."""
    kind, where, code = _parts(feed)
    who = at_location(request, where)
    if who is None:
        raise Problem(403, not_theirs(where))
    if not who.may_see_feed(kind, code):
        raise forbidden(who)
    tag = request.headers.get("If-None-Match")
    if tag and _is_now(tag, ":".join(filter(None, (kind, who.location, code)))):
        return _tagged(HttpResponse(status=304), tag)
    board = boards.snapshot(boards.find(kind, _location(who), code))
    return _tagged(reply(board), f'"{board["rev"]}"')


def _parts(feed: str) -> tuple[str, str, str]:
    """Return kind, location and code of a feed's name; the location may be left out."""
    kind, *rest = feed.split(":")
    has_code = kind in KINDS_WITH_CODE
    least = 1 if has_code else 0
    if not least <= len(rest) <= least + 1 or not all(re.fullmatch(CODE, part) for part in rest):
        raise NotFound(f"There is no feed {feed!r}.")
    code = rest.pop() if has_code else ""
    return kind, rest[0] if rest else "", code


def _is_now(tag: str, key: str) -> bool:
    """True if an If-None-Match names the feed's present revision."""
    given = [part.strip().removeprefix("W/") for part in tag.split(",")]
    rev = boards.revision(key)
    # Revision 0 is also that of a feed which does not exist.
    return rev > 0 and f'"{rev}"' in given


def _tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _location(who: Who) -> Location:
    return Location(id=who.location_id, code=who.location, name=who.location)
