import pytest

from catalog.dataset_page import limits_text
from catalog.entry import DictionaryField
from schemas.text import Text


def field(**constraints):
    said = Text(zh="字段", en="field")
    return DictionaryField(
        name="f",
        label=said,
        description=said,
        type="string",
        unit=None,
        codelist=None,
        example=None,
        constraints=constraints,
    )


@pytest.mark.parametrize(
    ("constraints", "zh", "en"),
    [
        ({}, "—", "—"),
        ({"required": False}, "—", "—"),
        ({"required": True, "minimum": 0, "maximum": 9.5}, "必填；不小于 0；不大于 9.5", "required; at least 0; at most 9.5"),
        ({"unique": True, "minLength": 2, "maxLength": 100}, "不重复；至少 2 个字符；至多 100 个字符", "unique; 2 characters or more; 100 characters or fewer"),
        ({"enum": ["0", "1"]}, "只能是 0、1", "one of 0, 1"),
        ({"pattern": r"\d+"}, r"格式 \d+", r"pattern \d+"),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, "大于 0；小于 1", "more than 0; less than 1"),
    ],
)  # fmt: skip
def test_constraints_are_said_in_words(constraints, zh, en):
    said = limits_text(field(**constraints))
    assert (said.zh, said.en) == (zh, en)


def test_a_constraint_we_have_no_words_for_is_not_kept_silent():
    assert limits_text(field(jsonSchema={"type": "object"})).en == "jsonSchema: {'type': 'object'}"
