"""What happens to jobs by itself, without a claim: every worker looks at this at each poll.

Each rule names its jobs in one query and changes them one by one; a job that has moved on
meanwhile is left alone. Nothing here sends a byte.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone

from kitchen.models import PrintJob
from kitchen.printing import routes
from kitchen.printing.events import PrintEvent, happen
from kitchen.printing.outcome import PrintFailed
from kitchen.printing.queue import waiting
from kitchen.states import JobState

AT_ONCE = 100  # jobs of one rule at one poll
LONG_TROUBLE_SECONDS = 60.0  # as long as it takes to fetch a roll of paper and put it in

log = logging.getLogger(__name__)
Jobs = Iterable[PrintJob]
GONE = PrintFailed("timeout.no_confirmation", "The worker that printed it is gone.", sent=True)
CUT_OFF = PrintFailed("timeout.no_progress", "The worker that had it is gone.", sent=False)
TOO_OLD = PrintFailed(
    "timeout.too_old", "It waited too long: print it again if it is still wanted.", sent=False
)
NO_PRINTER = PrintFailed(
    "connection.unreachable", "No printer is switched on for this station.", sent=False
)

_ORPHANS = f"""
WITH {routes.OWN}
SELECT j.* FROM kitchen_printjob j
LEFT JOIN kitchen_stationprinter p ON p.id = j.printer_id
LEFT JOIN own ON own.station_id = j.station_id
WHERE j.status = 'new' AND (j.printer_id IS NULL OR NOT p.enabled) AND
  (own.printer_id IS NULL OR j.printer_id IS NOT NULL)
LIMIT {AT_ONCE}
"""
_STUCK = f"""
WITH {routes.OWN}
SELECT j.*, p.id AS stuck_printer FROM kitchen_printjob j
LEFT JOIN own ON own.station_id = j.station_id
JOIN kitchen_stationprinter p ON p.id = coalesce(j.printer_id, own.printer_id)
WHERE j.status = 'new' AND j.kind <> 'test' AND p.error_code <> ''
  AND p.trouble_since < now() - make_interval(secs => %(seconds)s)
ORDER BY j.id LIMIT {AT_ONCE}
"""
_UNTOLD = f"""
WITH {routes.OWN}
SELECT j.*, p.error_code AS its_code, p.error_message AS its_message FROM kitchen_printjob j
LEFT JOIN own ON own.station_id = j.station_id
JOIN kitchen_stationprinter p ON p.id = coalesce(j.printer_id, own.printer_id)
WHERE j.status = 'new' AND p.error_code <> '' AND j.error_code <> p.error_code
ORDER BY j.id LIMIT {AT_ONCE}
"""


@dataclass(frozen=True)
class Poll:
    """One look at the jobs: by whom, when, and which ones this worker is busy with."""

    actor: str
    now: datetime
    in_hand: list[int]


def apply(*, actor: str, in_hand: list[int]) -> int:
    """Apply every rule; return how many jobs were changed."""
    poll = Poll(actor, timezone.now(), in_hand)
    return sum(rule(poll) for rule in RULES)


def _leases_run_out(poll: Poll) -> int:
    """A worker is gone: what may be on paper is unconfirmed, what surely is not goes back."""
    lost = _jobs(status=JobState.PRINTING, claimed_until__lt=poll.now)
    changed = 0
    for job in lost.exclude(pk__in=poll.in_hand):
        if job.sent_at:
            values = {"status": JobState.UNCONFIRMED, "finished_at": poll.now}
            changed += _do(poll, job, "print_unconfirmed", values | _lease_gone(GONE), GONE)
        else:
            changed += _do(poll, job, "retry", waiting(poll.now) | _error(CUT_OFF), CUT_OFF)
    return changed


def _possible_copies(poll: Poll) -> int:
    """Twice beats never, when the paper says so; but not for ever, and not the next morning."""
    after = poll.now - timedelta(seconds=settings.POSSIBLE_COPY_AFTER_SECONDS)
    quiet = _jobs(
        status=JobState.UNCONFIRMED, finished_at__lt=after, finished_at__gt=_stale(poll)
    ).exclude(kind="test")
    changed = 0
    for job in quiet.filter(attempts__lte=settings.MAX_PRINT_RETRIES):
        values = waiting(poll.now) | {"possible_copy": True}
        changed += _do(poll, job, "retry", values, None, possible_copy=True)
    for job in quiet.filter(attempts__gt=settings.MAX_PRINT_RETRIES):
        changed += _stand_in(poll, job, job.printer_id, possible_copy=True)
    return changed


def _too_old(poll: Poll) -> int:
    """An overnight backlog is not printed at opening time: it waits for a person."""
    old = _jobs(status=JobState.NEW).annotate(since=Greatest("created_at", "not_before"))
    values = {"status": JobState.FAILED, "finished_at": poll.now} | _error(TOO_OLD)
    stale = old.filter(since__lt=_stale(poll))
    return sum(_do(poll, job, "print_failed", values, TOO_OLD) for job in stale)


def _no_printer(poll: Poll) -> int:
    """Its printer was switched off: the station's next one takes it, if there is one."""
    changed = 0
    for job in PrintJob.objects.raw(_ORPHANS):
        if job.printer_id and job.kind != "test" and routes.own(job.station_id):
            changed += _do(poll, job, "failover", {"printer_id": None}, NO_PRINTER)
        else:
            values = {"status": JobState.FAILED, "finished_at": poll.now} | _error(NO_PRINTER)
            changed += _do(poll, job, "print_failed", values, NO_PRINTER)
    return changed


