"""Numbers as people write them: separators, currency signs, units, years.

Conversions move the decimal point and never round. Not here: which units there are (`pipelines/units.py`).
"""

import re
from decimal import Decimal

from pipelines.units import exponent_between

_THOUSANDS = re.compile(r"([+-]?\d{1,3}(?:,\d{3})+)(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
_WITH_UNIT = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([^\d\s.,+-].*)")
_WHOLE = re.compile(r"([+-]?\d+)\.0+")
_LONGEST = 40


def remove_thousands(cell: str) -> str:
    """`1,234,567.8` as `1234567.8`; commas anywhere else stay."""
    found = _THOUSANDS.fullmatch(cell)
    return found[1].replace(",", "") + (found[2] or "") if found else cell


def remove_currency(cell: str) -> str:
    """`¥12` as `12`."""
    return cell[1:].lstrip() if cell.startswith("¥") else cell


def remove_decimal_zero(cell: str) -> str:
    """`5.0` as `5`."""
    found = _WHOLE.fullmatch(cell)
    return found[1] if found else cell


def normalise_year(cell: str) -> str:
    """`2024年` and `2024年度` as `2024`."""
    found = re.fullmatch(r"(\d{4})\s*年度?", cell)
    return found[1] if found else cell


def convert_unit(cell: str, stored: str, reported: str | None) -> str:
    """The number in the contract's unit.

    A unit in the cell itself (`3.5万元`) goes before the one in the label (`reported`). What is no number, or has a unit that
    cannot become the stored one, stays as it is.
    """
    if found := _WITH_UNIT.fullmatch(cell):
        exponent = exponent_between(found[2], stored)
        return cell if exponent is None else shift_decimal_point(remove_thousands(found[1]), exponent)
    exponent = exponent_between(reported, stored) if reported else None
    plain = remove_thousands(cell)
    return shift_decimal_point(plain, exponent) if exponent and _PLAIN.fullmatch(plain) else cell


def shift_decimal_point(number: str, exponent: int) -> str:
    """The number with its decimal point moved to the right, exactly; `1.50` moved by 4 is `15000`."""
    if len(number) > _LONGEST or not exponent:
        return number
    sign, digits, own = Decimal(number).as_tuple()
    if not isinstance(own, int):
        return number
    text = format(Decimal((sign, digits, own + exponent)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
