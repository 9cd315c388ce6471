"""The words by which a dataset is found: names of codes, years, and the pinyin of Chinese words."""

import pytest

from catalog.entry import build_entry
from catalog.search_words import join_words, list_words, spell_places, spell_word
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def entry_with(tmp_path, **facts):
    contract = facility_contract()
    return build_entry(contract, write_release(tmp_path, contract, PLACES, **facts), DEPARTMENTS)


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        ("沈阳市", ("沈阳市", "shenyangshi", "sys", "sy")),
        ("羽毛球馆", ("羽毛球馆", "yumaoqiuguan", "ymqg")),
        ("室内游泳馆", ("室内游泳馆", "shineiyouyongguan", "snyyg", "yyg")),
        ("Swimming Pool", ("swimming pool",)),
        ("11人制足球场", ("11人制足球场", "11renzhizuqiuchang", "11rzzqc")),
        ("市", ("市", "shi")),
    ],
)
def test_a_word_has_its_pinyin_and_initials_and_a_division_also_those_without_its_kind(word, spellings):
    assert spell_word(word) == spellings


def test_a_dataset_is_found_by_its_labels_and_by_every_year_that_it_covers(tmp_path):
    entry = entry_with(tmp_path, label_words=["大连市"], time_range={"from": "2024-01-01", "to": "2026-12-31"})
    words = list_words(entry)
    assert {("大连市", "dalianshi", "dls", "dl"), ("2024",), ("2025",), ("2026",)} <= set(words)
    assert len(words) == len(set(words))
    assert "dalianshi" in join_words(words)


def test_a_place_and_a_name_are_joined_as_people_type_them(tmp_path):
    entry = entry_with(tmp_path, label_words=["沈阳市", "沈河区", "体育馆", "Gymnasium"], label_groups=["沈阳市"])
    assert "sytyg" in spell_places(entry)
    assert not [one for one in spell_places(entry) if one.startswith("sysh")], "a place is joined with no other place"
