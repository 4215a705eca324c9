"""A few counts of the whole house for watchdogs; read often, so never more than an index walk."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from kitchen.states import OPEN_TICKET, JobState, OrderState

NO_PAPER = {"pending_tickets": None, "printed_today": None, "failed_tickets": None}
OPEN_ORDER = (OrderState.PENDING, OrderState.PREPARING, OrderState.READY)
OPEN_JOB = (JobState.NEW, JobState.PRINTING, JobState.UNCONFIRMED, JobState.FAILED)

_PAPER = """
SELECT count(*) FILTER (WHERE status IN ('new', 'printing')),
  (SELECT count(*) FROM kitchen_stationprinter p JOIN kitchen_printjob d
   ON d.printer_id = p.id AND d.finished_at >= %s AND d.status = 'printed'),
  count(*) FILTER (WHERE status = 'failed')
FROM kitchen_printjob WHERE status IN ('new', 'printing', 'unconfirmed', 'failed')
"""
# The conditions are those of the partial indexes of open rows.
_HOUSE = """
SELECT 'orders', status, count(*) FROM kitchen_order
WHERE status IN ('pending', 'preparing', 'ready') GROUP BY status
UNION ALL SELECT 'tickets', status, count(*) FROM kitchen_kitchenticket
WHERE status IN ('held', 'pending', 'preparing') OR (status = 'void' AND needs_ack) GROUP BY status
UNION ALL SELECT 'tickets', status, count(*) FROM kitchen_kitchenticket
WHERE status = 'ready' GROUP BY status
UNION ALL SELECT 'print_jobs', status, count(*) FROM kitchen_printjob
WHERE status IN ('new', 'printing', 'unconfirmed', 'failed') GROUP BY status
UNION ALL SELECT 'outbox', 'waiting', count(*) FROM
  (SELECT id FROM kitchen_outbox ORDER BY id LIMIT 10000) untold
"""


def paper() -> dict[str, Any]:
    """Return how many chits wait, were printed since midnight (UTC), and failed."""
    with connection.cursor() as cursor:
        cursor.execute(_PAPER, [_midnight()])
        return dict(zip(NO_PAPER, cursor.fetchone(), strict=True))


def house() -> dict[str, dict[str, int]]:
    """Return how many orders, tickets, print jobs and untold changes are open, by state.

    Untold changes are counted to 10,000: more says no more about a relay that stands still.
    """
    counts: dict[str, dict[str, int]] = {
        "orders": dict.fromkeys(OPEN_ORDER, 0),
        "tickets": dict.fromkeys(sorted(OPEN_TICKET), 0),
        "print_jobs": dict.fromkeys(OPEN_JOB, 0),
        "outbox": {"waiting": 0},
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOUSE)
        for kind, state, count in cursor.fetchall():
            counts[kind][state] = count
    return counts


def _midnight() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
