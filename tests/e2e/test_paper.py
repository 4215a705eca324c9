"""Stations that print: what the expo knows of the paper, and what stands on it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from .conftest import Tablet
from .glass import card, share, tap
from .house import House, Printer, until
from .programs import Till


@pytest.fixture
def printer(house: House) -> Iterator[Callable[[str], Printer]]:
    """The virtual printers; all are mended afterwards."""
    used: list[Printer] = []

    def find(name: str) -> Printer:
        used.append(house.printer(name))
        return used[-1]

    yield find
    for each in used:
        each.mend()


@pytest.fixture
def no_stand_in(house: House) -> Iterator[None]:
    """Switch the bar's and bakery's backup off, so that their chits wait for themselves."""
    house.sql("UPDATE kitchen_stationprinter SET enabled = false WHERE code = 'spare'")
    yield
    house.sql("UPDATE kitchen_stationprinter SET enabled = true WHERE code = 'spare'")


def has_a_chit_in_hand(printer: Printer) -> bool:
    """True once it holds more than questions after its health."""
    return printer.state()["waiting"] > 100


def test_a_chit_waits_for_paper_and_is_printed_once(
    tablet: Tablet, till: Till, printer: Callable[[str], Printer], no_stand_in: None
):
    bar = printer("bar")
    expo = tablet().screen("/operations/expo/")
    bar.set(paper_left=0)

    order = till.place({"name": "Lager", "station_code": "bar"})

    alarm = expo.locator(".alarm")
    expect(alarm).to_contain_text("Printer bar The paper is out.")
    expect(share(expo, order["number"], "Bar").locator(".chit-state")).to_contain_text("Waiting")
    assert bar.chits(order["number"]) == []
    bar.set(paper_left=None)
    expect(share(expo, order["number"], "Bar").locator(".chit-state")).to_contain_text("Printed")
    expect(alarm).to_have_count(0)
    [chit] = bar.chits(order["number"])
    assert "Lager" in chit
    assert "COPY" not in chit.upper()


def test_a_roll_that_ends_in_the_middle_of_a_chit_is_told(
    tablet: Tablet, till: Till, printer: Callable[[str], Printer], no_stand_in: None
):
    bar = printer("bar")
    expo = tablet().screen("/operations/expo/")
    bar.set(paper_left=3)

    order = till.place(*({"name": f"Drink {n}", "station_code": "bar"} for n in range(8)))

    expect(expo.locator(".alarm", has_text="bar")).to_contain_text("paper")
    bar.set(paper_left=None)
    expect(share(expo, order["number"], "Bar").locator(".chit-state")).to_contain_text("Printed")
    expect(expo.locator(".alarm")).to_have_count(0)
    [chit] = bar.chits(order["number"])
    assert all(f"Drink {n}" in chit for n in range(8))
    assert "COPY" not in chit


def test_a_dead_printers_chit_comes_out_at_its_stand_in_and_says_so(
    tablet: Tablet, till: Till, printer: Callable[[str], Printer]
):
    printer("bar").set(refuse=True)
    expo = tablet().screen("/operations/expo/")

    order = till.place({"name": "Lager", "station_code": "bar"})

    expect(share(expo, order["number"], "Bar").locator(".chit-state")).to_contain_text("on spare")
    expect(expo.locator(".alarm", has_text="bar")).to_be_visible()
    [chit] = printer("spare").chits(order["number"])
    assert "IN PLACE OF BAR" in chit
    assert printer("bar").chits(order["number"]) == []
    printer("bar").mend()
    expect(expo.locator(".alarm")).to_have_count(0)


def test_one_dead_printer_holds_up_neither_another_nor_a_screen(
    tablet: Tablet, till: Till, printer: Callable[[str], Printer], no_stand_in: None
):
    printer("bar").set(black_hole=True)
    grill = tablet().screen("/operations/stations/grill/")

    orders = [
        till.place({"station_code": "bar"}, {"station_code": "bakery"}, {"station_code": "grill"})
        for _ in range(3)
    ]

    for order in orders:
        expect(card(grill, order["number"])).to_be_visible()
        until(lambda order=order: printer("bakery").chits(order["number"]))
    assert printer("bar").chits(orders[0]["number"]) == []


def test_a_worker_killed_before_it_heard_the_proof_leaves_a_question_not_a_silent_copy(
    tablet: Tablet,
    till: Till,
    house: House,
    printer: Callable[[str], Printer],
    no_stand_in: None,
):
    bar = printer("bar")
    expo = tablet().screen("/operations/expo/")
    bar.set(lines_per_second=4)
    order = till.place({"name": "Lager", "station_code": "bar"})
    until(lambda: has_a_chit_in_hand(bar))

    house.worker.kill()
    bar.set(lines_per_second=0)
    until(lambda: bar.chits(order["number"]))
    house.worker.start()

    asks = share(expo, order["number"], "Bar").locator(".chit-state")
    expect(asks).to_contain_text("Is it on paper?", timeout=60_000)
    assert len(bar.chits(order["number"])) == 1
    tap(asks.get_by_role("button", name="Print again"))
    expect(asks).to_contain_text("Printed")
    [first, second] = bar.chits(order["number"])
    assert "POSSIBLE COPY" not in first
    assert "POSSIBLE COPY" in second


def test_chits_are_printed_and_known_though_the_web_server_was_away(
    tablet: Tablet, till: Till, house: House, printer: Callable[[str], Printer], no_stand_in: None
):
    bar = printer("bar")
    expo = tablet().screen("/operations/expo/")
    bar.set(paper_left=0)
    order = till.place({"name": "Lager", "station_code": "bar"})
    expect(expo.locator(".alarm", has_text="bar")).to_contain_text("paper")

    house.web.kill()
    bar.set(paper_left=None)
    until(lambda: bar.chits(order["number"]))
    house.web.restart()

    mine = share(expo, order["number"], "Bar")
    expect(mine.locator(".chit-state")).to_contain_text("Printed")
    expect(mine).to_have_attribute("data-status", "preparing")
    expect(expo.locator(".alarm")).to_have_count(0)
    assert len(bar.chits(order["number"])) == 1


def test_a_chit_that_is_there_is_called_printed_by_a_person(
    tablet: Tablet, till: Till, printer: Callable[[str], Printer], no_stand_in: None
):
    bar = printer("bar")
    expo = tablet().screen("/operations/expo/")
    bar.set(lines_per_second=4)
    order = till.place({"name": "Lager", "station_code": "bar"})
    until(lambda: has_a_chit_in_hand(bar))

    bar.set(silent=True, lines_per_second=0)

    asks = share(expo, order["number"], "Bar").locator(".chit-state")
    expect(asks).to_contain_text("Is it on paper?")
    tap(asks.get_by_role("button", name="It is there"))
    expect(asks).to_contain_text("Printed, as somebody here saw")
    ticket = till.ticket(order, "bar")
    assert ticket["status"] == "preparing"
    assert "marked_printed" in [row["action"] for row in till.log(ticket)]
    assert len(bar.chits(order["number"])) == 1


def test_a_cancelled_order_prints_a_void_chit(
    till: Till, house: House, printer: Callable[[str], Printer]
):
    order = till.place({"name": "Lager", "station_code": "bar"})
    until(lambda: printer("bar").chits(order["number"]))

    address = f"/api/orders/{order['id']}/void/"
    till.http.post(address, json={"reason": "Guest left"}).raise_for_status()

    until(lambda: len(printer("bar").chits(order["number"])) == 2)
    void = printer("bar").chits(order["number"])[1]
    assert "VOID" in void
    assert "Guest left" in void


def test_a_chit_shown_on_the_paper_page_is_what_the_printer_tore_off(
    tablet: Tablet, till: Till, printer: Callable[[str], Printer]
):
    paper = tablet().open("/operations/paper/")

    order = till.place(
        {"name": "Lager", "station_code": "bar", "quantity": 3, "modifiers": ["No foam"]}
    )

    chit = paper.get_by_label("Printer bar").locator(".chit", has_text=order["number"])
    expect(chit).to_contain_text("Lager")
    expect(chit).to_contain_text("No foam")
