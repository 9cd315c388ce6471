"""The field that one label names, in the spellings that people write."""

import pytest

from pipelines.columns.column_labels import field_names_by_label, label_key, match_label
from support.contracts import contract_with

CONTRACT = contract_with(
    [
        {
            "name": "capital_cny",
            "type": "number",
            "title": "注册资金",
            "sportlake": {"title_en": "Capital", "unit": "元"},
        },
        {"name": "area_m", "type": "number", "title": "面积", "sportlake": {"title_en": "Area", "unit": "m"}},
    ]
)


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("注册资金", ("capital_cny", None)),
        (" *注册 资金：", ("capital_cny", None)),
        ("CAPITAL", ("capital_cny", None)),
        ("capital_cny", ("capital_cny", None)),
        ("注册资金（万元）", ("capital_cny", "万元")),
        ("注册资金万元", ("capital_cny", "万元")),
        ("注册资金/万元", ("capital_cny", "万元")),
        ("area_m", ("area_m", None)),
        ("注册资本金", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_label_names_a_field_and_states_its_unit(label, found):
    assert match_label(label, field_names_by_label(CONTRACT)) == found


def test_blanks_stars_and_guards_are_no_part_of_a_label():
    assert label_key('="Ａrea "*') == label_key("area") == "area"


def test_a_title_that_two_fields_share_names_neither():
    shared = contract_with([{"name": "first", "title": "名称"}, {"name": "second", "title": "名称"}])
    assert "名称" not in field_names_by_label(shared)


def test_an_alias_of_the_contract_names_its_field_and_a_shared_one_names_none():
    fields = [{"name": name, "title": name, "sportlake": {"aliases": ["XK_WSH", f"CF_{name}"]}} for name in ("a", "b")]
    names = field_names_by_label(contract_with(fields))
    assert match_label("cf_A", names) == ("a", None)
    assert match_label("XK_WSH", names) == (None, None)
