"""Every spelling of a value is found and nothing else; what is too vague to be sought is refused."""

import html
import json

import pytest

from pipelines.erasure.sought_values import MARK, SoughtValues, checked_values
from schemas.errors import UsageError

SOUGHT = SoughtValues(["13800138000", "王小明", 'a"b&c@x.cn'])


@pytest.mark.parametrize(
    "text",
    [
        "手机１３８－００１３ 8000",
        "tel:138.0013.8000.",
        json.dumps("一13800138000"),
        json.dumps("王小明"),
        "王\u200b小明",
        "&#29579;&#x5c0f;明",
        html.escape('A"b&C@x.cn'),
        'x,"a""b&c@x.cn"',
        json.dumps({"a": 'a"b&c@x.cn'}),
    ],
)
def test_a_spelling_is_found_and_gone_after(text):
    assert SOUGHT.count_in(text) == 1
    assert SOUGHT.count_in(SOUGHT.blank_text(text)) == 0


@pytest.mark.parametrize("text", ["9138001380001", "138001380001", "王小", "小明王", "1380013,8000", ""])
def test_what_is_not_the_value_stays(text):
    assert SOUGHT.count_in(text) == 0
    assert SOUGHT.blank_text(text) == text


def test_a_whole_cell_becomes_empty_and_a_part_of_one_says_so():
    assert SOUGHT.blank_text('1,王小明,"13800138000"\n2,联系王小明,x\n') == f'1,,""\n2,联系{MARK},x\n'


def test_a_masked_text_has_as_many_bytes():
    text = '{"a":"王小明 １3800138000"}'
    assert len(SOUGHT.mask_text(text).encode()) == len(text.encode())
    assert SOUGHT.count_in(SOUGHT.mask_text(text)) == 0


def test_numbers_are_compared_as_numbers():
    assert [SOUGHT.is_number(text) for text in ("1.3800138E10", "13800138000.0", "13800138001", "x")] == [True, True, False, False]  # fmt: skip


@pytest.mark.parametrize("lines", [[], ["12345"], ["王"], ["abcd"], ["1234567\n", "王"], ["王小明"] * 21, ["王" * 201]])
def test_what_would_be_found_everywhere_is_refused(lines):
    with pytest.raises(UsageError):
        checked_values(lines)
