"""The sheet with the code lists of a template: what each code means, and where drop-downs take them from.

It shows, for a clerk must be able to look codes up. Not here: which column has which list (`data_sheet`).
"""

from collections.abc import Mapping

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.template.look import font, head, widths
from schemas.codelists import Code, CodeList

TITLE = "代码表"
_FIRST = 3
_WIDE = (18, 30, 34)


Key = tuple[str, tuple[Code, ...]]
"""A list by its name, and what of it is offered: two fields may take different parts of one list."""


def fill(sheet: Worksheet, lists: Mapping[Key, CodeList]) -> dict[Key, str]:
    """Three columns a list (code, 中文, English); the cells that hold the codes of each, as a drop-down names them."""
    sources = {}
    for number, ((name, codes), known) in enumerate(lists.items()):
        left = number * (len(_WIDE) + 1) + 1
        sheet.cell(1, left, f"{known.title.zh} {known.title.en}（{name}）").font = font(bold=True)
        for offset, label in enumerate(("代码 code", "含义", "meaning")):
            head(sheet, _FIRST - 1, left + offset, label, strong=False)
        for row, code in enumerate(codes, _FIRST):
            for offset, text in enumerate((code.code, code.zh, code.en)):
                cell = sheet.cell(row, left + offset, text)
                cell.data_type, cell.number_format, cell.font = "s", "@", font(10)
        letter = get_column_letter(left)
        sources[name, codes] = f"'{TITLE}'!${letter}${_FIRST}:${letter}${_FIRST + len(codes) - 1}"
    widths(sheet, (*_WIDE, 3) * len(lists))
    sheet.freeze_panes = f"A{_FIRST}"
    return sources
