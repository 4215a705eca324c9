"""Printers, the chits they owe, and how they are."""

from django.db import models
from django.db.models import Q

from kitchen.states import JobState

from .house import Location, Station, code_validator
from .orders import KitchenTicket


class StationPrinter(models.Model):
    """A printer of a location, what it can do and how it was when last asked."""

    location = models.ForeignKey(Location, models.PROTECT)
    code = models.CharField(max_length=32, validators=[code_validator])
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, default="network")
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=9100)
    columns = models.PositiveSmallIntegerField(default=48)
    code_page = models.CharField(max_length=20, default="CP858")
    enabled = models.BooleanField(default=True)
    # How it proves a print: process_id, status (a queued status as fence), none; "" = not probed.
    proof = models.CharField(max_length=12, blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)
    online = models.BooleanField(null=True, blank=True)
    paper = models.CharField(max_length=6, blank=True)
    cover = models.CharField(max_length=6, blank=True)
    cutter = models.CharField(max_length=6, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    # Since when the present trouble lasts.
    trouble_since = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    last_print_at = models.DateTimeField(null=True, blank=True)
    # One worker drives a printer at a time.
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "code"], name="printer_code")]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PrinterRoute(models.Model):
    """Which printers serve a station: priority 1 is its own, higher ones stand in for it."""

    station = models.ForeignKey(Station, models.CASCADE)
    printer = models.ForeignKey(StationPrinter, models.CASCADE)
    priority = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "printer"], name="route_once"),
        ]
        ordering = ["priority", "id"]

    def __str__(self) -> str:
        return f"{self.station_id} -> {self.printer_id}"


class PrintJob(models.Model):
    """One chit to be printed."""

    KINDS = ["order", "void", "reprint", "test"]

    location = models.ForeignKey(Location, models.PROTECT)
    station = models.ForeignKey(Station, models.PROTECT, null=True)
    ticket = models.ForeignKey(KitchenTicket, models.PROTECT, null=True, related_name="print_jobs")
    # The printer that took it, or that a test print is meant for.
    printer = models.ForeignKey(StationPrinter, models.PROTECT, null=True)
    kind = models.CharField(max_length=8, default="order")
    status = models.CharField(max_length=12, default=JobState.NEW)
    priority = models.CharField(max_length=6, default="normal")
    attempts = models.PositiveSmallIntegerField(default=0)
    # Only these items are on the chit; null: all of the ticket's.
    item_ids = models.JSONField(null=True, blank=True)
    # The bytes as they were sent, so that what was printed is on record.
    chit = models.BinaryField(null=True)
    proof = models.CharField(max_length=12, blank=True)
    possible_copy = models.BooleanField(default=False)
    place_of = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    # Raised by each claim: a worker may settle only the claim it made.
    claim_no = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=list(JobState)), name="job_status"),
        ]
        indexes = [
            # The worker's claim: what waits at a station, oldest first.
            models.Index(
                fields=["station", "not_before", "id"], condition=Q(status="new"), name="job_new"
            ),
            # Leases that ran out.
            models.Index(
                fields=["claimed_until"], condition=Q(status="printing"), name="job_printing"
            ),
            # What a person has to look at: the printers' page and the expo's alarms.
            models.Index(
                fields=["location", "id"],
                condition=Q(status__in=["new", "printing", "unconfirmed", "failed"]),
                name="job_open",
            ),
            # The chits a printer printed last.
            models.Index(fields=["printer", "-finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"print job {self.pk}"


class PrinterHealthCheck(models.Model):
    """How a printer was at one moment; the printers' uptime is counted from these."""

    printer = models.ForeignKey(StationPrinter, models.CASCADE)
    checked_at = models.DateTimeField()
    online = models.BooleanField()
    paper = models.CharField(max_length=6, blank=True)
    cover = models.CharField(max_length=6, blank=True)
    cutter = models.CharField(max_length=6, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    response_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["printer", "-checked_at"], name="health_latest")]

    def __str__(self) -> str:
        return f"{self.printer_id} {self.checked_at:%H:%M:%S}"


class PaperChit(models.Model):
    """What a virtual printer put on its paper, for the page that shows it."""

    printer_name = models.CharField(max_length=32)
    port = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    lines = models.JSONField(default=list)
    raw = models.BinaryField()
    printed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["printer_name", "-id"], name="paper_latest")]

    def __str__(self) -> str:
        return f"{self.printer_name} #{self.number}"
