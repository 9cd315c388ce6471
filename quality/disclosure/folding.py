"""Folding: texts in one spelling, whatever way a person typed them: NFKC, plain hyphens, no zero-width characters.

Here too: the separators that people put between the digits of one number, and one found number. Not here: what is sought
(`identity_documents.py`, `bank_cards.py`, `contact_details.py`).
"""

import re
import unicodedata
from typing import NamedTuple

from schemas.disclosure import PersonalKind

HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\uff5e\u301c\u207b\u208b\ufe31\ufe32"
"""Whatever is read as a hyphen, also what NFKC would first turn into another dash."""
ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u20e3\ufe00\ufe01\ufe0e\ufe0f\ufeff"
)
"""Characters without a width of their own: joiners, marks of direction, variation selectors, the key cap of an emoji."""
_FOLD = str.maketrans({**dict.fromkeys(HYPHENS, "-"), **dict.fromkeys(ZERO_WIDTH)})

GAP = r"[ \t\r\n\f\v\-._/·]*"
"""What may stand between two digits of an identity card."""
SEPARATOR = r"[ ._/·-]"
"""One separator of a number in groups."""

LEFT = r"(?<![0-9A-Za-z])(?<![0-9][.])"
RIGHT = r"(?![0-9A-Za-z])(?![.][0-9])"
BEFORE = "(?:^|[^0-9A-Za-z])"
"""What stands before a number according to `LEFT`, in an expression without lookaround."""
ALONE = rf"(?<![0-9][-./]){LEFT}", rf"{RIGHT}(?![-./][0-9])"
"""Where a number in groups may begin and end: a longer row of groups is something else."""


class PersonalNumber(NamedTuple):
    """One number or address: its kind, its place in the folded text, and what may be shown of it."""

    kind: PersonalKind
    start: int
    end: int
    masked: str


def fold_text(text: str) -> str:
    """Returns the text in NFKC, with plain hyphens and without zero-width characters; empty text stays empty."""
    return unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD)


def strip_separators(number: str) -> str:
    """Returns the digits of a number, and its X if it ends in one."""
    return re.sub(r"[^0-9Xx]", "", number)
