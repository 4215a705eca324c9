"""Slip <- claim: what the chit of a claimed job says."""

import zoneinfo
from datetime import datetime
from typing import Any

from kitchen.printing.queue import Claim
from kitchen.printing.slip import Paper, Slip, SlipItem

State = dict[str, Any]


def paper_of(claim: Claim) -> Paper:
    """Return what the printer's paper can do."""
    return Paper.of(columns=claim.printer.columns, code_page=claim.printer.code_page)


def slip_of(claim: Claim, *, now: datetime) -> Slip:
    """Return the chit of a claimed job, its times in the restaurant's own."""
    zone = zoneinfo.ZoneInfo(claim.zone)
    printed = now.astimezone(zone).strftime("%H:%M:%S")
    if claim.order is None:
        return _test_slip(claim, printed)
    order = claim.order
    ticket = next(t for t in order["tickets"] if t["id"] == claim.job.ticket_id)
    kind = claim.job.kind
    return Slip(
        kind="added" if kind == "order" and ticket["round"] > 1 else kind,
        station=ticket["station_name"],
        number=order["number"],
        chit=claim.job.pk,
        printed=printed,
        order_type=order["order_type"],
        table=order["table"],
        customer_name=order["customer_name"],
        server=order["server"],
        guests=order["guests"],
        placed=_clock(ticket["created_at"], zone),
        promised=_clock(order["promised_at"], zone),
        priority=ticket["priority"],
        round=ticket["round"],
        notes=order["notes"],
        possible_copy=claim.job.possible_copy,
        place_of=claim.job.place_of,
        items=_items(ticket, claim.job.item_ids),
    )


def _test_slip(claim: Claim, printed: str) -> Slip:
    printer = claim.printer
    facts = SlipItem(
        printer.name or printer.code,
        modifiers=(
            f"{printer.host} port {printer.port}",
            f"{printer.columns} columns, {printer.code_page}",
            "àéîöüñçß ÀÉÎÖÜÑÇ €",
        ),
    )
    return Slip(
        kind="test", station=printer.code, number="", chit=claim.job.pk, printed=printed,
        possible_copy=claim.job.possible_copy, items=(facts,),
    )  # fmt: skip


def _items(ticket: State, wanted: list[int] | None) -> tuple[SlipItem, ...]:
    return tuple(
        SlipItem(
            name=item["name"],
            quantity=item["quantity"],
            modifiers=tuple(map(str, item["modifiers"])),
            notes=item["notes"],
            allergens=tuple(map(str, item["allergens"])),
            seat=item["seat"],
            course=item["course"],
            void=item["status"] == "void",
            void_reason=item["void_reason"],
        )
        for item in ticket["items"]
        if wanted is None or item["id"] in wanted
    )


def _clock(moment: str | None, zone: zoneinfo.ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%H:%M") if moment else ""
