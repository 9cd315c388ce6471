import pytest
from pydantic import ValidationError

from schemas.errors import ContractError, SliceMoved, SportlakeError, UnreadableFile
from schemas.text import Text


def test_both_sentences_are_filled():
    said = Text(zh="{n} 行", en="{n} rows").fill_placeholders(n=3)
    assert (said.zh, said.en) == ("3 行", "3 rows")


def test_a_placeholder_without_a_value_is_a_mistake():
    with pytest.raises(KeyError, match="n"):
        Text(zh="{n} 行", en="rows").fill_placeholders()


@pytest.mark.parametrize("part", [{"zh": "行"}, {"en": "rows"}, {"zh": "行", "en": "rows", "fr": "lignes"}])
def test_exactly_two_languages_are_spoken(part):
    with pytest.raises(ValidationError):
        Text(**part)


def test_an_error_is_readable_in_both_languages():
    error = ContractError(Text(zh="错", en="wrong"))
    assert str(error) == "错\nwrong"
    assert error.text.en == "wrong"


def test_an_unreadable_file_carries_its_slug():
    assert UnreadableFile("not-a-table", Text(zh="错", en="wrong")).kind == "not-a-table"


def test_every_error_of_ours_can_be_caught_at_once():
    with pytest.raises(SportlakeError):
        raise SliceMoved(Text(zh="错", en="wrong"))
