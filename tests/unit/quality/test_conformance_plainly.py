"""What is called clean without frictionless, frictionless calls clean; in any doubt it is asked."""

import json
import subprocess
import sys
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.conformance.plainly import clean
from support.conformed import by_frictionless
from support.hostile_files import TAME, TEXTS, cases
from support.plain import csv_text, fields, written

WORDS = {**TAME, "string": ["a", "ab", "b", "xyz", "a b", "甲;乙", "x|y", "07", "c\td"]}
RULES = {
    "string": [{}, {"minLength": 1}, {"maxLength": 2}, {"enum": ["a", "ab"]}, {"pattern": "[a-z]+"}, {"pattern": "(?=a)a"}],
    "integer": [{}, {"minimum": 0}, {"maximum": 345}, {"minimum": "1"}],
    "number": [{}, {"minimum": 0.5}, {"maximum": 125.8}],
    "date": [{}, {"minimum": "2000-01-01"}],
    "boolean": [{}],
}  # fmt: skip


@st.composite
def tame_cases(draw):
    """A plain schema and a file that is mostly good: now and then a torn line, another label, an odd cell."""
    chance = Random(draw(st.integers(0, 2**31)))  # noqa: S311 - made-up cells
    described = []
    for place in range(chance.choice([1, 2, 2, 3, 4])):
        kind = chance.choice(list(RULES))
        flags = {flag: True for flag in ("required", "unique") if chance.random() < 0.05}
        described.append({"name": f"f{place}", "type": kind, "constraints": {**chance.choice(RULES[kind]), **flags}})
    schema = {"fields": described}
    if chance.random() < 0.2:
        schema["primaryKey"] = chance.choice(["f0", ["f0"], ["f0", "f1"], ["z"]])
    if chance.random() < 0.1:
        schema |= chance.choice(
            [{"missingValues": ["-"]}, {"foreignKeys": []}, {"title": "x"}, {"missingValues": [""]}]
        )
    rows = [[chance.choice(WORDS[f["type"]]) for f in described] for _ in range(chance.randint(0, 8))]
    for row in rows:
        if chance.random() < 0.03:
            row[chance.randrange(len(row))] = chance.choice([*TEXTS, ""])
    labels = [f["name"] for f in described]
    odd = chance.random()
    if odd < 0.1:
        labels[chance.randrange(len(labels))] = chance.choice(["", "F0", " f0", "f0 ", "f1", "f0,x"])
    elif odd < 0.2 and rows:
        rows[chance.randrange(len(rows))] = chance.choice([[], ["a"], [""] * len(labels), ["a"] * 9])
    text = csv_text(
        [labels, *rows], lineterminator=chance.choice(["\n", "\n", "\r\n", "\r"]), delimiter=chance.choice(",,,,,;\t")
    )
    text = text.removesuffix("\n") if chance.random() < 0.1 else text
    mark = chance.choice(["", "", "", "\ufeff"])
    return chance.choice(
        [schema, schema, {"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": schema}]}]
    ), mark + text


def test_a_file_that_is_called_clean_is_clean_and_many_are(tmp_path_factory):
    called = []

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=tame_cases())
    def compare(case):
        schema, text = case
        path = written(tmp_path_factory.mktemp("case") / "t.csv", text)
        found = clean(path, schema)
        if found is not None:
            called.append(path)
            whole = by_frictionless(path, schema)
            assert (whole.findings, whole.rows, whole.encoding) == ([], found.rows, found.encoding)

    compare()
    assert len(called) > 20


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_hostile_files_are_called_clean_only_if_they_are(tmp_path_factory, case):
    path = written(tmp_path_factory.mktemp("case") / "t.csv", case.content)
    written(path.parent / "r.csv", case.reference)
    for descriptor in (case.descriptor, case.descriptor["resources"][0]["schema"]):
        if clean(path, descriptor) is not None:
            assert by_frictionless(path, descriptor).findings == []


SCHEMA = fields("id", "n:integer", primaryKey="id")
GOOD = "id,n\na,1\nb,2\n"


@pytest.mark.parametrize(("content", "sure"), [
    (GOOD, True), ("\ufeff" + GOOD, True), (GOOD.replace("\n", "\r\n"), True), ("id,n\na,1\na,2\n", False), ("id,n\na,1\n,2\n", False),
    ("id,n\na,x\n", False), ("id;n\na;1\n", False), ("ID,n\na,1\n", False), ("id,n\na,1\n\n", False), ('id,n\n"a",1\n', False), ("id,n\n", False),
    ("id,n\na,1,\n", False), ("id,n\na\n", False), ("", False), (b"id,n\n\xff,1\n", False), ("id,n\na,１\n", False), ("id,n\na\0,1\n", False),
])  # fmt: skip
def test_every_oddity_is_a_doubt(tmp_path, content, sure):
    assert (clean(written(tmp_path / "a.csv", content), SCHEMA) is not None) is sure


@pytest.mark.parametrize("change", [
    {"missingValues": ["-"]}, {"foreignKeys": []}, {"$schema": "x"}, {"primaryKey": ["id", "n"]}, {"primaryKey": "z"}, {"fields": "x"},
    {"fields": [{"name": "id"}, {"name": "n", "type": "integer"}]}, {"fields": [{"name": "id", "type": "string", "format": "email"}, {"name": "n", "type": "integer"}]},
    {"fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "number", "groupChar": ","}]},
    {"fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "integer", "constraints": {"pattern": "x"}}]},
    {"fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "integer", "constraints": {"minimum": True}}]},
])  # fmt: skip
def test_any_other_part_of_a_schema_is_a_doubt(tmp_path, change):
    path = written(tmp_path / "a.csv", GOOD)
    assert clean(path, SCHEMA) is not None
    assert clean(path, {**SCHEMA, **change}) is None


def test_a_clean_file_is_checked_without_importing_frictionless_or_pandas(tmp_path):
    written(tmp_path / "a.csv", GOOD)
    written(tmp_path / "a.json", json.dumps(SCHEMA))
    script = """
import sys
from dagster_project.cli import app
app(["check", "a.csv", "--contract", "a.json", "--format", "json"], standalone_mode=False)
assert not {"frictionless", "pandas", "yaml", "duckdb", "schemas.contract"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)
