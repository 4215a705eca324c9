"""What templates need beyond Django's own: icons, card order, kitchen words, the look of paper."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

Facts = dict[str, Any]

RANKS = {"rush": 0, "vip": 1}  # all else after these, as the boards count
RANK_SPAN = 10**13  # further apart than any two times in milliseconds
HUES = 8
APART = 457  # begins the sum so that the usual stations differ: grill, fry, cold, bar, pizza...
NOT_KNOWN = "-"
_DECORATION = mark_safe('aria-hidden="true"')
TYPES = {"dine_in": "Dine in", "takeout": "Takeout", "delivery": "Delivery"}
TYPE_ICONS = {"dine_in": "table", "takeout": "bag", "delivery": "scooter"}
STATES = {
    "held": "Held",
    "pending": "New",
    "preparing": "Preparing",
    "ready": "Ready",
    "complete": "Complete",
    "void": "Void",
}
PAPER_ICONS = {
    "new": "printer",
    "printing": "printer",
    "printed": "check",
    "unconfirmed": "question",
    "failed": "cross",
}
# By what is known of it; without any proof from the printer, a person said so.
PRINTED_WORDS = {
    "": "Printed, as somebody here saw",
    "none": "Sent; this printer cannot confirm",
}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """Draw a shape of the sprite; without a label it is decoration beside a word."""
    form = '<svg class="icon" {}><use href="{}#{}"></use></svg>'
    said = format_html('role="img" aria-label="{}"', label) if label else _DECORATION
    return format_html(form, said, static("icons.svg"), name)


@register.filter
def when(value: Any) -> datetime | None:
    """Read a time as the boards write it, in the house's zone."""
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return timezone.localtime(moment)


@register.filter
def word(state: str) -> str:
    return STATES.get(state, state.replace("_", " ").capitalize())


@register.filter
def words(line: str) -> list[str]:
    return line.split()


@register.filter
def type_word(order_type: str) -> str:
    return TYPES.get(order_type, order_type)


@register.filter
def type_icon(order_type: str) -> str:
    return TYPE_ICONS.get(order_type, "table")


@register.filter
def hue(code: str) -> int:
    """Give each station a colour of its own that stays with its code."""
    return crc32(code.encode(), APART) % HUES


@register.filter
def of_kind(lines: list[Facts], status: str) -> list[Facts]:
    return [line for line in lines if line["status"] == status]


@register.filter
def span(seconds: float | None) -> str:
    """Write a duration as m:ss, or h:mm:ss from one hour on."""
    if seconds is None:
        return NOT_KNOWN
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def seconds(milliseconds: int | None) -> str:
    """Write a duration in milliseconds: 0.24 s under a minute, else m:ss."""
    if milliseconds is None:
        return NOT_KNOWN
    if milliseconds >= 60_000:
        return span(milliseconds / 1000)
    digits = 2 if milliseconds < 10_000 else 0
    return f"{milliseconds / 1000:.{digits}f} s"


@register.simple_tag
def ticket_place(order: Facts, ticket: Facts) -> Facts:
    """Say where a ticket's card stands on its station's board, and what its clock runs from."""
    status, ready = ticket["status"], ticket["ready_at"]
    if status == "ready":
        return {"lane": "ready", "sort": -_millis(ready), "clock": ready}
    sort = _millis(ticket["clock_from"]) + RANKS.get(ticket["priority"], 2) * RANK_SPAN
    if status == "held":
        sort += 5 * RANK_SPAN
    return {"lane": "open", "sort": sort, "clock": ticket["clock_from"], **_progress(order, ticket)}


@register.simple_tag
def order_place(order: Facts, feed_kind: str) -> Facts:
    """Say where an order's card stands, how far it is, and when it is late."""
    owed = [ticket for ticket in order["tickets"] if ticket["status"] != "void"]
    done = [ticket for ticket in owed if ticket["status"] in ("ready", "complete")]
    facts = {
        "owed": len(owed),
        "done": len(done),
        "all_ready": bool(owed) and len(done) == len(owed),
        "held": any(ticket["status"] == "held" for ticket in owed),
        "warn": max((ticket["warn_seconds"] for ticket in owed), default=0),
        "late": max((ticket["late_seconds"] for ticket in owed), default=0),
    }
    if order["status"] in ("complete", "void") and feed_kind == "expo":
        finished = order.get("completed_at") or order["placed_at"]
        return {**facts, "lane": "recent", "sort": -_millis(finished), "clock": finished}
    sort = _millis(order["placed_at"]) + RANKS.get(order["priority"], 2) * RANK_SPAN
    return {**facts, "lane": "open", "sort": sort, "clock": order["placed_at"]}


@register.simple_tag
def paper(ticket: Facts) -> Facts | None:
    """Say how the ticket's chit stands: the last one of it that is not a void or a test."""
    jobs = [job for job in ticket["print_jobs"] if job["kind"] in ("order", "reprint")]
    if not jobs:
        return None
    job = jobs[-1]
    return {**job, "words": _paper_words(job), "icon": PAPER_ICONS.get(job["status"], "printer")}


def _paper_words(job: Facts) -> str:
    if job["status"] == "printed":
        return PRINTED_WORDS.get(job["proof"] or "", "Printed")
    return {
        "new": "Waiting to print",
        "printing": "Printing",
        "unconfirmed": "Is it on paper? The printer gave no answer",
        "failed": "Not printed",
    }.get(job["status"], job["status"])


def _progress(order: Facts, ticket: Facts) -> Facts:
    others = [other for other in order.get("others", ()) if other["status"] != "void"]
    done = sum(other["status"] in ("ready", "complete") for other in others)
    return {"owed": len(others) + 1, "done": done, "others": others}


def _millis(moment: str | datetime | None) -> int:
    if not moment:
        return 0
    value = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return int(value.timestamp() * 1000)
