"""The ticket log: append-only, guarded by triggers in the database (see migration 0002)."""

from django.db import models

from .house import Location, Station
from .orders import KitchenTicket, Order
from .printing import PrintJob


class KitchenTicketLog(models.Model):
    """One change of a ticket, item or print job, whether a finger or a printer caused it."""

    location = models.ForeignKey(Location, models.PROTECT)
    station = models.ForeignKey(Station, models.PROTECT, null=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, db_index=False)
    ticket = models.ForeignKey(KitchenTicket, models.PROTECT, null=True, db_index=False)
    print_job = models.ForeignKey(PrintJob, models.PROTECT, null=True)
    timestamp = models.DateTimeField()
    action = models.CharField(max_length=24)
    old_status = models.CharField(max_length=12, blank=True)
    new_status = models.CharField(max_length=12, blank=True)
    actor = models.CharField(max_length=120)
    printer = models.CharField(max_length=32, blank=True)
    printer_address = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    duration_ms = models.BigIntegerField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # The story of one ticket, and of one order.
            models.Index(fields=["ticket", "id"], name="log_ticket"),
            models.Index(fields=["order", "id"], name="log_order"),
            # GET /api/kitchen/log: pages by cursor, since a minute, per location.
            models.Index(fields=["location", "id"], name="log_location"),
            models.Index(fields=["location", "timestamp"], name="log_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.timestamp:%H:%M:%S}"
