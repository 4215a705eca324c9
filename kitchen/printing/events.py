"""What happens to a print job: one row changed, one log row, the feeds that show it.

Every change of a job, by a worker, a rule or a hand, goes through `happen`. It is one short
transaction. Lock order as everywhere: order, its tickets, the job, feeds.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from kitchen import boards, changes, log, tickets
from kitchen.changes import Change
from kitchen.models import PrintJob, StationPrinter
from kitchen.printing.alarms import tell_alarms
from kitchen.printing.outcome import PrintFailed
from kitchen.states import JobState, TicketState

State = dict[str, Any]
# A job in one of these states is an alarm at the expo.
ALARMING = frozenset({JobState.UNCONFIRMED, JobState.FAILED})


@dataclass(frozen=True)
class PrintEvent:
    """What happens to a job that is in state `old`, and in the claim `claim_no` if that counts.

    Without an action it leaves no log row: only what the screens show of the job changes.
    """

    job: PrintJob
    actor: str
    old: str
    values: dict[str, Any]
    action: str = ""
    claim_no: int | None = None
    printer: StationPrinter | None = None
    failure: PrintFailed | None = None
    duration_ms: int | None = None
    starts_ticket: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Happened:
    """The job's order as it is now; None for a test print, which has none."""

    order: State | None


@transaction.atomic
def happen(event: PrintEvent) -> Happened | None:
    """Do it, or return None if the job is not where it was thought to be."""
    job = event.job
    change = _lock(job, event.actor)
    found = PrintJob.objects.filter(pk=job.pk, status=event.old)
    if event.claim_no is not None:
        found = found.filter(claim_no=event.claim_no)
    if not found.update(**event.values):
        return None
    if event.action:
        log.append([_entry(event, change)])
    if ALARMING & {event.old, event.values.get("status", event.old)}:
        tell_alarms(job.location)
    if change is None:
        return Happened(None)
    if event.starts_ticket and _awaits_start(change, job):
        tickets.move(job.ticket_id, "start", location_id=job.location_id, actor=event.actor)
        return Happened(None)
    return Happened(_tell(change, job))


def _lock(job: PrintJob, actor: str) -> Change | None:
    if job.ticket_id is None:
        return None
    order_id = getattr(job, "order_id", None) or job.ticket.order_id
    return changes.open_order(order_id, location_id=job.location_id, actor=actor)


def _awaits_start(change: Change, job: PrintJob) -> bool:
    """True where paper is all the cook has: a chit in hand starts the ticket."""
    ticket = change.tickets[job.ticket_id]
    return ticket.status == TicketState.PENDING and not ticket.station.has_screen


def _tell(change: Change, job: PrintJob) -> State:
    status = change.tickets[job.ticket_id].status
    change.touched[job.ticket_id] = (status, status)
    order = boards.order(change.order.id)
    changes.tell(change, order)
    return order


def _entry(event: PrintEvent, change: Change | None) -> log.Entry:
    job, failure, printer = event.job, event.failure, event.printer
    return log.Entry(
        action=event.action,
        actor=event.actor,
        at=change.at if change else timezone.now(),
        location_id=job.location_id,
        station_id=job.station_id,
        order_id=change.order.id if change else None,
        ticket_id=job.ticket_id,
        print_job_id=job.pk,
        old=event.old,
        new=event.values.get("status", event.old),
        printer=printer.code if printer else "",
        printer_address=f"{printer.host}:{printer.port}" if printer else "",
        error_code=failure.code if failure else "",
        error_message=failure.message if failure else "",
        duration_ms=event.duration_ms,
        metadata={"kind": job.kind, **event.metadata},
    )
