"""Rules for blanks, invisible characters and full-width forms of a cell.

Not here: words that stand for an empty cell (`nulls`).

Source: Unicode Standard, general categories Cf and Zs, block Halfwidth and Fullwidth Forms.
"""

import re

INVISIBLE = (
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)
"""Invisible characters (controls, joiners, direction marks), as the inside of a regex character class."""
BLANK = "\t\n\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Blank characters, as the inside of a regex character class."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_ENDS = re.compile(f"^[{BLANK}]+|[{BLANK}]+$")
_DIGITS_AND_LETTERS = {
    code: code - 0xFEE0
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"))
    for code in range(ord(first), ord(last) + 1)
}
_FORMS = {code: code - 0xFEE0 for code in range(ord("！"), ord("～") + 1)} | {
    ord("−"): "-",
    ord("\u3000"): " ",
    ord("￥"): "¥",
}


def remove_invisible(cell: str) -> str:
    """Returns the cell without invisible characters."""
    return _INVISIBLE.sub("", cell)


def trim_blanks(cell: str) -> str:
    """Returns the cell without blanks of any width at its ends."""
    return _ENDS.sub("", cell)


def to_half_width_code(cell: str) -> str:
    """Converts full-width digits and letters to ASCII; brackets and other signs may belong to a code and stay."""
    return cell.translate(_DIGITS_AND_LETTERS)


def to_half_width(cell: str) -> str:
    """Converts every full-width form to ASCII, for cells that can only hold a number, a date, a time or an answer."""
    return cell.translate(_FORMS)
