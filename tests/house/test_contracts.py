"""Every contract of the repository: valid for other tools, complete, consistent with the others. Code lists: `test_codelists.py`."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from frictionless import Package
from frictionless.resource import Resource
from frictionless.schema import Schema

from schemas import contract as contracts
from schemas.codelists import open_codelists
from schemas.contract import read_contract, read_contracts, rule_fields
from schemas.departments import DepartmentKind, read_departments
from schemas.editor import FILE, contract_schema, contract_schema_text
from schemas.inheritance import is_mergeable, read_parent
from schemas.rules.rules import InDataset, InPeriod
from schemas.slices import period_days

FILES = sorted(contracts.FOLDER.glob("*.yaml"))
ALL = read_contracts()
CODELISTS = open_codelists()
DEPARTMENTS = read_departments()
OWN_DATASETS = {"facility", "facility_opening", "fitness_equipment", "event", "event_permit"}
FILLED_BY_RULES = {"value", "other_row"}
FILLED_BY_EXPECTATIONS = {"observed", "expected", "previous"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
every_contract = pytest.mark.parametrize("contract", ALL.values(), ids=lambda contract: contract.name)


def descriptor_of(path: Path) -> dict[str, Any]:
    return dict(read_contract(path).descriptor)


def written(path: Path) -> dict[str, Any]:
    """The content of the file, without what it inherits."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def sentences_in(descriptor: object, place: str = "") -> list[tuple[str, str, str]]:
    """(place, Chinese, English) of every text, `title`/`title_en` and `description`/`description_en` of a descriptor."""
    if isinstance(descriptor, list):
        return [found for n, part in enumerate(descriptor) for found in sentences_in(part, f"{place}[{n}]")]
    if not isinstance(descriptor, dict):
        return []
    if descriptor.keys() == {"zh", "en"}:
        return [(place, descriptor["zh"], descriptor["en"])]
    about = descriptor.get("sportlake", {})
    own = [(f"{place}.{key}", descriptor[key], about[f"{key}_en"])
           for key in ("title", "description") if f"{key}_en" in about]  # fmt: skip
    return own + [found for key, part in descriptor.items() for found in sentences_in(part, f"{place}.{key}")]


@cache
def editors_validator() -> jsonschema.Draft202012Validator:
    """One for all contracts: the schema is made from the models, which takes longer than judging a contract by it."""
    return jsonschema.Draft202012Validator(contract_schema())


def repeated_in(parent: dict[str, Any], own: dict[str, Any], place: str = "") -> list[str]:
    """The places at which `own` has the same value as `parent`."""
    found = []
    for key in parent.keys() & own.keys():
        if is_mergeable(parent[key]) and is_mergeable(own[key]):
            found += repeated_in(parent[key], own[key], f"{place}{key}.")
        elif parent[key] == own[key]:
            found.append(f"{place}{key}")
    return found


ENDED = {"removed", "entered_in_error", "cancelled", "scrapped"}
"""Codes of a state in which a thing is no more, or never was."""


def placeholders_in(*sentences: str) -> set[str]:
    return {name for sentence in sentences for name in re.findall(r"\{([^{}]*)\}", sentence)}


def test_the_contracts_of_the_sports_facilities_and_events_are_there():
    assert ALL.keys() >= OWN_DATASETS


@every_file
def test_a_contract_reads(path):
    assert read_contract(path).name == path.stem


@every_file
def test_a_contract_is_a_valid_data_package(path):
    descriptor = descriptor_of(path)
    assert [error.message for error in Package.metadata_validate(descriptor)] == []
    [resource] = descriptor["resources"]
    assert [error.message for error in Resource.metadata_validate(resource)] == []
    assert [error.message for error in Schema.metadata_validate(resource["schema"])] == []
    assert resource["path"] == f"{path.stem}.csv"


@every_file
def test_a_contract_is_valid_for_editors(path):
    for descriptor in (written(path), descriptor_of(path)):
        document = json.loads(json.dumps(descriptor, default=date.isoformat))
        errors = editors_validator().iter_errors(document)
        assert [f"{list(error.absolute_path)}: {error.message}" for error in errors] == []
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../contract.schema.json\n")


