"""A line of text as a picture, for the scripts that a printer's own letters lack."""

import functools
import importlib.util
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kitchen.printing import lettering

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# Fonts with many scripts, the best first; a script's own Noto font is asked before them.
BROAD = (
    "DejaVuSans-Bold",
    "DejaVuSansMono-Bold",
    "NotoSans-Bold",
    "NotoSansCJK-Bold",
    "NotoSansCJK-Regular",
    "NotoSansMath-Regular",
    "NotoSansSymbols2-Regular",
    "NotoSansSymbols-Bold",
    "Arial Unicode",
    "arialuni",
    "DejaVuSansMono",
)
NO_SUCH_LETTER = "\U0010fffe"
DARK = 128


@dataclass(frozen=True)
class Picture:
    """One bit per dot, rows of whole bytes, 1 is black."""

    width: int
    height: int
    rows: bytes


def draw(text: str, *, dots: int, size: int, align: str = "left", invert: bool = False) -> Picture:
    """Draw one line that is known to fit, `dots` wide."""
    width = sum(_length(run, font, size) for run, font in _runs(text))
    height = size * 3 // 2
    image = Image.new("1", (dots // 8 * 8, height), 0)
    pen = ImageDraw.Draw(image)
    x = _offset(align, image.width - width)
    for run, font in _runs(text):
        pen.text((x, size * 9 // 8), run, fill=1, font=_font(font, size), anchor="ls")
        x += _length(run, font, size)
    if invert:
        image = Image.eval(image.convert("L"), lambda dot: 255 - dot).convert("1")
    return Picture(image.width, height, image.tobytes())


def readable(text: str) -> str:
    """Return the text with only those letters spelt out that no font here can draw."""
    return lettering.spell(text, _drawable)


def length(text: str, size: int) -> float:
    """Return how many dots wide the line will be."""
    return sum(_length(run, font, size) for run, font in _runs(text))


def has_fonts() -> bool:
    """True if there is a font to draw with at all."""
    return bool(_files())


@functools.cache
def _files() -> dict[str, str]:
    """Font files by name without ending, from the system and from the barcode library."""
    found = {}
    for path in _font_paths():
        found.setdefault(path.stem, str(path))
    return found


def _font_paths() -> Iterator[Path]:
    for folder in FOLDERS:
        for root, _, names in os.walk(os.path.expanduser(folder)):
            for name in sorted(names):
                if name.endswith((".ttf", ".otf", ".ttc")):
                    yield Path(root, name)
    library = importlib.util.find_spec("barcode")
    for place in (library and library.submodule_search_locations) or ():
        yield from sorted(Path(place, "fonts").glob("*.ttf"))


@functools.lru_cache(maxsize=64)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@functools.lru_cache(maxsize=64)
def _plain_font(path: str) -> ImageFont.FreeTypeFont:
    # Without shaping, so that one letter is exactly one glyph.
    return ImageFont.truetype(path, 24, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=8192)
def _has(path: str, char: str) -> bool:
    """True if the font draws the character as something else than its sign for "unknown"."""
    return _glyph(path, char) != _glyph(path, NO_SUCH_LETTER)


def _glyph(path: str, char: str) -> bytes:
    image = Image.new("L", (72, 72))
    ImageDraw.Draw(image).text((24, 24), char, font=_plain_font(path), fill=255)
    return image.tobytes()


@functools.lru_cache(maxsize=8192)
def _font_of(char: str) -> str | None:
    """Return the first font that has the character: a font of its script, or a broad one."""
    script = unicodedata.name(char, "").split(" ")[0].title()
    own = (f"NotoSans{script}-Bold", f"NotoSans{script}-Regular")
    files = _files()
    for name in (*BROAD[:1], *own, *BROAD[1:]):
        if name in files and _has(files[name], char):
            return files[name]
    return None


def _drawable(char: str) -> bool:
    return char == " " or _font_of(char) is not None


@functools.lru_cache(maxsize=256)
def _runs(text: str) -> tuple[tuple[str, str], ...]:
    """Split into stretches of one font each; a neutral character stays with the one before."""
    runs: list[tuple[str, str]] = []
    for char in text:
        font = runs[-1][1] if runs else ""
        if not font or not (char == " " or _has(font, char)):
            font = _font_of(char) or font or next(iter(_files().values()))
        if runs and runs[-1][1] == font:
            runs[-1] = (runs[-1][0] + char, font)
        else:
            runs.append((char, font))
    return tuple(runs)


def _length(run: str, font: str, size: int) -> float:
    return _font(font, size).getlength(run)


def _offset(align: str, free: float) -> float:
    return {"left": 0.0, "center": free / 2, "right": free}[align]
