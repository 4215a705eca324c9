"""How the printers are: which of them this worker drives, what they last said, since when."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from kitchen.models import PrinterHealthCheck, PrintJob, StationPrinter
from kitchen.printing.alarms import tell_alarms
from kitchen.printing.outcome import Report, Status
from kitchen.printing.queue import lease
from kitchen.states import JobState

CHECK_KEPT_EVERY = timedelta(seconds=55)  # and whenever something changes
CHECKS_KEPT = timedelta(days=30)

_LEASE = """
UPDATE kitchen_stationprinter SET claimed_by = %(worker)s,
  claimed_until = now() + make_interval(secs => %(seconds)s)
WHERE id IN (SELECT id FROM kitchen_stationprinter
  WHERE enabled AND (claimed_by IN ('', %(worker)s) OR claimed_until IS NULL
    OR claimed_until < now())
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
"""
_RENEW_JOBS = """
UPDATE kitchen_printjob SET claimed_until = now() + make_interval(secs => %(seconds)s)
WHERE status = 'printing' AND claimed_by = %(worker)s AND id = ANY(%(in_hand)s)
"""


def lease_printers(worker: str, in_hand: list[int]) -> list[StationPrinter]:
    """Renew this worker's leases and take every printer that nobody drives; return all it has.

    `in_hand` are the jobs it is busy with; one that it forgot is left to run out.
    """
    given = {"worker": worker, "seconds": lease().total_seconds(), "in_hand": in_hand}
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, given)
        cursor.execute(_RENEW_JOBS, given)
    mine = StationPrinter.objects.filter(claimed_by=worker, enabled=True)
    return list(mine.filter(claimed_until__gt=Now()))


def release_printers(worker: str) -> None:
    """Let other workers have them at once."""
    StationPrinter.objects.filter(claimed_by=worker).update(claimed_by="", claimed_until=None)


@transaction.atomic
def record(printer_id: int, report: Report) -> None:
    """Store what a printer said; when its trouble changed, tell the expo."""
    now = timezone.now()
    printer = StationPrinter.objects.select_for_update(no_key=True).get(pk=printer_id)
    code, message = report.error
    changed = printer.error_code != code or printer.online != report.online
    StationPrinter.objects.filter(pk=printer_id).update(
        **_words(report.status), online=report.online, error_code=code,
        error_message=message[:500], checked_at=now,
        trouble_since=Coalesce(F("trouble_since"), now) if code else None,
    )  # fmt: skip
    _keep_check(printer, report, changed=changed)
    if printer.error_code and not code:
        _let_wait_no_longer(printer_id)
    if changed:
        tell_alarms(printer.location)


def proved_by(printer_id: int, proof: str) -> None:
    """Remember how a printer proves its prints."""
    StationPrinter.objects.filter(pk=printer_id).update(proof=proof, probed_at=timezone.now())


def _words(status: Status | None) -> dict[str, Any]:
    """Only what it said: a word it did not say leaves the old one."""
    said = status or Status(online=False)
    words = {"paper": said.paper, "cover": said.cover, "cutter": said.cutter}
    return {name: word for name, word in words.items() if word}


def _keep_check(printer: StationPrinter, report: Report, *, changed: bool) -> None:
    now = timezone.now()
    checks = PrinterHealthCheck.objects.filter(printer=printer)
    if not changed and checks.filter(checked_at__gt=now - CHECK_KEPT_EVERY).exists():
        return
    status = report.status or Status(online=False)
    PrinterHealthCheck.objects.create(
        printer=printer, checked_at=now, online=report.online and not report.error[0],
        paper=status.paper, cover=status.cover, cutter=status.cutter,
        error_code=report.error[0], response_ms=report.response_ms,
    )  # fmt: skip
    checks.filter(checked_at__lt=now - CHECKS_KEPT).delete()


def _let_wait_no_longer(printer_id: int) -> None:
    """What paused because of the trouble is due at once now that it is over."""
    now = timezone.now()
    paused = PrintJob.objects.filter(status=JobState.NEW, printer_id=printer_id)
    paused.filter(not_before__gt=now).update(not_before=now)
