"""Frames and status words, however the network cuts the stream."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.printing import protocol
from kitchen.printing.outcome import Status
from kitchen.printing.protocol import AutoStatus, Fence, FrameParser, Other, ProcessId, RealTime

FRAMES = {
    b"\x12": RealTime(0x12),
    b"\x1a": RealTime(0x1A),
    b"\x7e": RealTime(0x7E),
    b"\x14\x00\x00\x0f": AutoStatus(b"\x14\x00\x00\x0f"),
    b"\x3c\x00\x0c\x0f": AutoStatus(b"\x3c\x00\x0c\x0f"),
    b"\x00": Fence(0),
    b"\x0f": Fence(15),
    b"\x37\x220042\x00": ProcessId(b"0042"),
    b"\x37\x25\x00": Other(b"\x37\x25\x00"),
    b"\x5fTM-T88V\x00": Other(b"\x5fTM-T88V\x00"),
    b"\x11": Other(b"\x11"),
    b"\x13": Other(b"\x13"),
}


@pytest.mark.parametrize(("data", "frame"), FRAMES.items())
def test_every_reply_is_told_from_the_others(data: bytes, frame: protocol.Frame) -> None:
    assert list(FrameParser().feed(data)) == [frame]


@given(
    sent=st.lists(st.sampled_from(sorted(FRAMES)), max_size=20),
    cuts=st.lists(st.integers(0, 80), max_size=12),
)
def test_any_chunking_gives_the_same_frames(sent: list[bytes], cuts: list[int]) -> None:
    stream, parser, frames = b"".join(sent), FrameParser(), []
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]

    for start, end in itertools.pairwise(edges):
        frames.extend(parser.feed(stream[start:end]))

    assert frames == [FRAMES[data] for data in sent]


@given(st.binary(max_size=400))
def test_noise_never_stops_the_parser(noise: bytes) -> None:
    parser = FrameParser()
    list(parser.feed(noise))
    list(parser.feed(b"\x00" * protocol.LONGEST_BLOCK))

    assert ProcessId(b"0007") in list(parser.feed(b"\x37\x220007\x00"))


def test_broken_automatic_status_does_not_swallow_the_proof() -> None:
    frames = list(FrameParser().feed(b"\x14\x00\x37\x220007\x00"))

    assert frames[-1] == ProcessId(b"0007")


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({1: 0x16, 4: 0x12}, None),
        ({1: 0x12, 4: 0x1E}, None),
        ({1: 0x1A, 4: 0x7E}, "device.paper_out"),
        ({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x12}, "device.paper_out"),
        ({1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x7E}, "device.cover_open"),
        ({1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}, "device.cutter"),
        ({1: 0x1A, 2: 0x52, 3: 0x32, 4: 0x12}, "device.mechanical"),
        ({1: 0x1A, 2: 0x52, 3: 0x52, 4: 0x12}, "device.mechanical"),
        ({1: 0x1A, 2: 0x12, 3: 0x12, 4: 0x12}, "device.offline"),
    ],
)
def test_status_in_words(answers: dict[int, int], code: str | None) -> None:
    trouble = protocol.status_of(answers).trouble

    assert (trouble.code if trouble else None) == code


def test_paper_low_is_no_trouble() -> None:
    assert protocol.status_of({1: 0x12, 4: 0x1E}) == Status(online=True, paper="low")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x14\x00\x00\x0f", None),
        (b"\x14\x00\x03\x0f", None),
        (b"\x1c\x00\x0f\x0f", "device.paper_out"),
        (b"\x3c\x00\x00\x0f", "device.cover_open"),
        (b"\x1c\x08\x00\x0f", "device.cutter"),
        (b"\x1c\x20\x00\x0f", "device.mechanical"),
        (b"\x1c\x00\x00\x0f", "device.offline"),
    ],
)
def test_automatic_status_in_words(data: bytes, code: str | None) -> None:
    trouble = protocol.status_of_auto(AutoStatus(data)).trouble

    assert (trouble.code if trouble else None) == code


def test_only_paper_and_cover_wait_for_a_person() -> None:
    assert Status(online=False, paper="out").trouble.waits
    assert Status(online=False, cover="open").trouble.waits
    assert not Status(online=False, cutter="error").trouble.waits


def test_the_requests() -> None:
    assert protocol.ask_status(4) == b"\x10\x04\x04"
    assert protocol.ask_process_id(7) == b"\x1d(H\x06\x00000007"
    assert protocol.ask_process_id(123_456) == b"\x1d(H\x06\x00003456"
