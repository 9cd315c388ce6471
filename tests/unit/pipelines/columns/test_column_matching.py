"""Header labels: spellings, order, units, and each thing that a header can get wrong."""

import pyarrow as pa
import pytest
from pydantic import ValidationError

from pipelines.columns.column_labels import field_names_by_label, label_key
from pipelines.columns.column_matching import match_columns, match_reading
from pipelines.read.reading import Reading
from schemas.codelists import Code, CodeList
from schemas.contract import read_contracts
from schemas.label_columns import list_department_labels, list_label_columns
from schemas.slice_columns import BY_NAME
from schemas.text import Text
from support.contracts import contract_with
from support.files import venues
from warehouse.releases.label_columns import build_release_schema

NAMES = ["id", "name", "area_m2", "built"]


def types(matching):
    return [(finding.type, finding.field, finding.value) for finding in matching.findings]


@pytest.mark.parametrize(
    "labels",
    [
        NAMES,
        ["编号", "名称", "面积", "建成日期"],
        ["ID", "Site name", "AREA", "Date built"],
        ["编号*", " 名　称 ", "面积（㎡）", "建成日期（选填）"],
        ["*编号", "名称\n", "面积(平方米)", "建成日期："],
        ["编号\ufeff", "ｎａｍｅ", "面积/m²", "建成日期【必填】"],
        ['="编号"', "'名称", '="面积"', "建成⽇期"],
    ],
)
def test_a_field_is_known_by_its_name_and_both_titles_however_they_are_written(labels):
    matching = match_columns(labels, venues())
    assert (matching.order, matching.findings, matching.units) == ((0, 1, 2, 3), (), {})


def test_columns_may_come_in_any_order_and_are_arranged_as_in_the_contract():
    matching = match_columns(["建成日期", "名称", "编号", "面积"], venues())
    table = pa.table({"d": ["2024-05-01"], "n": ["甲"], "i": ["LN-1"], "a": ["5"]})
    arranged = matching.arrange_columns(table)
    assert arranged.to_pylist() == [{"id": "LN-1", "name": "甲", "area_m2": "5", "built": "2024-05-01"}]


def test_a_missing_optional_column_is_all_null_and_said():
    matching = match_columns(["编号", "名称", "面积"], venues())
    assert matching.arrange_columns(pa.table({"i": ["LN-1"], "n": ["甲"], "a": ["5"]})).column("built").to_pylist() == [
        None
    ]
    assert (matching.findings, matching.missing) == ((), frozenset())
    assert matching.decisions[0].zh == "文件没有以下选填列，按空白处理：建成日期"


def test_a_missing_required_column_is_a_finding():
    matching = match_columns(["名称"], venues())
    assert types(matching) == [("missing-label", "id", None)]
    assert matching.missing == {"id"}
    assert matching.findings[0].row is None


def test_an_unknown_column_near_a_missing_field_is_an_error_that_guesses_what_was_meant():
    (finding,) = match_columns(["编号", "名称", "面枳"], venues()).findings
    assert (finding.type, finding.severity, finding.value) == ("extra-label", "error", "面枳")
    assert "像是“面积”" in finding.message.zh
    assert "是否应为“面积”" in finding.mend.zh


@pytest.mark.parametrize("label", ["备注", "备考", "审核意见", "Remarks", "场地照片"])
def test_any_other_unknown_column_is_left_out_with_a_warning(label):
    matching = match_columns(["编号", "名称", label], venues())
    assert [(f.type, f.severity, f.value) for f in matching.findings] == [("extra-label", "warning", label)]
    assert "未读取" in matching.findings[0].message.zh
    assert "was left out" in matching.findings[0].message.en
    assert "不会入库" in matching.findings[0].mend.zh


def test_a_column_of_remarks_is_never_taken_for_a_field_of_a_similar_name():
    contract = contract_with(["id", {"name": "record_no", "title": "备案"}])
    assert [f.severity for f in match_columns(["id", "备注"], contract).findings] == ["warning"]
    assert [f.severity for f in match_columns(["id", "备按"], contract).findings] == ["error"]


@pytest.mark.parametrize(("word", "severity"), [("refuse", "error"), ("ignore", "warning")])
def test_the_contract_says_in_a_word_what_becomes_of_a_new_column(word, severity):
    contract = contract_with(["id"], policy={"new_columns": word})
    matching = match_columns(["id", "备考"], contract)
    assert [(finding.type, finding.severity) for finding in matching.findings] == [("extra-label", severity)]
    assert ("未读取" in matching.findings[0].message.zh) == (word != "refuse")
    assert matching.arrange_columns(pa.table({"id": ["1"], "备考": ["x"]})).column_names == ["id"]


@pytest.mark.parametrize("word", ["hold", "accept", ""])
def test_a_word_that_says_nothing_of_new_columns_is_no_contract(word):
    with pytest.raises(ValidationError):
        contract_with(["id"], policy={"new_columns": word})


def test_two_columns_of_one_field_are_a_finding_and_the_first_is_taken():
    matching = match_columns(["编号", "名称", "Site name"], venues())
    assert types(matching) == [("duplicate-label", None, "Site name")]
    assert matching.order == (0, 1, None, None)


