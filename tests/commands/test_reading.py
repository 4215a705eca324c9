"""What a data file says, and what is no data file."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.rehearsal.reading import modifiers, read
from kitchen.rehearsal.script import Line, Sheet, Unreadable
from kitchen.rehearsal.timing import FIRST_DAY, give_times

CHIPOTLE = "order_id\tquantity\titem_name\tchoice_description\titem_price"
TASTE = "order_details_id,order_id,order_date,order_time,item_id"
MENU = "menu_item_id,item_name,category,price"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("NULL", ()),
        ("", ()),
        ("[]", ()),
        ("[Sprite]", ("Sprite",)),
        ("[Salsa (Hot), [Rice, Cheese]]", ("Salsa (Hot)", "Rice", "Cheese")),
        ("[[A, B], [C]]", ("A", "B", "C")),
        ("[Tomatillo-Red Chili Salsa (Hot), []]", ("Tomatillo-Red Chili Salsa (Hot)",)),
        ("[A, [B", ("A", "B")),
    ],
)
def test_modifiers_lie_flat_and_in_order(written, read_as):
    assert modifiers(written) == read_as


nested = st.recursive(
    st.text(st.characters(categories=("L", "N", "S")), min_size=1),
    lambda inner: st.lists(inner, min_size=1, max_size=4),
)


def written(tree):
    return tree if isinstance(tree, str) else "[" + ", ".join(map(written, tree)) + "]"


def leaves(tree):
    return [tree] if isinstance(tree, str) else [leaf for part in tree for leaf in leaves(part)]


@given(st.lists(nested, min_size=1, max_size=5))
def test_no_modifier_is_lost_however_deep(tree):
    assert list(modifiers(written(tree))) == leaves(tree)


def test_lines_of_one_order_stay_together(write):
    file = write("o.tsv", CHIPOTLE, "1\t1\tA\tNULL\t$1", "2\t1\tB\tNULL\t$1", "1\t1\tC\tNULL\t$1")

    script = read(file)

    assert {sheet.number: [line.name for line in sheet.lines] for sheet in script.sheets} == {
        "1": ["A", "C"], "2": ["B"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1\t0\tA\tNULL\t$1", "line with the quantity '0'"),
        ("1\tmany\tA\tNULL\t$1", "line with the quantity 'many'"),
        ("1\t1000\tA\tNULL\t$1", "line with the quantity '1000'"),
        ("1\t²\tA\tNULL\t$1", "line with the quantity '²'"),
        ("\t1\tA\tNULL\t$1", "line without an order or an item"),
        ("1\t1\tNULL\tNULL\t$1", "line without an order or an item"),
        ("1", "line without an order or an item"),
    ],
)
def test_a_damaged_line_is_left_out_with_its_reason(write, row, reason):
    script = read(write("o.tsv", CHIPOTLE, row, "9\t1\tB\tNULL\t$1"))

    assert [sheet.number for sheet in script.sheets] == ["9"]
    assert script.left_out[0].reason == reason


@pytest.mark.parametrize(
    ("price", "amount"),
    [("$8.75 ", "4.38"), ("", None), ("free", None), ("NaN", None), ("-1", None), ("1e9", None)],
)
def test_a_price_is_shared_out_or_left_open(write, price, amount):
    (sheet,) = read(write("o.tsv", CHIPOTLE, f"1\t2\tA\tNULL\t{price}")).sheets

    assert sheet.lines[0].unit_price == (Decimal(amount) if amount else None)


def test_a_name_of_any_length_fits(write):
    (sheet,) = read(write("o.tsv", CHIPOTLE, f"1\t1\t{'x' * 500}\tNULL\t$1")).sheets

    assert len(sheet.lines[0].name) == 200


def test_quotation_marks_between_tabs_are_letters(write):
    (sheet,) = read(write("o.tsv", CHIPOTLE, '1\t1\t6" Sub\t[No "mayo"]\t$1')).sheets

    assert sheet.lines == [Line('6" Sub', modifiers=('No "mayo"',), unit_price=Decimal(1))]


def test_the_other_file_has_its_own_times_and_tables(write):
    write("menu_items.csv", "\ufeff" + MENU, '101,"Mac & Cheese, large",American,7.00')
    file = write("o.csv", "\ufeff" + TASTE, "1,25,3/31/2023,10:05:04 PM,101")

    (sheet,) = read(file).sheets

    assert sheet == Sheet(
        "25",
        datetime(2023, 3, 31, 22, 5, 4, tzinfo=UTC),
        table="2",
        lines=[Line("Mac & Cheese, large", category="American", unit_price=Decimal("7.00"))],
    )


def test_lines_without_a_time_are_left_out(write):
    write("menu_items.csv", MENU, "101,Soup,American,7.00")
    file = write("o.csv", TASTE, "1,1,31/3/2023,10:05:04 PM,101", "2,2,1/1/2023,,101")

    script = read(file)

    assert script.sheets == []
    assert {entry.reason for entry in script.left_out} == {"line without an order or a time"}


def test_an_order_longer_than_any_till_sends_is_left_out(write):
    lines = ["1\t1\tA\tNULL\t$1"] * 201

    script = read(write("o.tsv", CHIPOTLE, *lines))

    assert [entry.reason for entry in script.left_out] == ["order of more than 200 lines"]


def test_item_numbers_without_a_menu_are_refused(write):
    with pytest.raises(Unreadable, match=r"put .*menu_items\.csv beside them"):
        read(write("o.csv", TASTE, "1,1,1/1/2023,1:00:00 PM,101"))


def test_a_menu_with_other_columns_is_refused(write):
    write("menu_items.csv", "id,name", "1,Soup")

    with pytest.raises(Unreadable, match="has to have the columns menu_item_id"):
        read(write("o.csv", TASTE, "1,1,1/1/2023,1:00:00 PM,101"))


@pytest.mark.parametrize("lines", [("",), ("a,b,c", "1,2,3"), ("order_id\tquantity", "1\t1")])
def test_another_file_is_refused_with_what_it_should_be(write, lines):
    with pytest.raises(Unreadable, match=r"no order file I know.*choice_description.*item_id"):
        read(write("o.csv", *lines))


def test_an_odd_space_within_a_name_ends_no_line(write):
    (sheet,) = read(write("o.tsv", CHIPOTLE, "1\t1\tA\u2028B\x85C\tNULL\t$1")).sheets

    assert sheet.lines[0].name == "A\u2028B\x85C"


def test_a_file_that_is_not_text_is_refused(tmp_path):
    file = tmp_path / "o.tsv"
    file.write_bytes(CHIPOTLE.encode() + b"\n1\t1\tCr\xe8me\tNULL\t$1\n")

    with pytest.raises(Unreadable, match="is not UTF-8 text"):
        read(file)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="cannot be read"):
        read(tmp_path)


def test_made_up_times_make_a_day_with_two_rushes():
    sheets = [Sheet(str(number)) for number in range(900)]

    give_times(sheets)

    hours = [(sheet.at - FIRST_DAY).total_seconds() / 3600 for sheet in sheets]
    assert hours == sorted(hours)
    assert 11.0 <= hours[0] <= hours[-1] <= 21.5
    lunch, between, dinner = (
        sum(begin <= hour < begin + 1 for hour in hours) for begin in (12.1, 15.5, 18.7)
    )
    assert between * 4 < min(lunch, dinner)


def test_more_orders_than_a_day_holds_go_on_the_next_day():
    sheets = [Sheet(str(number)) for number in range(1000)]

    give_times(sheets)

    assert {sheet.at.date() for sheet in sheets} == {
        FIRST_DAY.date(), FIRST_DAY.date().replace(day=FIRST_DAY.day + 1),
    }  # fmt: skip
