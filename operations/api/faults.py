"""What is wrong with a request, in words for the person who programs the POS."""

from collections.abc import Iterable, Iterator
from typing import Any

import pydantic
from ninja.errors import ValidationError

from kitchen.errors import Fault

TOLD_AT_MOST = 1000  # 200 items can have some thousands of faults; nobody reads them

# Patterns of the schemas, and what it means not to match them.
CODE = r"^[a-z0-9][a-z0-9_-]{0,31}$"
LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
NAME = (
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
)
TEXT = r"^(?:[^\x00-\x1f\x7f-\x9f]|[\n\r\t])*$"
_PATTERNS = {
    CODE: "Use 1 to 32 small letters, digits, - or _, beginning with a letter or digit.",
    LINE: "One line of text without control characters.",
    NAME: "One line of text that is not blank, without control characters.",
    TEXT: "Text without control characters other than line breaks and tabs.",
}

_WORDS = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field.",
    "model_type": "This must be an object.",
    "dict_type": "This must be an object.",
    "list_type": "This must be a list.",
    "string_type": "This must be text.",
    "string_too_short": "At least {min_length} character.",
    "string_too_long": "At most {max_length} characters.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "This must be a whole number.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le}.",
    "too_short": "At least {min_length}.",
    "too_long": "At most {max_length}, not {actual_length}.",
    "literal_error": "This must be one of: {expected}.",
    "datetime_type": "This must be a time as text, such as 2026-03-06T19:30:00+01:00.",
    "datetime_parsing": "This must be a time such as 2026-03-06T19:30:00+01:00.",
    "datetime_from_date_parsing": "This must be a time such as 2026-03-06T19:30:00+01:00.",
    "datetime_object_invalid": "This must be a time such as 2026-03-06T19:30:00+01:00.",
    "timezone_aware": "This time needs its zone, such as Z or +01:00.",
    "decimal_type": "This must be an amount such as \"32.00\".",
    "decimal_parsing": "This must be an amount such as \"32.00\".",
    "finite_number": "This must be an amount such as \"32.00\".",
    "decimal_max_digits": "At most {max_digits} digits.",
    "decimal_max_places": "At most {decimal_places} decimal places.",
    "decimal_whole_digits": "At most {whole_digits} digits before the point.",
}  # fmt: skip


def of_pydantic(error: pydantic.ValidationError) -> list[Fault]:
    """Return every fault that a schema found."""
    details = error.errors(include_url=False, include_input=False)
    return [Fault(path_of(detail["loc"]), _words(detail)) for detail in details]


def of_ninja(error: ValidationError) -> list[Fault]:
    """Return every fault of a query or path; the first part of a place says which of the two."""
    return [Fault(path_of(detail["loc"][1:]), _words(detail)) for detail in error.errors]


def path_of(place: Iterable[str | int]) -> str:
    """Return a place in a request as `items[2].station_code`."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


def limited(found: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the faults, and in place of too many how many more there are."""
    found = list(found)
    yield from found[:TOLD_AT_MOST]
    more = len(found) - TOLD_AT_MOST
    if more > 0:
        yield Fault("", f"And {more} more.")


def without_covered(more: Iterable[Fault], known: Iterable[Fault]) -> Iterator[Fault]:
    """Yield of `more` what is not said already about the same place or what it is in."""
    said = {fault.path for fault in known}
    if "" in said:
        return  # it is no object at all
    for fault in more:
        item = fault.path.partition(".")[0]
        if said.isdisjoint((fault.path, item, item.partition("[")[0])):
            yield fault


def _words(detail: Any) -> str:
    context = detail.get("ctx") or {}
    if detail["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context.get("pattern", ""), "This text has a form that is not known.")
    if detail["type"] == "value_error":
        return str(context.get("error", detail["msg"]))
    words = _WORDS.get(detail["type"])
    return words.format(**context) if words else f"{detail['msg']}."
