"""Rows that end before the header: read where only optional cells are lacking, reported where more may be wrong."""

import pytest

from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text

HEADER = "编号,名称,面积,网址,备用"


def sites():
    return contract_with(
        [
            {"name": "id", "title": "编号", "constraints": {"required": True}},
            {"name": "name", "title": "名称", "constraints": {"required": True}},
            {"name": "area", "title": "面积", "type": "number"},
            {"name": "link", "title": "网址"},
            {"name": "more", "title": "备用"},
        ]
    )


def read(tmp_path, content, contract=None):
    reading = read_file(text(tmp_path, content), contract or sites())
    return (
        reading.table.to_pylist(),
        [(f.type, f.row) for f in reading.findings],
        " ".join(d.zh for d in reading.decisions),
    )


def test_blocks_of_sixteen_rows_without_trailing_delimiters_are_read_as_excel_means_them(tmp_path):
    first = "".join(f"{at},甲,1,https://example.org,{'x' if at == 3 else ''}\r\n" for at in range(2, 17))
    second = "".join(f"{at},甲,1\r\n" for at in range(17, 33))
    rows, findings, said = read(tmp_path, f"{HEADER}\r\n{first}{second}33,乙,2,https://example.org,\r\n")
    assert findings == []
    assert rows[15] == {"编号": "17", "名称": "甲", "面积": "1", "网址": "", "备用": ""}
    assert "16 行（第 17 行起）末尾缺少选填列的单元格，按空白读取：“网址”、“备用”" in said


def test_a_single_row_that_lacks_optional_cells_is_read(tmp_path):
    rows, findings, said = read(tmp_path, f"{HEADER}\n1,甲,1,x,y\n2,乙\n3,丙,1,x,y\n")
    assert (len(rows), findings) == (3, [])
    assert "1 行（第 3 行起）" in said


def test_a_row_that_lacks_a_required_cell_is_a_finding(tmp_path):
    rows, findings, said = read(tmp_path, f"{HEADER}\n1\n2,乙,1,x,y\n")
    assert (len(rows), findings, said) == (2, [("missing-cell", 2)], "")


def test_a_remark_column_that_the_contract_does_not_know_may_be_lacking(tmp_path):
    _, findings, said = read(tmp_path, f"{HEADER},备注\n1,甲,1,x,y,已核对\n2,乙,1,x,y\n")
    assert findings == []
    assert "“备注”" in said


def test_a_header_that_ends_in_commas_says_nothing_of_rows_without_them(tmp_path):
    _, findings, said = read(tmp_path, f"{HEADER},,\n1,甲,1,x,y\n2,乙,1,x,y,\n")
    assert findings == []
    assert said == "忽略 2 个没有表头也没有数据的列"


def test_without_a_contract_a_short_row_stays_a_finding_unless_only_blank_labels_are_beyond(tmp_path):
    found = read_file(text(tmp_path, "a,b,c\n1,2\n1,2,3\n")).findings
    assert [(f.type, f.row) for f in found] == [("missing-cell", 2)]
    assert read_file(text(tmp_path, "a,b,\n1,2\n")).findings == ()


def test_a_file_that_stops_within_its_last_row_is_cut_off(tmp_path):
    assert read(tmp_path, f"{HEADER}\n1,甲,1,x,y\n2,乙,71")[1] == [("missing-cell", 3)]
    assert read(tmp_path, f"{HEADER}\n1,甲,1,x,y\n2,乙,71\n")[1] == []
    assert read(tmp_path, f"{HEADER}\n1,甲,1\n2,乙,71")[1] == []


def test_a_quote_that_joined_two_cells_of_a_row_is_not_taken_for_a_short_row(tmp_path):
    joined = f'{HEADER}\n1,"甲,1",x,y\n2,乙,1,x,y\n'
    assert read(tmp_path, joined)[1] == [("missing-cell", 2)]


@pytest.mark.parametrize("cell", ['"沈阳市,和平区"', "沈阳市，和平区"])
def test_a_comma_in_a_cell_is_no_doubt_where_other_rows_are_as_short(tmp_path, cell):
    assert read(tmp_path, f"{HEADER}\n1,{cell},1,x\n2,乙,1,x\n3,丙,1,x,y\n")[1] == []


def test_a_short_row_of_a_footer_is_not_counted(tmp_path):
    assert "缺少选填列" not in read(tmp_path, f"{HEADER}\n1,甲,1,x,y\n合计,,1\n")[2]
