"""What all pages share: who looks, at which house, in its time, within the same frame."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kitchen.models import Location
from kitchen.numbers import BUSINESS_DAY_BEGINS
from operations.access import Who
from operations.access_views import needs, page_context

# The largest id there can be: more digits are no id, and PostgreSQL would refuse them.
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Visit:
    """One look at a page of a house, by somebody who may."""

    request: HttpRequest
    who: Who
    house: Location

    @property
    def zone(self) -> ZoneInfo:
        """The house's time zone; the page is made in it."""
        return ZoneInfo(self.house.timezone)

    @property
    def here(self) -> str:
        """What addresses of this house begin with: nothing, or /l/hq."""
        return page_context(self.request, self.who)["here"]

    def asked(self, name: str) -> str:
        """Return a value of the query, "" if it is not there; nothing that no column could hold."""
        return self.request.GET.get(name, "").replace("\0", "").strip()[:200]

    def asked_id(self, name: str) -> int | None:
        """Return a number of the query; None if it is not there or none."""
        return whole(self.asked(name))

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return the page within its frame. It is about now, so nobody may keep it."""
        frame = page_context(self.request, self.who) | {"place": self.house.name}
        response = render(self.request, template, frame | context, status=status)
        response["Cache-Control"] = "no-store"
        return response


View = Callable[..., HttpResponse]


def page(right: str) -> Callable[[View], View]:
    """Give the view a Visit, in the house's time zone, to those who have the right."""

    def decorate(view: View) -> View:
        @needs(right)
        @wraps(view)
        def opened(request: HttpRequest, who: Who, *args: Any, **kwargs: Any) -> HttpResponse:
            visit = Visit(request, who, Location.objects.get(id=who.location_id))
            with timezone.override(visit.zone):
                return view(visit, *args, **kwargs)

        return opened

    return decorate


def whole(written: str) -> int | None:
    """Return a written id as a number, None if it cannot be one."""
    if not written.isascii() or not written.isdecimal() or len(written) > 19:
        return None
    number = int(written)
    return number if number <= LARGEST_ID else None


def business_day(zone: ZoneInfo) -> date:
    """Return the day that a kitchen calls today: after midnight it is still the evening before."""
    return (timezone.now().astimezone(zone) - BUSINESS_DAY_BEGINS).date()


def span_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a business day begins and ends."""
    begin, end = (
        datetime.combine(each, time.min, zone) + BUSINESS_DAY_BEGINS
        for each in (day, day + timedelta(days=1))
    )
    return begin, end
