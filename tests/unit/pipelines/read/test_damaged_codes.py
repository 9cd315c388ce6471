"""Codes that a spreadsheet took for numbers."""

import pytest

from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text, workbook

CONTRACT = contract_with(
    [
        {"name": "code", "title": "编码", "constraints": {"pattern": r"0\d{5}|[0-9A-Z]{18}"}},
        {"name": "choice", "title": "选项", "constraints": {"enum": ["01", "1E5", "3"]}},
        {"name": "name", "title": "名称"},
        {"name": "n", "title": "数", "type": "number"},
    ]
)


def found(reading):
    return [(finding.type, finding.row, finding.field, finding.value) for finding in reading.findings]


@pytest.mark.parametrize(
    ("line", "spoiled"),
    [
        ("12345,3,甲,1", [("zeros-lost", 2, "code", "12345")]),
        ("012345,1,甲,1", [("zeros-lost", 2, "choice", "1")]),
        ("2.10102E+17,3,甲,1", [("digits-lost", 2, "code", "2.****E+17")]),
        ("1E+05,3,甲,1", [("digits-lost", 2, "code", "1E+05")]),
        ("012345,1E5,1E5,1E+05", []),
        ("012345,3,1.1E+05,1", [("digits-lost", 2, "name", "1.1E+05")]),
        ("012345,3,满1.1E+05,1", []),
        ("112345,3,甲,1", []),
        ("LN,3,甲,1", []),
        (",3,007,007", []),
    ],
)
def test_zeros_that_are_lost_are_found_in_codes_and_digits_in_all_texts(tmp_path, line, spoiled):
    assert found(read_file(text(tmp_path, f"编码,选项,名称,数\n{line}\n"), CONTRACT)) == spoiled


def test_the_whole_code_is_proposed_and_the_cell_left_alone(tmp_path):
    reading = read_file(workbook(tmp_path, {"数据": [["编码", "名称"], [12345, "甲"]]}), CONTRACT)
    assert "“012345”" in reading.findings[0].message.zh
    assert reading.table.column("编码").to_pylist() == ["12345"]


def test_a_number_of_eighteen_digits_has_lost_three_of_them_in_a_workbook(tmp_path):
    reading = read_file(workbook(tmp_path, {"数据": [["编码", "名称"], [210102199001011234, "甲"]]}), CONTRACT)
    assert [finding.type for finding in reading.findings] == ["digits-lost"]


def test_without_a_contract_nobody_knows_what_is_a_code(tmp_path):
    assert read_file(text(tmp_path, "编码\n1E+05\n")).findings == ()


def test_a_mobile_number_lacks_no_zero_and_is_not_repeated(tmp_path):
    contract = contract_with([{"name": "phone", "title": "电话", "constraints": {"pattern": r"0\d{9,11}"}}])
    assert found(read_file(text(tmp_path, "电话\n13812345678\n"), contract)) == []
    assert found(read_file(text(tmp_path, "电话\n2423206016\n"), contract)) == [
        ("zeros-lost", 2, "phone", "2423206016")
    ]


def test_an_exponent_is_found_in_a_large_column_of_texts(tmp_path):
    lines = "".join(f"辽体许{n}号,1\n" for n in range(9_000))
    assert found(read_file(text(tmp_path, f"名称,数\n{lines}2.1E+11,1\n"), CONTRACT)) == [
        ("digits-lost", 9_002, "name", "2.1E+11")
    ]
