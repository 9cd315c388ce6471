"""What a number shows by its format, and the numbers of a workbook read as they are shown."""

from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.columns.column_matching import match_columns
from pipelines.normalise import normalise_table
from pipelines.read import read_file
from pipelines.read.workbooks.number_formats import parse_number_format, show_number
from support.contracts import contract_with
from support.files import venues

SUMS = contract_with(
    [
        {"name": "id", "title": "编号"},
        {"name": "amount", "title": "金额", "type": "number", "sportlake": {"title_en": "Amount", "unit": "元"}},
        {"name": "share", "title": "占比", "type": "number", "sportlake": {"title_en": "Share", "unit": "%"}},
        {"name": "clubs", "title": "俱乐部", "type": "integer", "sportlake": {"title_en": "Clubs", "unit": "个"}},
        {"name": "score", "title": "得分", "type": "number", "sportlake": {"title_en": "Score"}},
    ]
)


@pytest.mark.parametrize(
    ("code", "exponent", "suffix"),
    [
        ("0.0%", 2, "%"), ("0%", 2, "%"), ('0.00"万元"', 0, "万元"), ('#,##0.00\\ "万元"', 0, "万元"), ("0.00万元", 0, "万元"),
        ("#,##0,", -3, ""), ("#,##0.0,,", -6, ""), ('#,##0,"千元"', -3, "千元"), ('0!.0,"万元"', -4, "万元"), ('0!.0000"万元"', -4, "万元"),
        ('[Red]0.00_ "亿元"', 0, "亿元"), ('General"万元"', 0, "万元"), ('0.0"%"', 0, "%"), ('0.00"万元";-0.00"万元";"-"', 0, "万元"),
    ],
)  # fmt: skip
def test_a_format_says_how_its_number_is_shown(code, exponent, suffix):
    shown = show_number(parse_number_format(code), Decimal(3))
    assert (shown.exponent, shown.suffix) == (exponent, suffix)


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.00", "#,##0", "#,##0.00", "@", "yyyy-mm-dd", 'm"月"d"日"', "h:mm", "[h]:mm", "0.00E+00", "", ";;;",
     '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', "[$¥-804]#,##0.00", "# ?/?", "0000"],
)  # fmt: skip
def test_a_format_that_shows_the_number_itself_is_plain(code):
    assert parse_number_format(code) == ()


def test_the_condition_of_a_section_decides_which_one_shows_a_value():
    sections = parse_number_format('[>=10000]0!.0,"万元";0"元"')
    assert [show_number(sections, Decimal(n)).suffix for n in (20_000, 9_999)] == ["万元", "元"]


@given(st.text(max_size=30))
def test_any_text_is_a_format_that_is_read_or_plain(code):
    assert all(-200 < section.exponent < 200 for section in parse_number_format(code))


def book_of(tmp_path, cells, titles=("编号", "金额", "占比", "俱乐部", "得分")):
    """A workbook with one row: pairs of a value and a number format, as a person's spreadsheet program writes them."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(titles))
    for column, (value, code) in enumerate([("A-1", "General"), *cells], 1):
        cell = sheet.cell(2, column, value)
        cell.number_format = code
    book.save(tmp_path / "sums.xlsx")
    return read_file(tmp_path / "sums.xlsx", SUMS)


def stored(reading):
    matching = match_columns(reading.labels, SUMS, stated=reading.stated)
    normal = normalise_table(matching.arrange_columns(reading.table), reading.rows, SUMS, matching.units)
    row = normal.table.to_pylist()[0]
    return {name: row[name] for name in ("amount", "share", "clubs", "score") if row[name]}, normal.rewrites


def test_percent_and_text_units_are_read_as_they_are_shown_and_recorded(tmp_path):
    reading = book_of(tmp_path, [(80, '0.00"万元"'), (0.932, "0.0%"), (3, '0"个"'), (0.5, "0%")])
    values, rewrites = stored(reading)
    assert values == {"amount": "800000", "share": "93.2", "clubs": "3", "score": "0.5"}
    assert [(r.field, r.raw, r.value, r.why) for r in rewrites if r.field != "clubs"] == [
        ("amount", "80万元", "800000", "unit"),
        ("share", "93.2%", "93.2", "unit"),
    ]
    assert "“金额”按单元格显示的数读取（80 → 80万元）" in " ".join(decision.zh for decision in reading.decisions)


def test_a_number_with_noise_beyond_its_digits_is_read_without_it(tmp_path):
    reading = book_of(tmp_path, [(0.1 + 0.2, "0.00%")], titles=("编号", "占比"))
    assert stored(reading)[0] == {"share": "30"}


@pytest.mark.parametrize(
    ("value", "code", "amount"),
    [
        (1234567, '#,##0,"千元"', "1234567"), (1234567, '0!.0,"万元"', "1234567"), (12, '0"元"', "12"), (0, '0.00"万元"', "0"),
        (5, '0.0"万"', "50000"), (5, '0.0"万元整"', "5万元整"), (5, '"$"#,##0.00', "$5"), (5, "[$€-407] #,##0", "€5"), (5, '0"美元"', "5美元"),
        (5, '0"左右"', "5"), (5, "[$¥-804]#,##0", "5"),
        (-5, '0.00"万元";-0.00"万元"', "-50000"), (12, "#,##0.00", "12"), (12, '"¥"#,##0', "12"),
    ],
)  # fmt: skip
def test_a_number_keeps_its_value_in_the_unit_that_it_shows(tmp_path, value, code, amount):
    assert stored(book_of(tmp_path, [(value, code)]))[0] == {"amount": amount}


def test_numbers_scaled_by_commas_take_the_unit_of_their_label(tmp_path):
    reading = book_of(tmp_path, [(1234567, "#,##0,")], titles=("编号", "金额（千元）"))
    assert stored(reading)[0] == {"amount": "1234567"}


def test_a_text_is_what_it_is_whatever_its_format(tmp_path):
    assert stored(book_of(tmp_path, [("80", '0.00"万元"')]))[0] == {"amount": "80"}


def test_an_amount_shown_in_another_quantity_is_no_number(tmp_path):
    assert stored(book_of(tmp_path, [(80, '0.0"㎡"')]))[0] == {"amount": "80㎡"}


def test_fields_without_a_unit_are_read_as_they_are_stored(tmp_path):
    book = openpyxl.Workbook()
    for row in (["编号", "名称", "面积", "建成日期"], ["LN-1", 5, 7, None]):
        book.worksheets[0].append(row)
    book.worksheets[0]["B2"].number_format = "0%"
    book.save(tmp_path / "venues.xlsx")
    assert read_file(tmp_path / "venues.xlsx", venues()).table.column("名称").to_pylist() == ["5"]
