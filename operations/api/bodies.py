"""Reading requests: JSON bodies checked whole against their schema, and idempotency keys."""

from collections.abc import Callable
from typing import Any

import pydantic
from django.http import HttpRequest
from ninja.params.models import Body, BodyModel, Query, QueryModel

from kitchen import keys
from kitchen.errors import Fault
from operations.api import faults
from operations.api.problems import Problem, wrong_input

KEY_HEADER = "Idempotency-Key"
KEY_LENGTH = 200
Reply = dict[str, Any]
# Looks for more faults in a body that its schema has refused, so that all are told at once.
Further = Callable[[HttpRequest, bytes], list[Fault]]
_further: dict[type[pydantic.BaseModel], Further] = {}


class SentModel(BodyModel):
    """Ninja's model of a body, read in one pass straight from the bytes."""

    @classmethod
    def resolve(cls, request: HttpRequest, api: Any, path_params: Any) -> Any:
        name = cls.__read_from_single_attr__
        schema = _schema(cls.model_fields[name].annotation)
        return {name: read(request, schema)}


class Sent(Body):
    """Marks the argument of a view that is the request's JSON body."""

    _model = SentModel

    @classmethod
    def _param_source(cls) -> str:
        return "body"


class AskedModel(QueryModel):
    """Ninja's model of a query, whose names are all known or refused."""

    @classmethod
    def resolve(cls, request: HttpRequest, api: Any, path_params: Any) -> Any:
        ((name, field),) = cls.model_fields.items()
        given = request.GET.dict()
        given.pop("location", None)  # whose it is was settled with the access
        try:
            return {name: field.annotation.model_validate_strings(given)}
        except pydantic.ValidationError as error:
            raise wrong_input(faults.of_pydantic(error)) from error


class Asked(Query):
    """Marks the argument of a view that is the request's query."""

    _model = AskedModel

    @classmethod
    def _param_source(cls) -> str:
        return "query"


def read(request: HttpRequest, schema: type[pydantic.BaseModel]) -> Any:
    """Return the body as the schema has it; refused with every fault if it does not fit."""
    raw = request.body or b"{}"
    found = key_faults(request)
    try:
        value = schema.model_validate_json(raw)
    except pydantic.ValidationError as error:
        _refuse_broken(error)
        found = faults.of_pydantic(error) + found
        further = _further[schema](request, raw) if schema in _further else []
        found += faults.without_covered(further, found)
    if found:
        raise wrong_input(found)
    return value


def look_further(schema: type[pydantic.BaseModel]) -> Callable[[Further], Further]:
    """Register a function that looks for faults which the schema alone cannot know."""

    def register(further: Further) -> Further:
        _further[schema] = further
        return further

    return register


def refuse_unreadable(request: HttpRequest) -> None:
    """Refuse a body that is too large, or no JSON by its own account, before all else."""
    try:
        raw = request.body
    except ValueError as error:
        raise Problem(400, "The Content-Length is no number.") from error
    if not raw:
        return
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "Send the body as it is, without a Content-Encoding.")
    kind = request.content_type or ""
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "Send JSON, with Content-Type: application/json.")


def once(request: HttpRequest, act: Callable[[], Reply], *, told: Any = None) -> Reply:
    """Do what a request asks, at most once for its Idempotency-Key; return the reply.

    `told` is the part of the body that makes it another request; the version that a cook saw
    does not, for a screen learns of newer ones while it tries again.
    """
    who = request.auth
    content = [request.method, request.path, told]
    return keys.once(act, owner=who.owner, key=key_of(request), content=content)


def key_of(request: HttpRequest) -> str:
    """Return the request's idempotency key, or nothing."""
    return request.headers.get(KEY_HEADER, "")


def key_faults(request: HttpRequest) -> list[Fault]:
    """Return what is wrong with the idempotency key."""
    key = key_of(request)
    if len(key) > KEY_LENGTH or not key.isprintable():
        return [Fault(KEY_HEADER, f"At most {KEY_LENGTH} printable characters.")]
    return []


def _refuse_broken(error: pydantic.ValidationError) -> None:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        raise Problem(400, f"The body is not valid JSON: {first['ctx']['error']}.")


def _schema(annotation: Any) -> type[pydantic.BaseModel]:
    """Return the schema of an argument that may also be left out."""
    options = getattr(annotation, "__args__", None)
    return options[0] if options else annotation
