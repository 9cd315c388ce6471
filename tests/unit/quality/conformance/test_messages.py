"""What a finding about a cell, a row, a label or a file says to a clerk."""

import string

import pyarrow as pa
import pytest
from frictionless import errors
from frictionless.checks import baseline

from quality.conformance import message_texts
from quality.conformance.cell_error import cell_error_from
from quality.conformance.messages import ALLOWED_VALUES_LIMIT, Messages, TableLabels, labels_from_contract
from quality.conformance.table import conform
from support.contracts import contract_with

NAMES = {"title", "value", "limit", "example", "label", "position", "other", "name", "note"}
SAYINGS = [
    saying
    for table in (
        message_texts.TYPES,
        message_texts.CONSTRAINTS,
        message_texts.ROWS,
        message_texts.LABELS,
        message_texts.FILES,
    )
    for saying in table.values()
] + [message_texts.OTHER, message_texts.OTHER_TYPE, message_texts.OTHER_CONSTRAINT]
CELL = {"name": "x", "title": "场地面积", "sportlake": {"title_en": "Area"}}


def said(field, cell):
    """(message, mend) of the one finding on a cell of that field."""
    contract = contract_with(
        ["id", {**CELL, **field, "sportlake": {**CELL["sportlake"], **field.get("sportlake", {})}}]
    )
    [found] = conform(pa.table({"id": ["a"], "x": pa.array([cell], pa.string())}), pa.array([2]), contract).findings
    return found.message, found.mend


def test_every_sentence_has_both_languages_and_only_known_placeholders():
    for text in (text for saying in SAYINGS for text in saying):
        assert text.zh
        assert text.en
        assert text.en.isascii()
        for sentence in (text.zh, text.en):
            assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} <= NAMES
        assert text.zh.count("{") == text.en.count("{")


def test_every_error_that_frictionless_can_report_of_a_table_has_its_own_sentence():
    spoken = (
        message_texts.ROWS.keys()
        | message_texts.LABELS.keys()
        | message_texts.FILES.keys()
        | {"type-error", "constraint-error"}
    )
    assert {error.type for error in baseline.Errors} <= spoken


@pytest.mark.parametrize("type_", ["integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth", "duration",
                                   "geopoint", "geojson", "object", "array"])  # fmt: skip
def test_every_type_has_its_own_sentence(type_):
    message, mend = said({"type": type_}, "?")
    assert message.zh == f"场地面积“?”{message_texts.TYPES[type_].message.zh}"
    assert message.en == f'Area "?" {message_texts.TYPES[type_].message.en}'
    assert mend.zh.startswith(message_texts.TYPES[type_].mend.zh)


def test_unit_and_example_of_the_contract_stand_in_the_mend():
    message, mend = said({"type": "number", "sportlake": {"unit": "㎡", "example": "1200"}}, "1,200平")
    assert message.zh == "场地面积“1,200平”不是数字"
    assert message.en == 'Area "1,200平" is not a number'
    assert mend.zh == "请只填数字，不带单位、逗号或文字，单位：㎡，例如 1200"
    assert mend.en.endswith("; unit: ㎡; for example 1200")


@pytest.mark.parametrize(("format_", "example"), [("%Y/%m/%d", "2026/11/25"), ("%Y年%m月%d日", "2026年11月25日"), ("default", "2026-11-25"),
                                                  ("any", "2026-11-25")])  # fmt: skip
def test_the_example_of_a_date_is_in_the_format_of_the_field(format_, example):
    assert said({"type": "date", "format": format_}, "?")[1].zh.endswith(f"例如 {example}")


