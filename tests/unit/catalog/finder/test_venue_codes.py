from catalog.finder.venue_codes import find_group, read_field_codes
from support.exports import real_entry
from support.finders import PITCH


def test_a_division_belongs_to_its_city_and_another_code_to_its_parent_or_itself():
    codes = {"FB01": {"parent": "FB"}, "FB": {"parent": ""}}
    assert find_group("210102", {}, is_division=True) == "210100"
    assert find_group("21", {}, is_division=True) == "21"
    assert [find_group(code, codes, is_division=False) for code in ("FB01", "FB", "??", "")] == ["FB", "FB", "??", ""]


def test_codes_are_those_of_the_release_and_none_for_a_field_without(tmp_path):
    entry = real_entry(tmp_path, "facility", [PITCH])
    fields = {field.name: field for field in entry.dictionary}
    assert read_field_codes(tmp_path, entry, fields["admin_code"])["210102"]["zh"] == "和平区"
    assert read_field_codes(tmp_path, entry, fields["facility_name"]) == {}