def test_a_column_without_a_label_is_a_finding():
    assert types(match_columns(["编号", " ", "名称"], venues())) == [("blank-label", None, None)]


def test_the_running_number_that_people_add_is_left_out_and_said():
    matching = match_columns(["序号", "编号"], venues())
    assert matching.findings == ()
    assert "未读取序号列" in matching.decisions[0].zh


@pytest.mark.parametrize("label", ["面积（万㎡）", "面积(万平方米)", "面积：公顷"])
def test_another_unit_in_the_label_is_handed_on_and_said(label):
    matching = match_columns(["编号", label], venues())
    assert list(matching.units) == ["area_m2"]
    assert "换算为㎡" in matching.decisions[-1].zh


@pytest.mark.parametrize("label", ["面积（亩）", "面积（万元）"])
def test_a_unit_that_cannot_become_the_contracts_is_a_finding(label):
    assert types(match_columns(["编号", label], venues())) == [("incorrect-label", "area_m2", label)]


def test_a_field_name_that_ends_like_a_unit_says_nothing_of_units():
    contract = contract_with(["id", {"name": "budget_m", "type": "number", "sportlake": {"unit": "元"}}])
    assert match_columns(["id", "budget_m"], contract).findings == ()


def test_a_title_that_two_fields_share_stands_for_neither():
    contract = contract_with([{"name": "a", "title": "金额（本年）"}, {"name": "b", "title": "金额（上年）"}])
    assert match_columns(["金额（上年）", "金额（本年）"], contract).order == (1, 0)
    assert match_columns(["金额"], contract).order == (None, None)


def test_hostile_labels_are_cut_in_findings():
    finding = match_columns(["编号", "x" * 30_000], venues()).findings[0]
    assert len(finding.message.zh) < 200
    assert len(finding.value) <= 200


def test_a_label_has_one_key():
    assert label_key("＊ Ｓite　Name：") == label_key("site name") == "sitename"


@pytest.mark.parametrize("label", ["身份证号", "联系人手机号码（必填）", "家庭住址*", "ID card no"])
@pytest.mark.parametrize(("new_columns", "severity"), [("ignore", "warning"), ("refuse", "error")])
def test_a_column_of_personal_data_is_named_and_not_read(label, new_columns, severity):
    contract = contract_with(["id", "note"], policy={"new_columns": new_columns})
    matching = match_columns(["id", label, "note"], contract)
    [found] = matching.findings
    assert (found.type, found.severity, matching.order) == ("denied-column", severity, (0, 2))
    assert "不公开" in found.message.zh
    assert "删去整列" in found.mend.zh


@pytest.mark.parametrize("label", ["联系电话（不填手机号）", "是否需要身份证"])
def test_a_column_that_only_speaks_of_it_is_like_any_other(label):
    assert [f.type for f in match_columns(["id", label, "note"], contract_with(["id", "note"])).findings] == [
        "extra-label"
    ]


def test_a_protected_field_of_that_title_is_read():
    contract = contract_with(
        ["id", {"name": "card", "title": "身份证号"}], policy={"disclosure": {"protected": ["card"]}}
    )
    assert match_columns(["id", "身份证号"], contract).findings == ()


def test_a_release_is_matched_with_all_its_columns_and_only_the_contracts_are_read():
    contract = contract_with(["id", "kinder"])
    for labels in (
        ("id", "kinder", *[field["name"] for field in build_release_schema(contract, {})["fields"]][2:]),
        ("id", "kinder", "报送单位代码", "报送单位名称", "报送单位名称（英文）", "报送期间"),
    ):
        reading = Reading(pa.table({}), pa.array([], pa.int64()), labels, "csv", tuple(range(1, 7)))
        matching = match_reading(reading, contract, {})
        assert (matching.findings, matching.order) == ((), (0, 1))
        assert labels[-1] in matching.decisions[0].zh


def test_no_field_of_a_contract_is_called_like_a_column_that_every_release_has():
    added = {
        label_key(text)
        for one in (*BY_NAME.values(), *list_department_labels({}))
        for text in (one.name, one.title.zh, one.title.en)
    }
    for contract in read_contracts().values():
        assert added.isdisjoint(field_names_by_label(contract)), f"{contract.name}: give the field another title"


def test_label_columns_of_a_release_are_not_read_and_the_receipt_says_so():
    kinds = CodeList(
        name="kind", title=Text(zh="类型", en="Kind"), source="x", codes=(Code(code="A", zh="甲", en="First"),)
    )
    contract = contract_with(["id", {"name": "kind", "sportlake": {"codelist": "kind"}}, "kinder"])
    named = list_label_columns(contract, {"kind": kinds})
    for labels in (
        ["id", "kind", "kind_name", "kind_name_en", "kinder"],
        ["id", "kind（标题）", "kind（标题）（名称）", "kinder"],
    ):
        matching = match_columns(labels, contract, named=named)
        assert matching.findings == ()
        assert matching.order == (0, 1, len(labels) - 1)
        assert "未读取代码名称列" in matching.decisions[0].zh
    assert match_columns(["id", "kind", "kind_name"], contract).findings, (
        "a file of another dataset has no such columns"
    )
