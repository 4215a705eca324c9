"""Who may call what: programs by bearer token, people by session, screens by device cookie.

Whoever comes by a cookie also shows the CSRF token with everything that changes something.
"""

import re

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security.base import AuthBase

from operations import access
from operations.access import Who
from operations.api import faults
from operations.api.problems import Problem


class Access(AuthBase):
    """Lets a request in if who sent it has the right; ninja puts the `Who` at `request.auth`."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, right: str) -> None:
        super().__init__()
        self.right = right

    def __call__(self, request: HttpRequest) -> Who:
        who = _identify(request)
        if who.kind != "pos":
            _check_csrf(request)
        if not who.may(self.right):
            raise forbidden(who)
        return who


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check, which tells us its reason instead of rendering a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


_csrf = _CsrfCheck(lambda request: None)


def forbidden(who: Who) -> Problem:
    """Return the refusal of something that this role or screen may not do."""
    role = who.role.replace("screen:", "the screen of a ")
    return Problem(403, f"{who.name} ({role}) may not do this.")


def at_location(request: HttpRequest, location: str) -> Who | None:
    """Return who this is at another location that they name; None if it is not theirs."""
    if location in ("", request.auth.location):
        return request.auth
    return _there(request, location)


def not_theirs(location: str) -> str:
    """Return what is said of a location, whether it is another's or does not exist."""
    return f"You have no access to a location {location!r}."


def _identify(request: HttpRequest) -> Who:
    who = access.of_request(request)
    if who is None:
        raise Problem(
            401,
            "Sign in, pair this screen, or send a token: Authorization: Bearer TOKEN.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    location = request.GET.get("location", "")
    if location in ("", who.location):
        return who
    there = _there(request, location)
    if there is None:
        raise Problem(403, not_theirs(location))
    return there


def _there(request: HttpRequest, location: str) -> Who | None:
    # Only what has the form of a code is looked up.
    return access.of_request(request, location) if re.fullmatch(faults.CODE, location) else None


def _check_csrf(request: HttpRequest) -> None:
    reason = _csrf.process_view(request, None, (), {})
    if reason is not None:
        raise Problem(403, f"{reason.rstrip('.')}. Send the page's token as X-CSRFToken.")
