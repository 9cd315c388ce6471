"""The marked workbook of real submissions: what is coloured, said and kept, and what never comes back."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from pipelines.annotated_workbook import make
from pipelines.annotated_workbook.summary import TITLE
from pipelines.intake import judge_submission, take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import read_submission
from support.files import HEADER, venues
from support.workspaces import NOW, put, workspace_with

TITLES = HEADER.split(",")
GOOD = ["LN-1", "和平区体育公园", 7140, "2024-05-01"]
# One bad row in twelve stays below the share that quarantines.
FILLING = [[f"LN-{n}", "和平区体育公园", 7140, "2024-05-01"] for n in range(10, 30)]


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, venues())


def book_of(*rows):
    book = openpyxl.Workbook()
    book.worksheets[0].title = "数据"
    for row in (TITLES, *rows):
        book.worksheets[0].append(row)
    return book


def saved(book):
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def sent(workspace, content, name=None, suffix="xlsx"):
    (contract,) = workspace.contracts.values()
    put(workspace, "210100", name or f"{contract.name}_2026.{suffix}", content)
    receipts = [take_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace)]
    return receipts[-1]


def file_of(workspace, receipt):
    return workspace.layout.receipt_file(receipt.number, "xlsx")


def opened(workspace, receipt):
    return openpyxl.load_workbook(file_of(workspace, receipt))


def marks(sheet):
    return {
        cell.coordinate: cell.fill.patternType
        for row in sheet
        for cell in row
        if cell.fill.patternType in {"lightUp", "lightDown"}
    }


def test_bad_cells_are_coloured_and_say_what_is_wrong_expected_and_an_example(workspace):
    receipt = sent(workspace, saved(book_of(GOOD, ["LN-2", "乙", "1,200平", "2024-05-01"], *FILLING)))
    book = opened(workspace, receipt)
    assert (receipt.workbook, book.sheetnames) == ("original", [TITLE, "数据"])
    assert marks(book["数据"]) == {"C3": "lightUp"}
    said = book["数据"]["C3"].comment.text
    assert said.index("“1,200平”不是数字") < said.index("应填：数字") < said.index("Expected: a number")
    assert book["数据"]["C2"].comment is None


def test_a_proposed_value_stands_in_the_comment_in_the_summary_and_on_the_page(workspace):
    receipt = sent(workspace, saved(book_of(GOOD, ["LN-2", "乙", "约500", "2024-05-01"], *FILLING)))
    book = opened(workspace, receipt)
    assert "建议值：500" in book["数据"]["C3"].comment.text
    rows = [[cell.value for cell in row] for row in book[TITLE]]
    (head,) = (at for at, row in enumerate(rows) if "建议值 Proposed value" in row)
    assert rows[head + 1][rows[head].index("建议值 Proposed value")] == "500"
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    assert ("建议值" in page, "Proposed value" in page, page.count(">500</td>")) == (True, True, 2)


def test_formats_of_the_department_stay(workspace):
    book = book_of(GOOD, ["LN-2", "乙", "1,200平", "2024-05-01"], *FILLING)
    sheet = book["数据"]
    sheet["C3"].number_format, sheet["C3"].font = "0.00", Font(bold=True, name="SimSun")
    sheet["A1"].fill, sheet.column_dimensions["B"].width, sheet.freeze_panes = (
        PatternFill("solid", fgColor="FFFF00"),
        33,
        "B2",
    )
    sheet["B2"].comment = Comment("已与馆方核实", "张")
    book.create_sheet("备注").append(["只供内部"])
    after = opened(workspace, sent(workspace, saved(book)))["数据"]
    assert (after["C3"].number_format, after["C3"].font.b, after["C3"].font.name) == ("0.00", True, "SimSun")
    assert (after["A1"].fill.fgColor.rgb, after.column_dimensions["B"].width, after.freeze_panes) == (
        "00FFFF00",
        33,
        "B2",
    )
    assert after["B2"].comment.text == "已与馆方核实"


def test_the_first_sheet_leads_to_every_cell(workspace):
    receipt = sent(workspace, saved(book_of(GOOD, ["X", "乙", "多", "昨天"], *FILLING)))
    first = opened(workspace, receipt)[TITLE]
    said = [cell.value for row in first for cell in row if cell.value]
    assert receipt.number in said[0]
    assert any("9 December 2026" in str(text) for text in said)
    links = {cell.hyperlink.location for row in first for cell in row if cell.hyperlink}
    assert links == {"'数据'!A3", "'数据'!C3", "'数据'!D3"}


def test_text_that_looks_like_a_formula_stays_text_and_formulas_become_their_values(workspace):
    book = book_of(
        GOOD, ["LN-2", '=HYPERLINK("http://x")', "@bad", None], ["LN-3", "+cmd|' /C calc'!A0", 3, None], *FILLING
    )
    sheet = book["数据"]
    sheet["B3"].data_type = "s"
    sheet["E1"], sheet["E4"] = "备用", "=1+1"
    receipt = sent(workspace, saved(book))
    with zipfile.ZipFile(file_of(workspace, receipt)) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
        assert set(archive.namelist()) == {
            "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/comments2.xml", "xl/drawings/vmlDrawing2.vml", "xl/styles.xml",
            "xl/worksheets/_rels/sheet2.xml.rels", "xl/workbook.xml", "xl/theme/theme1.xml", "xl/sharedStrings.xml",
            "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml",
        } - ({"xl/sharedStrings.xml"} - set(archive.namelist()))  # fmt: skip
    assert "<f" not in xml
    after = opened(workspace, receipt)["数据"]
    assert [after[at].data_type for at in ("B3", "C3", "B4")] == ["s", "s", "s"]
    assert all(after[at].quotePrefix for at in ("B3", "C3", "B4"))
    assert not after["B2"].quotePrefix


def test_nothing_that_reaches_out_comes_back(workspace):
    book = book_of(GOOD, ["LN-2", "乙", "多", None], *FILLING)
    sheet = book["数据"]
    sheet["B2"].hyperlink = "file://evil/share"
    kept, gone = DataValidation("list", formula1='"甲,乙"'), DataValidation("custom", formula1="cmd|'/c calc'!A1")
    kept.add("B2:B9"), gone.add("C2:C9")
    sheet.add_data_validation(kept), sheet.add_data_validation(gone)
    book.defined_names["evil"] = DefinedName("evil", attr_text="[1]Sheet1!$A$1")
    book.defined_names["fine"] = DefinedName("fine", attr_text="数据!$A$1:$A$3")
    receipt = sent(workspace, saved(book))
    after = opened(workspace, receipt)
    assert [limit.formula1 for limit in after["数据"].data_validations.dataValidation] == ['"甲,乙"']
    assert (after["数据"]["B2"].hyperlink, list(after.defined_names)) == (None, ["fine"])
    with zipfile.ZipFile(file_of(workspace, receipt)) as archive:
        assert b"evil" not in b"".join(archive.read(part) for part in archive.namelist())


def test_the_same_receipt_gives_the_same_bytes(workspace):
    content = saved(book_of(GOOD, ["LN-2", "乙", "多", None], *FILLING))
    receipt = sent(workspace, content)
    before = file_of(workspace, receipt).read_bytes(), file_of(workspace, receipt).stat().st_mtime_ns
    assert sent(workspace, content) == receipt
    assert (file_of(workspace, receipt).read_bytes(), file_of(workspace, receipt).stat().st_mtime_ns) == before
    for suffix in ("json", "xlsx"):
        workspace.layout.receipt_file(receipt.number, suffix).unlink()
    assert judge_submission(workspace, read_submission(workspace, receipt.number)) == receipt
    assert file_of(workspace, receipt).read_bytes() == before[0]


def test_a_marked_workbook_can_be_mended_and_sent_and_its_old_marks_go(workspace):
    receipt = sent(workspace, saved(book_of(GOOD, ["LN-2", "乙", "多", None], ["LN-3", "乙", 1, "昨天"], *FILLING)))
    book = opened(workspace, receipt)
    book["数据"]["C3"] = 12
    again = sent(workspace, saved(book), name=f"{receipt.dataset}_2026_2.xlsx")
    assert (again.sheet, again.workbook, [f.row for f in again.findings]) == ("数据", "original", [4])
    after = opened(workspace, again)
    assert after.sheetnames == [TITLE, "数据"]
    assert marks(after["数据"]) == {"D4": "lightUp"}
    assert after["数据"]["C3"].comment is None


def test_what_the_department_wrote_beside_a_cell_outlives_our_comments_and_a_program_that_loses_authors(workspace):
    book = book_of(GOOD, ["LN-2", "乙", "多", None], *FILLING)
    book["数据"]["C3"].comment = Comment("面积待核", "张")
    book = opened(workspace, sent(workspace, saved(book)))
    sheet = book["数据"]
    assert sheet["C3"].comment.text.endswith("面积待核")
    sheet["C3"].comment = Comment(sheet["C3"].comment.text, " ")
    sheet["C3"].fill = PatternFill("solid", fgColor="FFECB3AD")
    sheet["C3"], sheet["C4"] = 12, "少"
    after = opened(workspace, sent(workspace, saved(book), name="sample_2026_2.xlsx"))["数据"]
    assert (after["C3"].comment.text, marks(after), after["C3"].fill.patternType) == (
        "面积待核",
        {"C4": "lightUp"},
        None,
    )


def test_a_clean_file_has_no_workbook_and_the_receipt_says_so(workspace):
    receipt = sent(workspace, saved(book_of(GOOD, *FILLING)))
    assert (receipt.workbook, file_of(workspace, receipt).exists()) == (None, False)
    assert "没有生成标注工作簿" in workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")


def test_a_csv_comes_back_as_a_workbook_with_its_headers_and_row_numbers(workspace):
    lines = [
        "标题：场地",
        "编 号,名称,面积(㎡),建成日期",
        "LN-1,=1+1,多,2024-05-01",
        "",
        *(",".join(map(str, row)) for row in FILLING),
    ]
    receipt = sent(workspace, "\n".join(lines), suffix="csv")
    sheet = opened(workspace, receipt)[make.SHEET]
    assert receipt.workbook == "read"
    assert [cell.value for cell in sheet[2]] == ["编 号", "名称", "面积(㎡)", "建成日期"]
    assert (sheet["A5"].value, sheet["B3"].data_type, sheet["B3"].quotePrefix) == ("LN-10", "s", True)
    assert marks(sheet) == {"B3": "lightUp", "C3": "lightUp"}
    assert 'href="' + receipt.number + '.xlsx"' in workspace.layout.receipt_file(receipt.number, "html").read_text(
        encoding="utf-8"
    )


def test_of_a_long_file_only_rows_with_findings_come_back_and_are_not_taken_for_the_whole(workspace, monkeypatch):
    monkeypatch.setattr(make, "WHOLE", 15)
    receipt = sent(
        workspace, "\n".join([HEADER, *(",".join(map(str, row)) for row in FILLING), "LN-2,乙,多,"]), suffix="csv"
    )
    book = opened(workspace, receipt)
    assert receipt.workbook == "rows"
    assert [[cell.value for cell in row] for row in book[make.SHEET]] == [
        ["行号 Row", *TITLES],
        ["22", "LN-2", "乙", "多", None],
    ]
    assert marks(book[make.SHEET]) == {"D2": "lightUp"}
    again = sent(workspace, file_of(workspace, receipt).read_bytes(), name=f"{receipt.dataset}_2026_2.xlsx")
    assert (again.outcome, list(again.counts)) == ("refused", ["excerpt"])
    assert f"在您报送的原文件“{receipt.filename}”中修改" in again.reason.zh
    assert "LN-10" in names_that_stand(workspace, receipt)


def names_that_stand(workspace, receipt):
    contract = workspace.contracts[receipt.dataset]
    return workspace.lake.read_current(contract).column(contract.fields[0].name).to_pylist()


@pytest.mark.parametrize("form", ["csv", "copied"])
def test_an_excerpt_without_its_stamp_is_known_by_its_first_column_and_replaces_nothing(workspace, monkeypatch, form):
    """Saved as CSV, or copied into a new workbook, with so many rows that they could pass for the whole file."""
    monkeypatch.setattr(make, "WHOLE", 15)
    bad = [f"LN-9{at},乙,多," for at in range(14)]
    receipt = sent(workspace, "\n".join([HEADER, *bad, *(",".join(map(str, row)) for row in FILLING)]), suffix="csv")
    rows = [[cell.value for cell in row] for row in opened(workspace, receipt)[make.SHEET]]
    mended = [rows[0], *([row[0], row[1], row[2], "7", row[4]] for row in rows[1:])]
    if form == "csv":
        again = sent(workspace, "\n".join(",".join(cell or "" for cell in row) for row in mended), suffix="csv")
    else:
        book = openpyxl.Workbook()
        for row in mended:
            book.active.append(row)
        again = sent(workspace, saved(book))
    assert (again.outcome, list(again.counts)) == ("refused", ["excerpt"])


@pytest.mark.parametrize("limits", [(2**20, 60), (2**31, 0)], ids=["memory", "time"])
def test_a_workbook_that_costs_too_much_is_written_as_it_was_read(workspace, limits, tmp_path):
    receipt = sent(workspace, saved(book_of(GOOD, ["LN-2", "乙", "多", None], *FILLING)))
    submission = read_submission(workspace, receipt.number)
    from pipelines.read import read_file
    from pipelines.submissions.inbox.submission import original_file

    original, contract = original_file(workspace, submission), workspace.contracts[receipt.dataset]
    made = make.annotate_workbook(
        original,
        read_file(original, contract),
        receipt,
        contract,
        {},
        tmp_path / "out.xlsx",
        synthetic=True,
        limits=limits,
    )
    assert made == "read"
    said = [cell.value for row in openpyxl.load_workbook(tmp_path / "out.xlsx")[TITLE] for cell in row]
    assert any("原有格式未能保留" in str(text) for text in said)
    assert any("示例数据（虚构）" in str(text) for text in said)


def altered(content, part, alter):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as target:
        for name in archive.namelist():
            target.writestr(name, alter(archive.read(name)) if name == part else archive.read(name))
    return made.getvalue()


@pytest.mark.parametrize(
    ("part", "old", "new", "marked"),
    [
        ("xl/theme/theme1.xml", b"<a:theme", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a:theme", ["C3"]),
        ("xl/worksheets/sheet1.xml", b'<c r="B5"', b'<c r="B5"><f><![CDATA[cmd]]></f></c><c r="B5"', ["B5", "C3"]),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"<!-- <f>1</f> --></sheetData>", ["C3"]),
    ],
    ids=["entities", "a hidden formula", "a comment"],
)
def test_a_workbook_that_cannot_be_copied_safely_is_written_as_it_was_read(workspace, part, old, new, marked):
    content = saved(book_of(GOOD, ["LN-2", "乙", "多", None], *FILLING))
    receipt = sent(workspace, altered(content, part, lambda said: said.replace(old, new, 1)))
    assert receipt.workbook == "read"
    assert sorted(marks(opened(workspace, receipt)[make.SHEET])) == marked


def test_a_workbook_of_a_program_that_writes_prefixes_is_copied_too(workspace):
    content = saved(book_of(GOOD, ["LN-2", "乙", "多", None], *FILLING))

    def prefixed(said):
        return (
            said.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
        )

    receipt = sent(workspace, altered(content, "xl/worksheets/sheet1.xml", prefixed))
    assert (receipt.workbook, marks(opened(workspace, receipt)["数据"])) == ("original", {"C3": "lightUp"})
