import copy
import json

import jsonschema
import pytest

from schemas.editor import contract_schema, contract_schema_text
from support.contracts import SHORT, descriptor_with

MISSING = object()
JUDGE = jsonschema.Draft202012Validator(contract_schema())
DESCRIPTOR = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    **descriptor_with(["id", "start:date"], [{"kind": "credit_code", "field": "id"}]),
}


def changed(*steps, value):
    descriptor = copy.deepcopy(DESCRIPTOR)
    place = descriptor
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = value
    return descriptor


def test_what_reads_as_a_contract_is_valid_for_editors():
    assert list(JUDGE.iter_errors(DESCRIPTOR)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        changed("titel", value="样例"),
        changed("version", value="1.0"),
        changed("name", value="Bad Name"),
        changed("resources", value=[]),
        changed("sportlake", "cadence", value="fortnightly"),
        changed("sportlake", "rules", 0, "kind", value="no_such_kind"),
        changed("sportlake", "rules", 0, "fields", value=["id"]),
        changed("sportlake", "catalogue", "pia", value=None),
        changed("resources", 0, "schema", "fields", 0, "type", value="text"),
        changed("resources", 0, "schema", "fields", 0, "sportlake", "units", value="m"),
        changed("resources", 0, "schema", "fields", 0, "constraints", value={"min": 0}),
    ],
)
def test_a_slip_of_the_pen_is_seen_while_it_is_made(wrong):
    assert list(JUDGE.iter_errors(wrong)) != []


@pytest.mark.parametrize("part", ["title", "description", "licenses", "resources", "sportlake", "keywords"])
def test_every_part_is_asked_for(part):
    descriptor = {name: value for name, value in DESCRIPTOR.items() if name != part}
    assert any(part in error.message for error in JUDGE.iter_errors(descriptor))


def shortened(*steps, value):
    descriptor = copy.deepcopy(SHORT)
    place = descriptor
    for step in steps[:-1]:
        place = place[step]
    if value is MISSING:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
    return descriptor


def test_a_contract_that_extends_the_bureau_leaves_out_what_it_inherits():
    assert list(JUDGE.iter_errors(SHORT)) == []


@pytest.mark.parametrize("steps", [("homepage",), ("contributors",), ("sportlake", "quarantine")])
def test_a_null_takes_away_what_need_not_be_there_of_those_that_inherit_it(steps):
    assert list(JUDGE.iter_errors(shortened(*steps, value=None))) == []
    assert list(JUDGE.iter_errors(changed(*steps, value=None))) != []


@pytest.mark.parametrize(
    "wrong",
    [
        shortened("sportlake", "extends", value=MISSING),
        shortened("sportlake", "extends", value="ministry"),
        shortened("sportlake", "owner", value=MISSING),
        shortened("sportlake", "time_limit", value=MISSING),
        shortened("sportlake", "catalogue", "provider", value={"phone": "12345"}),
        shortened("sportlake", "catalogue", "pia", value=None),
        shortened("resources", 0, "schema", "primaryKey", value=MISSING),
        shortened("resources", 0, "schema", "fields", 0, "sportlake", value={}),
        shortened("resources", 0, "schema", "fields", 0, "titel", value="样例"),
        shortened("licenses", value=None),
        shortened("title", value=MISSING),
    ],
)
def test_what_a_contract_does_not_inherit_is_still_asked_for(wrong):
    assert list(JUDGE.iter_errors(wrong)) != []


def test_a_rule_needs_a_message_only_where_its_kind_has_none():
    rule = {"id": "it", "kind": "credit_code", "field": "id", "source": "test"}
    assert list(JUDGE.iter_errors(changed("sportlake", "rules", value=[rule]))) == []
    listed = {"id": "it", "kind": "in_codelist", "field": "id", "codelist": "sport", "source": "test"}
    assert list(JUDGE.iter_errors(changed("sportlake", "rules", value=[listed]))) != []


def test_the_text_is_the_schema_and_the_same_every_time():
    assert json.loads(contract_schema_text()) == contract_schema()
    assert contract_schema_text() == contract_schema_text()