@pytest.mark.parametrize(
    ("field", "cell", "zh", "en"),
    [
        ({"constraints": {"required": True}}, "", "场地面积不能为空", "Area may not be empty"),
        ({"constraints": {"minLength": 3}}, "ab", "场地面积“ab”太短，至少 3 个字符", 'Area "ab" is too short: at least 3 characters'),
        ({"constraints": {"maxLength": 1}}, "ab", "场地面积“ab”太长，最多 1 个字符", 'Area "ab" is too long: at most 1 characters'),
        ({"type": "number", "constraints": {"minimum": 5}, "sportlake": {"unit": "㎡"}}, "4", "场地面积“4”小于允许的最小值 5 ㎡",
         'Area "4" is below the least allowed, 5 ㎡'),
        ({"type": "number", "constraints": {"maximum": 5}}, "6", "场地面积“6”大于允许的最大值 5", 'Area "6" is above the most allowed, 5'),
        ({"type": "number", "constraints": {"exclusiveMinimum": 0}}, "0", "场地面积“0”应大于 0", 'Area "0" must be more than 0'),
        ({"constraints": {"pattern": r"\d{3}"}}, "x", "场地面积“x”格式有误", 'Area "x" is not written as prescribed'),
        ({"constraints": {"enum": ["甲", "乙"]}}, "{0}", "场地面积“{0}”不在允许的取值中", 'Area "{0}" is not one of the allowed values'),
    ],
)  # fmt: skip
def test_every_constraint_says_its_limit(field, cell, zh, en):
    message, _ = said(field, cell)
    assert (message.zh, message.en) == (zh, en)


def test_what_a_pattern_means_is_said_in_the_words_of_its_field():
    field = {
        "description": "三位{数字}",
        "constraints": {"pattern": r"\d{3}"},
        "sportlake": {"description_en": "three {digits}"},
    }
    mend = said(field, "x")[1]
    assert (mend.zh, mend.en) == ("请按规定的格式填写（三位{数字}）", "write it as prescribed (three {digits})")


@pytest.mark.parametrize("cell", ["和平区", "210100"])
def test_a_cell_of_a_coded_field_is_told_where_the_codes_are_and_not_that_it_is_none(cell):
    field = {
        "description": "所在县（市、区）的代码",
        "constraints": {"pattern": r"21\d{2}(\d[1-9]|[1-9]\d)"},
        "sportlake": {"codelist": "admin_division", "description_en": "code of the county", "example": "210102"},
    }
    message, mend = said(field, cell)
    assert message.zh == f"场地面积“{cell}”格式有误"
    assert mend.zh == "请按规定的格式填写（所在县（市、区）的代码），代码见采集模板的“代码表”页，例如 210102"
    assert (
        mend.en
        == "write it as prescribed (code of the county); the codes are on a sheet of the template; for example 210102"
    )


def test_allowed_values_are_listed_and_cut_short():
    few = said({"constraints": {"enum": ["甲", "乙"]}}, "丙")[1]
    assert (few.zh, few.en) == ("请从下列取值中选一个：甲、乙", "take one of: 甲, 乙")
    many = said({"constraints": {"enum": [f"v{n}" for n in range(ALLOWED_VALUES_LIMIT + 1)]}}, "?")[1]
    assert many.zh.endswith(f"v{ALLOWED_VALUES_LIMIT - 1}……")


@pytest.mark.parametrize("given", ["{value}", "}{", "%s"])
def test_what_a_contract_or_a_clerk_writes_is_never_a_template(given):
    message, mend = said({"type": "number", "sportlake": {"unit": given, "example": given}}, given)
    assert message.zh == f"场地面积“{given}”不是数字"
    assert mend.zh.endswith(f"单位：{given}，例如 {given}")


def test_an_error_of_a_kind_that_we_do_not_know_is_said_in_frictionless_own_words():
    messages = Messages(labels_from_contract(contract_with(["id"])))
    found = messages.make_finding(cell_error_from(errors.DialectError(note="no such delimiter"), ()))
    assert (found.type, found.row, found.field) == ("dialect-error", None, None)
    assert "no such delimiter" in found.message.zh


def test_a_column_without_a_schema_is_called_by_its_label():
    assert TableLabels(fields={}, key=()).join_labels(["多余"]).en == "多余"
