"""Bytes <- slip: golden bytes, and what holds for any text."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitchen.printing import picture
from kitchen.printing.paper import Cut, PictureLine, TextLine, decode
from kitchen.printing.picture import Picture
from kitchen.printing.render import FEED_AND_CUT, known_page, raster, render
from kitchen.printing.slip import Paper, Slip, SlipItem
from olgfeast.embedded import CHECKOUT

REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
RIBEYE = SlipItem("Ribeye", 2, ("No butter",), allergens=("milk",), seat=1)
ANY_TEXT = st.text(max_size=60)
ITEMS = st.builds(
    SlipItem,
    name=ANY_TEXT,
    quantity=st.integers(1, 999),
    modifiers=st.lists(ANY_TEXT, max_size=3).map(tuple),
    notes=ANY_TEXT,
    allergens=st.lists(ANY_TEXT, max_size=2).map(tuple),
    course=st.none() | st.integers(1, 9),
)


def slip(*items: SlipItem, **changes: object) -> Slip:
    order = {"kind": "order", "station": "Grill", "number": "A081", "chit": 77}
    return Slip(**{**order, "printed": "12:35:02", "items": items, **changes})


def texts(chit: bytes, columns: int = 48) -> list[str]:
    return [line.text for line in decode(chit, columns=columns) if isinstance(line, TextLine)]


def words(chit: bytes, columns: int = 48) -> str:
    """All letters of the chit without the breaks."""
    return "".join("".join(texts(chit, columns)).split())


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "has_fonts", lambda: False)


def test_golden_bytes() -> None:
    chit = render(slip(RIBEYE, table="12"), Paper(columns=32, dots=384))

    assert chit == (
        b"\x1b@\x1bt\x13"
        b"\x1d!\x01\x1bE\x01\x1ba\x00\x1dB\x00Grill\n"
        b'\x1d!"\x1bE\x01\x1ba\x01\x1dB\x00A081\n'
        b"\x1d!\x11\x1bE\x01\x1ba\x01\x1dB\x00TABLE 12\n"
        b"\x1d!\x00\x1bE\x00\x1ba\x00\x1dB\x00--------------------------------\n"
        b"\x1d!\x01\x1bE\x01\x1ba\x00\x1dB\x002 x Ribeye\n"
        b"\x1d!\x00\x1bE\x00\x1ba\x00\x1dB\x00    seat 1\n"
        b"\x1d!\x01\x1bE\x00\x1ba\x00\x1dB\x00    - No butter\n"
        b"\x1d!\x01\x1bE\x01\x1ba\x00\x1dB\x01!! ALLERGENS: MILK !!           \n"
        b"\x1d!\x00\x1bE\x00\x1ba\x00\x1dB\x00--------------------------------\n"
        b"\x1d!\x00\x1bE\x00\x1ba\x00\x1dB\x00Chit 77                 12:35:02\n"
        b"\x1d!\x00\x1bE\x00\x1ba\x00\x1dB\x00\x1bd\x04\x1dVB\x00"
    )


def test_impact_printer_gets_no_command_it_does_not_know() -> None:
    chit = render(slip(RIBEYE), Paper.of(columns=33, code_page="CP437"))

    assert b"\x1d!" not in chit
    assert b"\x1dB" not in chit
    assert b"\x1b!\x18\x1ba\x002 x Ribeye\n" in chit


def test_chit_begins_with_reset_and_page_and_ends_with_the_cut() -> None:
    chit = render(slip(RIBEYE), Paper())

    assert chit.startswith(b"\x1b@\x1bt\x13")
    assert chit.endswith(b"\x1bd\x04" + FEED_AND_CUT)
    assert isinstance(decode(chit)[-1], Cut)


def test_paper_without_a_cutter_is_fed_and_not_cut() -> None:
    chit = render(slip(RIBEYE), Paper(cut=False))

    assert b"\x1dV" not in chit
    assert chit.endswith(b"\x1bd\x06")


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"kind": "void"}, "VOID"),
        ({"kind": "reprint"}, "REPRINT"),
        ({"kind": "test"}, "TEST PRINT"),
        ({"possible_copy": True}, "POSSIBLE COPY"),
        ({"place_of": "bar"}, "IN PLACE OF BAR"),
        ({"priority": "rush"}, "RUSH"),
        ({"priority": "vip"}, "VIP"),
        ({"round": 2}, "ROUND 2 - ADDED"),
    ],
)
def test_every_mark_is_a_black_bar_above_the_station(change: dict[str, object], mark: str) -> None:
    first = decode(render(slip(RIBEYE, **change), Paper()))[0]

    assert isinstance(first, TextLine)
    assert first.text.strip() == mark
    assert first.text == mark.center(24)
    assert first.runs[0].style.invert
    assert first.runs[0].style.wide == first.runs[0].style.high == 2


def test_ordinary_chit_has_no_mark() -> None:
    assert texts(render(slip(RIBEYE), Paper()))[0] == "Grill"


def test_number_and_items_are_large() -> None:
    lines = decode(render(slip(RIBEYE), Paper()))
    sizes = {
        line.text: (line.runs[0].style.wide, line.runs[0].style.high)
        for line in lines
        if isinstance(line, TextLine) and line.runs
    }

    assert sizes["A081"] == (3, 3)
    assert sizes["2 x Ribeye"] == (2, 2)


def test_items_stand_by_course_and_nested_modifiers_deeper() -> None:
    steak = SlipItem("Steak", 1, ("Sauce", "  extra hot"), course=2)
    soup = SlipItem("Soup", 15, course=1)

    shown = texts(render(slip(steak, soup), Paper()))

    start = shown.index("COURSE 1")
    assert shown[start : start + 6] == [
        "COURSE 1", "15 x Soup", "COURSE 2", "1 x Steak", "    - Sauce", "      - extra hot",
    ]  # fmt: skip


def test_long_word_is_broken_and_nothing_of_it_lost() -> None:
    name = "Donaudampfschifffahrtsgesellschaftskapitaen" * 3

    shown = texts(render(slip(SlipItem(name)), Paper()))

    start = next(place for place, text in enumerate(shown) if text.startswith("1 x"))
    broken = [text.strip() for text in shown[start : shown.index("-" * 48, start)]]
    assert "".join(broken) == f"1 x {name}"
    assert all(len(text) <= 24 for text in broken)


def test_letters_of_the_code_page_are_sent_as_letters() -> None:
    chit = render(slip(SlipItem("Crème brûlée 5 €")), Paper())

    assert b"Cr\x8ame br\x96l\x82e 5 \xd5" in chit
    assert "1 x Crème brûlée 5 €" in texts(chit)


def test_typographic_signs_become_plain_ones() -> None:
    assert '1 x Chef\'s - "best"...' in texts(
        render(slip(SlipItem("Chef\u2019s \u2013 \u201cbest\u201d\u2026")), Paper())
    )


def test_line_that_the_code_page_lacks_becomes_a_picture() -> None:
    lines = decode(render(slip(SlipItem("Żurek → Щи")), Paper()))
    pictures = [line for line in lines if isinstance(line, PictureLine)]

    assert len(pictures) == 1
    assert pictures[0].width == 576
    assert any(pictures[0].rows)


@pytest.mark.usefixtures("without_fonts")
def test_without_a_font_letters_are_spelt_out() -> None:
    shown = words(render(slip(SlipItem("Żurek Щи 甜 \U0001f336")), Paper()))

    assert "Zurek[cyrilliccapitallettershcha][cyrillicsmallletteri]" in shown
    assert "[U+751C][hotpepper]" in shown


def test_unknown_code_page_falls_back_to_the_one_all_printers_have() -> None:
    assert known_page("no such page") == "CP437"
    assert render(slip(RIBEYE), Paper(code_page="?")).startswith(b"\x1b@\x1bt\x00")


def test_control_characters_in_a_name_command_nothing() -> None:
    chit = render(slip(SlipItem("Soup\x1b@\x10\x04\x01\x1dV\x00\x07")), Paper())

    assert chit.count(b"\x1dV") == 1
    assert chit.count(b"\x1b@") == 1
    assert not REAL_TIME.search(chit)


def test_picture_data_holds_no_real_time_command() -> None:
    rows = b"\x10\x04\x10\x05\x10\x14\x10\x10\x04"

    sent = raster(Picture(72, 1, rows))

    assert not REAL_TIME.search(sent)
    assert len(sent) == 8 + len(rows)
    assert sum(a != b for a, b in zip(sent[8:], rows, strict=True)) == 4


@given(item=ITEMS, notes=ANY_TEXT, table=ANY_TEXT, columns=st.sampled_from([32, 33, 42, 48]))
@settings(max_examples=60, deadline=None)
def test_any_text_renders(item: SlipItem, notes: str, table: str, columns: int) -> None:
    paper = Paper.of(columns=columns, code_page="CP858")

    chit = render(slip(item, notes=notes, table=table), paper)

    assert not REAL_TIME.search(chit)
    assert chit.count(FEED_AND_CUT) == 1
    assert chit.count(b"\x1b@") == 1


@given(
    names=st.lists(st.text(st.characters(codec="cp858", categories=["L", "N"]), min_size=1),
                   min_size=1, max_size=8),
    columns=st.sampled_from([32, 42, 48]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_item_appears(names: list[str], columns: int) -> None:
    items = [SlipItem(name, quantity) for quantity, name in enumerate(names, 1)]

    shown = words(render(slip(*items), Paper.of(columns=columns, code_page="CP858")), columns)

    for item in items:
        assert f"{item.quantity}x{item.name}" in shown


@given(name=st.text(st.characters(categories=["L"]), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_letter_is_dropped_or_questioned_without_fonts(name: str) -> None:
    paper = Paper.of(columns=33, code_page="CP437")

    shown = words(render(slip(SlipItem(name)), paper), 33)

    told = shown.partition("1x")[2].partition("---")[0]
    assert told
    assert "?" not in told
    assert len(told) >= len(name.strip()) // 4


def test_the_library_trusts_no_folder_of_others_and_leaves_none(tmp_path: Path) -> None:
    planted = tmp_path / f"{platform.python_version()}.capabilities.pickle"
    planted.write_bytes(b"not for us")
    shared = tmp_path / "tmp"
    shared.mkdir()
    environment = {"TMPDIR": str(shared), "ESCPOS_CAPABILITIES_PICKLE_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", "from kitchen.printing import render; print(len(render.__doc__))"],
        env=environment, cwd=CHECKOUT, capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert planted.read_bytes() == b"not for us"
    assert list(shared.iterdir()) == []
