"""The package of the sample's projects is valid by the published schema and code lists of OC4IDS, and tells what the tables tell."""

import csv
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from catalog.entry import build_entry
from catalog.standards.exports import ExportSource, find_exports
from pipelines.sample.plan_rows import make_plan_rows
from pipelines.sample.plans import read_plans
from schemas.contract import read_contracts
from schemas.departments import read_departments
from support.releases import write_release

PUBLISHED = Path(__file__).parents[3] / "support" / "oc4ids"
PROJECT = json.loads((PUBLISHED / "project-schema.json").read_text(encoding="utf-8"))
PACKAGE = json.loads((PUBLISHED / "project-package-schema.json").read_text(encoding="utf-8"))
DATASET = "construction_project"
(EXPORT,) = find_exports(DATASET)
read_sample_plans = cache(read_plans)
CONTRACTS = {name: one for name, one in read_contracts().items() if one.policy.family == "construction"}
DEPARTMENTS = read_departments()
BUILDING, FINISHED = "2509-210100-04-01-100001", "2511-210100-04-01-100002"
FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date-time", raises=ValueError)
def is_time_with_zone(value):
    return datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri", raises=ValueError)
def is_absolute_address(value):
    return bool(urlsplit(value).scheme)


def sample_rows(dataset):
    """The rows of the sample that Shenyang hands in, without those parts of the plan that are no fields."""
    plan, fields = read_sample_plans()[dataset], {field.name for field in CONTRACTS[dataset].public_fields()}
    drawn = {("facility", "210100"): [{"site_id": "LN-210102-S00001"}]}
    made = make_plan_rows(plan, DEPARTMENTS["210100"], plan.periods[0], ["210102"], drawn, seed=1)
    return [{name: cell for name, cell in row.items() if name in fields} for row in made]


def entries_of(releases, *datasets, **facts):
    facts = {"departments": ["210100"], "synthetic": True, **facts}
    return [
        build_entry(CONTRACTS[name], write_release(releases, CONTRACTS[name], sample_rows(name), **facts), DEPARTMENTS)
        for name in datasets
    ]


def project_package(entries, releases):
    source = ExportSource({entry.dataset: entry for entry in entries}, releases)
    return json.loads("".join(source.write_document(EXPORT))) if source.has_items(EXPORT) else None


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    releases = tmp_path_factory.mktemp("releases")
    return project_package(entries_of(releases, *CONTRACTS), releases)


@pytest.fixture(scope="module")
def projects(package):
    return {project["id"]: project for project in package["projects"]}


def codes_in(document, schema):
    """(code list, whether it is open, code) of every coded value of a document."""
    if "$ref" in schema:
        schema = PROJECT["definitions"][schema["$ref"].rpartition("/")[2]]
    if "codelist" in schema:
        for code in document if isinstance(document, list) else [document]:
            yield schema["codelist"], schema["openCodelist"], code
    if isinstance(document, dict):
        for name, part in document.items():
            assert name in schema["properties"], f"OC4IDS has no property {name} there"
            yield from codes_in(part, schema["properties"][name])
    elif isinstance(document, list):
        for part in document:
            yield from codes_in(part, schema.get("items", {}))


def published_codes(name):
    with (PUBLISHED / "codelists" / name).open(encoding="utf-8", newline="") as lines:
        return {row["Code"] for row in csv.DictReader(lines)}


def test_the_package_is_valid_by_the_published_schema(package):
    known = Registry().with_resource(PROJECT["id"], Resource(contents=PROJECT, specification=DRAFT4))
    judge = jsonschema.Draft4Validator(PACKAGE, registry=known, format_checker=FORMATS)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in judge.iter_errors(package)] == []
    assert len(package["projects"]) == 2


@pytest.mark.parametrize("wrong", [{"status": "in_use"}, {"updated": "2026-11-10"}, {"sector": [""]}])
def test_the_published_schema_finds_errors(package, wrong):
    judge = jsonschema.Draft4Validator(PROJECT, format_checker=FORMATS)
    assert [error.message for error in judge.iter_errors({**package["projects"][0], **wrong})]


def test_every_code_is_in_the_published_code_list(package):
    coded = {(name, code) for one in package["projects"] for name, _, code in codes_in(one, PROJECT)}
    assert {name for name, _ in coded} >= {
        "projectStatus.csv",
        "documentType.csv",
        "partyRole.csv",
        "milestoneType.csv",
    }
    assert [(name, code) for name, code in sorted(coded) if code not in published_codes(name)] == []


def test_a_project_that_is_built_tells_its_lots_changes_and_progress(projects):
    project = projects[BUILDING]
    assert (project["status"], project["type"], project["sector"]) == (
        "implementation",
        "construction",
        ["cultureSportsAndRecreation"],
    )
    assert project["budget"]["amount"] == {"amount": 68000000, "currency": "CNY"}
    processes = {one["id"]: one["summary"] for one in project["contractingProcesses"]}
    assert sorted(processes) == ["BD-210100-2026-001", "BD-210100-2026-002", "HT-210100-2026-003"]
    works = processes["BD-210100-2026-001"]
    assert (works["status"], works["nature"], works["tender"]["procurementMethod"]) == (
        "active",
        ["construction"],
        "open",
    )
    assert len(works["tender"]["tenderers"]) == 3
    assert [one["name"] for one in works["suppliers"]] == ["辽宁示例建设工程有限公司"]
    assert works["contractValue"]["amount"] == 44500000
    chain = [(one["oldContractValue"]["amount"], one["newContractValue"]["amount"]) for one in works["modifications"]]
    assert chain == [(44500000, 45100000), (45100000, 45480000)]
    assert [one["observations"][0]["measure"] for one in (project["forecasts"][0], project["metrics"][0])] == [45, 43]


def test_a_finished_project_tells_its_acceptances_and_its_final_accounts(projects):
    project = projects[FINISHED]
    assert (project["status"], project["type"]) == ("maintenance", "rehabilitation")
    assert project["completion"] == {
        "endDate": "2026-10-15T00:00:00+08:00",
        "finalValue": {"amount": 18600000, "currency": "CNY"},
    }
    assert {m["type"] for m in project["milestones"]} == {"approval", "assessment"}
    assert "completionCertificate" in {one["documentType"] for one in project["documents"]}


def test_each_organisation_is_there_once_with_all_its_roles(projects):
    for project in projects.values():
        ids = [party["id"] for party in project["parties"]]
        assert len(ids) == len(set(ids))
    roles = {party["name"]: party["roles"] for party in projects[BUILDING]["parties"]}
    assert roles["沈阳市体育局示例体育中心"] == ["publicAuthority", "buyer"]
    assert roles["辽宁示例建设工程有限公司"] == ["supplier", "tenderer"]


def test_a_project_without_other_tables_is_told_alone(tmp_path):
    made = project_package(entries_of(tmp_path, DATASET), tmp_path)
    assert all("contractingProcesses" not in project for project in made["projects"])


def test_without_published_projects_there_is_no_package(tmp_path):
    assert project_package([], tmp_path) is None
    assert project_package(entries_of(tmp_path, "construction_tender"), tmp_path) is None


def test_sample_data_say_so(package, tmp_path):
    assert "synthetic" in package["notes"]
    assert "notes" not in project_package(entries_of(tmp_path, DATASET, synthetic=False), tmp_path)
