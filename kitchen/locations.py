"""Finds the location that a command is about."""

from kitchen.errors import NotFound
from kitchen.models import Location


def choose(code: str | None) -> Location:
    """Return the location with this code, or without one the only one; NotFound says which."""
    known = {location.code: location for location in Location.objects.order_by("code")}
    if not known:
        raise NotFound("There is no location yet: make one with `manage.py demo_kitchen`.")
    if code is None and len(known) == 1:
        return next(iter(known.values()))
    if code is None:
        raise NotFound(f"Say which location with --location: {', '.join(known)}.")
    if code not in known:
        raise NotFound(f"There is no location {code!r}; known are: {', '.join(known)}.")
    return known[code]
