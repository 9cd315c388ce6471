import base64
import hashlib
import json
from datetime import date

from catalog.entry import build_entry
from catalog.static_site.index_page import index_script, index_view
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def entries(tmp_path):
    facility = facility_contract()
    event = contract_with(
        ["event_id"], name="event", policy={"family": "event", "cadence": "monthly", "owner": "dalian"}
    )
    return [
        build_entry(
            facility, write_release(tmp_path, facility, PLACES, created="2026-11-01T08:00:00+08:00"), DEPARTMENTS
        ),
        build_entry(event, write_release(tmp_path, event, []), DEPARTMENTS),
    ]


def index_of(found):
    return json.loads(index_script(found).removeprefix("var sportlakeIndex = ").removesuffix(";\n"))


def test_the_filters_offer_what_some_dataset_has(tmp_path):
    filters = index_view(entries(tmp_path), "zh")["filters"]
    assert {kind: [value for value, _ in choices] for kind, choices in filters.items()} == {
        "family": ["event", "facility"],
        "department": ["dalian", "lnsports"],
        "format": ["csv", "geojson", "parquet", "xlsx"],
        "cycle": ["monthly", "yearly"],
    }


def test_a_dataset_is_found_by_title_keyword_department_and_field_in_both_languages(tmp_path):
    line = index_of(entries(tmp_path))["lines"][0]
    assert all(
        word in line["text"]
        for word in ("体育场地", "健身", "辽宁省体育局", "场地面积", "sports area", "facility_id", "liaoning")
    )
    assert (line["format"], line["department"]) == (["csv", "geojson", "parquet", "xlsx"], ["lnsports"])


def test_the_hash_that_lets_the_script_run_is_that_of_the_script(tmp_path):
    view = index_view(entries(tmp_path), "zh")
    assert base64.b64decode(view["script_hash"]) == hashlib.sha256(view["script"].encode()).digest()


def test_a_new_index_has_a_new_address_and_the_list_in_both_languages_shares_it(tmp_path):
    found = entries(tmp_path)
    hashes = [index_view(some, lang)["index_hash"] for some, lang in ((found, "zh"), (found, "en"), (found[:1], "en"))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_page_is_as_new_as_the_newest_data(tmp_path):
    contract = facility_contract()
    older = build_entry(
        contract, write_release(tmp_path / "x", contract, PLACES, data_updated="2026-03-01"), DEPARTMENTS
    )
    assert index_view([older, *entries(tmp_path)[1:]], "zh")["data_time"] == date(2026, 11, 23)
    assert index_view([], "zh")["data_time"] is None


def test_one_synthetic_dataset_makes_the_page_say_so(tmp_path):
    contract = facility_contract()
    made_up = build_entry(contract, write_release(tmp_path / "x", contract, PLACES, synthetic=True), DEPARTMENTS)
    assert index_view([*entries(tmp_path), made_up], "zh")["synthetic"] is True
    assert index_view(entries(tmp_path / "y"), "zh")["synthetic"] is False


def test_words_of_several_datasets_stand_once_and_lines_name_them_by_their_places(tmp_path):
    contract = facility_contract()
    told = {"label_words": ["沈阳市", "Shenyang City"]}
    named = build_entry(contract, write_release(tmp_path / "x", contract, PLACES, **told), DEPARTMENTS)
    index = index_of([named, *entries(tmp_path)])
    assert len(index["words"]) == len(set(map(tuple, index["words"])))
    at = index["words"].index(["沈阳市", "shenyangshi", "sys", "sy"])
    assert [at in line["words"] for line in index["lines"]] == [True, False, False]
    assert all(0 <= place < len(index["words"]) for line in index["lines"] for place in line["words"])
