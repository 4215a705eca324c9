"""Orders, and the tickets and items they become at the stations."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kitchen.states import ItemState, OrderState, TicketState

from .house import Brand, Location, MenuItem, Station

PRIORITIES = ["normal", "rush", "vip"]
ORDER_TYPES = ["dine_in", "takeout", "delivery"]


class Order(models.Model):
    """What a guest asked for; its status is derived from its tickets and stored with them."""

    location = models.ForeignKey(Location, models.PROTECT)
    brand = models.ForeignKey(Brand, models.PROTECT)
    external_id = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=12)
    order_type = models.CharField(max_length=10, default="dine_in")
    table = models.CharField(max_length=40, blank=True)
    customer_name = models.CharField(max_length=100, blank=True)
    server = models.CharField(max_length=100, blank=True)
    guests = models.PositiveSmallIntegerField(null=True, blank=True)
    notes = models.CharField(max_length=500, blank=True)
    priority = models.CharField(max_length=6, default="normal")
    status = models.CharField(max_length=10, default=OrderState.PENDING)
    placed_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    # What was asked, as a digest, and what was answered: a retry gets the same answer.
    request_digest = models.CharField(max_length=64, blank=True)
    acceptance = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # Also serves GET /api/orders/?external_id= and makes retries harmless.
            models.UniqueConstraint(
                fields=["location", "external_id"],
                condition=~Q(external_id=""),
                name="order_external_id",
            ),
            models.CheckConstraint(condition=Q(status__in=list(OrderState)), name="order_status"),
            models.CheckConstraint(condition=Q(priority__in=PRIORITIES), name="order_priority"),
            models.CheckConstraint(condition=Q(order_type__in=ORDER_TYPES), name="order_type"),
            # The expo's tray sorts by it, and an order that came back must have lost it.
            models.CheckConstraint(
                condition=Q(status=OrderState.COMPLETE, completed_at__isnull=False)
                | (~Q(status=OrderState.COMPLETE) & Q(completed_at__isnull=True)),
                name="order_completed_at",
            ),
        ]
        indexes = [
            # The expo, by-status and guests' boards: the open orders of a location.
            models.Index(
                fields=["location", "status", "placed_at"],
                condition=Q(
                    status__in=[OrderState.PENDING, OrderState.PREPARING, OrderState.READY]
                ),
                name="order_open",
            ),
            # The expo's tray of what was completed last.
            models.Index(
                fields=["location", "-completed_at"],
                condition=Q(status=OrderState.COMPLETE),
                name="order_completed",
            ),
            # Reports over a day.
            models.Index(fields=["location", "placed_at"], name="order_placed"),
        ]

    def __str__(self) -> str:
        return self.number


class KitchenTicket(models.Model):
    """One station's share of one order; items sent later make a further round."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="tickets")
    location = models.ForeignKey(Location, models.PROTECT)
    station = models.ForeignKey(Station, models.PROTECT)
    round = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, default=TicketState.PENDING)
    priority = models.CharField(max_length=6, default="normal")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    # Where the ticket's age counts from: its sending or its firing; a recall keeps it.
    clock_from = models.DateTimeField()
    # When the present state began; the log's durations are measured from it.
    state_since = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    recalled_at = models.DateTimeField(null=True, blank=True)
    # Something changed or was voided that a cook has not yet acknowledged.
    needs_ack = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "station", "round"], name="ticket_per_round"),
            models.CheckConstraint(condition=Q(status__in=list(TicketState)), name="ticket_status"),
            models.CheckConstraint(condition=Q(priority__in=PRIORITIES), name="ticket_priority"),
            # The station's tray sorts by it.
            models.CheckConstraint(
                condition=~Q(status=TicketState.READY) | Q(ready_at__isnull=False),
                name="ticket_ready_at",
            ),
        ]
        indexes = [
            # A station's board: its tickets to make, and voided ones not yet acknowledged.
            models.Index(
                fields=["station", "clock_from"],
                condition=Q(status__in=["held", "pending", "preparing"])
                | Q(status="void", needs_ack=True),
                name="ticket_to_make",
            ),
            # A station's tray: what was bumped last and may be recalled.
            models.Index(
                fields=["station", "-ready_at"], condition=Q(status="ready"), name="ticket_ready"
            ),
            # Reports and the station's past.
            models.Index(fields=["station", "created_at"], name="ticket_created"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class KitchenTicketItem(models.Model):
    """One line of a ticket."""

    ticket = models.ForeignKey(KitchenTicket, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    quantity = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    status = models.CharField(max_length=10, default=ItemState.PENDING)
    modifiers = models.JSONField(default=list)
    notes = models.CharField(max_length=500, blank=True)
    allergens = models.JSONField(default=list)
    seat = models.PositiveSmallIntegerField(null=True, blank=True)
    course = models.PositiveSmallIntegerField(null=True, blank=True)
    unit_price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    menu_item = models.ForeignKey(MenuItem, models.SET_NULL, null=True, blank=True)
    void_reason = models.CharField(max_length=500, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "position"], name="item_position"),
            models.CheckConstraint(condition=Q(status__in=list(ItemState)), name="item_status"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=999), name="item_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"
