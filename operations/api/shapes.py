"""What is answered, field by field, for the description of the API.

Answers are built by the domain and go out as they are; tests hold them against these shapes.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Fault(Shape):
    path: str = Field(description="Such as items[2].station_code.")
    message: str


class Problem(BaseModel):
    """RFC 9457, as application/problem+json."""

    title: str
    status: int
    detail: str
    errors: list[Fault] | None = Field(None, description="Wrong input: every fault at once.")


class Item(Shape):
    id: int
    name: str
    quantity: int
    status: str = Field(description="pending, ready or void.")
    modifiers: list[str]
    notes: str
    allergens: list[str]
    seat: int | None
    course: int | None
    menu_item: int | None
    void_reason: str


class TicketJob(Shape):
    id: int
    kind: str = Field(description="order, void, reprint or test.")
    status: str = Field(description="new, printing, printed, unconfirmed or failed.")
    printer: str | None
    proof: str | None = Field(description="How the print was proven.")
    attempts: int
    possible_copy: bool
    error_code: str
    error_message: str


class Ticket(Shape):
    id: int
    order_id: int
    station_code: str
    station_name: str
    has_screen: bool
    warn_seconds: int
    late_seconds: int
    round: int
    status: str = Field(description="held, pending, preparing, ready, complete or void.")
    version: int = Field(description="Raised by every change.")
    priority: str
    created_at: datetime
    clock_from: datetime = Field(description="What its age counts from.")
    started_at: datetime | None
    ready_at: datetime | None
    completed_at: datetime | None
    recalled_at: datetime | None
    needs_ack: bool = Field(description="Something changed that nobody has acknowledged.")
    items: list[Item]
    print_jobs: list[TicketJob]


class Order(Shape):
    id: int
    external_id: str
    number: str
    brand: str
    order_type: str
    table: str
    customer_name: str
    server: str
    guests: int | None
    priority: str
    notes: str
    status: str = Field(description="pending, preparing, ready, complete or void.")
    placed_at: datetime
    promised_at: datetime | None
    completed_at: datetime | None
    tickets: list[Ticket]


class AcceptedItem(Shape):
    id: int
    name: str
    quantity: int
    status: str


class AcceptedJob(Shape):
    id: int
    status: str
    printer: str | None
    proof: str | None


class AcceptedTicket(Shape):
    id: int
    station_code: str
    round: int
    status: str
    version: int
    items: list[AcceptedItem]
    print_jobs: list[AcceptedJob]


class Acceptance(Shape):
    """An order as it was when it was accepted; a retry gets the same."""

    id: int
    external_id: str
    number: str
    status: str
    placed_at: datetime
    tickets: list[AcceptedTicket]


class Conflict(Problem):
    current_status: str | None = Field(None, description="Where it really is.")


class TicketConflict(Conflict):
    ticket: Ticket | None = Field(None, description="The ticket as it is now.")


class OrderConflict(Conflict):
    order: Order | None = Field(None, description="The order as it is now.")
    ticket: Ticket | None = None


class StatusConflict(OrderConflict):
    success: bool | None = None
    order_id: int | None = None
    ref_code: str | None = None


class StatusMoved(Shape):
    success: bool
    order_id: int
    ref_code: str = Field(description="The order's external_id, or else its number.")
    old_status: str
    new_status: str


class Job(Shape):
    id: int
    kind: str
    status: str
    ticket: int | None
    station_code: str | None
    printer: str | None
    proof: str | None
    attempts: int
    items: list[int] | None = Field(description="Only these are on the chit; null: all.")
    possible_copy: bool
    error_code: str
    error_message: str
    created_at: datetime
    finished_at: datetime | None


class Printer(Shape):
    code: str
    name: str
    kind: str
    address: str
    enabled: bool
    online: bool | None
    paper: str = Field(description="ok, low, out, or empty where it cannot tell.")
    cover: str = Field(description="closed, open, or empty.")
    cutter: str = Field(description="ok, error, or empty.")
    proof: str | None = Field(description="process_id, status or none; null: not asked yet.")
    error_code: str
    error_message: str
    trouble_since: datetime | None
    checked_at: datetime | None
    last_print: datetime | None
    queue: int = Field(description="Chits that wait for it.")
    uptime: float | None = Field(description="Of the checks of 24 hours, in percent.")


class MenuItem(Shape):
    id: int
    brand: str
    category: str
    name: str
    price: str | None
    station_code: str
    station_name: str
    options: list[Any]
    allergens: list[Any]
    sold_out: bool
    sold_out_at: datetime | None


class Menu(Shape):
    items: list[MenuItem]


class LogEntry(Shape):
    id: int
    station: str | None
    ticket: int | None
    order: int | None
    print_job: int | None
    timestamp: datetime
    action: str
    old_status: str
    new_status: str
    actor: str
    printer: str
    printer_address: str
    error_code: str
    error_message: str
    duration_ms: int | None
    metadata: dict[str, Any]


class Log(Shape):
    entries: list[LogEntry]
    next: int = Field(description="The `after` of the next page.")
    more: bool


class Other(Shape):
    id: int
    station_code: str
    station_name: str
    status: str


class ShownOrder(Order):
    others: list[Other] = Field([], description="On a station's feed: the other tickets.")


class Call(Shape):
    """An order on the guests' board."""

    id: int
    number: str
    name: str
    status: str


class Alarm(Shape):
    code: str
    printer: str | None
    number: str | None
    job: int | None
    message: str
    since: datetime | None


class StationName(Shape):
    code: str
    name: str


class Snapshot(Shape):
    """Everything a feed shows; at most the 20 oldest open ones, `more` says how many others."""

    feed: str
    rev: int
    now: datetime
    station: StationName | None = None
    orders: list[ShownOrder] | list[Call]
    more: int
    ready: list[ShownOrder] | None = Field(None, description="On a station's feed: bumped last.")
    recent: list[ShownOrder] | None = Field(None, description="At the expo: completed last.")
    alarms: list[Alarm] | None = Field(None, description="At the expo: what is wrong with paper.")


class Metrics(Shape):
    tickets_processed: int = Field(description="Changes that this process made.")
    tickets_failed: int = Field(description="Changes that broke.")
    success_rate: float = Field(description="In percent.")
    pending_tickets: int | None = Field(description="Chits that wait.")
    printed_today: int | None
    failed_tickets: int | None = Field(description="Chits that could not be printed.")


class Health(Shape):
    status: str
    service: str
    version: str
    uptime_seconds: float
    database: str
    last_poll: datetime | None
    metrics: Metrics


class Ready(Shape):
    status: str
    database: str
    redis: str
