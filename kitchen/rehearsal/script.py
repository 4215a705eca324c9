"""What is replayed: orders, each with its moment, and what of the file was left out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

NO_TIME = datetime.min.replace(tzinfo=UTC)


class Unreadable(Exception):
    """The file cannot be used; says why in one sentence."""


@dataclass(frozen=True)
class Line:
    """One line of an order as the file has it."""

    name: str
    quantity: int = 1
    category: str = ""
    modifiers: tuple[str, ...] = ()
    unit_price: Decimal | None = None


@dataclass
class Sheet:
    """One order of the file."""

    number: str
    at: datetime = NO_TIME
    order_type: str = "dine_in"
    table: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class LeftOut:
    """Something of the file that cannot be placed."""

    reason: str
    at: datetime | None = None


@dataclass
class Script:
    """The orders by their moments, and what was left out."""

    title: str  # short, for external ids
    sheets: list[Sheet]
    left_out: list[LeftOut]
    dated: bool = True  # False: the times are made up
