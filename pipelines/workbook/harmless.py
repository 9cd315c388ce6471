"""Which formulas may stay in a workbook that we hand back: those of drop-downs and limits, that only look at its own cells.

Here: formulas of data validations, conditional formats and defined names. Not here: formulas in cells, of which none stays.
"""

import re

# Nothing outside the workbook ([1], 'C:\…', server|topic!item) can be written with these.
_LETTERS = re.compile(r"[\w\s.,;:$()\"'<>=+\-*/&%!{}?^]*", re.ASCII)
_QUOTED = re.compile(r'"[^"]*"')
_CALLED = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\s*\(")
_FUNCTIONS = frozenset({
    "ABS", "AND", "COUNTIF", "DATE", "DAY", "EXACT", "IF", "ISBLANK", "ISERROR", "ISNUMBER", "ISTEXT", "LEFT", "LEN", "LOWER", "MAX",
    "MID", "MIN", "MOD", "MONTH", "NOT", "OR", "RIGHT", "ROUND", "ROW", "SUM", "TODAY", "TRIM", "UPPER", "VALUE", "YEAR",
})  # fmt: skip
_REFERENCE = re.compile(r"('(?:[^'\[\]|:\\/]|'')+'|[\w.]+)!\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?")
_TITLES = re.compile(r"(('(?:[^'\[\]|:\\/]|'')+'|[\w.]+)!(\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+),?)+")


def harmless(formula: str) -> bool:
    """Whether a limit may stay: constants, cells of the same workbook, and functions that only compute."""
    rest = _QUOTED.sub("", formula)
    bare = re.sub(r"'(?:[^'\[\]|\\/:]|'')+'!|\w+!", "", rest)
    return _LETTERS.fullmatch(bare) is not None and {name.upper() for name in _CALLED.findall(rest)} <= _FUNCTIONS


def plain_reference(formula: str) -> bool:
    """Whether a defined name only names cells of the same workbook, as print areas and the sources of drop-downs do."""
    return bool(_REFERENCE.fullmatch(formula) or _TITLES.fullmatch(formula))
