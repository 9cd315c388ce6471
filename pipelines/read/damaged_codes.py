"""Detection of codes that a spreadsheet stored as numbers.

Such codes lost their leading zeros or the digits after the fifteenth, or became `1E+05`. All formats are searched,
because text files may have passed through a spreadsheet; text fields without a pattern or an enum only for the exponent,
which no name has. The cells stay unchanged, because what is lost can only be guessed. Not here: numbers in numeric fields.

Source: Microsoft, Excel specifications and limits (15 significant digits).
"""

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.defects import lost_digits, lost_zeros
from pipelines.read.reading import Reading
from pipelines.read.tables.field_columns import search_fields
from quality.findings import Finding, proposed_value
from quality.text_columns import find_matching, may_occur
from schemas.contract import Contract, Field

_LIKELY = r"^\s*(\d{1,17}(\.0)?|\d+(\.\d+)?[eE]\+?\d+)\s*$"
"""Digits as of a number, and the exponent that a spreadsheet writes for many."""
_EXPONENT = r"^\s*\d(\.\d+)?[eE]\+\d{2,}\s*$"
_WITHIN_EXPONENT = r"[eE]\+\d\d"
_MOST_ZEROS = 8


def find_damaged_codes(reading: Reading, contract: Contract) -> list[Finding]:
    """Returns one finding, `digits-lost` or `zeros-lost`, per damaged cell, at most `RAGGED_ROWS` in all.

    A cell that the field's pattern and enum allow is never reported.
    """
    return search_fields(reading, contract, lambda field: field.type == "string", _find_in_column)


def _restore_cells(column: pa.ChunkedArray, field: Field) -> dict[str, str | None]:
    """Returns the likely texts of the column, each with what `_restore_code` says of it."""
    if {"pattern", "enum"} & set(field.constraints):
        return {text: _restore_code(text.strip(), field) for text in find_matching(column, _LIKELY)}
    return dict.fromkeys(find_matching(column, _EXPONENT), "") if may_occur(column, _WITHIN_EXPONENT) else {}


def _find_in_column(column: pa.ChunkedArray, rows: pa.Array, field: Field) -> Iterator[Finding]:
    restored = _restore_cells(column, field)
    damaged = [text for text, whole in restored.items() if whole is not None]
    if not damaged:
        return
    marked = pc.is_in(column, value_set=pa.array(damaged, column.type))
    numbers = pa.chunked_array([rows]).filter(marked).to_pylist()
    for row, text in zip(numbers, column.filter(marked).to_pylist(), strict=True):
        whole, cell = restored[text], text.strip()
        yield lost_zeros(row, field.name, cell, whole) if whole else lost_digits(row, field.name, cell)


def _restore_code(cell: str, field: Field) -> str | None:
    """Returns the code with its leading zeros; "" if the lost digits cannot be known; None if nothing is lost."""
    if _is_allowed(cell, field):
        return None
    digits = cell.removesuffix(".0")
    if not digits.isdigit():
        return ""
    if proposed_value(digits) is None:
        return None  # a mobile number: no digits are lost, and a finding must not quote it; other checks report it
    padded = ("0" * zeros + digits for zeros in range(1, _MOST_ZEROS + 1))
    return next((code for code in padded if _is_allowed(code, field)), None)


def _is_allowed(cell: str, field: Field) -> bool:
    listed, pattern = field.constraints.get("enum"), field.constraints.get("pattern")
    return (listed is None or cell in map(str, listed)) and (
        pattern is None or re.fullmatch(pattern, cell, re.ASCII) is not None
    )
