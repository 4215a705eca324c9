"""Rehearsals: whole files through the real kitchen, at a rhythm that no test waits for."""

import os
import re
import signal

import pytest
from django.core.management import CommandError

from kitchen.management.commands import rehearse
from kitchen.models import KitchenTicketItem, KitchenTicketLog, MenuItem, Order
from kitchen.rehearsal import stage

pytestmark = pytest.mark.django_db
CHIPOTLE = "order_id\tquantity\titem_name\tchoice_description\titem_price"
TASTE = "order_details_id,order_id,order_date,order_time,item_id"
MENU = "menu_item_id,item_name,category,price"


class Clock:
    """Time that passes only while somebody waits; then it tells whoever wants to know."""

    def __init__(self):
        self.time = 0.0
        self.waits = []
        self.then = lambda waits: None

    def now(self):
        return self.time

    def wait(self, seconds):
        self.waits.append(round(seconds, 3))
        self.time += seconds
        self.then(self.waits)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(stage, "Clock", lambda: clock)
    return clock


@pytest.fixture
def chipotle(write):
    return write(
        "orders.tsv",
        CHIPOTLE,
        "1\t1\tIzze\t[Clementine]\t$3.39 ",
        "1\t2\tChicken Bowl\t[Salsa (Hot), [Black Beans, Rice]]\t$16.98 ",
        "2\t15\tChips and Fresh Tomato Salsa\tNULL\t$44.25 ",
        "4\t1\tSteak Crispy Tacos\t[[A, B], [C, D]]\t$9.25 ",
    )


@pytest.fixture
def taste(write):
    write("menu_items.csv", "\ufeff" + MENU, "101,Hamburger,American,12.95",
          "110,Pork Ramen,Asian,17.95", "124,Spaghetti,Italian,14.50")  # fmt: skip
    return write(
        "order_details.csv",
        "\ufeff" + TASTE,
        "1,1,1/31/2023,9:00:00 PM,101",
        "2,2,2/1/2023,11:57:40 AM,101",
        "3,2,2/1/2023,11:57:40 AM,110",
        "4,3,2/1/2023,11:58:40 AM,NULL",
        "5,3,2/1/2023,11:58:40 AM,124",
        "6,4,2/1/2023,12:00:40 PM,NULL",
        "7,5,2/2/2023,12:00:00 PM,124",
    )


def items():
    return {item.name: item for item in KitchenTicketItem.objects.select_related("ticket__station")}


def test_orders_of_a_file_become_orders_of_the_kitchen(run, hq, chipotle):
    said = run("rehearse", chipotle)

    assert list(Order.objects.order_by("id").values_list("external_id", flat=True)) == [
        "chipotle-1", "chipotle-2", "chipotle-4",
    ]  # fmt: skip
    assert "Placed 3 orders: 4 tickets, 4 items" in said.out
    assert set(KitchenTicketLog.objects.values_list("actor", flat=True)) == {"pos:rehearsal"}


def test_nested_modifiers_quantities_and_prices_are_kept(run, hq, chipotle):
    run("rehearse", chipotle)
    found = items()

    assert found["Chicken Bowl"].modifiers == ["Salsa (Hot)", "Black Beans", "Rice"]
    assert found["Steak Crispy Tacos"].modifiers == ["A", "B", "C", "D"]
    assert found["Chips and Fresh Tomato Salsa"].quantity == 15
    assert found["Chips and Fresh Tomato Salsa"].modifiers == []
    assert str(found["Chicken Bowl"].unit_price) == "8.49"


def test_dishes_find_their_stations_and_one_is_told_which(run, hq, chipotle):
    said = run("rehearse", chipotle)

    stations = {name: item.ticket.station.code for name, item in items().items()}
    assert stations == {
        "Izze": "bar",
        "Chicken Bowl": "grill",
        "Chips and Fresh Tomato Salsa": "cold",
        "Steak Crispy Tacos": "fry",
    }
    assert re.search(r"grill +Chicken Bowl", said.out)


def test_a_dish_of_the_menu_goes_where_the_menu_says(run, hq, taste):
    MenuItem.objects.filter(name="Espresso").update(name="HAMBURGER")

    said = run("rehearse", taste)

    assert items()["Hamburger"].ticket.station.code == "bar"
    assert items()["Hamburger"].menu_item.name == "HAMBURGER"
    assert re.search(r"bar +Hamburger +menu", said.out)


def test_a_sold_out_dish_is_rehearsed_all_the_same(run, hq, taste):
    MenuItem.objects.filter(name="Espresso").update(
        name="Hamburger", sold_out_at="2026-01-01T00:00:00Z"
    )

    run("rehearse", taste)

    assert items()["Hamburger"].menu_item is None


def test_one_can_say_where_a_category_or_a_dish_goes(run, hq, taste):
    run("rehearse", taste, "--station-map", "asian=dessert", "--station-map", "Spaghetti=bakery")

    assert items()["Pork Ramen"].ticket.station.code == "dessert"
    assert items()["Spaghetti"].ticket.station.code == "bakery"


def test_orders_come_in_the_rhythm_of_the_file_at_the_speed_asked_for(run, hq, taste, clock):
    run("rehearse", taste, "--from", "2023-02-01", "--days", "1", "--speed", "30")

    assert clock.waits == [2.0], "one minute between the two, thirty times as fast"


