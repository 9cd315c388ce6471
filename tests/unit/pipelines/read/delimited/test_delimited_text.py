"""Delimited text: encodings, delimiters, headers, rows of the wrong width, and the row numbers that people see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read import read_file
from pipelines.read.delimited.encoding import EVERYDAY_SHARE, detect_encoding, everyday_share
from schemas.errors import UnreadableFile
from support.contracts import contract_with
from support.files import HEADER, ROW, text, venues

CELLS = dict(zip(HEADER.split(","), ROW.split(","), strict=True))


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def types(reading):
    return [(finding.type, finding.row) for finding in reading.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_encodings_of_our_departments_give_the_same_table(tmp_path, encoding, ends):
    reading = read_file(text(tmp_path, f"{HEADER}{ends}{ROW}{ends}", encoding), venues())
    assert reading.table.to_pylist() == [CELLS]
    assert reading.rows.to_pylist() == [2]
    assert reading.encoding == ("gb18030" if encoding.startswith("gb") else "utf-8")
    assert reading.findings == ()


def test_gb18030_is_recorded_with_its_evidence(tmp_path):
    assert "“编号”等 4 列与数据规范相符" in said(read_file(text(tmp_path, f"{HEADER}\n{ROW}\n", "gbk"), venues()))
    assert said(read_file(text(tmp_path, f"{HEADER}\n{ROW}\n"), venues())) == ""


def test_gb18030_under_english_labels_is_believed_for_everyday_characters_only(tmp_path):
    reading = read_file(text(tmp_path, "id,name\nLN-1,和平区体育公园\n", "gbk"), venues())
    assert "请核对" in said(reading)
    with pytest.raises(UnreadableFile):
        read_file(text(tmp_path, "id,name\nLN-1,\u7d6a\u8179\u563f\u7e3a\n", "gb18030"), venues())


def test_gb18030_without_a_contract_is_flagged(tmp_path):
    assert "请核对" in said(read_file(text(tmp_path, "名称,地址\n体育馆,沈阳\n", "gbk")))


@pytest.mark.parametrize(
    ("wrong", "content"),
    [
        ("big5", "編號名稱體育場館瀋陽市和平區"),
        ("shift_jis", "体育館の一覧、東京都"),
        ("utf-8", "体育场馆名称地址沈阳市"),
    ],
)
def test_other_encodings_read_as_gb18030_have_few_everyday_characters(wrong, content):
    decoded = content.encode(wrong).decode("gb18030", "ignore")
    assert everyday_share(decoded) < EVERYDAY_SHARE
    assert everyday_share("体育场馆名称地址，沈阳市（和平区）面积㎡") == 1


def test_an_empty_sample_has_no_everyday_characters():
    assert everyday_share("abc，。") == 0


@pytest.mark.parametrize(("delimiter", "called"), [(";", "分号"), ("\t", "制表符")])
def test_other_delimiters_are_recognised_and_recorded(tmp_path, delimiter, called):
    content = f"{HEADER}\n{ROW}\n".replace(",", delimiter)
    reading = read_file(text(tmp_path, content), venues())
    assert reading.table.to_pylist() == [CELLS]
    assert f"以{called}分隔" in said(reading)


def test_a_comma_file_with_semicolons_in_its_cells_stays_a_comma_file(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\nLN-1,甲;乙;丙;丁;戊,1,2024-05-01\n"), venues())
    assert reading.table.column("名称").to_pylist() == ["甲;乙;丙;丁;戊"]


def test_quotes_keep_delimiters_and_line_ends_in_a_cell(tmp_path):
    reading = read_file(text(tmp_path, f'{HEADER}\nLN-1,"和平,""东""\n公园",1,\nLN-2,乙,2,\n'), venues())
    assert reading.table.column("名称").to_pylist() == ['和平,"东"\n公园', "乙"]
    assert reading.rows.to_pylist() == [2, 3]


def test_blank_rows_are_skipped_recorded_and_still_counted(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\n\n{ROW}\n,,,\n  , ,\u3000,\n{ROW}\n"), venues())
    assert reading.rows.to_pylist() == [3, 6]
    assert "跳过 3 个空行" in said(reading)


def test_a_row_with_another_width_is_a_finding_and_the_rest_is_still_read(tmp_path):
    contract = contract_with(["编号", "名称", "面积", {"name": "建成日期", "constraints": {"required": True}}])
    reading = read_file(text(tmp_path, f"{HEADER}\nLN-1,甲\nLN-2,乙,2,2024-05-01,多,余\n"), contract)
    assert types(reading) == [("missing-cell", 2), ("extra-cell", 3)]
    assert reading.findings[1].value == "多,余"
    assert reading.table.to_pylist()[0] == {"编号": "LN-1", "名称": "甲", "面积": "", "建成日期": ""}
    assert reading.table.num_rows == 2


def test_empty_cells_beyond_the_header_are_no_finding(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\n{ROW},,\n"), venues())
    assert reading.findings == ()
    assert "1 行末尾多余的空单元格已忽略" in said(reading)


def test_a_column_without_label_and_content_is_dropped_and_one_with_content_stays(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER},,\n{ROW},,x\n"), venues())
    assert reading.labels == (*HEADER.split(","), "")
    assert "忽略 1 个没有表头也没有数据的列" in said(reading)


def test_titles_above_the_header_are_skipped_and_recorded(tmp_path):
    reading = read_file(text(tmp_path, f"沈阳市体育场地一览表\n填报单位：沈阳市体育局\n\n{HEADER}\n{ROW}\n"), venues())
    assert reading.header_row == 4
    assert reading.rows.to_pylist() == [5]
    assert "第 4 行是表头；跳过上方 2 行" in said(reading)


def test_labels_are_kept_as_written_and_columns_made_unique(tmp_path):
    reading = read_file(text(tmp_path, "编号,名称, 名称 \nLN-1,甲,乙\n"), venues())
    assert reading.labels == ("编号", "名称", " 名称 ")
    assert reading.table.column_names == ["编号", "名称", "名称 #3"]


def test_hostile_names_and_formulas_are_only_text(tmp_path):
    cells = ['=cmd|"/c calc"!A1', "<script>alert(1)</script>", "'; DROP TABLE lake; --", "../../etc/passwd"]
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    reading = read_file(text(tmp_path, f"{HEADER}\n{line}\n", name="=1+1 <b>;'.csv"), venues())
    assert list(reading.table.to_pylist()[0].values()) == cells


def test_what_an_earlier_conversion_lost_is_a_finding(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\nLN-1,和\ufffd公园,1,\n{ROW}\n"), venues())
    assert [(f.type, f.row, f.field) for f in reading.findings] == [("encoding-error", 2, "name")]


def test_deciding_on_the_encoding_of_a_long_file_takes_a_few_blocks_of_memory(tmp_path):
    import tracemalloc

    path = text(tmp_path, f"{HEADER}\n" + f"{ROW}\n" * 500_000, "gb18030")
    tracemalloc.start()
    assert detect_encoding(path).name == "gb18030"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 17 * 2**20
    assert peak < 12 * 2**20


@pytest.mark.parametrize("encoding", ["big5", "utf-16", "latin-1"])
def test_other_encodings_are_refused_with_line_and_byte(tmp_path, encoding):
    content = "id,name\nLN-1,Müller\n" if encoding == "latin-1" else "編號,名稱\nLN-1,瀋陽市體育館\n"
    with pytest.raises(UnreadableFile) as refused:
        read_file(text(tmp_path, content, encoding), venues())
    assert "line" in refused.value.text.en
    assert "byte" in refused.value.text.en
    assert "行" in refused.value.text.zh
    assert "字节" in refused.value.text.zh


def test_without_a_contract_the_first_row_is_the_header(tmp_path):
    reading = read_file(text(tmp_path, "a,b\n1,2\n"))
    assert reading.table.to_pylist() == [{"a": "1", "b": "2"}]


def test_old_line_ends_are_read(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER}\r{ROW}\r"), venues())
    assert reading.table.to_pylist() == [CELLS]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd"), max_size=8)


@given(
    st.lists(st.lists(CELL, min_size=4, max_size=4).filter(lambda row: "".join(row).strip()), min_size=1, max_size=6)
)
def test_any_table_written_by_csv_is_read_back(tmp_path_factory, table):
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([HEADER.split(","), *table])
    reading = read_file(text(tmp_path_factory.mktemp("csv"), out.getvalue()), venues())
    assert [list(row.values()) for row in reading.table.to_pylist()] == table


def test_the_error_text_of_a_failed_formula_is_a_finding_in_a_csv_too(tmp_path):
    rows = "LN-1,#REF!,7140,2024-05-01\nLN-2,甲,Err:502,2024-05-01\nLN-3,#N/A,1,2024-05-01\nLN-4,#REF,1,2024-05-01\n"
    reading = read_file(text(tmp_path, f"{HEADER}\n{rows}"), venues())
    assert [(f.type, f.row, f.field, f.value) for f in reading.findings] == [
        ("formula-error", 2, "name", "#REF!"),
        ("formula-error", 3, "area_m2", "Err:502"),
    ]
