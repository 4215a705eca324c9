"""Screens: a manager makes one and gets a code; the tablet types the code and is let in."""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kitchen.feeds import BOARD_STATES
from kitchen.models import Location, Station
from operations import access
from operations.models import Screen
from operations.pages.frame import Visit, page
from operations.throttle import Flood, Throttle, address_of

LIVE = timedelta(seconds=30)  # a screen that is on says so far more often
WITHDRAWN_SHOWN = timedelta(days=7)
SCREENS = 500
DAY_SECONDS = 24 * 3600

# Codes live ten minutes, and there are 100 million of them: these few guesses find none.
throttle = Throttle(free=5, first_seconds=1, longest_seconds=60, forget_seconds=600)
flood = Flood(wrong=50, window_seconds=10)

Facts = dict[str, Any]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest) -> HttpResponse:
    """Take the code on the tablet, and make it the screen that the code is for."""
    if request.method != "POST":
        return render(request, "pair.html", {})
    written = request.POST.get("code", "")[:40]
    address = address_of(request)
    wait = _wait(address)
    if wait:
        response = _again(request, written, f"Wait {math.ceil(wait)} s and try again.", status=429)
        response["Retry-After"] = str(math.ceil(wait))
        return response
    found = access.pair("".join(letter for letter in written if letter.isdecimal()))
    if found is None:
        return _again(request, written, "This code is wrong or too old.", status=422)
    throttle.forgive(address)
    flood.give_back()
    screen, secret = found
    response = redirect(path_of(screen))
    response.set_cookie(
        access.SCREEN_COOKIE,
        secret,
        max_age=access.SCREEN_COOKIE_DAYS * DAY_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@page("manage")
def screens_page(visit: Visit) -> HttpResponse:
    """Show the house's screens; a POST makes one and shows its code, this once."""
    if visit.request.method != "POST":
        return _show(visit)
    screen, error = _new_screen(visit)
    if screen is None:
        return _show(visit, error=error, status=422)
    return _show_code(visit, screen)


@require_POST
@page("manage")
def new_code(visit: Visit, number: int) -> HttpResponse:
    """Show a new code for a screen; the tablet that it was stays in until the code is used."""
    return _show_code(visit, _screen(visit, number))


@require_POST
@page("manage")
def revoke(visit: Visit, number: int) -> HttpResponse:
    """Withdraw a screen's access, its open socket too."""
    screen = _screen(visit, number)
    Screen.objects.filter(id=screen.id).update(
        revoked_at=timezone.now(), pair_digest="", pair_until=None
    )
    access.forget()
    return redirect(f"{visit.here}/operations/screens/")


def path_of(screen: Screen) -> str:
    """Return the address of the board that a screen was paired for."""
    several = Location.objects.exclude(id=screen.location_id).exists()
    here = f"/l/{screen.location.code}" if several else ""
    plural = {"station": "stations"}.get(screen.kind, screen.kind)
    return f"{here}/operations/{plural}/" + (f"{screen.code}/" if screen.code else "")


def _wait(address: str) -> float:
    """Count a try; or, if this address or all have to wait, count none and say how long."""
    wait = throttle.take(address)
    if wait:
        return wait
    wait = flood.take()
    if wait:
        throttle.give_back(address)
    return wait


def _again(request: HttpRequest, code: str, error: str, *, status: int) -> HttpResponse:
    return render(request, "pair.html", {"error": error, "code": code}, status=status)


def _screen(visit: Visit, number: int) -> Screen:
    screen = Screen.objects.filter(id=number, location=visit.house, revoked_at=None).first()
    if screen is None:
        raise Http404("There is no such screen here.")
    return screen


def _new_screen(visit: Visit) -> tuple[Screen | None, str]:
    """Make the screen that was asked for; or say why not."""
    kind, _, code = visit.request.POST.get("shows", "").partition(":")
    name = " ".join(visit.request.POST.get("name", "").split())
    longest = Screen._meta.get_field("name").max_length
    if not name or not name.isprintable() or len(name) > longest:
        return None, f"Give the screen a name of 1 to {longest} letters."
    if not _is_shown(visit, kind, code):
        return None, "Choose what the screen shows."
    known = Screen.objects.filter(location=visit.house, revoked_at=None)
    if known.filter(name__iexact=name).exists():
        return None, f"There is a screen {name!r} already: the log could not tell them apart."
    if known.count() >= SCREENS:
        return None, f"There are {SCREENS} screens already: withdraw one that is not used."
    return Screen.objects.create(location=visit.house, name=name, kind=kind, code=code), ""


def _is_shown(visit: Visit, kind: str, code: str) -> bool:
    if kind == "station":
        return Station.objects.filter(location=visit.house, code=code).exists()
    if kind == "status":
        return code in BOARD_STATES
    return kind in ("expo", "guests") and not code


def _show_code(visit: Visit, screen: Screen) -> HttpResponse:
    # Shown in the answer itself and kept nowhere: there is no second look at a code.
    code = access.create_pairing(screen)
    pairing = {"code": f"{code[:4]} {code[4:]}", "name": screen.name, "until": screen.pair_until}
    return _show(visit, pairing=pairing)


def _show(
    visit: Visit, *, pairing: Facts | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    stations = list(Station.objects.filter(location=visit.house).values("code", "name"))
    names = {station["code"]: station["name"] for station in stations}
    since = timezone.now() - WITHDRAWN_SHOWN
    shown = Screen.objects.filter(location=visit.house).exclude(revoked_at__lt=since)
    context = {
        "pairing": pairing,
        "pair_url": visit.request.build_absolute_uri("/pair/"),
        "stations": stations,
        "screens": [_row(screen, names) for screen in shown.order_by("name", "id")[: 2 * SCREENS]],
        "error": error,
    }
    return visit.show("screens.html", context, status=status)


def _row(screen: Screen, names: dict[str, str]) -> Facts:
    shows = names.get(screen.code, screen.code) if screen.kind == "station" else screen.code
    return {
        "id": screen.id,
        "name": screen.name,
        "kind": screen.kind,
        "shows": (shows or screen.kind).capitalize(),
        "state": _state(screen),
        "last_seen_at": screen.last_seen_at,
        "paired_at": screen.paired_at,
        "rev": None,
    }


def _state(screen: Screen) -> str:
    if screen.revoked_at:
        return "withdrawn"
    if screen.paired_at is None:
        return "waiting"
    seen = screen.last_seen_at
    return "live" if seen and timezone.now() - seen < LIVE else "away"
