"""Rows of another city: said first, by both names; honest tables with a few rows elsewhere are not complained of."""

import pyarrow as pa
import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.comparisons.wrong_department import check_department
from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_page import group_findings
from support.contracts import contract_with
from support.workspaces import DEPARTMENTS, NOW, put, workspace_with

KNOWN = {department.code: department for department in DEPARTMENTS}
HEADER = "id,area,name\n"


def contract():
    return contract_with(["id", "area", "name"], [{"kind": "in_area", "field": "area"}], policy={"waived_problems": {}})


def found(department, *codes):
    texts = pa.table({"id": ["1"] * len(codes), "area": list(codes), "name": ["甲"] * len(codes)})
    return check_department(texts, contract(), KNOWN[department], KNOWN)


def rows(area, count=5):
    return HEADER + "".join(f"{area}-{at},{area},名\n" for at in range(count))


def taken(workspace, department, name, content):
    put(workspace, department, name, content)
    arrival = next(
        one for one in list_arrivals(workspace) if one.path.name == name and one.path.parent.name == department
    )
    return take_arrival(workspace, arrival, NOW)


def test_the_rows_of_another_city_are_told_with_both_names():
    (finding,) = found("210100", "210202", "210203", "210204")
    assert (finding.type, finding.severity, finding.row) == ("wrong-department", "error", None)
    assert finding.message.zh == "数据不属于本单位：3 行中有 3 行属于大连市体育局，报送单位是沈阳市体育局"
    assert "3 of 3 belong to Dalian Sports Bureau" in finding.message.en


@pytest.mark.parametrize(
    ("department", "codes"),
    [
        ("210100", ["210102", "210103"]),
        ("210100", ["210102", "210202"]),
        ("210100", ["210102", "210202", "210302", "210402"]),
        ("210100", ["110101", "110102"]),
        ("210100", [None, "", "和平区"]),
        ("210100", ["210202", None, None]),
        ("lnsports", ["210202", "210203"]),
    ],
)
def test_rows_that_are_not_mostly_of_one_other_city_are_not_another_departments(department, codes):
    assert found(department, *codes) == []


def test_a_city_without_a_department_is_called_by_its_code():
    assert "区划 210300" in found("210100", "210302", "210303")[0].message.zh


def test_the_headline_says_the_wrong_department_and_nothing_of_fragments(tmp_path):
    workspace = workspace_with(tmp_path, contract())
    assert taken(workspace, "210100", "sample_2026_1.csv", rows("210102")).outcome == "accept"
    receipt = taken(workspace, "210100", "sample_2026_2.csv", rows("210202"))
    assert receipt.outcome == "quarantine"
    assert receipt.reason.zh.startswith("数据不属于本单位")
    assert receipt.findings[0].type == "wrong-department"
    assert "fragment" not in receipt.counts
    assert group_findings(receipt, FindingWords(None, {}))[0].type == "wrong-department"


def test_a_piece_of_ones_own_table_is_still_a_fragment(tmp_path):
    workspace = workspace_with(tmp_path, contract())
    taken(workspace, "210100", "sample_2026_1.csv", rows("210102"))
    assert "fragment" in taken(workspace, "210100", "sample_2026_2.csv", rows("210103")).counts
