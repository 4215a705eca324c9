"""Bytes <- slip, pure. The only room that writes ESC/POS.

Every chit begins with a reset and a pinned code page and ends behind the cutter, so that it
depends on nothing the printer was told before. A line that the code page cannot show goes out as
a picture; where there is no font for it either, its letters are spelt out. Nothing is dropped.
"""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kitchen.printing import layout, lettering, picture
from kitchen.printing.escpos_library import Dummy
from kitchen.printing.layout import Line
from kitchen.printing.slip import Paper, Slip

FEED_AND_CUT = b"\x1dV\x42\x00"  # cut() sends no cut at all for printers it holds to have none
FEED_WITHOUT_CUTTER = 6
REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")
CELL_DOTS = 24  # height of a letter of font A
DOUBLE_HIGH, DOUBLE_WIDE, BOLD = 0x10, 0x20, 0x08


@dataclass(frozen=True)
class Printed:
    """One line broken to the paper's width, as letters or as a picture."""

    line: Line
    image: picture.Picture | None = None


def render(slip: Slip, paper: Paper) -> bytes:
    """Return the chit's bytes, with the cut. They hold no real-time command."""
    out = Dummy()
    out.hw("INIT")
    out.charcode(known_page(paper.code_page))
    for line in layout.lines(slip, paper):
        for printed in _printed(line, paper, _encodable(known_page(paper.code_page))):
            _write(out, printed, paper)
    _style(out, Line(""), paper)
    out._raw(b"\x1bd" + bytes([paper.feed_lines if paper.cut else FEED_WITHOUT_CUTTER]))
    if paper.cut:
        out._raw(FEED_AND_CUT)
    return out.output


@functools.cache
def known_page(name: str) -> str:
    """Return the code page, or CP437, which every printer has, for one that is not known."""
    pages = Dummy().magic.encoder
    try:
        return pages.get_encoding_name(name)
    except ValueError:
        return "CP437"


@functools.cache
def _encodable(page: str) -> Callable[[str], bool]:
    encoder = Dummy().magic.encoder
    return functools.cache(lambda char: encoder.can_encode(page, char))


def _printed(line: Line, paper: Paper, encodable: Callable[[str], bool]) -> Iterator[Printed]:
    text = line.text if line.text.isascii() and line.text.isprintable() else ""
    text = text or lettering.fold(lettering.clean(line.text), encodable)
    if lettering.is_plain(text, encodable):
        yield from _letters(replace(line, text=text), paper)
    elif paper.graphic and picture.has_fonts():
        yield from _pictures(replace(line, text=text), paper)
    else:
        yield from _letters(replace(line, text=lettering.spell(text, encodable)), paper)


def _letters(line: Line, paper: Paper) -> Iterator[Printed]:
    # A line wider than the paper even letter by letter falls back to single width.
    width = paper.columns // line.wide - line.indent
    for text in lettering.wrap(line.text, width, len, hang=" " * line.hang):
        yield Printed(replace(line, text=_padded(text, line, width)))


def _padded(text: str, line: Line, width: int) -> str:
    text = " " * line.indent + text
    if not line.invert:
        return text
    # A black bar over the whole width cannot be overlooked.
    return text.center(width) if line.align == "center" else text.ljust(width)


def _pictures(line: Line, paper: Paper) -> Iterator[Printed]:
    size = CELL_DOTS * max(line.wide, line.high)
    cell = paper.dots // paper.columns
    width = paper.dots - line.indent * cell * line.wide

    def measure(text: str) -> float:
        return picture.length(text, size)

    text = picture.readable(line.text)
    for part in lettering.wrap(text, width, measure, hang=" " * line.hang):
        indented = part if line.align == "center" else " " * (line.indent * 2) + part
        image = picture.draw(
            indented, dots=paper.dots, size=size, align=line.align, invert=line.invert
        )
        yield Printed(line, image)


def _write(out: Dummy, printed: Printed, paper: Paper) -> None:
    if printed.image:
        out._raw(raster(printed.image))
        return
    _style(out, printed.line, paper)
    out.text(printed.line.text + "\n")


def _style(out: Dummy, line: Line, paper: Paper) -> None:
    if paper.graphic:
        out.set(
            custom_size=True, width=line.wide, height=line.high, bold=line.bold,
            invert=line.invert, align=line.align,
        )  # fmt: skip
        return
    # Impact printers print the argument of a size command they do not know; all know this one.
    mode = DOUBLE_HIGH * (line.high > 1) + DOUBLE_WIDE * (line.wide > 1) + BOLD * line.bold
    out._raw(b"\x1b!" + bytes([mode]))
    out.set(align=line.align)


def raster(image: picture.Picture) -> bytes:
    """Return a picture as a raster command, free of bytes that act as real-time commands."""
    bytes_wide = image.width // 8
    head = b"\x1dv0\x00" + bytes([bytes_wide % 256, bytes_wide // 256])
    head += bytes([image.height % 256, image.height // 256])
    # One dot more or less is not seen; a cash drawer that opens, or a cleared buffer, is.
    return head + REAL_TIME.sub(b"\x11", image.rows)
