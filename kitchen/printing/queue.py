"""The chits that printers owe: claim one, say that it is leaving, settle how it ended.

A claim is a lease, and its number fences it: whoever comes back too late changes nothing. No
transaction is open while a printer is talked to.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kitchen.models import PrintJob, StationPrinter
from kitchen.printing import routes
from kitchen.printing.events import PrintEvent, happen
from kitchen.printing.outcome import PrintFailed
from kitchen.states import JobState

State = dict[str, Any]
LEASE_SECONDS = 8.0
LONGEST_DELAY_SECONDS = 300.0
# The clocks of the web server and the database may differ by so much.
LEEWAY_SECONDS = 0.25

# Not FOR UPDATE SKIP LOCKED: only the one worker that leases the printer looks here, and an order
# is locked before its jobs. Status and claim number in the UPDATE decide.
_NEXT = f"""
WITH {routes.OWN}
SELECT j.*, t.order_id, l.timezone AS zone,
  (SELECT p.code FROM kitchen_printerroute r
   JOIN kitchen_stationprinter p ON p.id = r.printer_id
   WHERE r.station_id = j.station_id ORDER BY r.priority, r.id LIMIT 1) AS own_printer,
  EXISTS (SELECT FROM kitchen_printerroute r
   JOIN kitchen_stationprinter p ON p.id = r.printer_id AND p.enabled AND p.error_code = ''
   WHERE r.station_id = j.station_id AND p.id <> %(printer)s) AS has_backup
FROM kitchen_printjob j JOIN kitchen_location l ON l.id = j.location_id
LEFT JOIN kitchen_kitchenticket t ON t.id = j.ticket_id
LEFT JOIN own ON own.station_id = j.station_id
WHERE j.status = 'new' AND coalesce(j.printer_id, own.printer_id) = %(printer)s
  AND j.not_before <= now() + make_interval(secs => {LEEWAY_SECONDS})
  AND EXISTS (SELECT FROM kitchen_stationprinter p
   WHERE p.id = %(printer)s AND p.claimed_by = %(worker)s AND p.claimed_until > now())
ORDER BY CASE coalesce(t.priority, j.priority) WHEN 'rush' THEN 0 WHEN 'vip' THEN 1 ELSE 2 END,
  j.id LIMIT 1
"""
_DUE = f"""
WITH {routes.OWN}
SELECT coalesce(j.printer_id, own.printer_id),
  extract(epoch FROM min(j.not_before) - now())::float - {LEEWAY_SECONDS}
FROM kitchen_printjob j LEFT JOIN own ON own.station_id = j.station_id
WHERE j.status = 'new' AND coalesce(j.printer_id, own.printer_id) = ANY(%(printers)s)
GROUP BY 1
"""


class ClaimLost(Exception):
    """The lease ran out and somebody else decided about the job."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker, with all that its chit needs."""

    job: PrintJob
    printer: StationPrinter
    worker: str
    actor: str
    zone: str
    has_backup: bool
    order: State | None = None  # the whole order as the boards show it; None for a test print

    @property
    def names(self) -> str:
        """Ids for the process's own log."""
        return f"job={self.job.pk} ticket={self.job.ticket_id} printer={self.printer.code}"


def due(printer_ids: list[int]) -> dict[int, float]:
    """Return for printers that owe a chit in how many seconds it is due; below 0: now."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"printers": printer_ids})
        return dict(cursor.fetchall())


def claim(printer: StationPrinter, *, worker: str, actor: str) -> Claim | None:
    """Take the printer's next chit, rush first; None if there is none."""
    given = {"printer": printer.pk, "worker": worker}
    while found := list(PrintJob.objects.raw(_NEXT, given)):
        if taken := _take(found[0], printer, worker, actor):
            return taken
    return None


def _take(job: PrintJob, printer: StationPrinter, worker: str, actor: str) -> Claim | None:
    own = job.own_printer
    values = {
        "status": JobState.PRINTING, "printer_id": printer.pk, "attempts": job.attempts + 1,
        "place_of": own if own and own != printer.code else "", "claim_no": job.claim_no + 1,
        "claimed_by": worker, "claimed_until": timezone.now() + lease(), "sent_at": None,
        "finished_at": None, "proof": "", "error_code": "", "error_message": "",
    }  # fmt: skip
    event = PrintEvent(
        job, actor, JobState.NEW, values, "print_start", claim_no=job.claim_no, printer=printer,
        metadata={"attempt": job.attempts + 1},
    )  # fmt: skip
    happened = happen(event)
    if not happened:
        return None
    for name, value in values.items():
        setattr(job, name, value)
    return Claim(job, printer, worker, actor, job.zone, job.has_backup, happened.order)


def lease() -> timedelta:
    """Return how long a claim holds without being renewed."""
    return timedelta(seconds=getattr(settings, "PRINT_LEASE_SECONDS", LEASE_SECONDS))


