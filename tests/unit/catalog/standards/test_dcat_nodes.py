from typing import get_args

from catalog.entry import Licence
from catalog.standards.dcat_nodes import ACCESS, FREQUENCY, THEMES, file_type_field, licence_node, place_node
from schemas.metadata import OpenType, UpdateCycle
from schemas.policy import Family
from schemas.province import read_bureau_province


def test_every_cycle_open_type_and_family_has_its_term():
    assert set(FREQUENCY) == set(get_args(UpdateCycle))
    assert set(ACCESS) == set(get_args(OpenType))
    assert len(THEMES[1]["skos:hasTopConcept"]) == len(get_args(Family))


def test_a_format_outside_the_table_of_file_types_has_no_term():
    assert file_type_field("parquet")["dct:format"]["@id"].endswith("/file-type/PARQUET")
    assert file_type_field("dbf") == {}


def test_the_province_has_name_and_box_and_a_part_of_it_its_code_alone():
    province = read_bureau_province()
    whole = place_node(province.admin_code, province)
    assert whole["skos:prefLabel"][1]["@value"] == "Liaoning"
    assert whole["dcat:bbox"]["@value"].startswith("POLYGON((118.88 38.71, 125.78 38.71,")
    assert "dcat:bbox" not in place_node("210100", province)


def test_an_unknown_licence_has_no_kind():
    assert "dct:type" not in licence_node(Licence(name="X", title="某协议", path="https://example.org/x"))
