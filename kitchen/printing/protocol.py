"""What a printer is asked and what it answers: status, and the proof that a chit came out.

Replies of several kinds arrive in one stream, asked or not. Epson gives each kind bits of its
own, so that a stream can be told apart byte by byte; the frames here follow that table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kitchen.printing.outcome import Status

PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER = 1, 2, 3, 4
FENCE = b"\x1dr\x01"  # answered when everything before it has been worked off
LONGEST_BLOCK = 80


def ask_status(n: int) -> bytes:
    """DLE EOT n: answered at once, ahead of whatever waits to be printed."""
    return b"\x10\x04" + bytes([n])


def ask_process_id(number: int) -> bytes:
    """GS ( H function 48: the number comes back when all before it has been printed."""
    return b"\x1d(H\x06\x0000" + process_id(number)


def process_id(number: int) -> bytes:
    """Return the four digits that stand for a chit on its way."""
    return b"%04d" % (number % 10_000)


@dataclass(frozen=True)
class RealTime:
    """The answer to the oldest open DLE EOT."""

    byte: int


@dataclass(frozen=True)
class AutoStatus:
    """Four bytes of automatic status, sent whenever the printer likes."""

    data: bytes


@dataclass(frozen=True)
class Fence:
    """The answer to a queued status request: all before it was worked off."""

    byte: int


@dataclass(frozen=True)
class ProcessId:
    """All up to the chit of this number is printed."""

    number: bytes


@dataclass(frozen=True)
class Other:
    """Something that says nothing here: flow control, names, noise."""

    data: bytes


Frame = RealTime | AutoStatus | Fence | ProcessId | Other


class FrameParser:
    """Cuts a printer's byte stream into frames, however the network cut it."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are whole now; the rest is kept for the next call."""
        self._held += data
        while self._held:
            size = _frame_size(self._held)
            if size is None:
                return
            frame, self._held = _frame(self._held[:size]), self._held[size:]
            yield frame


def _frame_size(data: bytes) -> int | None:
    """Return how many bytes the first frame takes, or None if more must come first."""
    if data[0] in (0x37, 0x5F):
        end = data.find(b"\x00")
        if end >= 0:
            return end + 1 if end < LONGEST_BLOCK else 1
        return None if len(data) < LONGEST_BLOCK else 1
    if not _is_auto_status(data[0]):
        return 1
    if any(not _is_plain(byte) for byte in data[1:4]):
        return 1
    return 4 if len(data) >= 4 else None


def _frame(data: bytes) -> Frame:
    if data[0] == 0x37 and data[1:2] == b"\x22" and len(data) == 7:
        return ProcessId(data[2:6])
    if len(data) == 4 and _is_auto_status(data[0]):
        return AutoStatus(data)
    if len(data) == 1 and data[0] & 0x93 == 0x12:
        return RealTime(data[0])
    if len(data) == 1 and _is_plain(data[0]):
        return Fence(data[0])
    return Other(data)


def _is_auto_status(byte: int) -> bool:
    return byte & 0x93 == 0x10


def _is_plain(byte: int) -> bool:
    return byte & 0x90 == 0


def status_of(answers: dict[int, int]) -> Status:
    """Return what the answers to DLE EOT n say; those not asked leave their words empty."""
    status = Status(online=True)
    if PRINTER in answers:
        status = replace(status, online=not answers[PRINTER] & 0x08)
    if OFFLINE_CAUSE in answers:
        status = _with_cause(status, answers[OFFLINE_CAUSE])
    if ERROR_CAUSE in answers:
        status = _with_error(status, answers[ERROR_CAUSE])
    if PAPER in answers:
        status = replace(status, paper=_paper(answers[PAPER], low=0x0C, out=0x60))
    if answers.get(OFFLINE_CAUSE, 0) & 0x20:
        status = replace(status, paper="out")
    return status


def status_of_auto(frame: AutoStatus) -> Status:
    """Return what four bytes of automatic status say."""
    first, second, third = frame.data[:3]
    return Status(
        online=not first & 0x08,
        paper=_paper(third, low=0x03, out=0x0C),
        cover="open" if first & 0x20 else "closed",
        cutter="error" if second & 0x08 else "ok",
        mechanical=bool(second & 0x60),
    )


def _paper(byte: int, *, low: int, out: int) -> str:
    if byte & out:
        return "out"
    return "low" if byte & low else "ok"


def _with_cause(status: Status, byte: int) -> Status:
    return replace(status, cover="open" if byte & 0x04 else "closed")


def _with_error(status: Status, byte: int) -> Status:
    # Bit 2 (recoverable) is undefined on older models and is no word of its own.
    return replace(status, cutter="error" if byte & 0x08 else "ok", mechanical=bool(byte & 0x60))