def leaving(claim: Claim, chit: bytes) -> None:
    """Put on record that from now on the chit may be on paper, and what it says."""
    now = timezone.now()
    updated = PrintJob.objects.filter(
        pk=claim.job.pk, claim_no=claim.job.claim_no, status=JobState.PRINTING
    ).update(chit=chit, sent_at=now, claimed_until=now + lease())
    if not updated:
        raise ClaimLost(claim.names)


def note(claim: Claim, code: str, message: str) -> None:
    """Show on the screens what keeps the chit that is being printed; "" when it goes on."""
    _settle(claim, {"error_code": code, "error_message": message})


def printed(claim: Claim, *, proof: str, duration_ms: int) -> None:
    """The chit is out."""
    now = timezone.now()
    values = _finished(JobState.PRINTED, now) | {"proof": proof}
    details = {"action": "print_success", "duration_ms": duration_ms, "starts_ticket": True}
    try:
        _settle(claim, values, proof=proof, **details)
    except ClaimLost:
        # Who took over may have called it unconfirmed; this worker knows better.
        _settle(claim, values, old=JobState.UNCONFIRMED, proof=proof, **details)
    StationPrinter.objects.filter(pk=claim.printer.pk).update(last_print_at=now)


def unconfirmed(claim: Claim, failure: PrintFailed, *, duration_ms: int) -> None:
    """The chit may be on paper; a person decides, or the rule that prints a copy."""
    values = _finished(JobState.UNCONFIRMED, timezone.now()) | _error(failure)
    _settle(
        claim, values, action="print_unconfirmed", failure=failure, duration_ms=duration_ms,
        starts_ticket=True,
    )  # fmt: skip


def give_back(claim: Claim, failure: PrintFailed) -> None:
    """No byte left, and it was not the chit's fault: it waits without losing an attempt."""
    values = waiting(timezone.now()) | _error(failure) | {"attempts": claim.job.attempts - 1}
    _settle(claim, values, action="retry", failure=failure, waits=True)


def not_sent(claim: Claim, failure: PrintFailed) -> float:
    """No byte left: again after a pause, else on the backup printer, else failed.

    Returns the pause; 0 if this printer is rid of the chit.
    """
    error = _error(failure)
    if failure.code.startswith("data."):
        fail(claim, failure)
    elif claim.job.attempts <= settings.MAX_PRINT_RETRIES:
        pause = delay_seconds(claim.job.attempts)
        values = waiting(timezone.now() + timedelta(seconds=pause)) | error
        _settle(claim, values, action="retry", failure=failure, pause_seconds=round(pause, 1))
        return pause
    elif backup := routes.backup(claim.job.station_id, claim.printer):
        values = waiting(timezone.now()) | error | {"printer_id": backup.pk, "attempts": 0}
        _settle(claim, values, action="failover", failure=failure, to=backup.code)
    else:
        fail(claim, failure)
    return 0.0


def fail(claim: Claim, failure: PrintFailed) -> None:
    """Nothing more can be done by itself: a person has to look."""
    values = _finished(JobState.FAILED, timezone.now()) | _error(failure)
    _settle(claim, values, action="print_failed", failure=failure)


def delay_seconds(attempts: int) -> float:
    """Return the pause after so many attempts: doubled each time, with jitter, up to a limit."""
    pause = settings.RETRY_DELAY_SECONDS * 2 ** max(0, attempts - 1)
    return min(pause, LONGEST_DELAY_SECONDS) * random.uniform(0.8, 1.2)


def waiting(not_before: datetime) -> dict[str, Any]:
    """Return what a job is that waits for a worker again."""
    return {"status": JobState.NEW, "not_before": not_before, "claimed_until": None,
            "claimed_by": "", "sent_at": None, "finished_at": None}  # fmt: skip


def _finished(status: str, now: datetime) -> dict[str, Any]:
    return {"status": status, "finished_at": now, "claimed_until": None, "claimed_by": "",
            "error_code": "", "error_message": ""}  # fmt: skip


def _error(failure: PrintFailed) -> dict[str, Any]:
    return {"error_code": failure.code, "error_message": failure.message[:500]}


def _settle(
    claim: Claim,
    values: dict[str, Any],
    *,
    old: str = JobState.PRINTING,
    action: str = "",
    failure: PrintFailed | None = None,
    duration_ms: int | None = None,
    starts_ticket: bool = False,
    **metadata: Any,
) -> None:
    starts = starts_ticket and claim.job.kind == "order"
    event = PrintEvent(
        claim.job, claim.actor, old, values, action, claim.job.claim_no, claim.printer,
        failure, duration_ms, starts, metadata,
    )  # fmt: skip
    if not happen(event):
        raise ClaimLost(claim.names)
