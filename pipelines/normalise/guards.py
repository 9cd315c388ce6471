"""Guards against a spreadsheet: what people put around a cell so that no program takes it for a number, and real formulas.

`="210100"` and `'210100` both stand for 210100; a tab before or after the text is a blank (`blanks`). A formula that computes something
is never unwrapped, because its value is unknown: validation reports it. Not here: formulas in the cells of a workbook
(`pipelines/read/workbooks/workbook.py`), which hold the value that was last computed.
"""

import re

from schemas.execution.late_pattern import compile_late

_QUOTED = compile_late(r'=\s*"((?:[^"]|"")*)"')
_QUOTED_TWICE = compile_late(r'=\s*""([^"]+)""')
_APOSTROPHES = "'‘’＇`"
_FORMULA = compile_late(
    r"""=\s*[A-Za-z0-9_$"'(\[{+\-@\u4e00-\u9fff]     # =1+1, =SUM(A1), ="a"&B2, =表1!A1
      | [+\-@]\s*[A-Za-z_.]+\(                      # +SUM(A1), @SUM(A1)
      | [+\-=@].*\|.*!                              # =cmd|' /C calc'!A0
    """,
    re.VERBOSE | re.DOTALL,
)
FORMULA_STARTS = "=+@-"
"""The characters that a formula can begin with."""


def unwrap_guard(cell: str) -> str:
    """Converts `="210100"` and `'210100` to `210100`; text with a second apostrophe is a quotation and unchanged."""
    if found := _QUOTED.fullmatch(cell):
        return found[1].replace('""', '"')
    if found := _QUOTED_TWICE.fullmatch(cell):
        return found[1]
    return cell[1:] if cell[:1] in _APOSTROPHES and not set(_APOSTROPHES) & set(cell[1:]) and cell[1:] else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet program would compute the cell; a guarded text is no formula."""
    return cell[:1] in FORMULA_STARTS and unwrap_guard(cell) == cell and _FORMULA.match(cell) is not None
