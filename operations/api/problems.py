"""What is answered when something cannot be done: application/problem+json, RFC 9457.

Every refusal, ours or the framework's, becomes one sentence for a person; nothing that happened
inside is told outside.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja.errors import ValidationError

from kitchen.errors import Fault, KeyReused, MoveRefused, NotFound, NotTheirs, OrderInvalid
from operations.api import faults

logger = logging.getLogger("olgfeast.api")

CONTENT_TYPE = "application/problem+json"
BUSY_RETRY_SECONDS = "1"


class Problem(Exception):
    """An answer that ends the request: its HTTP status, a sentence, and what else belongs to it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.members = members


def wrong_input(found: Iterable[Fault]) -> Problem:
    """Return the refusal of a request that names everything wrong with it."""
    told = faults.limited(found)
    errors = [{"path": fault.path, "message": fault.message} for fault in told]
    count = "One thing is" if len(errors) == 1 else f"{len(errors)} things are"
    return Problem(422, f"{count} wrong with this request: nothing was done.", errors=errors)


def answer(problem: Problem) -> HttpResponse:
    """Return the problem as it goes over the wire."""
    phrase = HTTPStatus(problem.status).phrase
    body = {"title": phrase, "status": problem.status, "detail": problem.detail}
    text = json.dumps(body | problem.members, ensure_ascii=False, default=str)
    response = HttpResponse(text.encode(), status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def of_exception(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return what is answered to a request that ended in this exception."""
    if isinstance(error, Problem):
        return answer(error)
    for kind, translate in _TRANSLATIONS.items():
        if isinstance(error, kind):
            return answer(translate(error))
    # The traceback is for our log; outside it would only help those who look for holes.
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer(Problem(500, "Something went wrong here. It has been written to the log."))


def _refused(error: MoveRefused) -> Problem:
    now: dict[str, Any] = {}
    if error.now is not None:
        now = {("order" if "tickets" in error.now else "ticket"): error.now}
    return Problem(409, str(error), current_status=error.state, **now)


def _away(error: Exception) -> Problem:
    logger.error("the database is away: %s", error)
    headers = {"Retry-After": BUSY_RETRY_SECONDS}
    return Problem(503, "The database does not answer. Try again in a moment.", headers=headers)


_TRANSLATIONS: dict[type[BaseException], Callable[[Any], Problem]] = {
    MoveRefused: _refused,
    OrderInvalid: lambda error: wrong_input(error.faults),
    KeyReused: lambda error: Problem(409, str(error)),
    NotFound: lambda error: Problem(404, str(error)),
    NotTheirs: lambda error: Problem(403, str(error)),
    ValidationError: lambda error: wrong_input(faults.of_ninja(error)),
    Http404: lambda error: Problem(404, "There is nothing at this address."),
    RequestDataTooBig: lambda error: Problem(413, "A request may be 1 MiB at most."),
    UnreadablePostError: lambda error: Problem(400, "The request broke off."),
    DisallowedHost: lambda error: Problem(400, "This host name is not served here."),
    SuspiciousOperation: lambda error: Problem(400, "This request is malformed."),
    OperationalError: _away,
    InterfaceError: _away,
}
