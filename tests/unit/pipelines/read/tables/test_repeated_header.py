"""Further headers among the rows: joined files and printed pages are read as one table, other columns are asked about."""

import pytest

from pipelines.read import read_file
from schemas.errors import UnreadableFile
from support.files import HEADER, ROW, text, venues


def read(tmp_path, *lines):
    reading = read_file(text(tmp_path, "\n".join((HEADER, *lines)) + "\n"), venues())
    return (
        reading.rows.to_pylist(),
        [(f.type, f.row) for f in reading.findings],
        " ".join(d.zh for d in reading.decisions),
    )


@pytest.mark.parametrize(
    "again",
    [
        HEADER,
        "\ufeff" + HEADER,
        HEADER + ",,",
        "*编号, 名称 ,面积（㎡）,建成日期：",
        "id,name,area_m2,built",
        "编号,名称,面积",
    ],
)
def test_the_header_of_the_next_file_is_skipped_however_it_is_written(tmp_path, again):
    rows, findings, said = read(tmp_path, ROW, again, ROW)
    assert (rows, findings) == ([2, 4], [])
    assert "表头在数据中又出现 1 次" in said


def test_the_end_of_one_file_and_the_title_of_the_next_go_with_the_header(tmp_path):
    lines = (ROW, "合计,,7140,", "注：面积含缓冲区", "沈阳市体育场地一览表", HEADER, ROW, "合计,,7140,")
    rows, findings, said = read(tmp_path, *lines)
    assert (rows, findings) == ([2, 7], [])
    assert "连同其上 3 行标题或表尾" in said


def test_a_header_in_another_order_is_a_finding_on_the_whole_file(tmp_path):
    rows, findings, _ = read(tmp_path, ROW, "名称,编号,面积,建成日期", "公园,LN-2,1,2024-05-01")
    assert rows == [2, 4]
    assert findings == [("second-header", None)]


@pytest.mark.parametrize("row", ["LN-2,名称,面积,", "编号,甲,1,2024-05-01", "编号,名称,1,"])
def test_a_row_with_the_name_of_a_column_in_it_is_no_header(tmp_path, row):
    assert read(tmp_path, ROW, row, ROW)[0] == [2, 3, 4]


def test_files_that_were_joined_with_their_end_marks_are_one_table(tmp_path):
    rows, findings, _ = read(tmp_path, ROW, "\x1a", HEADER, ROW, "\x1a" + HEADER, ROW)
    assert (rows, findings) == ([2, 5, 7], [])


def test_a_line_of_dashes_below_the_header_is_skipped(tmp_path):
    rows, findings, said = read(tmp_path, "----,--------,----,----------", ROW)
    assert (rows, findings) == ([3], [])
    assert "第 2 行是表头下的分隔线" in said


def test_a_header_beyond_many_rows_that_begin_with_a_label_is_skipped(tmp_path):
    many = [f"编号,编号{at},1,2024-05-01" for at in range(30_000)]
    rows, findings, said = read(tmp_path, *many, " 编号 ,*名 称：,面积,", *many[:2], HEADER, ROW)
    assert (len(rows), findings) == (30_003, [])
    assert "表头在数据中又出现 2 次" in said
    rows, findings, _ = read(tmp_path, *many, "编号,*名 称：,＊面积（㎡）,", ROW)
    assert (rows[-2:], findings) == ([30_001, 30_003], [])
    assert read(tmp_path, *many, "编号,面积,名称,", ROW)[1] == [("second-header", None)]


def test_each_of_many_headers_is_skipped(tmp_path):
    rows, findings, said = read(tmp_path, *[ROW, "注：完", HEADER] * 12_000, ROW)
    assert (rows, findings) == ([*range(2, 36_003, 3)], [])
    assert "表头在数据中又出现 12000 次，连同其上 12000 行标题或表尾" in said


def test_a_file_of_nothing_but_headers_has_no_rows(tmp_path):
    with pytest.raises(UnreadableFile) as refused:
        read(tmp_path, HEADER, HEADER)
    assert refused.value.kind == "no-rows"
