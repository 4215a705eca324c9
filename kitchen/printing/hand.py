"""What a person decides about a print job: again, it is there, forget it."""

from typing import Any

from django.utils import timezone

from kitchen import feeds
from kitchen.errors import MoveRefused, NotFound
from kitchen.models import PrintJob
from kitchen.printing.events import PrintEvent, happen
from kitchen.printing.queue import waiting
from kitchen.states import JOB_MOVES, JobState

# What the paper says was possible before is still possible when a person asks for it again.
MAY_BE_ON_PAPER = frozenset({JobState.UNCONFIRMED})


def retry(job_id: int, *, location_id: int, actor: str) -> PrintJob:
    """Owe the chit again; it says POSSIBLE COPY if the first may have come out."""
    job = _find(job_id, location_id, "retry")
    values = waiting(timezone.now()) | {"attempts": 0, "error_code": "", "error_message": ""}
    if job.status in MAY_BE_ON_PAPER or job.sent_at:
        values["possible_copy"] = True
    return _do(job, "retry", values, actor)


def mark_printed(job_id: int, *, location_id: int, actor: str) -> PrintJob:
    """A person has the chit in hand, which starts the ticket where paper is all the cook has."""
    job = _find(job_id, location_id, "marked_printed")
    values = _closed(JobState.PRINTED) | {"error_code": "", "error_message": ""}
    return _do(job, "marked_printed", values, actor, starts_ticket=job.kind == "order")


def mark_failed(job_id: int, *, location_id: int, actor: str) -> PrintJob:
    """A person says that it need not be printed any more."""
    job = _find(job_id, location_id, "marked_failed")
    return _do(job, "marked_failed", _closed(JobState.FAILED), actor)


def _find(job_id: int, location_id: int, action: str) -> PrintJob:
    found = PrintJob.objects.select_related("ticket", "printer")
    job = found.filter(pk=job_id, location_id=location_id).first()
    if job is None:
        raise NotFound(f"There is no print job {job_id} here.")
    # A worker has it in hand: what it finds out comes first.
    if job.status not in JOB_MOVES[action].origins - {JobState.PRINTING}:
        raise _refused(job, action)
    return job


def _closed(status: str) -> dict[str, Any]:
    return {"status": status, "finished_at": timezone.now()}


def _do(
    job: PrintJob, action: str, values: dict[str, Any], actor: str, *, starts_ticket: bool = False
) -> PrintJob:
    event = PrintEvent(
        job, actor, job.status, values, action, job.claim_no, job.printer,
        starts_ticket=starts_ticket,
    )  # fmt: skip
    if not happen(event):
        job.refresh_from_db()
        raise _refused(job, action)
    feeds.wake_printers()
    job.refresh_from_db()
    return job


def _refused(job: PrintJob, action: str) -> MoveRefused:
    verb = action.replace("marked_", "mark as ")
    return MoveRefused(f"Cannot {verb} a print job that is {job.status}.", state=job.status)
