"""What a finding counts and what it may repeat of a cell."""

import pytest

from quality.findings import VALUE_LIMIT, Finding, count_by_type, masked_excerpt, proposed_value
from schemas.text import Text


@pytest.mark.parametrize(
    "written",
    ["210102199001011234", "21010219900101123X", "210102 19900101 1234", "２１０１０２１９９００１０１１２３４",
     " ".join("21010219900101123X"), "2101021990\u200b0101123X"],
)  # fmt: skip
def test_an_identity_card_number_is_never_repeated_whole(written):
    said = masked_excerpt(f"张三{written}号")
    assert "********" in said
    assert "19900101" not in said
    assert said.startswith("张三")


@pytest.mark.parametrize(
    ("written", "hidden"),
    [("手机１３８００１３８０００", "00138000"), ("卡号6222021234567890128", "021234567890128"), ("邮箱zhang.san@163.com", "zhang.san")],
)  # fmt: skip
def test_what_belongs_to_a_person_is_never_repeated_even_where_the_cell_is_cut(written, hidden):
    assert hidden not in masked_excerpt(written)
    for before in range(VALUE_LIMIT - len(written), VALUE_LIMIT + 2):
        shown = masked_excerpt("长" * before + written + "，" + "长" * 300)
        assert hidden[:4] not in shown
        assert len(shown) == VALUE_LIMIT


@pytest.mark.parametrize("written", ["024-23206016", "12345678901234567890", "LN-001-00012"])
def test_other_numbers_stand_as_they_are(written):
    assert masked_excerpt(written) == written


def test_a_long_cell_is_cut_and_says_so():
    assert len(masked_excerpt("长" * 500)) == VALUE_LIMIT
    assert masked_excerpt("长" * 500).endswith("…")
    assert masked_excerpt("长" * VALUE_LIMIT) == "长" * VALUE_LIMIT


def test_no_cell_is_no_value():
    assert masked_excerpt(None) is None


def test_findings_are_counted_most_frequent_first():
    found = [
        Finding(judge="row", type=type_, severity="error", message=Text(zh="错", en="wrong")) for type_ in "baabcc"
    ]
    assert list(count_by_type(found).items()) == [("a", 2), ("b", 2), ("c", 2)]


def test_a_finding_that_was_written_before_there_were_proposals_can_still_be_read():
    old = '{"judge":"cell","type":"type-error","severity":"error","row":2,"line":null,"field":"a","value":"x","message":{"zh":"错","en":"wrong"},"mend":null}'
    assert Finding.model_validate_json(old).fix is None


def test_a_value_that_may_not_be_repeated_whole_is_not_proposed():
    assert proposed_value("210102") == "210102"
    assert [proposed_value(text) for text in (None, "21010219900101123X", "长" * (VALUE_LIMIT + 1))] == [
        None,
        None,
        None,
    ]
