"""The words by which a dataset is found: names of codes, years, and the pinyin of Chinese words."""

import pytest
import yaml

from catalog.entry import build_entry
from catalog.search_words import SYNONYMS, join_words, list_synonyms, list_words, name_fields, spell_places, spell_word
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


def test_a_dataset_is_found_by_the_titles_of_its_fields_and_by_what_people_call_the_same(tmp_path):
    contract = facility_contract(policy={"title_en": "Sports facilities", "description_en": "With step-free access."})
    assert "场地名称 Name" in name_fields(build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS))
    assert {"轮椅", "残疾人", "wheelchair"} <= set(list_synonyms("无障碍入口 step-free entrance"))
    assert "无障碍" not in list_synonyms("无障碍入口"), "what stands there already is no synonym"
    assert list_synonyms("预算") == []


def test_every_word_of_the_synonyms_stands_in_one_line_and_is_written_as_it_is_sought():
    lines = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))
    words = [word for line in lines for word in line]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)
    assert all(len(line) > 1 for line in lines)
