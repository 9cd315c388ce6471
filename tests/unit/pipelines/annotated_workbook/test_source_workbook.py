"""Limits of the department's own cells stay; whatever can reach out goes."""

import pytest

from pipelines.annotated_workbook.source_workbook import is_harmless_formula, is_plain_reference


@pytest.mark.parametrize(
    "formula",
    [
        '"甲,乙"',
        "0",
        "1.5",
        "$A$1:$A$9",
        "'代码表'!$A$3:$A$80",
        "AND(LEN(A1)=18,ISNUMBER(VALUE(LEFT(A1,17))))",
        "A1>=TODAY()-365",
    ],
)
def test_limits_that_only_look_at_cells_stay(formula):
    assert is_harmless_formula(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "cmd|'/c calc'!A1", "[1]Sheet1!$A$1", "'C:\\x\\[b.xlsx]S'!A1", 'HYPERLINK("http://x",1)', 'WEBSERVICE("http://x")', "INDIRECT(A1)",
        "_xlfn.FILTERXML(A1,1)", "CALL(A1)", "'http://x/[b.xlsx]S'!A1",
    ],
)  # fmt: skip
def test_formulas_that_reach_out_go(formula):
    assert not is_harmless_formula(formula)


@pytest.mark.parametrize(("formula", "stays"), [
    ("数据!$A$1:$D$9", True), ("'my sheet'!$1:$1", True), ("Sheet1!$A:$B,Sheet1!$1:$2", True), ("[1]Sheet1!$A$1", False), ("#REF!", False),
    ("WEBSERVICE(A1)", False), ("'\\\\evil\\share\\[b]S'!A1", False), ('"x"', False),
])  # fmt: skip
def test_names_may_only_name_cells(formula, stays):
    assert is_plain_reference(formula) == stays
