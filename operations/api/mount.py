"""The addresses of the API, each behind a guard that answers every refusal as a problem.

Programs forget slashes, and no redirect brings a POST back: each address is served with its
closing slash and without.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, include, re_path, register_converter
from django.urls import path as django_path

from operations.api import bodies, health, problems
from operations.api.problems import Problem
from operations.api.schemas import LARGEST_ID

View = Callable[..., HttpResponse]
# Under these nothing but the API answers.
PREFIXES = ("operations/api/", "api/")
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class IdConverter:
    """An id that the database may hold."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if not 0 < number <= LARGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class WordConverter:
    regex = "[a-z0-9][a-z0-9_-]{0,31}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TicketActionConverter(WordConverter):
    regex = "start|bump|complete|recall|rush|unrush|hold|fire|acknowledge"


class ItemActionConverter(WordConverter):
    regex = "bump|recall"


class JobActionConverter(WordConverter):
    regex = "retry|mark_printed|mark_failed"


register_converter(IdConverter, "kds_id")
register_converter(WordConverter, "kds_code")
register_converter(TicketActionConverter, "ticket_action")
register_converter(ItemActionConverter, "item_action")
register_converter(JobActionConverter, "job_action")


def addresses(found: Iterable[URLPattern]) -> Iterator[URLPattern | URLResolver]:
    """Yield ninja's addresses, guarded and under their prefixes; for all else there, a problem."""
    views = {str(entry.pattern): guard(entry.callback) for entry in found}
    for prefix in PREFIXES:
        here = {route: view for route, view in views.items() if route.startswith(prefix)}
        inside = [*_both_ways(prefix, here), re_path("", guard(nothing_there))]
        yield django_path(prefix, include(inside))
        views = {route: view for route, view in views.items() if route not in here}
    yield from _both_ways("", views)


def _both_ways(prefix: str, views: dict[str, View]) -> Iterator[URLPattern]:
    for route, view in views.items():
        yield django_path(route.removeprefix(prefix), view)
    for route, view in views.items():
        other = route[:-1] if route.endswith("/") else f"{route}/"
        yield django_path(other.removeprefix(prefix), view)


def nothing_there(request: HttpRequest, **parts: Any) -> HttpResponse:
    raise Problem(404, f"There is nothing at {request.path}. What there is: /api/docs.")


def guard(view: View) -> View:
    """Return the view with its every refusal made a problem, and its requests counted."""

    def guarded(request: HttpRequest, **parts: Any) -> HttpResponse:
        began = time.perf_counter()
        method = request.method or ""
        response = _answer(view, request, parts)
        health.count(method, response.status_code, time.perf_counter() - began)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    # Access by cookie is checked where the access is: see auth.
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def _answer(view: View, request: HttpRequest, parts: dict[str, Any]) -> HttpResponse:
    try:
        if request.method in CHANGES:
            bodies.refuse_unreadable(request)
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        response = view(request, **parts)
    except Exception as error:
        return problems.of_exception(request, error)
    if isinstance(response, HttpResponseNotAllowed):
        return _not_allowed(request, response)
    return response


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    allowed = set(response["Allow"].split(", "))
    if "GET" in allowed:
        allowed.add("HEAD")
    names = ", ".join(sorted(allowed))
    detail = f"{request.method} is not possible here; {names} is."
    return problems.answer(Problem(405, detail, headers={"Allow": names}))
