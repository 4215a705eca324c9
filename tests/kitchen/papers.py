"""What the kitchen's papers say of states, written a second time and by hand.

The tests hold the product's tables, and whole stories of its life, against these.
"""

TICKETS = {
    ("pending", "start"): "preparing",
    ("pending", "bump"): "ready",
    ("preparing", "bump"): "ready",
    ("ready", "complete"): "complete",
    ("ready", "recall"): "preparing",
    ("complete", "recall"): "preparing",
    ("pending", "hold"): "held",
    ("held", "fire"): "pending",
    **{(state, "void"): "void" for state in ("held", "pending", "preparing", "ready")},
    **{
        (state, action): state
        for state in ("held", "pending", "preparing", "ready")
        for action in ("rush", "unrush", "acknowledge", "change")
    },
    ("void", "acknowledge"): "void",
}
ITEMS = {
    ("pending", "item_bump"): "ready",
    ("ready", "item_recall"): "pending",
    ("pending", "void"): "void",
    ("ready", "void"): "void",
}
ITEMS_WHILE = {
    "item_bump": {"pending", "preparing"},
    "item_recall": {"preparing", "ready"},
    "void": {"held", "pending", "preparing", "ready"},
}
JOBS = {
    ("new", "print_start"): "printing",
    ("printing", "print_success"): "printed",
    ("printing", "print_unconfirmed"): "unconfirmed",
    ("printing", "print_failed"): "failed",
    ("new", "print_failed"): "failed",
    ("printing", "retry"): "new",
    ("unconfirmed", "retry"): "new",
    ("failed", "retry"): "new",
    ("new", "failover"): "new",
    ("printing", "failover"): "new",
    ("new", "marked_printed"): "printed",
    ("unconfirmed", "marked_printed"): "printed",
    ("failed", "marked_printed"): "printed",
    ("new", "marked_failed"): "failed",
    ("unconfirmed", "marked_failed"): "failed",
}
_BY_STATUS = {
    "pending": {"preparing": "start"},
    "preparing": {"preparing": "start"},
    "ready": {"preparing": "recall"},
    "complete": {"preparing": "recall"},
    "void": {"preparing": "start"},
}
_ALWAYS = {"pending": "fire", "ready": "bump", "complete": "complete"}
# What is asked of each ticket of an order in a status when it is to become another.
ORDERS = {
    (status, wanted): action
    for status, own in _BY_STATUS.items()
    for wanted, action in {**_ALWAYS, **own}.items()
}


def order_status(tickets: list[str]) -> str:
    """Return what an order's tickets add up to, step by step."""
    counted = [state for state in tickets if state != "void"]
    if not counted:
        return "void"
    if all(state == "complete" for state in counted):
        return "complete"
    if all(state in ("ready", "complete") for state in counted):
        return "ready"
    if all(state in ("held", "pending") for state in counted):
        return "pending"
    return "preparing"


def ticket_status(ticket: str, items: list[str]) -> str:
    """Return where a ticket goes when its items stand like this."""
    left = [state for state in items if state != "void"]
    if not left:
        return "void"
    if ticket in ("held", "complete", "void"):
        return ticket
    if all(state == "ready" for state in left):
        return "ready"
    if ticket == "pending" and not any(state == "ready" for state in left):
        return "pending"
    return "preparing"


def items_after(action: str, items: list[str]) -> list[str]:
    """Return how a ticket's items stand after something was done to all of it."""
    moved = {
        "bump": {"pending": "ready"},
        "recall": {"ready": "pending"},
        "void": {"pending": "void", "ready": "void"},
    }.get(action, {})
    return [moved.get(state, state) for state in items]
