"""Order numbers: A001 on, anew each business day of the location's own zone, none twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from kitchen import orders
from kitchen.intake import NewItem, NewOrder
from kitchen.models import Location
from tests.kitchen.conftest import Clock, House, build_house


def _place(house: House) -> str:
    new = NewOrder([NewItem("Ribeye", 1, "grill")])
    return orders.place(house.location, new, actor="pos:till").answer["number"]


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_numbers_count_from_a001(house: House) -> None:
    assert [_place(house) for _ in range(3)] == ["A001", "A002", "A003"]


@pytest.mark.parametrize(
    ("placed", "number"),
    [(998, "A999"), (999, "B001"), (26 * 999 - 1, "Z999"), (26 * 999, "A001")],
)
def test_numbers_go_on_with_the_next_letter(house: House, placed: int, number: str) -> None:
    _place(house)
    Location.objects.update(order_counter=placed)

    assert _place(house) == number


def test_orders_after_midnight_belong_to_the_evening_before(house: House, clock: Clock) -> None:
    clock.now = _at(2026, 3, 6, 23, 59)
    _place(house)
    clock.now = _at(2026, 3, 7, 3, 59)

    assert _place(house) == "A002"


def test_numbers_begin_anew_at_four_in_the_morning(house: House, clock: Clock) -> None:
    clock.now = _at(2026, 3, 7, 3, 59)
    _place(house)
    clock.now = _at(2026, 3, 7, 4, 0)

    assert _place(house) == "A001"


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("America/New_York", _at(2026, 1, 15, 8, 59), _at(2026, 1, 15, 9, 0)),
        ("Asia/Tokyo", _at(2026, 1, 14, 18, 59), _at(2026, 1, 14, 19, 0)),
        # Clocks go forward that night: four o'clock is one hour sooner.
        ("Europe/Berlin", _at(2026, 3, 29, 1, 59), _at(2026, 3, 29, 2, 0)),
        ("Europe/Berlin", _at(2026, 3, 28, 2, 59), _at(2026, 3, 28, 3, 0)),
    ],
)
@pytest.mark.django_db
def test_the_day_is_that_of_the_locations_zone(
    clock: Clock, zone: str, last: datetime, first: datetime
) -> None:
    house = build_house(zone=zone)

    numbers = []
    for clock.now in (last, last, first):
        numbers.append(_place(house))

    assert numbers == ["A001", "A002", "A001"]


def test_locations_count_each_for_itself(house: House) -> None:
    annex = build_house("annex")
    _place(house)

    assert _place(annex) == "A001"


def test_late_comer_of_the_old_day_does_not_turn_the_count_back(house: House, clock: Clock) -> None:
    """Stamped just before four, it waits for the one stamped at four that was faster."""
    clock.now = _at(2026, 3, 7, 3, 59)
    _place(house)
    clock.now = _at(2026, 3, 7, 4, 0)
    assert _place(house) == "A001"

    clock.now = _at(2026, 3, 7, 3, 59)
    late = _place(house)
    clock.now = _at(2026, 3, 7, 4, 1)

    assert [late, _place(house)] == ["A002", "A003"]


def test_refused_order_uses_no_number(house: House) -> None:
    with pytest.raises(orders.OrderInvalid):
        orders.place(house.location, NewOrder([NewItem("Tea", 1, "tearoom")]), actor="pos:till")

    assert _place(house) == "A001"


@pytest.mark.django_db(transaction=True)
def test_orders_at_once_get_different_numbers_without_gaps(
    house: House, at_once: Callable[..., list[Any]]
) -> None:
    numbers = at_once(*[partial(_place, house)] * 24)

    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 25)]


@pytest.mark.django_db(transaction=True)
def test_orders_at_once_at_the_days_end_get_different_numbers(
    house: House, at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    days = iter([_at(2026, 3, 7, 3, 59), _at(2026, 3, 7, 4, 0)] * 200)
    monkeypatch.setattr(timezone, "now", lambda: next(days))

    numbers = at_once(*[partial(_place, house)] * 24)

    # The old day's numbers, then the new day's: without gaps, and none three times.
    old, new = [n for n in numbers if numbers.count(n) == 2], set(numbers)
    assert sorted(new) == [f"A{n:03d}" for n in range(1, len(new) + 1)]
    assert len(old) + len(new) - len(set(old)) == 24
    assert sorted(set(old)) == [f"A{n:03d}" for n in range(1, len(set(old)) + 1)]
