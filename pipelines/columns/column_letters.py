"""Conversion between column numbers and the letters that spreadsheets show: `A` is column 1. Imports no module of ours: the limited worker processes use it too.

Not here: names of cells of a file (`pipelines/submissions/checks/cell_names.py`).
"""

from functools import cache


@cache
def column_letters(column: int) -> str:
    """Returns the letters of a column counted from 1: `A` for 1, `AA` for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(address: str) -> int:
    """Returns the column, from 1, of letters or an address: 27 for `AA` and `AA17`."""
    number = 0
    for letter in address:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
