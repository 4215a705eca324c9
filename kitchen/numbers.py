"""The numbers that orders are called by, begun again each business day."""

import zoneinfo
from datetime import date, datetime, timedelta

from django.db import connection

from kitchen.models import Location

BUSINESS_DAY_BEGINS = timedelta(hours=4)  # orders after midnight belong to the evening before


def next_number(location: Location, now: datetime) -> str:
    """Return the next order number of the business day: A001 ... A999, B001 ...

    The row's lock makes placements of one location take turns from here to their commit.
    """
    day = business_day(location, now)
    with connection.cursor() as cursor:
        cursor.execute(
            # Never back to a day that is over: of two orders at its very end the one that was
            # stamped first may come here last.
            "UPDATE kitchen_location SET order_counter ="
            " CASE WHEN counter_day >= %s THEN order_counter + 1 ELSE 1 END,"
            " counter_day = greatest(counter_day, %s) WHERE id = %s RETURNING order_counter",
            [day, day, location.id],
        )
        counter = cursor.fetchone()[0]
    letter, digits = divmod(counter - 1, 999)
    return f"{chr(ord('A') + letter % 26)}{digits + 1:03d}"


def business_day(location: Location, now: datetime) -> date:
    """Return the day that this moment belongs to at the location."""
    local = now.astimezone(zoneinfo.ZoneInfo(location.timezone))
    return (local - BUSINESS_DAY_BEGINS).date()
