"""Guards are unwrapped, quotations and formulas are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.guards import is_formula, unwrap_guard


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="210100"', "210100"),
        ('= "沈阳市示例单位"', "沈阳市示例单位"),
        ('="说""好"""', '说"好"'),
        ('=""', ""),
        ("'210100", "210100"),
        ("'沈阳市示例单位二", "沈阳市示例单位二"),
        ("‘210100", "210100"),
        ('=""210100""', "210100"),
    ],
)
def test_a_guard_is_taken_off(cell, text):
    assert unwrap_guard(cell) == text


@pytest.mark.parametrize(
    "cell",
    ["'甲'乙", "‘十四五’规划", "’", "'十四五'规划", "'", "it's", '="a"&B2', '="a"&"b"', "=1+1", '"210100"', "210100"],
)
def test_quotations_and_formulas_stay(cell):
    assert unwrap_guard(cell) == cell


@given(st.text())
def test_any_text_comes_back_from_its_guard(text):
    assert unwrap_guard('="' + text.replace('"', '""') + '"') == text


@pytest.mark.parametrize(
    "cell",
    [
        '=CONCATENATE("a"',
        "=1+1",
        "=SUM(A1:A9)",
        '="a"&B2',
        "=表1!A1",
        "+SUM(A1)",
        "@SUM(A1)",
        "-cmd(1)",
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_formula_is_one(cell):
    assert is_formula(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "=",
        "=====",
        '="210100"',
        "-5",
        "+86 24 23206016",
        "@沈阳体育",
        "-",
        "A=B",
        "=》",
        "＝1+1",
        "+10℃以上",
        "-- (无)",
    ],
)
def test_other_text_is_no_formula(cell):
    assert not is_formula(cell)