def test_no_night_is_waited_through(run, hq, taste, clock):
    run("rehearse", taste, "--speed", "1")

    assert clock.waits == [3600.0, 60.0, 3600.0]


def test_a_file_without_times_gets_a_rhythm_the_same_each_time(run, hq, chipotle, clock):
    run("rehearse", chipotle)
    first, clock.waits = clock.waits, []
    run("rehearse", chipotle, "--prefix", "again-")

    assert clock.waits == first
    assert len(first) == 2
    assert all(wait > 0 for wait in first)


def test_only_the_days_asked_for_are_played(run, hq, taste):
    said = run("rehearse", taste, "--from", "2023-02-01", "--days", "1")

    assert list(Order.objects.order_by("id").values_list("external_id", flat=True)) == [
        "taste-2", "taste-3",
    ]  # fmt: skip
    assert "2 orders in" in said.out


def test_unknown_items_are_left_out_and_it_says_so_and_goes_on(run, hq, taste):
    said = run("rehearse", taste, "--from", "2023-02-01", "--days", "1")

    assert "Left out: 2 x line naming item NULL, which the menu has not." in said.out
    assert "Left out: 1 x order with no line left." in said.out
    assert Order.objects.count() == 2


def test_what_comes_after_the_last_order_wanted_is_not_counted(run, hq, taste):
    said = run("rehearse", taste, "--limit", "1")

    assert Order.objects.count() == 1
    assert "Left out" not in said.out


def test_what_the_other_days_left_out_is_not_counted(run, hq, taste):
    said = run("rehearse", taste, "--from", "2023-02-02")

    assert "Left out" not in said.out


def test_the_days_of_a_file_without_times_change_nothing_and_it_says_so(run, hq, chipotle):
    said = run("rehearse", chipotle, "--from", "2023-02-01")

    assert "--from and --days change nothing" in said.out
    assert Order.objects.count() == 3


def test_a_second_time_places_nothing_twice_and_says_how_to(run, hq, chipotle):
    run("rehearse", chipotle)

    again = run("rehearse", chipotle)
    other = run("rehearse", chipotle, "--prefix", "evening-")

    assert "Placed 0 orders" in again.out
    assert "Left out: 3 x order placed before: choose another --prefix." in again.out
    assert "Placed 3 orders" in other.out
    assert Order.objects.count() == 6


def test_the_same_order_with_other_content_is_left_out_too(run, hq, chipotle):
    run("rehearse", chipotle)

    again = run("rehearse", chipotle, "--station-map", "Izze=cold")

    assert "1 x order placed before with other content: choose another --prefix." in again.out


def test_one_can_stop_after_so_many_orders(run, hq, chipotle):
    run("rehearse", chipotle, "--limit", "2")

    assert Order.objects.count() == 2


def test_ctrl_c_stops_between_two_orders_with_the_summary(run, hq, chipotle, clock, capsys):
    clock.then = lambda waits: len(waits) == 2 and os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(SystemExit) as stopped:
        run("rehearse", chipotle)

    assert stopped.value.code == 130
    assert Order.objects.count() == 2


def test_the_summary_of_a_stopped_rehearsal_says_how_far_it_came(hq, chipotle, clock, monkeypatch):
    said = []
    monkeypatch.setattr(
        rehearse.Command, "_sum_up", lambda self, tally, *rest: said.append(tally.played)
    )
    clock.then = lambda waits: os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(SystemExit):
        rehearse.Command().run_from_argv(["manage.py", "rehearse", str(chipotle)])

    assert said == [1]


def test_the_lag_behind_the_rhythm_is_told(run, hq, chipotle, monkeypatch, clock):
    place = stage._place

    def slowly(*arguments):
        clock.time += 1000
        place(*arguments)

    monkeypatch.setattr(stage, "_place", slowly)

    said = run("rehearse", chipotle, "--speed", "1000000000")

    assert "usually 1000000 ms, at most 2000000 ms" in said.out


def test_progress_goes_to_the_other_stream(run, hq, chipotle):
    said = run("rehearse", chipotle)

    assert said.err.splitlines() == ["1/3", "2/3", "3/3"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "2024-01-01"], r"it goes from 2023-01-31 to 2023-02-02\.$"),
        (["--from", "soon"], "write a day as 2023-02-01"),
        (["--days", "0"], "whole number from 1 up"),
        (["--speed", "0"], "write a number above 0"),
        (["--speed", "nan"], "write a number above 0"),
        (["--limit", "-1"], "whole number from 1 up"),
        (["--station-map", "Asian"], "write CATEGORY=station"),
        (["--station-map", "Asian=nowhere"], r"no station 'nowhere'; known are: grill, fry"),
        (["--location", "annex"], r"no location 'annex'; known are: hq\.$"),
    ],
)
def test_what_is_wrong_gets_one_sentence_and_nothing_is_placed(run, hq, taste, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run("rehearse", taste, *arguments)

    assert not Order.objects.exists()


def test_a_missing_file_is_one_sentence(run, hq):
    with pytest.raises(CommandError, match=r"^nowhere.tsv cannot be read: No such file"):
        run("rehearse", "nowhere.tsv")


def test_without_a_kitchen_it_says_how_to_open_one(run, chipotle):
    with pytest.raises(CommandError, match="demo_kitchen"):
        run("rehearse", chipotle)
