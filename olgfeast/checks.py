"""Checks of settings that only make sense together; each has an id, a hint and a test."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from olgfeast.embedded import SECRET_CURE


@register
def check_secret_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= 32:
        return []
    return [
        Error(
            "SECRET_KEY is too short to protect sessions",
            hint=f"Set a long one: {SECRET_CURE}",
            id="olgfeast.E001",
        )
    ]


@register
def check_possible_copy(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if settings.POSSIBLE_COPY_AFTER_SECONDS >= settings.PRINT_CONFIRM_SECONDS:
        return []
    return [
        Error(
            "POSSIBLE_COPY_AFTER_SECONDS is shorter than PRINT_CONFIRM_SECONDS: "
            "a chit would be printed again before the printer had time to confirm it",
            hint=f"Set it to {settings.PRINT_CONFIRM_SECONDS} or more",
            id="olgfeast.E002",
        )
    ]


@register
def check_trusted_origins(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    wrong = [o for o in settings.CSRF_TRUSTED_ORIGINS if not o.startswith(("http://", "https://"))]
    return [
        Error(
            f"CSRF_TRUSTED_ORIGINS has {origin!r}, which is no origin",
            hint=f"Write it with its scheme: https://{origin}",
            id="olgfeast.E003",
        )
        for origin in wrong
    ]


@register
def check_debug(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEBUG or settings.EMBEDDED:
        return []
    return [
        Warning(
            "DEBUG is on with a database of your own: errors show settings to whoever asks",
            hint="Take DEBUG out of the environment in production",
            id="olgfeast.W001",
        )
    ]