def _long_trouble(poll: Poll) -> int:
    """Their printer has been out for long: the chits that wait for it go to its backup."""
    stuck = PrintJob.objects.raw(_STUCK, {"seconds": LONG_TROUBLE_SECONDS})
    return sum(_stand_in(poll, job, job.stuck_printer) for job in stuck)


def _say_why_it_waits(poll: Poll) -> int:
    """The screens that show a waiting chit say what is wrong with its printer."""
    for job in PrintJob.objects.raw(_UNTOLD):
        why = {"error_code": job.its_code, "error_message": job.its_message}
        happen(PrintEvent(job, poll.actor, job.status, why, claim_no=job.claim_no))
    return 0  # nothing to be done about it here


def _printer_is_back(poll: Poll) -> int:
    """Chits that failed, unsent, because of a printer that is well again are owed again."""
    trouble = Q(error_code__startswith="connection.") | Q(error_code__startswith="device.")
    failed = _jobs(status=JobState.FAILED, finished_at__gt=_stale(poll), sent_at=None)
    back = failed.filter(
        trouble, printer__enabled=True, printer__error_code="", printer__online=True
    )
    values = waiting(poll.now) | {"attempts": 0}
    return sum(
        _do(poll, job, "retry", values, None)
        for job in back.exclude(kind="test")
        if job.printer.checked_at and job.printer.checked_at > job.finished_at
    )


RULES: tuple[Callable[[Poll], int], ...] = (
    _leases_run_out,
    _possible_copies,
    _too_old,
    _no_printer,
    _long_trouble,
    _say_why_it_waits,
    _printer_is_back,
)


def _jobs(**where: Any) -> Any:
    found = PrintJob.objects.select_related("ticket", "printer")
    return found.filter(pk__in=PrintJob.objects.filter(**where).order_by("pk")[:AT_ONCE])


def _stale(poll: Poll) -> datetime:
    return poll.now - timedelta(minutes=settings.STALE_JOB_MINUTES)


def _stand_in(poll: Poll, job: PrintJob, printer_id: int | None, **values: Any) -> int:
    printer = routes.printer(printer_id)
    backup = printer and routes.backup(job.station_id, printer)
    if not printer or not backup:
        return 0
    changed = waiting(poll.now) | {"printer_id": backup.pk, "attempts": 0} | values
    reason = PrintFailed(
        printer.error_code or job.error_code,
        printer.error_message or job.error_message,
        sent=False,
    )
    return _do(poll, job, "failover", changed, reason, printer=printer, to=backup.code)


def _do(
    poll: Poll, job: PrintJob, action: str, values: dict[str, Any],
    failure: PrintFailed | None, *, printer: Any = None, **metadata: Any,
) -> int:  # fmt: skip
    event = PrintEvent(
        job, poll.actor, job.status, values, action, job.claim_no, printer or job.printer,
        failure, metadata={"rule": True, **metadata},
    )  # fmt: skip
    if not happen(event):
        return 0
    reason = failure.code if failure else "by rule"
    log.info("%s job=%s ticket=%s: %s", action, job.pk, job.ticket_id, reason)
    return 1


def _error(failure: PrintFailed) -> dict[str, Any]:
    return {"error_code": failure.code, "error_message": failure.message}


def _lease_gone(failure: PrintFailed) -> dict[str, Any]:
    return {"claimed_until": None, "claimed_by": ""} | _error(failure)
