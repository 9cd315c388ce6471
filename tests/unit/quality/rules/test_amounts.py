"""The rule on amounts of money in running text: what is read, and what is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.judged import findings_of, places

FIELDS = ["id", "text", "wan:number", "kind"]
RULE = {"kind": "amount_in_text", "text": "text", "field": "wan", "unit": 10000, "tolerance": 0.0001}
DIGITS, UNITS = "零一二三四五六七八九", ("", "十", "百", "千")


def write_section(number):
    """A number below 10 000 in Chinese numerals, as it is written out in full."""
    written, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            written += ("零" if gap and written else "") + DIGITS[digit] + UNITS[place]
        gap = digit == 0 if written else False
    return written


def write_numeral(number):
    """A number below 100 000 000 in Chinese numerals."""
    high, low = divmod(number, 10_000)
    if not high:
        return write_section(low)
    return write_section(high) + "万" + ("零" if 0 < low < 1000 else "") + write_section(low)


def wrong(text, wan, rule=RULE):
    return places(findings_of(FIELDS, rule, [{"text": text, "wan": wan}])) == [(2, "wan")]


def write_amount(number):
    """The ways in which an amount in yuan is written."""
    yuan = write_numeral(number)
    formal = yuan.translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))
    return [
        f"罚款{number}元",
        f"罚款 {number:,} 元整",
        f"处罚款{yuan}元",
        f"罚款人民币{formal}圆整",
        f"罚款{number / 10_000}万元",
    ]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 99_999_999), min_size=5, max_size=20))
def test_an_amount_is_read_however_it_is_written(numbers):
    rows = [{"text": text, "wan": number / 10_000} for number in numbers for text in write_amount(number)]
    assert findings_of(FIELDS, RULE, rows) == []
    off = [{**row, "wan": row["wan"] + 0.001} for row in rows]
    assert places(findings_of(FIELDS, RULE, off)) == [(row, "wan") for row in range(2, len(rows) + 2)]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("罚款三万元", 30_000),
        ("罚款十五万元", 150_000),
        ("罚款两千元", 2_000),
        ("罚款3千元", 3_000),
        ("罚款 1 百万元", 1_000_000),
        ("罚款２００００元", 20_000),
        ("罚款一万零五元", 10_005),
        ("罚款人民币叁万元整（30,000元）", 30_000),
    ],
)
def test_the_unit_of_the_text_may_be_another_than_that_of_the_column(text, yuan):
    assert not wrong(text, yuan / 10_000)
    assert wrong(text, yuan)


@pytest.mark.parametrize(
    "text",
    [
        "警告",
        "",
        None,
        "没收违法所得 1000 元，罚款 30000 元",
        "处 1000 元以上 5000 元以下罚款",
        "处1000元以下罚款",
        "罚款3-5万元",
        "罚款3万至5万元",
        "罚款三万五元",
        "罚款三千五元",
        "罚款五百元五角",
        "罚款3余万元",
        "罚款30，000元",
        "罚款3万5千元",
        "罚款1,00元",
        "万元",
    ],
)
def test_a_text_without_one_certain_amount_is_left_alone(text):
    assert not wrong(text, 7)


def test_an_empty_column_and_rows_outside_the_condition_are_left_alone():
    assert not wrong("罚款 30000 元", None)
    assert not wrong("罚款 30000 元", 7, RULE | {"when": {"field": "kind", "is_in": ["fine"]}})
    assert wrong("罚款 30000 元", 7, RULE | {"when": {"field": "text"}})


def test_the_finding_is_at_the_column_with_its_amount():
    (found,) = findings_of(FIELDS, RULE, [{"text": "罚款 30000 元", "wan": 30000}])
    assert found.value == "30000"
