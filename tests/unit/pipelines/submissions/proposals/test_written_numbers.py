"""The one number that a text says, in the unit of its field; none where there are two readings."""

import pytest

from pipelines.submissions.proposals.written_numbers import propose_number, read_chinese_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("十", 10),
        ("二十一", 21),
        ("两百", 200),
        ("一百零五", 105),
        ("一千零五十", 1_050),
        ("伍仟叁佰", 5_300),
        ("三万零五百", 30_500),
        ("五万三千", 53_000),
        ("五百万", 5_000_000),
        ("一百五", None),
        ("三万五", None),
        ("二三万", None),
        ("十几", None),
        ("五万五万", None),
        ("亿", None),
        ("", None),
    ],
)
def test_chinese_numerals_of_one_reading_are_a_number(text, number):
    assert read_chinese_number(text) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("伍万元", "50000"),
        ("人民币伍万元整", "50000"),
        ("五万", "50000"),
        ("5w", "50000"),
        ("5 W", "50000"),
        ("5k", "5000"),
        ("约10多万元", "100000"),
        ("五亿元", "500000000"),
        ("约3.5", "3.5"),
        (" 约 10 多 万 元 ", "100000"),
        ("3 5", None),
        ("3  5", None),
        ("2多 3", None),
        ("约5年", None),
        ("5km", None),
        ("5万美元", None),
        ("三万五", None),
        ("5至6万", None),
    ],
)
def test_an_amount_in_words_is_proposed_in_the_unit_of_its_field(cell, number):
    assert propose_number(cell, "元") == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [("约3.5", "35000元"), ("五", "50000元"), ("五万", "50000元"), ("约35000元", "35000元"), ("5w", "50000元")],
)
def test_under_another_unit_the_unit_is_written_out_because_a_bare_number_would_be_converted(cell, number):
    assert propose_number(cell, "元", "万元") == number


@pytest.mark.parametrize(
    ("cell", "stored", "number"),
    [
        ("约500名", "人", "500"),
        ("500余人", "个", "500"),
        ("约500元", "人", None),
        ("约5年", "工作日", None),
        ("五万", "万元", None),
    ],
)
def test_another_quantity_is_no_number_of_the_field(cell, stored, number):
    assert propose_number(cell, stored, whole=True) == number


def test_a_whole_number_has_no_decimals():
    assert propose_number("约3.5", "人", whole=True) is None
    assert propose_number("约3.5", "人", "万人", whole=True) == "35000人"
