from catalog.ckan.fields import RESOURCE, core_fields, dataset_fields
from catalog.core_metadata import core_lines
from catalog.entry import build_entry
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def test_every_line_of_the_core_metadata_has_its_field_in_the_same_order(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert [field.name for field in core_fields()] == [f"core_{line.key}" for line in core_lines(entry)]


def test_a_field_is_declared_once_and_labelled_in_both_languages():
    for fields in (dataset_fields(), RESOURCE):
        names = [field.name for field in fields]
        assert len(names) == len(set(names))
        assert all(field.label.zh and field.label.en for field in fields)


def test_only_rows_have_parts():
    for field in (*dataset_fields(), *RESOURCE):
        assert bool(field.parts) == (field.kind == "rows"), field.name
