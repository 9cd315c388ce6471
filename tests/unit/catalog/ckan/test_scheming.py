from typing import get_args

import yaml

from catalog.ckan.fields import Kind, dataset_fields
from catalog.ckan.scheming import FILE, build_schema, schema_text
from catalog.standards.dcat_nodes import EU, FREQUENCY


def by_name(part):
    return {field["field_name"]: field for field in build_schema()[part]}


def test_the_portals_schema_is_what_the_fields_say():
    assert FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m catalog.ckan.scheming"


def test_the_written_schema_reads_back_as_it_was_meant():
    assert yaml.safe_load(schema_text()) == build_schema()


def test_every_kind_can_be_described():
    assert {field.kind for field in dataset_fields()} <= set(get_args(Kind))
    assert all(
        "field_name" in field and set(field["label"]) == {"zh_Hans_CN", "en"}
        for field in by_name("dataset_fields").values()
    )


def test_an_editor_may_give_a_new_dataset_its_id_and_nobody_may_change_it():
    field = by_name("dataset_fields")["id"]
    assert field["create_validators"].split()[1:] == ["zhportal_stable_id", "package_id_does_not_exist"]
    assert "package_id_not_changed" in field["validators"]


def test_what_ckan_keeps_by_itself_is_left_to_it():
    assert not {"groups", "version"} & by_name("dataset_fields").keys()
    assert not {"id", "datastore_active"} & by_name("resource_fields").keys()


def test_frequencies_are_the_terms_that_dcat_uses():
    choices = by_name("dataset_fields")["frequency"]["choices"]
    assert [choice["value"] for choice in choices] == [f"{EU}frequency/{term}" for term in FREQUENCY.values()]


def test_old_releases_are_rows_with_their_own_parts():
    parts = [part["field_name"] for part in by_name("dataset_fields")["history"]["repeating_subfields"]]
    assert parts == ["number", "date", "rows", "added", "removed", "changed", "url"]
