"""What a chit shows, and the paper it goes on. Values only: no database, no bytes."""

from dataclasses import dataclass

# Impact printers on 76 mm paper have these columns; they know neither pictures nor inverse print.
IMPACT_COLUMNS = (33, 40)


@dataclass(frozen=True)
class SlipItem:
    """One line of the chit. A modifier that begins with spaces belongs to the one above it."""

    name: str
    quantity: int = 1
    modifiers: tuple[str, ...] = ()
    notes: str = ""
    allergens: tuple[str, ...] = ()
    seat: int | None = None
    course: int | None = None
    void: bool = False
    void_reason: str = ""


@dataclass(frozen=True)
class Slip:
    """One chit; times are already text in the restaurant's own time."""

    kind: str  # order, added, void, reprint, test
    station: str
    number: str
    chit: int
    printed: str
    order_type: str = ""
    table: str = ""
    customer_name: str = ""
    server: str = ""
    guests: int | None = None
    placed: str = ""
    promised: str = ""
    priority: str = "normal"
    round: int = 1
    notes: str = ""
    possible_copy: bool = False
    place_of: str = ""  # the printer this one stands in for
    items: tuple[SlipItem, ...] = ()


@dataclass(frozen=True)
class Paper:
    """What the printer can do with its paper."""

    columns: int = 48
    code_page: str = "CP858"
    dots: int = 576
    cut: bool = True
    graphic: bool = True  # pictures, inverse print and letters larger than double
    feed_lines: int = 4  # from the print head to the cutter

    @classmethod
    def of(cls, *, columns: int, code_page: str) -> "Paper":
        """Return the paper of a printer with so many columns of font A."""
        if columns in IMPACT_COLUMNS:
            return cls(columns, code_page, dots=400, graphic=False, feed_lines=6)
        return cls(columns, code_page, dots=columns * 12 // 8 * 8)
