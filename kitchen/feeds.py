"""Revisions of what screens watch, and the outbox that tells of them.

A change raises the revision of every feed it alters and leaves one outbox row per revision, in
its own transaction. The relay tells the screens after the commit; a NOTIFY wakes it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

FEEDS_CHANNEL = "kds_feeds"  # the relay listens here
PRINT_CHANNEL = "kds_print"  # the printer workers listen here

BOARD_STATES = ("pending", "preparing", "ready")

# Rows of kitchen_feed are locked in key order, last of all locks in a change.
_PUBLISH = """
WITH given AS (
  SELECT feed, frame, place, count(*) OVER (PARTITION BY feed) AS n,
    row_number() OVER (PARTITION BY feed ORDER BY place) AS nth
  FROM ROWS FROM (jsonb_to_recordset(%s) AS (feed text, frame jsonb))
    WITH ORDINALITY AS e(feed, frame, place)
), raised AS (
  INSERT INTO kitchen_feed (key, revision) SELECT DISTINCT feed, n FROM given ORDER BY feed
  ON CONFLICT (key) DO UPDATE SET revision = kitchen_feed.revision + EXCLUDED.revision
  RETURNING key, revision
), told AS (
  INSERT INTO kitchen_outbox (feed, rev, frame, created_at)
  SELECT g.feed, r.revision - g.n + g.nth, g.frame, clock_timestamp()
  FROM given g JOIN raised r ON r.key = g.feed ORDER BY g.place
)
SELECT pg_notify(%s, '')
"""


@dataclass(frozen=True)
class Event:
    """One revision of one feed: what the frames say beside feed, rev and time."""

    feed: str
    frame: dict[str, Any]


def station(location: str, code: str) -> str:
    """Return the key of a station's feed."""
    return f"station:{location}:{code}"


def status(location: str, state: str) -> str:
    """Return the key of a by-status feed."""
    return f"status:{location}:{state}"


def expo(location: str) -> str:
    """Return the key of the expo's feed."""
    return f"expo:{location}"


def guests(location: str) -> str:
    """Return the key of the guests' feed."""
    return f"guests:{location}"


def publish(events: Iterable[Event]) -> None:
    """Raise each event's feed by one and put the event in the outbox, in one statement.

    Call it last in the transaction of the change: it locks the busiest rows there are.
    """
    given = [{"feed": event.feed, "frame": event.frame} for event in events]
    if not given:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, [json.dumps(given), FEEDS_CHANNEL])


def wake_printers() -> None:
    """Tell the printer workers, at commit, that there is something to print."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [PRINT_CHANNEL])
