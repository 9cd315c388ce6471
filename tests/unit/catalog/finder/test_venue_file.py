import pytest

from catalog.finder.venue_file import FinderSource, data_path, has_finder, list_finders
from catalog.large_tables import MOST_ROWS
from support.exports import real_entry
from support.finders import CLOSED, NOWHERE, PITCH, POOL, finder_source, hours_of, read_script, unpack
from support.releases import in_parts

HOSTILE = "</script><script>alert(1)</script>\u2028\u202e\"'"


def test_a_large_release_in_parts_has_a_finder_with_counts_and_a_small_one_none(tmp_path):
    entry = real_entry(tmp_path, "facility", [PITCH])
    assert [has_finder(in_parts(entry, 2, rows=rows)) for rows in (MOST_ROWS + 1, 2)] == [True, False]


def document_of(source):
    return read_script("".join(source.write_script(source.entries["facility"])))


def test_there_is_one_place_per_row_that_is_in_use_and_open(tmp_path):
    found = document_of(finder_source(tmp_path, [PITCH, POOL, NOWHERE, CLOSED]))
    assert found["count"] == 3
    assert unpack(found["id"]) == [PITCH["facility_id"], POOL["facility_id"], NOWHERE["facility_id"]]
    assert [step is None for step in found["lon"]["steps"]] == [False, False, True]


def test_free_paid_and_accessible_are_bits_of_one_digit(tmp_path):
    assert document_of(finder_source(tmp_path, [PITCH, POOL, NOWHERE]))["flags"] == "521"


def test_codes_have_labels_in_both_languages_and_their_city(tmp_path):
    found = document_of(finder_source(tmp_path, [PITCH, POOL]))
    column = found["columns"][found["roles"]["division"]]
    assert column["labels"] == [["和平区", "Heping District"], ["中山区", "Zhongshan District"]]
    assert column["groups"] == ["210100", "210200"]
    assert column["group_labels"]["210100"] == ["沈阳市", "Shenyang City"]


def test_hostile_cells_are_data_and_end_no_script(tmp_path):
    source = finder_source(tmp_path, [{**PITCH, "facility_name": HOSTILE}, POOL])
    script = "".join(source.write_script(source.entries["facility"]))
    assert "<" not in script
    assert unpack(read_script(script)["columns"]["facility_name"])[0] == HOSTILE


def test_opening_hours_are_in_it_when_their_dataset_is_published(tmp_path):
    found = document_of(finder_source(tmp_path, [PITCH, POOL], [hours_of(POOL["facility_id"], "6")]))
    assert found["hours"]["venues"] == [[1, [0], "024-12345678", ""]]
    assert "2026-10-01" in found["holidays"]
    assert "hours" not in document_of(finder_source(tmp_path / "without", [PITCH]))


def test_the_key_changes_with_the_hours_and_with_nothing_else(tmp_path):
    first = finder_source(tmp_path, [PITCH], [hours_of(PITCH["facility_id"], "6")])
    later = real_entry(tmp_path, "facility_opening", [hours_of(PITCH["facility_id"], "7")], number="2026.11.2")
    entry = first.entries["facility"]
    key = first.content_key(entry)
    assert key == FinderSource({**first.entries, "event": real_entry(tmp_path, "event", [])}, tmp_path).content_key(
        entry
    )
    assert key != FinderSource({**first.entries, "facility_opening": later}, tmp_path).content_key(entry)


def test_a_key_of_several_fields_is_joined(tmp_path):
    row = {
        "implementation_code": "A1",
        "window_no": "2",
        "item_name": "事项（示例）",
        "charged": "0",
        "lon": "123.4",
        "lat": "41.7",
        "admin_code": "210100",
    }
    source = FinderSource({"service_item": real_entry(tmp_path, "service_item", [row])}, tmp_path)
    found = source.describe_places(source.entries["service_item"])
    assert unpack(found["id"]) == ["A1_2"]
    assert (found["schema_type"], found["flags"]) == ("Place", "1")


def test_twenty_thousand_places_stay_below_three_megabytes(tmp_path):
    rows = [
        {**PITCH, "facility_id": f"LN-210102-FB01-{place:05}", "site_name": f"和平区第{place // 3}号体育公园（示例）", "facility_name": f"{place % 9}号足球场",
         "address": f"和平区示例街{place}号", "lon": str(123 + place % 997 / 1000), "lat": str(41 + place % 991 / 1000), "area_m2": str(place)}
        for place in range(20_000)
    ]  # fmt: skip
    source = finder_source(tmp_path, rows)
    assert sum(len(part.encode()) for part in source.write_script(source.entries["facility"])) < 3_000_000


def test_only_datasets_with_a_declared_finder_have_one_and_those_of_facilities_come_first(tmp_path):
    names = ("event", "service_item", "facility")
    entries = [real_entry(tmp_path, name, []) for name in names]
    assert [has_finder(entry) for entry in entries] == [False, True, True]
    assert [entry.dataset for entry in list_finders(entries)] == ["facility", "service_item"]
    assert data_path("facility") == "map/facility.js"


def test_a_dataset_without_a_finder_has_no_places(tmp_path):
    entry = real_entry(tmp_path, "event", [])
    with pytest.raises(ValueError, match="event has no finder"):
        FinderSource({"event": entry}, tmp_path).describe_places(entry)