@every_file
def test_a_contract_repeats_nothing_that_it_inherits(path):
    parent, own = read_parent("bureau"), written(path)
    fields = {field["name"]: field for field in parent["resources"][0].pop("schema").pop("fields")}
    del parent["sportlake"]["time_limit"]  # a limit of another law is stated completely
    assert repeated_in(parent, own) == []
    assert repeated_in(parent["resources"][0], own["resources"][0]) == []
    for field in own["resources"][0]["schema"]["fields"]:
        if "extends" in field["sportlake"]:
            assert repeated_in(fields[field["name"]], field) == ["name"]
        else:
            assert field != fields.get(field["name"])


def test_the_schema_for_editors_is_valid_and_current():
    jsonschema.Draft202012Validator.check_schema(contract_schema())
    assert FILE.read_text(encoding="utf-8") == contract_schema_text(), "run: python -m schemas.editor"


@every_file
def test_every_text_is_there_in_both_languages(path):
    found = sentences_in(descriptor_of(path))
    assert len(found) > 30
    for place, zh, en in found:
        assert CHINESE.search(zh), f"{place}: no Chinese in {zh!r}"
        assert en.strip(), f"{place}: no English"
        assert en != zh, f"{place}: both languages are {zh!r}"
        assert placeholders_in(zh) == placeholders_in(en), f"{place}: the two languages have different placeholders"


@every_contract
def test_the_prose_in_english_is_english(contract):
    for field in contract.fields:
        assert not CHINESE.search(field.label.en), field.name
    for rule in contract.policy.rules + contract.policy.expectations:
        for sentence in (rule.message.en, rule.mend.en if rule.mend else ""):
            prose = re.sub(r"万元|万㎡|元|㎡|〔〕|国统字|辽体", "", sentence)
            assert not CHINESE.search(prose), f"{rule.id}: {sentence}"


@every_contract
def test_a_dataset_has_one_to_three_charts_and_groups_only_codes_that_have_groups(contract):
    assert contract.policy.charts is None or 1 <= len(contract.charts) <= 3
    for chart in contract.charts:
        about = contract.get_field(chart.by).policy if chart.by else None
        assert not chart.group or (CODELISTS[about.codelist].group and about.labels), chart.id
        for one in chart.where:
            field = contract.get_field(one.field).policy
            unknown = (
                {*map(str, one.is_in + one.is_not)} - CODELISTS[field.codelist].labels.keys() if field.codelist else ()
            )
            assert not unknown, f"{chart.id}: {unknown} are no codes of {field.codelist}"


@every_contract
def test_charts_of_how_many_there_are_do_not_count_what_ended(contract):
    """Rows of what was removed, cancelled or entered in error stay in the data: a picture called 各市体育场地 had counted them."""
    states = [one for one in contract.fields if one.name in {"status", "state"} and one.policy.codelist]
    ending = [one.name for one in states if ENDED & CODELISTS[one.policy.codelist].labels.keys()]
    for chart in contract.charts:
        if chart.kind == "bars" and not chart.measures and chart.by not in ending:
            assert {*ending} <= {one.field for one in chart.where}, chart.id


@every_contract
def test_every_rule_and_expectation_has_a_source_and_a_correction(contract):
    judged = contract.policy.rules + contract.policy.expectations
    ids = [one.id for one in contract.rules + contract.policy.expectations]
    assert sorted(ids) == sorted(set(ids)), "ids must be unique: an id is the type of its findings"
    for one in judged:
        assert one.source.strip(), one.id
        assert one.mend is not None, one.id


@every_contract
def test_every_placeholder_has_a_value(contract):
    fields = {field.name for field in contract.fields}
    for rule in contract.rules:
        texts = [rule.message.zh, rule.message.en]
        assert placeholders_in(*texts) <= fields | FILLED_BY_RULES, rule.id
        mend = [rule.mend.zh, rule.mend.en] if rule.mend else []
        assert placeholders_in(*mend) == set(), f"{rule.id}: `mend` may not have placeholders"
    for expectation in contract.policy.expectations:
        assert placeholders_in(expectation.message.zh, expectation.message.en) <= FILLED_BY_EXPECTATIONS, expectation.id


@every_contract
def test_every_name_in_a_contract_exists(contract):
    fields = {field.name: field for field in contract.fields}
    for rule in contract.rules:
        assert set(rule_fields(rule)) <= fields.keys(), rule.id
    for field in contract.fields:
        about = field.policy
        assert about.codelist is None or about.codelist in CODELISTS, f"{field.name}: {about.codelist}"
        assert about.as_of is None or fields[about.as_of].type in {"date", "datetime", "year", "integer"}, field.name
    assert contract.policy.owner in DEPARTMENTS
    assert DEPARTMENTS[contract.policy.owner].kind != "county_bureau", "counties have no organisation at the portal"
    assert set(contract.policy.submitters) <= DEPARTMENTS.keys() | set(get_args(DepartmentKind))
    place = contract.policy.coordinates
    assert place is None or {place.lon, place.lat} <= fields.keys()


