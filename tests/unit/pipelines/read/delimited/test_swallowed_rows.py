"""Rows that a stray quote put into one cell: found with their line and number; texts with line breaks stay what they are."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read import read_file
from pipelines.read.reading import CELL_CHARACTERS
from schemas.errors import UnreadableFile
from support.contracts import contract_with
from support.files import HEADER, ROW, text, venues

FIELDS = [
    {"name": "id", "title": "编码", "constraints": {"required": True, "pattern": r"EV-\d+"}},
    {"name": "name", "title": "名称"},
    {"name": "seats", "title": "座席", "type": "integer"},
    {"name": "day", "title": "日期", "type": "date"},
    {"name": "scope", "title": "业务范围"},
    {"name": "fee", "title": "费用", "type": "number"},
    {"name": "updated", "title": "更新日期", "type": "date"},
]
TITLES = "编码,名称,座席,日期,业务范围,费用,更新日期"


def events():
    return contract_with(FIELDS)


def event(at, scope="群众健身", name="马拉松"):
    return f"EV-{at},{name},{at * 10},2026-05-0{at},{scope},8{at}.5,2026-06-0{at}"


def found(reading):
    return [(f.type, f.row, f.line, f.field) for f in reading.findings]


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def lines(*rows, ends="\r\n"):
    return ends.join((TITLES, *rows)) + ends


def test_two_stray_quotes_in_a_text_column_are_found_with_the_line_and_the_rows_between(tmp_path):
    rows = (event(1), event(2, '"群众健身'), event(3), event(4, '竞赛培训"'), event(5))
    reading = read_file(text(tmp_path, lines(*rows)), events())
    assert found(reading) == [("fewer-rows", None, None, None), ("swallowed-rows", 3, 3, "scope")]
    assert "估计有 5 行数据，只读到 3 行" in reading.findings[0].message.zh
    assert "seems to hold 5 rows, of which 3 could be read" in reading.findings[0].message.en
    assert "第 3 行" in reading.findings[1].message.zh
    assert "2 行" in reading.findings[1].message.zh
    assert "估计有 5 行数据，读出 3 行" in said(reading)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_swallowed_row_is_enough_whatever_the_line_ends_and_the_encoding(tmp_path, ends, encoding):
    rows = (event(1, '"18周岁以上'), event(2, '身体健康"'), event(3))
    reading = read_file(text(tmp_path, lines(*rows, ends=ends), encoding), events())
    assert found(reading) == [("fewer-rows", None, None, None), ("swallowed-rows", 2, 2, "scope")]


def test_the_line_counts_line_breaks_above_and_before_the_quote(tmp_path):
    rows = (event(1, '"甲\n乙"'), event(2, '"群众健身', name='"城市\n马拉松"'), event(3, '竞赛"'))
    reading = read_file(text(tmp_path, lines(*rows, ends="\n")), events())
    assert found(reading)[1:] == [("swallowed-rows", 3, 5, "scope")]


def test_text_with_line_breaks_and_commas_is_text(tmp_path):
    cell = '"18周岁以上,\n身体健康,\n无禁忌"'
    reading = read_file(text(tmp_path, lines(event(1, cell), event(2))), events())
    assert reading.findings == ()
    assert reading.table.column("业务范围").to_pylist()[0] == "18周岁以上,\n身体健康,\n无禁忌"
    assert "估计有 2 行数据，读出 2 行；1 行的单元格内有换行" in said(reading)


@pytest.mark.parametrize("cell", ['"门球场,2块\n网球场,3块"', '"甲,乙,丙\n丁,戊"', '"参见\nLN-2"'])
def test_lists_in_a_narrow_table_are_text(tmp_path, cell):
    for row in (f"LN-1,{cell},7140,2024-05-01", f"LN-1,公园,7140,{cell}"):
        assert read_file(text(tmp_path, f"{HEADER}\n{row}\n{ROW}\n"), venues()).findings == ()


def test_a_list_with_as_many_commas_as_the_header_is_text_if_it_does_not_fit_the_columns(tmp_path):
    row = 'EV-1,"一,二,三,四,五,六\n七,八",10,2026-05-01,甲,8.5,2026-06-01'
    assert read_file(text(tmp_path, lines(row, event(2))), events()).findings == ()


def test_a_quote_in_the_header_that_swallows_rows_is_found_too(tmp_path):
    content = f'{TITLES.replace("更新日期", chr(34) + "更新日期")}\n{event(1)}"\n{event(2)}\n'
    reading = read_file(text(tmp_path, content), events())
    assert found(reading) == [("fewer-rows", None, None, None), ("swallowed-rows", 1, 1, None)]


def test_a_quote_that_swallows_every_row_names_its_line(tmp_path):
    content = f'{TITLES.replace("更新日期", chr(34) + "更新日期")}\n{event(1)}\n{event(2)}"\n'
    with pytest.raises(UnreadableFile) as refused:
        read_file(text(tmp_path, content), events())
    assert refused.value.kind == "not-a-table"
    assert "第 1 行" in refused.value.text.zh


def test_more_rows_than_a_cell_may_be_long_are_still_counted(tmp_path):
    many = [event(5)] * (CELL_CHARACTERS // len(event(5)) + 100)
    reading = read_file(text(tmp_path, lines(event(1, '"甲'), *many, event(2, '乙"'), event(3))), events())
    assert f"有 {len(many) + 1} 行被并进了单元格" in reading.findings[0].message.zh


def test_swallowed_rows_may_lack_optional_cells_at_their_end_as_excel_writes_them(tmp_path):
    more = [{"name": f"more{at}", "title": f"备用{at}"} for at in range(5)]
    titles = TITLES + "".join(f",备用{at}" for at in range(5))
    rows = (event(1) + ",x,y,z,u,v", event(2, '"群众健身'), event(3), event(4, '竞赛培训"'), event(5))
    reading = read_file(text(tmp_path, "\r\n".join((titles, *rows, ""))), contract_with([*FIELDS, *more]))
    assert found(reading) == [("fewer-rows", None, None, None), ("swallowed-rows", 3, 3, "scope")]


def test_without_a_contract_a_wide_table_is_judged_by_its_width(tmp_path):
    rows = (event(1), event(2, '"群众健身'), event(3, '竞赛培训"'))
    assert found(read_file(text(tmp_path, lines(*rows))))[1:] == [("swallowed-rows", 3, 3, None)]
    assert read_file(text(tmp_path, 'a,b\n1,"x,\ny"\n')).findings == ()


@settings(max_examples=40)
@given(first=st.integers(1, 8), taken=st.integers(1, 8), column=st.sampled_from(["name", "scope"]))
def test_wherever_two_stray_quotes_stand_the_rows_between_are_counted(tmp_path_factory, first, taken, column):
    last = min(first + taken, 9)
    rows = [event(at) for at in range(1, 10)]
    if first < last:
        rows[first - 1] = event(first, **{column: '"甲'})
        rows[last - 1] = event(last, **{column: '乙"'})
    reading = read_file(text(tmp_path_factory.mktemp("csv"), lines(*rows)), events())
    swallowed = [f for f in reading.findings if f.type == "swallowed-rows"]
    assert [(f.line, f.field) for f in swallowed] == ([(first + 1, column)] if first < last else [])
    assert reading.table.num_rows + (last - first if swallowed else 0) == 9


PROSE = st.text(st.sampled_from("甲乙, ，\n1"), max_size=20)


@settings(max_examples=60)
@given(st.lists(st.tuples(PROSE, PROSE), min_size=1, max_size=4))
def test_whatever_is_written_into_text_columns_by_a_program_is_text(tmp_path_factory, cells):
    out = io.StringIO(newline="")
    rows = [[f"EV-{at}", name, "1", "2026-05-01", scope, "1", "2026-05-01"] for at, (name, scope) in enumerate(cells)]
    csv.writer(out).writerows([TITLES.split(","), *rows])
    reading = read_file(text(tmp_path_factory.mktemp("csv"), out.getvalue()), events())
    assert reading.findings == ()
    assert [list(row.values()) for row in reading.table.to_pylist()] == rows
