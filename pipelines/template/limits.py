"""Limits of a field as Excel validations: drop-downs, ranges of numbers and dates, lengths of text.

Of a pattern Excel checks only the length; intake checks the rest. Not here: the labels (`data_sheet`).

Source: ECMA-376 part 1 §18.3.1.32 (dataValidation); Microsoft, Excel specifications (255 characters of a list in place).
"""

import datetime as dt
import re
from collections.abc import Sequence

from openpyxl.worksheet.datavalidation import DataValidation

from schemas.contract import Field
from schemas.text import Text

LONGEST_LIST = 255
_MESSAGE_LIMIT = 250
"""Maximum length of an error message in characters; spreadsheet programs cut longer ones."""
_FAR = 10**15
_DAYS = (dt.date(1900, 1, 1), dt.date(9999, 12, 31))
_DAY_ZERO = dt.date(1899, 12, 30)
"""Day 0 of the date numbers in a workbook."""
_PIECE = re.compile(r"(?:\[\^?\]?[^\]]*\]|\\.|[^\\\[\](){}|?*+.^$]|\.)(?:\{(\d+)(?:,(\d+))?\}|(\?))?")


def column_validation(field: Field, labels: Sequence[str], source: str | None, words: Text) -> DataValidation | None:
    """Returns the validation of a field's column; None if Excel has nothing to check.

    `source`: the range of cells that holds the labels, if the field has a code list. `words`: the description of the expected
    value, which is displayed when another value is typed.
    """
    made = (
        _list_validation(labels, source)
        or _number_validation(field)
        or _day_validation(field)
        or _length_validation(field)
    )
    if made is None:
        return None
    made.allow_blank = True
    made.showErrorMessage = True
    made.errorTitle = "请按要求填写"
    made.error = f"{words.zh}\n{words.en}"[:_MESSAGE_LIMIT]
    # A code may be typed in place of its label, and the unit may differ: Excel only warns, intake decides.
    made.errorStyle = "warning"
    return made


def pattern_lengths(pattern: str) -> tuple[int, int] | None:
    """Returns least and greatest length of a text of that pattern; None if it is not a plain sequence of characters."""
    least = most = at = 0
    while at < len(pattern):
        found = _PIECE.match(pattern, at)
        if found is None:
            return None
        low = int(found[1]) if found[1] else 0 if found[3] else 1
        high = int(found[2]) if found[2] else int(found[1]) if found[1] else 1
        least, most, at = least + low, most + high, found.end()
    return least, most


def _list_validation(labels: Sequence[str], source: str | None) -> DataValidation | None:
    if not labels:
        return None
    inline = ",".join(labels)
    if len(inline) <= LONGEST_LIST and not any("," in label or '"' in label for label in labels):
        return DataValidation(type="list", formula1=f'"{inline}"')
    return DataValidation(type="list", formula1=source) if source else None


def _number_validation(field: Field) -> DataValidation | None:
    if field.type not in {"integer", "number", "year"}:
        return None
    least, most = field.constraints.get("minimum", -_FAR), field.constraints.get("maximum", _FAR)
    if field.type == "number":
        return DataValidation(type="decimal", operator="between", formula1=str(least), formula2=str(most))
    return DataValidation(type="whole", operator="between", formula1=str(least), formula2=str(most))


def _day_validation(field: Field) -> DataValidation | None:
    if field.type != "date" or field.format != "default":
        return None
    first, last = (
        field.constraints.get(name, usual) for name, usual in zip(("minimum", "maximum"), _DAYS, strict=True)
    )
    days = (
        ((day if isinstance(day, dt.date) else dt.date.fromisoformat(day)) - _DAY_ZERO).days for day in (first, last)
    )
    return DataValidation(type="date", operator="between", formula1=str(next(days)), formula2=str(next(days)))


def _length_validation(field: Field) -> DataValidation | None:
    if field.type != "string":
        return None
    shortest, longest = field.constraints.get("minLength"), field.constraints.get("maxLength")
    if pattern := field.constraints.get("pattern"):
        found = pattern_lengths(pattern)
        if found:
            shortest, longest = found
    if shortest is None and longest is None:
        return None
    return DataValidation(
        type="textLength", operator="between", formula1=str(shortest or 0), formula2=str(longest or 32_767)
    )
