"""Answers as they go over the wire: dicts that the domain built, not validated a second time."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse


def reply(
    data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return JSON, as UTF-8."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text.encode(), status=status, content_type="application/json")
    for name, value in (headers or {}).items():
        response[name] = value
    return response
