import json
import re

import pytest

from catalog.ckan.chart_config import chart_code_digest, make_chart_config
from catalog.preview import open_database
from support.exports import real_entry

SALES = [
    {"city_code": "210100", "month_end": "2026-09-30", "game": "sports_betting", "month_sales_cny": 12345.5},
    {"city_code": "210200", "month_end": "2026-09-30", "game": "instant", "month_sales_cny": 400.0},
]

PITCH = {"admin_code": "210102", "type_code": "FB01", "built_year": 2001, "status": "active"}


@pytest.fixture
def database():
    with open_database() as opened:
        yield opened


def test_charts_are_told_with_marks_sentences_and_figures_in_both_languages(tmp_path, database):
    entry = real_entry(tmp_path, "facility", [PITCH])
    found = json.loads(make_chart_config(entry, tmp_path, database))
    assert (found["release"], found["family"]) == (entry.release, "facility")
    assert (
        [one["id"] for one in found["zh"]] == [chart.id for chart in entry.charts] == [one["id"] for one in found["en"]]
    )
    zh, en = found["zh"][0], found["en"][0]
    assert zh["lines"] == [["和平区", ["1"]]]
    assert en["lines"] == [["Heping District", ["1"]]]
    assert len(zh["heads"]) == len(zh["lines"][0])
    assert zh["drawing"]["bars"][0]["tip"] == "和平区 1"
    assert entry.release in zh["notes"]
    assert not re.search(r"[{}]", zh["notes"] + en["notes"] + zh["about"])


def test_what_cannot_be_drawn_has_its_figures_and_a_sentence_in_place_of_a_picture(tmp_path, database):
    entry = real_entry(tmp_path, "facility", [PITCH])
    years = next(
        one for one in json.loads(make_chart_config(entry, tmp_path, database))["zh"] if one["id"] == "by-year"
    )
    assert years["drawing"] is None
    assert years["lines"] == [["2001", ["1"]]]
    assert "只有一个期间" in years["notes"]


def test_a_dataset_without_charts_and_a_release_without_parquet_have_none(tmp_path, database):
    entry = real_entry(tmp_path, "facility", [])
    assert make_chart_config(entry.model_copy(update={"charts": ()}), tmp_path, database) is None
    without = tuple(file for file in entry.distributions if file.format != "parquet")
    facts = entry.facts.model_copy(update={"distributions": without})
    assert make_chart_config(entry.model_copy(update={"facts": facts}), tmp_path, database) is None


def test_the_same_release_gives_the_same_text_so_that_nothing_is_written_again(tmp_path, database):
    entry = real_entry(tmp_path, "lottery_sales", SALES)
    assert make_chart_config(entry, tmp_path, database) == make_chart_config(entry, tmp_path, database)
    assert re.fullmatch("[0-9a-f]{64}", chart_code_digest())
