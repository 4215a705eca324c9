"""Typed readers of environment variables; a wrong value stops the start with one sentence."""

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


def text(name: str, default: str = "", *, choices: Collection[str] = ()) -> str:
    value = _read(name)
    if value is None:
        return default
    if choices and value not in choices:
        raise _wrong(name, value, f"write one of {', '.join(choices)}")
    return value


def whole(name: str, default: int, *, at_least: int = 0, at_most: int | None = None) -> int:
    value = _read(name)
    if value is None:
        return default
    cure = f"write a whole number {_bounds(at_least, at_most)}, such as {default}"
    try:
        number = int(value)
    except ValueError:
        raise _wrong(name, value, cure) from None
    if number < at_least or (at_most is not None and number > at_most):
        raise _wrong(name, value, cure)
    return number


def seconds(name: str, default: float) -> float:
    return _positive(name, default, "seconds")


def minutes(name: str, default: float) -> float:
    return _positive(name, default, "minutes")


def flag(name: str, *, default: bool = False) -> bool:
    value = _read(name)
    if value is None:
        return default
    if value.lower() not in YES | NO:
        raise _wrong(name, value, "write 1 or 0")
    return value.lower() in YES


def words(name: str, default: Collection[str] = ()) -> list[str]:
    value = _read(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def url(name: str, *, schemes: Collection[str]) -> str | None:
    """An address, also from NAME_FILE; never shown in a message, for it may hold a password."""
    value = secret(name)
    if value is None:
        return None
    if _split(name, value).scheme not in schemes:
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} is not understood: write an address with {starts}")
    return value


def secret(name: str) -> str | None:
    """The value of NAME, or the content of the file that NAME_FILE names."""
    value, file = _read(name), _read(f"{name}_FILE")
    if value is not None and file is not None:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them")
    if file is None:
        return value
    try:
        content = Path(file).read_text().strip()
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise _wrong(f"{name}_FILE", file, f"name a readable file ({problem})") from None
    if not content:
        raise _wrong(f"{name}_FILE", file, "name a file that is not empty")
    return content


def _read(name: str) -> str | None:
    # Empty means absent: compose files and shells hand on empty variables for unset ones.
    return os.environ.get(name, "").strip() or None


def _positive(name: str, default: float, unit: str) -> float:
    value = _read(name)
    if value is None:
        return default
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise _wrong(name, value, f"write a number of {unit} above 0, such as {default}")
    return number


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        cure = "write %XX for odd characters in its password, and a number as its port"
        raise ImproperlyConfigured(f"{name} is not an address: {cure}") from None
    return parts


def _bounds(at_least: int, at_most: int | None) -> str:
    return f"from {at_least} to {at_most}" if at_most is not None else f"from {at_least} up"


def _wrong(name: str, value: str, cure: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r}: {cure}")
