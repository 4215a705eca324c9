"""What the worker says of itself: `/health` for whoever starts it anew, `/metrics` for charts."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from kitchen.printing.database import DatabaseAway
from kitchen.printing.http import NOT_FOUND, Answer
from kitchen.printing.worker import Worker

SILENT_POLLS = 5  # without an answer of the database, then it is not well
SILENT_SECONDS = 15.0
ANSWER_SECONDS = 2.0  # whoever asks has little patience

_COUNTS = """
SELECT count(*) FILTER (WHERE status IN ('new', 'printing')),
  count(*) FILTER (WHERE status = 'failed'),
  count(*) FILTER (WHERE status = 'unconfirmed'),
  (SELECT coalesce(sum(done.n), 0)::int FROM kitchen_stationprinter p
   JOIN kitchen_location l ON l.id = p.location_id CROSS JOIN LATERAL (
     SELECT count(*) AS n FROM kitchen_printjob j
     WHERE j.printer_id = p.id AND j.status = 'printed' AND j.finished_at >=
       date_trunc('day', now() AT TIME ZONE l.timezone) AT TIME ZONE l.timezone) AS done)
FROM kitchen_printjob WHERE status IN ('new', 'printing', 'unconfirmed', 'failed')
"""
_PRINTERS = """
SELECT l.code, p.code, p.error_code = '' AND p.online IS TRUE
FROM kitchen_stationprinter p JOIN kitchen_location l ON l.id = p.location_id
WHERE p.enabled ORDER BY 1, 2
"""


class Pages:
    """The worker's two pages."""

    def __init__(self, worker: Worker, *, version: str) -> None:
        self._worker = worker
        self._version = version

    async def handle(self, method: str, path: str, body: bytes) -> Answer:
        """Answer one request."""
        if method == "GET" and path in ("/health", "/health/"):
            return await self._health()
        if method == "GET" and path in ("/metrics", "/metrics/"):
            return await self._metrics()
        return NOT_FOUND

    async def _health(self) -> Answer:
        worker = self._worker
        counts, database = await self._ask(_counts, [None] * 4)
        limit = max(SILENT_SECONDS, SILENT_POLLS * worker.poll_seconds)
        well = database == "connected" and worker.silent_seconds < limit
        content = {
            "status": "healthy" if well else "unhealthy",
            "service": "printer_worker",
            "version": self._version,
            "uptime_seconds": round(time.monotonic() - worker.started, 1),
            "database": database,
            "last_poll": _moment(worker.last_poll),
            "metrics": self._numbers(counts),
        }
        return Answer(json.dumps(content), 200 if well else 503)

    def _numbers(self, counts: list[Any]) -> dict[str, Any]:
        pending, failed_now, _, today = counts
        printed, failed = self._worker.shop.printed, self._worker.shop.failed
        tried = printed + failed
        return {
            "tickets_processed": printed,
            "tickets_failed": failed,
            "success_rate": round(100 * printed / tried, 2) if tried else 100.0,
            "pending_tickets": pending,
            "printed_today": today,
            "failed_tickets": failed_now,
        }

    async def _metrics(self) -> Answer:
        counts, database = await self._ask(_counts, [0] * 4)
        printers, _ = await self._ask(_printers, [])
        shop = self._worker.shop
        lines = [
            *_metric("uptime_seconds", "gauge", round(time.monotonic() - self._worker.started, 1)),
            *_metric("database_up", "gauge", int(database == "connected")),
            *_metric("chits_printed_total", "counter", shop.printed),
            *_metric("chits_failed_total", "counter", shop.failed),
            *_metric("chits_pending", "gauge", counts[0]),
            *_metric("chits_failed", "gauge", counts[1]),
            *_metric("chits_unconfirmed", "gauge", counts[2]),
            *_metric("chits_printed_today", "gauge", counts[3]),
            "# TYPE olgfeast_printer_up gauge",
            *(
                f'olgfeast_printer_up{{location="{location}",printer="{code}"}} {int(up)}'
                for location, code, up in printers
            ),
        ]
        text = "\n".join(lines) + "\n"
        return Answer(text, content_type="text/plain; version=0.0.4; charset=utf-8")

    async def _ask(self, question: Any, otherwise: Any) -> tuple[Any, str]:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._worker.database.run(question), "connected"
        except (DatabaseAway, TimeoutError):
            return otherwise, "disconnected"


def _counts() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return list(cursor.fetchone())


def _printers() -> list[tuple[str, str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_PRINTERS)
        return cursor.fetchall()


def _metric(name: str, kind: str, value: float) -> list[str]:
    return [f"# TYPE olgfeast_{name} {kind}", f"olgfeast_{name} {value}"]


def _moment(seconds: float | None) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else None
