"""Print jobs as programs see them, and what people say of them by hand."""

from typing import Any

from kitchen.models import PrintJob
from kitchen.printing import hand

Facts = dict[str, Any]
BY_HAND = {
    "retry": hand.retry,
    "mark_printed": hand.mark_printed,
    "mark_failed": hand.mark_failed,
}


def by_hand(job_id: int, asked: str, *, location_id: int, actor: str) -> Facts:
    """Do what a person says of a job; return it as it is now."""
    return facts(BY_HAND[asked](job_id, location_id=location_id, actor=actor))


def facts(job: PrintJob) -> Facts:
    """Return a print job as programs see it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "ticket": job.ticket_id,
        "station_code": job.station.code if job.station else None,
        "printer": job.printer.code if job.printer else None,
        "proof": job.proof or None,
        "attempts": job.attempts,
        "items": job.item_ids,
        "possible_copy": job.possible_copy,
        "error_code": job.error_code,
        "error_message": job.error_message,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }
