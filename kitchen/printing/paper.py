"""An ESC/POS decoder: the bytes a printer gets -> what stands on its paper.

It is written from the printers' manuals and not from our own renderer, so that the two check
each other. `step` takes one command at a time, because a printer may stop between any two.
"""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image, ImageOps

CODE_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737",
    15: "iso8859-7", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 21: "cp874",
    32: "cp720", 33: "cp775", 34: "cp855", 35: "cp861", 36: "cp862", 37: "cp864", 38: "cp869",
    39: "iso8859-2", 40: "iso8859-15", 44: "cp1125", 45: "cp1250", 46: "cp1251", 47: "cp1253",
    48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip
LETTERS = re.compile(rb"[\x20-\xff]+")
ALIGN = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}


@dataclass(frozen=True)
class Style:
    """How letters are printed from here on."""

    wide: int = 1
    high: int = 1
    bold: bool = False
    invert: bool = False
    underline: bool = False


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: Style


@dataclass(frozen=True)
class TextLine:
    """One line of letters; without runs it is an empty line."""

    runs: tuple[Run, ...] = ()
    align: str = "left"

    @property
    def text(self) -> str:
        """The letters alone."""
        return "".join(run.text for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, for storing and showing."""
        runs = [{"text": run.text, **vars(run.style)} for run in self.runs]
        return {"kind": "text", "align": self.align, "runs": runs}


@dataclass(frozen=True)
class PictureLine:
    """A raster picture: one bit per dot, 1 is black."""

    width: int
    height: int
    rows: bytes
    align: str = "left"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, the dots as a PNG in base64."""
        dots = Image.frombytes("1", (self.width, self.height), self.rows)
        file = io.BytesIO()
        ImageOps.invert(dots.convert("L")).convert("1").save(file, "PNG")
        return {
            "kind": "picture",
            "align": self.align,
            "width": self.width,
            "height": self.height,
            "png": base64.b64encode(file.getvalue()).decode("ascii"),
        }


@dataclass(frozen=True)
class Cut:
    """The chit ends here."""

    full: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"kind": "cut", "full": self.full}


@dataclass(frozen=True)
class Question:
    """The printer has to answer: fence (GS r), process_id, auto_status or name (GS I)."""

    kind: str
    data: bytes


@dataclass(frozen=True)
class Done:
    """A command that puts nothing on paper."""


PaperLine = TextLine | PictureLine | Cut
Event = PaperLine | Question | Done
DONE = Done()


@dataclass
class Decoder:
    """Reads the stream of one printer; what it was told before stays in force."""

    columns: int = 48
    style: Style = field(default_factory=Style)
    align: str = "left"
    code_page: str = "cp437"
    _held: bytearray = field(default_factory=bytearray)
    _runs: list[Run] = field(default_factory=list)
    _to_feed: int = 0
    taken: bytes = b""  # what the last step worked off

    def feed(self, data: bytes) -> None:
        """Take in bytes; `step` works them off."""
        self._held += data

    @property
    def waiting(self) -> int:
        """How many bytes are taken in and not yet worked off."""
        return len(self._held)

    def step(self) -> Event | None:
        """Work off one command or stretch of letters; None if the rest has not come yet."""
        self.taken = b""
        if self._to_feed:
            self._to_feed -= 1
            return self._flush()
        if not self._held:
            return None
        if self._held[0] >= 0x20:
            return self._letters()
        size = _size(self._held)
        if size is None or size > len(self._held):
            return None
        return self._do(self._take(size))

    def _take(self, size: int) -> bytes:
        self.taken = bytes(self._held[:size])
        del self._held[:size]
        return self.taken

    def reset(self) -> None:
        """Power off and on: everything not yet on paper is gone."""
        self._held.clear()
        self._runs.clear()
        self._to_feed = 0
        self._initialise()

    def _do(self, command: bytes) -> Event:
        if command == b"\n":
            return self._flush()
        handler = HANDLERS.get(command[:2])
        return handler(self, command) if handler else DONE

    def _letters(self) -> Event:
        used = sum(len(run.text) * run.style.wide for run in self._runs)
        free = (self.columns - used) // self.style.wide
        if free < 1 and used:
            return self._flush()
        stretch = LETTERS.match(self._held)
        assert stretch
        size = min(stretch.end(), max(free, 1))
        text = self._take(size).decode(self.code_page, errors="replace")
        if self._runs and self._runs[-1].style == self.style:
            text = self._runs.pop().text + text
        self._runs.append(Run(text, self.style))
        return DONE

    def _flush(self) -> TextLine:
        line = TextLine(tuple(self._runs), self.align)
        self._runs.clear()
        return line

    def _initialise(self) -> Event:
        self.style, self.align, self.code_page = Style(), "left", "cp437"
        self._runs.clear()
        return DONE

    def _set(self, **style: Any) -> Event:
        self.style = replace(self.style, **style)
        return DONE

    def _mode(self, n: int) -> Event:
        return self._set(
            wide=2 if n & 0x20 else 1,
            high=2 if n & 0x10 else 1,
            bold=bool(n & 0x08),
            underline=bool(n & 0x80),
        )

    def _page(self, n: int) -> Event:
        self.code_page = CODE_PAGES.get(n, "cp437")
        return DONE

    def _aligned(self, n: int) -> Event:
        self.align = ALIGN.get(n, "left")
        return DONE

    def _feed_lines(self, n: int) -> Event:
        self._to_feed = max(0, n - 1)
        return self._flush() if n else DONE

    def _picture(self, command: bytes) -> Event:
        bytes_wide = command[4] + 256 * command[5]
        height = command[6] + 256 * command[7]
        return PictureLine(bytes_wide * 8, height, command[8:], self.align)

    def _parenthesis_h(self, command: bytes) -> Event:
        if command[5:7] == b"\x30\x30" and len(command) == 11:
            return Question("process_id", command[7:11])
        return DONE

    def _placeholder(self, words: str) -> Event:
        return TextLine((Run(words, Style()),), self.align)


