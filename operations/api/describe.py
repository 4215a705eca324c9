"""The description of the API, made true where ninja's is not, and the page that shows it."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI

from operations.api.problems import CONTENT_TYPE

ADDRESS = "/api/openapi.json"
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A POS or another program."},
    "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
    "screen": {"type": "apiKey", "in": "cookie", "name": "olgfeast_screen"},
}
LOCATION = {
    "in": "query",
    "name": "location",
    "required": False,
    "schema": {"type": "string", "maxLength": 32},
    "description": "For people with access to several locations.",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key again: nothing is done again, the answer is the same.",
}
ALWAYS = {
    "401": "Nobody knows who asks.",
    "403": "Without the right, or by cookie without the CSRF token.",
}
WITH_BODY = {
    "400": "No valid JSON.",
    "413": "Over 1 MiB.",
    "415": "Something other than JSON.",
    "422": "Wrong input, with every fault.",
}


def add_to(api: NinjaAPI) -> None:
    """Give the API its description and the page that shows it."""

    @api.get(ADDRESS, include_in_schema=False)
    def read_description(request: HttpRequest) -> HttpResponse:
        return HttpResponse(description(api), content_type="application/json")

    @api.get("/api/docs", include_in_schema=False)
    def read_docs(request: HttpRequest) -> HttpResponse:
        # Ninja's page and files, served from here; the policy allows no inline script.
        look = {"layout": "BaseLayout", "deepLinking": True, "url": ADDRESS}
        context = {"swagger_settings": json.dumps(look), "api": api, "add_csrf": True}
        return render(request, "ninja/swagger.html", context)


@cache
def description(api: NinjaAPI) -> bytes:
    """Return the description as JSON; it does not change while the process runs."""
    schema = api.get_openapi_schema(path_prefix="")
    schema["components"]["securitySchemes"] = SCHEMES
    for path in schema["paths"].values():
        for method, operation in path.items():
            _make_true(operation, changes=method != "get")
    return json.dumps(schema, ensure_ascii=False).encode()


def _make_true(operation: dict[str, Any], *, changes: bool) -> None:
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    operation["responses"] = answers
    if operation.pop("security", None):
        operation["security"] = [{name: []} for name in SCHEMES]
        operation["parameters"].append(LOCATION)
        _expect(answers, ALWAYS)
    if changes:
        operation["parameters"].append(KEY)
        _expect(answers, WITH_BODY)
    for status, answer in answers.items():
        if status >= "400" and status != "503" and "content" in answer:
            answer["content"] = {CONTENT_TYPE: answer["content"].popitem()[1]}


def _expect(answers: dict[str, Any], refusals: dict[str, str]) -> None:
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for status, words in refusals.items():
        refusal = {"description": words, "content": {CONTENT_TYPE: shape}}
        answers.setdefault(status, refusal)
