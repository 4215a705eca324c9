"""The decoder that shows what stands on the paper."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.printing.paper import Cut, Decoder, PictureLine, Question, TextLine, decode


def events(data: bytes, chunk: int) -> list[object]:
    decoder, found = Decoder(), []
    for start in range(0, len(data), chunk):
        decoder.feed(data[start : start + chunk])
        while (event := decoder.step()) is not None:
            found.append(event)
    return found


def test_styles_hold_until_changed() -> None:
    shown = decode(b"\x1ba\x01\x1d!\x11\x1bE\x01big\x1d!\x00\x1dB\x01 small\n")[0]
    assert isinstance(shown, TextLine)
    assert shown.align == "center"
    assert [(run.text, run.style.wide, run.style.bold) for run in shown.runs] == [
        ("big", 2, True),
        (" small", 1, True),
    ]
    assert [run.style.invert for run in shown.runs] == [False, True]


def test_code_page_decides_the_letters() -> None:
    assert [line.text for line in decode(b"\x1bt\x13\xd5\n\x1bt\x11\x80\n")] == ["€", "\u0410"]


def test_text_wider_than_the_paper_goes_on_below() -> None:
    assert [line.text for line in decode(b"abcdefgh\n", columns=5)] == ["abcde", "fgh"]
    assert [line.text for line in decode(b"\x1d!\x11abc\n", columns=5)] == ["ab", "c"]


def test_feeding_gives_empty_lines() -> None:
    assert [line.text for line in decode(b"soup\x1bd\x03")] == ["soup", "", ""]


@pytest.mark.parametrize("cut", [b"\x1dV\x00", b"\x1dV\x41\x03", b"\x1dV\x42\x00", b"\x1bi"])
def test_every_cut_is_a_cut(cut: bytes) -> None:
    shown = decode(b"soup\n" + cut + b"next\n")

    assert isinstance(shown[1], Cut)
    assert shown[2].text == "next"


def test_picture_keeps_its_dots() -> None:
    shown = decode(b"\x1dv0\x00\x02\x00\x02\x00\xff\x00\x0f\xf0after\n")

    assert shown[0] == PictureLine(16, 2, b"\xff\x00\x0f\xf0")
    assert base64.b64decode(shown[0].as_json()["png"]).startswith(b"\x89PNG")
    assert shown[1].text == "after"


def test_unknown_and_silent_commands_print_nothing() -> None:
    drawer = b"\x10\x14\x01\x00\x01" + b"\x1bp\x00\x19\xfa"

    assert [line.text for line in decode(drawer + b"\x1b(A\x04\x000123soup\n")] == ["soup"]


def test_process_id_and_fence_are_questions() -> None:
    found = events(b"\x1d(H\x06\x00000042\x1dr\x01\x1da\x0f", 100)

    assert found == [
        Question("process_id", b"0042"),
        Question("fence", b"\x01"),
        Question("auto_status", b"\x0f"),
    ]


@given(st.integers(1, 9))
def test_any_chunking_decodes_the_same(chunk: int) -> None:
    data = b"\x1b@\x1bt\x13a\n\x1dv0\x00\x01\x00\x02\x00\x10\x04\x1d(H\x06\x00000042\x1dVB\x00"
    kinds = (TextLine, PictureLine, Cut, Question)

    def seen(size: int) -> list[object]:
        return [event for event in events(data, size) if isinstance(event, kinds)]

    assert seen(chunk) == seen(len(data))


@given(st.binary(max_size=300))
def test_noise_never_breaks_the_decoder(noise: bytes) -> None:
    for line in decode(noise):
        line.as_json()
