"""Rules for numbers: thousands separators, decimal commas, currency signs, units, years.

Conversions move the decimal point and never round. Not here: the list of units and the moving of the point (`pipelines/units/spellings.py`).
"""

import re

from pipelines.units.spellings import complete_unit, exponent_between, shift_decimal_point

_THOUSANDS = re.compile(r"([+-]?\d{1,3}(?:,\d{3})+)(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"([+-]?¥?\s*)(\d{1,3}(?:\.\d{3})+|\d+),(\d+)((?:\s*[^\d\s.,+-].*)?)")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
_WITH_UNIT = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([^\d\s.,+-].*)")
_WHOLE = re.compile(r"([+-]?\d+)\.0+")


def remove_thousands(cell: str) -> str:
    """Converts `1,234,567.8` to `1234567.8`; commas anywhere else stay."""
    found = _THOUSANDS.fullmatch(cell)
    return found[1].replace(",", "") + (found[2] or "") if found else cell


def replace_decimal_comma(cell: str) -> str:
    """Converts `1.234,56` and `¥1234,56` to `1234.56`, in a column where a comma stands before decimals."""
    found = _DECIMAL_COMMA.fullmatch(cell)
    return f"{found[1]}{found[2].replace('.', '')}.{found[3]}{found[4]}" if found else cell


def remove_currency(cell: str) -> str:
    """Converts `¥12` to `12`."""
    return cell[1:].lstrip() if cell.startswith("¥") else cell


def remove_decimal_zero(cell: str) -> str:
    """Converts `5.0` to `5`."""
    found = _WHOLE.fullmatch(cell)
    return found[1] if found else cell


def normalise_year(cell: str) -> str:
    """Converts `2024年` and `2024年度` to `2024`."""
    found = re.fullmatch(r"(\d{4})\s*年度?", cell)
    return found[1] if found else cell


def convert_unit(cell: str, stored: str, reported: str | None) -> str:
    """Converts the number in the cell to the contract's unit (`stored`).

    A unit in the cell itself (`3.5万元`, `3.5万`) takes precedence over the one in the label (`reported`). A cell that is not a
    number, or whose unit cannot be converted to the stored one, is unchanged.
    """
    if found := _WITH_UNIT.fullmatch(cell):
        exponent = exponent_between(complete_unit(found[2], stored), stored)
        return cell if exponent is None else shift_decimal_point(remove_thousands(found[1]), exponent)
    exponent = exponent_between(reported, stored) if reported else None
    plain = remove_thousands(cell)
    return shift_decimal_point(plain, exponent) if exponent and _PLAIN.fullmatch(plain) else cell
