import json

from catalog.ckan.finder_config import make_finder_config
from catalog.ckan.payload import TABLE, resource_id
from support.exports import real_entry
from support.finders import PITCH


def test_the_plugin_is_told_fields_conditions_and_where_the_hours_are(tmp_path):
    found = json.loads(make_finder_config(real_entry(tmp_path, "facility", [PITCH], synthetic=True)))
    assert (found["key"], found["lon"], found["lat"], found["synthetic"]) == (["facility_id"], "lon", "lat", True)
    assert found["fields"]["area_m2"] == ["场地面积", "Sports area", "㎡"]
    assert found["hours"] == resource_id("facility_opening", TABLE)
    assert "lighting" in found["yes_no"]
    assert "2026-10-01" in found["holidays"]


def test_a_dataset_without_a_finder_has_no_configuration(tmp_path):
    assert make_finder_config(real_entry(tmp_path, "event", [])) is None


def test_the_same_entry_gives_the_same_text_so_that_nothing_is_written_again(tmp_path):
    entry = real_entry(tmp_path, "service_item", [])
    assert make_finder_config(entry) == make_finder_config(entry.model_copy())
    assert json.loads(make_finder_config(entry))["hours"] is None
