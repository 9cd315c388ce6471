"""The sheet that is filled in: one column a field of the contract, headers in the first row, limits and drop-downs below.

Not here: codes (`codes_sheet`), what a field asks for in words (`pipelines/asked.py`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.asked import asked, example_of
from pipelines.template.limits import limit_of
from pipelines.template.look import head, note
from pipelines.units import UNITS, unit_key
from schemas.codelists import CodeList
from schemas.contract import Contract, Field

ROWS = 20_001
"""The last row with limits and formats; longer tables are better sent as CSV."""
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "year": "0"}
_TALL = 48


class Offer(NamedTuple):
    """What a drop-down offers, and the cells of the workbook where it stands too."""

    codes: Sequence[str]
    source: str | None


def fill(
    sheet: Worksheet,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    offers: Mapping[str, Offer],
) -> None:
    """Headers, comments, formats and limits; `offers` by field."""
    for column, field in enumerate(contract.fields, 1):
        letter, words = get_column_letter(column), asked(field, codelists)
        head(sheet, 1, column, label_of(field), strong=field.required)
        sheet.cell(1, column).comment = note(_about(field, codelists))
        own = sheet.column_dimensions[letter]
        own.width = max(12, min(30, 2 * len(label_of(field)) + 2))
        own.number_format = _FORMATS.get(field.type, "@") if field.format == "default" else "@"
        offer = offers.get(field.name) or Offer([str(value) for value in field.constraints.get("enum", ())], None)
        if limit := limit_of(field, offer.codes, offer.source, words):
            limit.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(limit)
    sheet.row_dimensions[1].height = _TALL
    sheet.freeze_panes = "B2"


def label_of(field: Field) -> str:
    """The Chinese title, the unit in brackets where intake knows it, `*` where a value is required."""
    unit = field.policy.unit
    named = f"{field.title}（{unit}）" if unit and unit_key(unit) in UNITS and "（" not in field.title else field.title
    return f"{named}*" if field.required else named


def _about(field: Field, codelists: Mapping[str, CodeList]) -> str:
    """The comment of a header: type, unit, example, required, description; Chinese first."""
    words, example = asked(field, codelists), example_of(field)
    zh = [field.title, field.description, f"应填：{words.zh}", "必填" if field.required else "选填"]
    en = [
        field.policy.title_en,
        field.policy.description_en,
        f"Expected: {words.en}",
        "Required" if field.required else "Optional",
    ]
    if example:
        zh.append(f"示例：{example}")
        en.append(f"Example: {example}")
    return "\n".join([*zh, "", *en])
