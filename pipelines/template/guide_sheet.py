"""The instructions sheet of the template (填报说明), in both languages, with a list of all fields.

Not here: the guide as a page (`pipelines/guide`).
"""

from collections.abc import Iterator, Mapping

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from catalog.core_metadata import describe_cycle
from pipelines.field_help import (
    describe_field,
    describe_submitters,
    example_value,
    period_example,
)
from pipelines.template.data_sheet import (
    WRAPPED,
    make_font,
    row_height,
    set_widths,
    write_header_cell,
    write_row,
)
from pipelines.workbook_stamp import COMPLETE_ANSWERS, COMPLETE_LABEL, GUIDE_SHEET
from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.departments import Department
from schemas.text import Text

TITLE = GUIDE_SHEET
_HEADS = ("列 Column", "Column", "必填 Required", "应填内容", "Expected", "示例 Example", "说明", "Description")
_WIDE = (22, 24, 12, 36, 36, 24, 44, 44)


def fill_guide_sheet(
    sheet: Worksheet,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    departments: Mapping[str, Department],
    *,
    department: Department | None,
    filename: str,
) -> None:
    """Writes the instructions, then the list of fields."""
    sheet.cell(1, 1, f"{contract.title.zh} · 采集模板填报说明").font = make_font(16, bold=True)
    sheet.cell(2, 1, f"How to fill in the template of {contract.title.en}").font = make_font(12, bold=True)
    _write_complete_question(sheet, row=3)
    row = 4
    for text in _list_steps(contract, departments, department, filename):
        for line, size in ((text.zh, 11), (text.en, 10)):
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_HEADS))
            cell = sheet.cell(row, 1, line)
            cell.font, cell.alignment = make_font(size), WRAPPED
            sheet.row_dimensions[row].height = row_height((line,), (sum(_WIDE),))
            row += 1
    row += 1
    for column, label in enumerate(_HEADS, 1):
        write_header_cell(sheet, row, column, label, strong=False)
    for at, field in enumerate(contract.fields, row + 1):
        words = describe_field(field, codelists)
        required = "必填 yes" if field.required else ""
        cells = (field.title, field.policy.title_en, required, words.zh, words.en, example_value(field) or "")
        texts = (*cells, field.description, field.policy.description_en)
        write_row(sheet, at, texts)
        sheet.row_dimensions[at].height = row_height(texts, _WIDE)
    set_widths(sheet, _WIDE)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write_complete_question(sheet: Worksheet, row: int) -> None:
    """Writes the question whether the file is complete, with a cell beside it for the answer."""
    question = sheet.cell(row, 1, COMPLETE_LABEL.zh)
    question.font, question.alignment = make_font(11, bold=True), WRAPPED
    sheet.cell(row, 3, COMPLETE_LABEL.en).font = make_font(10)
    answers = DataValidation("list", formula1=f'"{",".join(COMPLETE_ANSWERS)}"', allow_blank=True)
    answers.add(f"B{row}")
    sheet.add_data_validation(answers)
    sheet.row_dimensions[row].height = row_height((COMPLETE_LABEL.zh,), _WIDE[:1])


def _list_steps(
    contract: Contract, departments: Mapping[str, Department], department: Department | None, filename: str
) -> Iterator[Text]:
    who = department.name if department else describe_submitters(contract, departments)
    often = describe_cycle(contract.policy.cadence)
    yield Text(zh=contract.description.zh, en=contract.description.en)
    yield Text(zh=f"报送单位：{who.zh}；更新周期：{often.zh}", en=f"Handed in by: {who.en}; cycle: {often.en}")
    yield Text(
        zh="一行一条记录，从第 2 行填起。表头不要改名；深色并带 * 的列必填，其余选填；没有内容的单元格留空。",
        en="One record a row, from row 2 on. Do not rename headers; dark ones with * are required; leave cells without a value empty.",
    )
    yield Text(
        zh="把鼠标放在表头上可看填写要求和示例；有下拉箭头的列请从中选择，也可填“代码表”中的代码。不要合并单元格，不要填公式。",
        en="Point at a header to see what is expected. Where there is a drop-down choose from it, or write a code of the sheet 代码表. Merge no cells, write no formulas.",
    )
    folder = department.code if department else "<单位代码>"
    yield Text(
        zh=f"填好后把文件名 {filename} 中的期间改为实际期间（{period_example(contract)}），放入收件夹 inbox/{folder}/。",
        en=f"When done, put the real period ({period_example(contract)}) into the file name {filename} and put the file into inbox/{folder.replace('单位代码', 'department')}/.",
    )
