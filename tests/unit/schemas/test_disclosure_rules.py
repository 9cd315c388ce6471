"""What a contract withholds: masks that do the same twice, texts for dictionary and guide, and contracts that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.disclosure_rules import Disclosure, MaskRule, SmallCellRule
from support.contracts import contract_with

PERSON = [
    {"name": "who", "title": "姓名"},
    {"name": "school", "title": "学校"},
    {"name": "born", "title": "出生日期", "type": "date"},
]


def rules(**parts):
    return {"disclosure": parts}


@given(st.text(), st.integers(0, 20))
def test_a_mask_never_shows_a_whole_text_and_masks_once(text, keep):
    rule = MaskRule(field="x", keep=keep)
    shown = rule.mask_text(text)
    assert rule.mask_text(shown) == shown
    assert not shown or rule.is_masked(shown)
    assert not text or text.endswith("**") or not shown.startswith(text)


@pytest.mark.parametrize(
    ("text", "keep", "shown"),
    [
        ("张三丰", 1, "张**"),
        ("张", 1, "**"),
        ("", 1, ""),
        (None, 1, None),
        ("沈阳市和平区南京南街24号", 6, "沈阳市和平区**"),
        ("张三", 0, "**"),
    ],
)
def test_a_mask_keeps_the_first_characters(text, keep, shown):
    assert MaskRule(field="x", keep=keep).mask_text(text) == shown


def test_what_is_withheld_is_said_in_both_languages():
    told = Disclosure(
        protected=("a",),
        masked=(MaskRule(field="b"), MaskRule(field="c", keep=0)),
        small_cells=(SmallCellRule(field="d"),),
    )
    said = {name: told.describe_withheld(name) for name in "abcde"}
    assert said["e"] is None
    assert said["a"].zh == "不对外公开"
    assert [said[name].zh for name in "bcd"] == [
        "只公开前 1 个字，其余以 ** 代替",
        "内容以 ** 代替，不公开",
        "1 至 2 人的不公开，留空",
    ]
    assert all(said[name].en for name in "abcd")


@pytest.mark.parametrize(
    ("fields", "parts", "said"),
    [
        (["id", "note"], {"masked": [{"field": "ghost"}]}, "not there"),
        (["id", "note"], {"masked": [{"field": "id"}]}, "belongs to the key"),
        (["id", "note"], {"protected": ["note"], "masked": [{"field": "note"}]}, "protected"),
        (["id", "n:integer"], {"masked": [{"field": "n"}]}, "cannot be masked"),
        (["id", {"name": "c", "constraints": {"pattern": "x"}}], {"masked": [{"field": "c"}]}, "cannot be masked"),
        (["id", "note"], {"small_cells": [{"field": "note"}]}, "cannot be suppressed"),
        (["id", {"name": "n", "type": "integer", "constraints": {"required": True}}], {"small_cells": [{"field": "n"}]}, "cannot be suppressed"),
    ],
)  # fmt: skip
def test_a_contract_that_withholds_what_it_cannot_is_refused(fields, parts, said):
    with pytest.raises(ValueError, match=said):
        contract_with(fields, policy=rules(**parts))


def test_name_school_and_birthday_never_go_out_together():
    with pytest.raises(ValueError, match="together identify a minor"):
        contract_with(["id", *PERSON])
    for parts in ({"protected": ["born"]}, {"protected": ["school"]}, {"masked": [{"field": "who"}]}):
        assert contract_with(["id", *PERSON], policy=rules(**parts)).name == "sample"
    assert contract_with(["id", *PERSON[:2]]).name == "sample"
