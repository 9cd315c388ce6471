import copy
import json

import jsonschema
import pytest

from schemas.editor import contract_schema, contract_schema_text
from support.contracts import descriptor_with

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


def test_the_text_is_the_schema_and_the_same_every_time():
    assert json.loads(contract_schema_text()) == contract_schema()
    assert contract_schema_text() == contract_schema_text()
