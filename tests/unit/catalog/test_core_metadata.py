from typing import get_args

import pytest

from catalog.core_metadata import catalogue_texts, core_lines, find_meaning
from catalog.entry import FindingLine, build_entry
from schemas.metadata import CatalogueMetadata, Refusal, Sharing, UpdateCycle
from schemas.policy import Family
from schemas.text import Text
from support.contracts import POLICY
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def lines_of(tmp_path, **core):
    contract = facility_contract(policy={"catalogue": {**POLICY["catalogue"], **core}})
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    return {line.key: line for line in core_lines(entry)}


def test_an_item_that_does_not_apply_is_there_with_its_reason(tmp_path):
    line = lines_of(tmp_path)["pia"]
    assert (line.applies, line.value.zh, line.value.en) == (False, "测试", "a test")


def test_an_item_that_is_filled_says_its_value(tmp_path):
    lines = lines_of(
        tmp_path,
        catalogue_code="3/01",
        secrecy_review={"by": "保密办", "at": "2026-11-02", "document": "保审〔2026〕3号"},
    )
    assert (lines["catalogue_code"].applies, lines["catalogue_code"].value.zh) == (True, "3/01")
    assert lines["secrecy_review"].value.zh == "保密办，2026年11月2日，保审〔2026〕3号"
    assert lines["secrecy_review"].value.en == "保密办, 2 November 2026, 保审〔2026〕3号"


def test_a_review_without_a_record_is_not_done_as_of_the_day_of_the_release(tmp_path):
    contract = facility_contract(policy={"catalogue": {**POLICY["catalogue"], "head_approval": "not_done"}})
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    line = next(line for line in core_lines(entry) if line.key == "head_approval")
    day = entry.facts.created
    assert line.applies
    assert line.value.zh == f"未办理（截至{day.year}年{day.month}月{day.day}日没有办理记录）"
    assert line.value.en.startswith("not done (there is no record of it as of ")


def test_an_assessment_on_record_is_stated_by_role_day_and_document_before_an_approval(tmp_path):
    items = {"secrecy_review": "not_done", "legal_basis_publish": {"zh": "法定职责", "en": "a duty by law"}}
    contract = facility_contract(policy={"catalogue": {**POLICY["catalogue"], **items}})
    record = {"on": "2026-11-20", "until": "2027-11-20", "document": "保审〔2026〕3号", "entry": 7}
    facts = {
        "assessments": [
            {**record, "kind": "secrecy_review", "role": "confidentiality"},
            {**record, "kind": "legal_basis_review", "role": "steward", "result": "第二十七条"},
        ],
        "approvals": [{"role": "confidentiality", "on": "2026-11-24", "entry": 9}],
    }
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES, **facts), DEPARTMENTS)
    lines = {line.key: line.value for line in core_lines(entry)}
    assert lines["secrecy_review"].zh == "保密审查员，2026年11月20日，保审〔2026〕3号"
    assert lines["legal_basis_review"].en == "data steward, 20 November 2026, 保审〔2026〕3号, 第二十七条"
    assert lines["classification_review"].zh.startswith("未办理")


def test_without_personal_data_there_is_no_basis_to_confirm(tmp_path):
    assert not lines_of(tmp_path)["legal_basis_review"].applies


def test_a_refusal_says_its_ground_clause_and_the_day_of_review(tmp_path):
    refusal = {
        "ground": "privacy",
        "clause": "第十五条",
        "decided": "2026-01-02",
        "review_by": "2027-01-02",
        "separable": True,
    }
    value = lines_of(tmp_path, refusal=refusal)["refusal"].value
    assert value.zh == "个人隐私（第十五条），2027年1月2日前复审"
    assert value.en == "privacy (第十五条), to be looked at again by 2 January 2027"


def test_no_bare_code_of_an_enumeration_leaves(tmp_path):
    lines = lines_of(tmp_path)
    bare = {"unconditional", "file", "open", "general", "structured", "yearly"}
    assert not bare & {line.value.zh for line in lines.values()}
    assert lines["open_type"].value.zh == "无条件开放"


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("family", get_args(Family)),
        ("cycle", get_args(UpdateCycle)),
        ("sharing", get_args(Sharing.model_fields["type"].annotation)),
        ("way", get_args(Sharing.model_fields["way"].annotation)),
        ("open", get_args(CatalogueMetadata.model_fields["open_type"].annotation)),
        ("class", get_args(CatalogueMetadata.model_fields["data_class"].annotation)),
        ("ground", get_args(Refusal.model_fields["ground"].annotation)),
    ],
)
def test_every_value_of_an_enumeration_has_a_label(prefix, values):
    assert values
    assert {f"{prefix}.{value}" for value in values} <= catalogue_texts().keys()


def test_every_field_of_the_metadata_is_a_line_or_part_of_one(tmp_path):
    keys = set(lines_of(tmp_path))
    parts = {"sharing": "sharing_type", "provider": "provider_uscc"}
    assert {parts.get(name, name) for name in CatalogueMetadata.model_fields} <= keys


def test_a_value_that_stays_chinese_in_english_is_known(tmp_path):
    lines = lines_of(tmp_path, catalogue_code="3/01")
    assert lines["policy_clause"].untranslated
    assert not lines["catalogue_code"].untranslated
    assert not lines["open_type"].untranslated


def test_a_finding_means_what_its_rule_says_or_what_its_type_does():
    own = Text(zh="自己的", en="its own")
    assert find_meaning(FindingLine(type="few-rows", count=1, meaning=own)) == own
    assert find_meaning(FindingLine(type="few-rows", count=1, meaning=None)).en == "A file has very few rows"
    assert find_meaning(FindingLine(type="unheard-of", count=1, meaning=None)) is None
    for kind in ("unit-slip", "placeholder", "ditto", "nothing-date", "nested-value", "total-row", "lone-cell"):
        assert find_meaning(FindingLine(type=kind, count=1, meaning=None)) is not None
