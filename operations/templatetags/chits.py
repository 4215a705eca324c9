"""Draws a chit as it came out: the letters of the printer's grid, bands, lines and pictures.

A drawing and not text in boxes, because a printer's letters have a width and a height of their
own, which style sheets cannot give without inline styles.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import combining, east_asian_width

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

Line = dict[str, Any]

CELL = 12  # dots a letter is wide
LETTER = 24  # dots it is high
GAP = 6  # dots between lines
BASE = 19  # dots from a letter's top to its foot


@dataclass(frozen=True)
class Piece:
    """Letters of one style that stand side by side in one row."""

    text: str
    wide: int
    high: int
    style: frozenset[str]

    @property
    def width(self) -> int:
        """Dots from its first letter's left to its last one's right."""
        return sum(map(_cells, self.text)) * self.wide * CELL


@register.simple_tag
def chit_picture(lines: list[Line], columns: int = 48) -> SafeString:
    """Draw the lines as the decoder of the virtual printer gives them."""
    paper_width = columns * CELL
    drawn: list[str] = []
    top = 0
    for line in lines:
        if line["kind"] == "picture":
            drawn.append(_picture(line, top, paper_width))
            top += line["height"]
        elif line["kind"] == "text":
            for row in _rows(line["runs"], paper_width):
                drawn.append(_text(row, top, paper_width, line["align"]))
                top += max((piece.high for piece in row), default=1) * LETTER + GAP
    return format_html(
        '<svg class="chit-svg" role="img" viewBox="0 0 {} {}">{}</svg>',
        paper_width,
        max(top, LETTER),
        mark_safe("".join(drawn)),  # made by format_html below
    )


def _rows(runs: list[Line], paper_width: int) -> Iterator[list[Piece]]:
    # A printer goes on in the next row when the paper's edge is reached.
    row: list[Piece] = []
    used = 0
    for piece in map(_piece, runs):
        for letter in piece.text:
            step = _cells(letter) * piece.wide * CELL
            if used + step > paper_width and row:
                yield row
                row, used = [], 0
            row = _joined(row, replace(piece, text=letter))
            used += step
    yield row


def _joined(row: list[Piece], letter: Piece) -> list[Piece]:
    if row and replace(row[-1], text="") == replace(letter, text=""):
        return [*row[:-1], replace(letter, text=row[-1].text + letter.text)]
    return [*row, letter]


def _piece(run: Line) -> Piece:
    style = frozenset(name for name in ("bold", "invert", "underline") if run.get(name))
    return Piece(run["text"], run.get("wide", 1), run.get("high", 1), style)


def _text(row: list[Piece], top: int, paper_width: int, align: str) -> str:
    left = _indent(sum(piece.width for piece in row), paper_width, align)
    foot = top + max((piece.high for piece in row), default=1) * LETTER
    drawn = []
    for piece in row:
        drawn.append(_letters(piece, left, foot))
        left += piece.width
    return "".join(drawn)


def _letters(piece: Piece, left: int, foot: int) -> SafeString:
    height = piece.high * LETTER
    marks = []
    if "invert" in piece.style:
        form = '<rect x="{}" y="{}" width="{}" height="{}"/>'
        marks.append(format_html(form, left, foot - height, piece.width, height + 2))
    if "underline" in piece.style:
        form = '<rect x="{}" y="{}" width="{}" height="2"/>'
        marks.append(format_html(form, left, foot + 1, piece.width))
    return format_html(
        '{}<text class="{}" x="{}" y="{}" font-size="{}" textLength="{}"'
        ' lengthAdjust="spacingAndGlyphs">{}</text>',
        mark_safe("".join(marks)),  # made by format_html above
        " ".join(sorted(piece.style)),
        left,
        foot - height + BASE * piece.high,
        22 * piece.high,
        piece.width,
        piece.text,
    )


def _picture(line: Line, top: int, paper_width: int) -> SafeString:
    return format_html(
        '<image x="{}" y="{}" width="{}" height="{}" href="data:image/png;base64,{}"/>',
        _indent(line["width"], paper_width, line["align"]),
        top,
        line["width"],
        line["height"],
        line["png"],
    )


def _indent(width: int, paper_width: int, align: str) -> int:
    room = max(0, paper_width - width)
    return {"center": room // 2, "right": room}.get(align, 0)


def _cells(letter: str) -> int:
    if combining(letter):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
