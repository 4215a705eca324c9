"""Letters for a printer that knows few of them: clean, fold, spell out, break into lines."""

import unicodedata
from collections.abc import Callable, Iterator

# Typographic signs that say the same in plain ones; used only where the code page lacks them.
PLAIN = {
    "\u2018": "'", "\u2019": "'", "\u201a": ",", "\u201b": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2033": '"', "\u2039": "<", "\u203a": ">",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2022": "*", "\u2026": "...", "\u2044": "/", "\u00d7": "x", "\u20ac": "EUR",
    "\u2122": "TM", "\u2192": "->", "\u2190": "<-",
}  # fmt: skip
INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
RIGHT_TO_LEFT = frozenset({"R", "AL"})
Encodable = Callable[[str], bool]
Measure = Callable[[str], float]


def clean(text: str) -> str:
    """Return one line without control characters: nothing in a name may command the printer."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(_visible(char) for char in composed)
    return " ".join(visible.split())


def fold(text: str, encodable: Encodable) -> str:
    """Put plain signs in the place of typographic ones that the code page lacks."""
    return "".join(char if encodable(char) else PLAIN.get(char, char) for char in text)


def is_plain(text: str, encodable: Encodable) -> bool:
    """True if the printer's own letters can show it, in the right direction."""
    return all(
        encodable(char) and unicodedata.bidirectional(char) not in RIGHT_TO_LEFT for char in text
    )


def spell(text: str, encodable: Encodable) -> str:
    """Return the text with every letter the code page lacks written in ones it has."""
    return "".join(char if encodable(char) else spell_char(char, encodable) for char in text)


def spell_char(char: str, encodable: Encodable) -> str:
    """Return the base letter of an accented one, else the character's name in brackets."""
    bases = "".join(
        part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
    )
    if bases and all(encodable(part) for part in bases):
        return bases
    name = unicodedata.name(char, "")
    if not name or name.startswith("CJK UNIFIED"):
        return f"[U+{ord(char):04X}]"
    return f"[{name.lower()}]"


def wrap(text: str, width: float, measure: Measure, *, hang: str = "") -> list[str]:
    """Break into lines no wider than `width`; later lines begin with `hang`. Nothing is lost."""
    lines = [""]
    for word in text.split(" "):
        for piece in _pieces(word, width - measure(hang), measure):
            joined = f"{lines[-1]} {piece}" if lines[-1].strip() else lines[-1] + piece
            if measure(joined) <= width or not lines[-1].strip():
                lines[-1] = joined
            else:
                lines.append(hang + piece)
    return lines


def _pieces(word: str, width: float, measure: Measure) -> Iterator[str]:
    piece = ""
    for char in word:
        if piece and measure(piece + char) > width and not unicodedata.combining(char):
            yield piece
            piece = ""
        piece += char
    yield piece


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in INVISIBLE:
        # A joiner shapes its neighbours; everything else unseen parts words.
        return "" if category == "Cf" else " "
    return f"[U+{ord(char):04X}]" if category == "Cs" else char