@every_contract
def test_every_reference_finds_a_field_of_the_same_type(contract):
    for rule in contract.rules:
        if isinstance(rule, InDataset):
            assert len(rule.fields) == len(rule.reference), rule.id
            for here, there in zip(rule.fields, rule.reference, strict=True):
                assert contract.get_field(here).type == ALL[rule.dataset].get_field(there).type, (
                    f"{rule.id}: {here} and {there}"
                )


@every_contract
def test_every_field_of_a_release_is_described(contract):
    assert len({field.name for field in contract.fields}) == len(contract.fields)
    assert len({field.title for field in contract.fields}) == len(contract.fields), (
        "titles must be unique: columns of a file are matched by them"
    )
    for field in contract.fields:
        assert field.title, field.name
        assert field.description, field.name
        assert field.description != field.title, field.name
    assert set(contract.policy.disclosure.protected) <= {field.name for field in contract.fields}
    assert not set(contract.primary_key) & set(contract.policy.disclosure.protected)


@every_contract
def test_one_condition_is_stated_in_one_place_only(contract):
    for field in contract.fields:
        said = field.constraints
        alone = contract.primary_key == (field.name,)
        assert not (alone and said.get("unique")), f"{field.name}: remove `unique`: it is the primary key"
        assert not (field.policy.codelist and "enum" in said), (
            f"{field.name}: remove `enum`: the code list defines the values"
        )


@every_contract
def test_an_empty_cell_is_the_only_missing_value(contract):
    assert contract.missing_values == ("",)
    assert "missingValues" in contract.table_schema


@every_contract
def test_key_fields_are_required(contract):
    assert all(contract.get_field(name).required for name in contract.primary_key)


@every_contract
def test_patterns_are_anchored_as_a_whole(contract):
    for field in contract.fields:
        pattern = field.constraints.get("pattern")
        if pattern is not None:
            re.compile(pattern)
            bare = re.sub(r"\\.|\[[^\]]*\]", "", pattern)
            while (inner := re.sub(r"\([^()]*\)", "", bare)) != bare:
                bare = inner
            assert "|" not in bare, (
                f"{field.name}: put the alternatives in brackets, or ^ and $ apply to one of them only"
            )


@every_contract
def test_codes_are_strings(contract):
    for field in contract.fields:
        assert field.policy.codelist is None or field.type == "string", field.name


@every_contract
def test_examples_conform_to_their_own_field(contract):
    schema = Schema.from_descriptor(contract.table_schema)
    for field in contract.fields:
        example = field.policy.example
        if example is not None:
            _, notes = schema.get_field(field.name).read_cell(example)
            assert not notes, f"{field.name}: {notes}"
            known = CODELISTS[field.policy.codelist].labels if field.policy.codelist else {example}
            assert example in known, f"{field.name}: {example}"


@every_contract
def test_amounts_areas_and_lengths_name_their_base_unit(contract):
    units = {"_cny": "元", "_m2": "㎡", "_m": "m"}
    for field in contract.fields:
        for ending, unit in units.items():
            if field.name.endswith(ending) and field.type in {"number", "integer"}:
                assert field.policy.unit == unit, field.name


@every_contract
def test_periods_and_rules_about_them_fit_each_other(contract):
    pattern = re.compile(contract.policy.slice.pattern)
    shown = {"year": "2026", "quarter": "2026-Q4", "month": "2026-11"}[contract.policy.slice.period]
    assert pattern.match(shown)
    assert period_days(shown)[0].year == 2026
    for rule in contract.rules:
        if isinstance(rule, InPeriod):
            assert contract.get_field(rule.field).type in {"date", "datetime", "year", "integer"}, rule.id


def test_three_valued_flags_are_never_booleans():
    assert [code.code for code in CODELISTS["tri_state"].codes] == ["0", "1", "2"]
    assert [(c.name, f.name) for c in ALL.values() for f in c.fields if f.type == "boolean"] == []


def test_references_come_before_those_that_refer_to_them():
    order = list(ALL)
    for contract in ALL.values():
        assert all(order.index(name) < order.index(contract.name) for name in contract.references)