Handler = Callable[[Decoder, bytes], Event]
HANDLERS: dict[bytes, Handler] = {
    b"\x1b@": lambda d, c: d._initialise(),
    b"\x1b!": lambda d, c: d._mode(c[2]),
    b"\x1bE": lambda d, c: d._set(bold=bool(c[2] & 1)),
    b"\x1bG": lambda d, c: d._set(bold=bool(c[2] & 1)),
    b"\x1b-": lambda d, c: d._set(underline=c[2] not in (0, 48)),
    b"\x1ba": lambda d, c: d._aligned(c[2]),
    b"\x1bd": lambda d, c: d._feed_lines(c[2]),
    b"\x1bJ": lambda d, c: d._flush() if d._runs else DONE,
    b"\x1bt": lambda d, c: d._page(c[2]),
    b"\x1bi": lambda d, c: Cut(),
    b"\x1bm": lambda d, c: Cut(),
    b"\x1b*": lambda d, c: d._placeholder("[picture]"),
    b"\x1d!": lambda d, c: d._set(wide=(c[2] >> 4 & 7) + 1, high=(c[2] & 7) + 1),
    b"\x1dB": lambda d, c: d._set(invert=bool(c[2] & 1)),
    b"\x1dV": lambda d, c: Cut(full=c[2] in (0, 48, 65)),
    b"\x1dv": lambda d, c: d._picture(c),
    b"\x1dr": lambda d, c: Question("fence", c[2:3]),
    b"\x1da": lambda d, c: Question("auto_status", c[2:3]),
    b"\x1dI": lambda d, c: Question("name", c[2:3]),
    b"\x1dk": lambda d, c: d._placeholder(f"[barcode {c[3:].decode('latin-1').strip(chr(0))}]"),
}

# How long each command is, its two first bytes included. What is not listed has no argument.
LENGTHS = {
    **dict.fromkeys([b"\x1b" + bytes([c]) for c in b"!EG-aJdtMVr3R{ =SUTi"], 3),
    **dict.fromkeys([b"\x1b@", b"\x1b2", b"\x1bi", b"\x1bm", b"\x1b<", b"\x1bL", b"\x1bS"], 2),
    **dict.fromkeys([b"\x1b$", b"\x1b\\", b"\x1bB", b"\x1bc"], 4),
    b"\x1bp": 5,
    **dict.fromkeys([b"\x1d" + bytes([c]) for c in b"!BraIHhwfb/"], 3),
    **dict.fromkeys([b"\x1dL", b"\x1dW", b"\x1dP", b"\x1d$", b"\x1d\\"], 4),
    b"\x1cC": 3, b"\x1c!": 3, b"\x1cS": 4, b"\x1cp": 4,
    b"\x10\x04": 3, b"\x10\x05": 3,
}  # fmt: skip


def _size(held: bytearray) -> int | None:
    """Return how long the first command is; None while that cannot be said."""
    if held[0] not in b"\x1b\x1d\x1c\x10":
        return 1
    if len(held) < 2:
        return None
    start = bytes(held[:2])
    if start in SIZERS:
        return SIZERS[start](held)
    return LENGTHS.get(start, 2)


def _with_length(held: bytearray) -> int | None:
    """`GS ( x pL pH ...` and its like."""
    return 5 + held[3] + 256 * held[4] if len(held) >= 5 else None


def _raster_size(held: bytearray) -> int | None:
    if len(held) < 8:
        return None
    return 8 + (held[4] + 256 * held[5]) * (held[6] + 256 * held[7])


def _columns_size(held: bytearray) -> int | None:
    if len(held) < 5:
        return None
    return 5 + (held[3] + 256 * held[4]) * (3 if held[2] in (32, 33) else 1)


def _cut_size(held: bytearray) -> int | None:
    if len(held) < 3:
        return None
    return 3 if held[2] in (0, 1, 48, 49) else 4


def _barcode_size(held: bytearray) -> int | None:
    if len(held) < 4:
        return None
    if held[2] >= 65:
        return 4 + held[3]
    end = held.find(b"\x00", 3)
    return end + 1 if end >= 0 else None


def _drawer_size(held: bytearray) -> int | None:
    """DLE DC4 fn ...: the real-time requests differ in length by function."""
    return {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}.get(held[2], 3) if len(held) >= 3 else None


SIZERS: dict[bytes, Callable[[bytearray], int | None]] = {
    b"\x1d(": _with_length,
    b"\x1b(": _with_length,
    b"\x1c(": _with_length,
    b"\x1dv": _raster_size,
    b"\x1b*": _columns_size,
    b"\x1dV": _cut_size,
    b"\x1dk": _barcode_size,
    b"\x10\x14": _drawer_size,
}


def _question_h(decoder: Decoder, command: bytes) -> Event:
    return decoder._parenthesis_h(command) if command[2:3] == b"H" else DONE


HANDLERS[b"\x1d("] = _question_h


def decode(data: bytes, *, columns: int = 48) -> list[PaperLine]:
    """Return everything that these bytes put on paper."""
    decoder = Decoder(columns=columns)
    decoder.feed(data)
    lines: list[PaperLine] = []
    while (event := decoder.step()) is not None:
        if isinstance(event, TextLine | PictureLine | Cut):
            lines.append(event)
    return lines
