"""Cells as XML: their addresses, text that stays text, and what a spreadsheet program would take for a formula.

Here: what the copied sheets and our own have in common. Not here: colours (`styles`), whole sheets.
"""

import re
from xml.sax.saxutils import escape

# Characters that XML 1.0 cannot hold; a workbook writes them as _xHHHH_.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
"""Characters of a cell. Source: Microsoft, Excel specifications and limits."""
# What a program looks at when a cell is typed or a file is opened. Source: OWASP, CSV injection.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def letters(column: int) -> str:
    """`A` for column 1, `AA` for 27."""
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said


def number_of(said: str) -> int:
    """The column of `AA` or `AA17`: 27."""
    number = 0
    for letter in said:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def like_formula(text: str) -> bool:
    """Whether a program may run the text once somebody edits the cell or saves the sheet as CSV."""
    return text.lstrip(" ").startswith(_ACTIVE)


def written(text: str) -> str:
    """The text as it stands between the tags of a part."""
    kept = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", kept))


def text_cell(row: int, column: int, text: str, style: int) -> str:
    """A cell that holds text and nothing else, whatever the text looks like."""
    return f'<c r="{letters(column)}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{written(text)}</t></is></c>'


def place(sheet: str, row: int, column: int) -> str:
    """The address of a cell as a link within the workbook names it."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{letters(column)}{row}"
