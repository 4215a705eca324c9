"""Revisions of what screens watch, and the outbox that tells of them.

A change raises the revision of every feed it alters and leaves one outbox row per revision, in
its own transaction. The relay tells the screens after the commit; a NOTIFY wakes it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

FEEDS_CHANNEL = "kds_feeds"  # the relay listens here
PRINT_CHANNEL = "kds_print"  # the printer workers listen here

BOARD_STATES = ("pending", "preparing", "ready")

# Rows of kitchen_feed are locked in key order, last of all locks in a change.
_PUBLISH = """
WITH wanted AS (
  SELECT key, n FROM unnest(%(keys)s::text[], %(counts)s::int[]) AS w(key, n) ORDER BY key
), raised AS (
  INSERT INTO kitchen_feed (key, revision) SELECT key, n FROM wanted
  ON CONFLICT (key) DO UPDATE SET revision = kitchen_feed.revision + EXCLUDED.revision
  RETURNING key, revision
), told AS (
  INSERT INTO kitchen_outbox (feed, rev, frame, created_at)
  SELECT e.feed, r.revision - e.behind, e.frame, clock_timestamp()
  FROM unnest(%(feeds)s::text[], %(behind)s::int[], %(frames)s::jsonb[])
       WITH ORDINALITY AS e(feed, behind, frame, place)
  JOIN raised r ON r.key = e.feed ORDER BY e.place
)
SELECT pg_notify(%(channel)s, '')
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
    events = list(events)
    if not events:
        return
    counts = Counter(event.feed for event in events)
    keys = sorted(counts)
    seen: Counter[str] = Counter()
    behind = []
    for event in events:
        seen[event.feed] += 1
        behind.append(counts[event.feed] - seen[event.feed])
    with connection.cursor() as cursor:
        cursor.execute(
            _PUBLISH,
            {
                "keys": keys,
                "counts": [counts[key] for key in keys],
                "feeds": [event.feed for event in events],
                "behind": behind,
                "frames": [Jsonb(event.frame) for event in events],
                "channel": FEEDS_CHANNEL,
            },
        )


def wake_printers() -> None:
    """Tell the printer workers, at commit, that there is something to print."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [PRINT_CHANNEL])
