"""What is published says of reviews what is on record: by which role and when, or not done by the day of the release; never a name."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from catalog.ckan.payload import dataset_payload
from catalog.entry import build_entry
from catalog.release_facts import DESCRIPTOR, Distribution
from pipelines.review.assessment_decisions import Assessed, record_assessment
from pipelines.sample.associations import make_associations
from schemas.assessments import ASSESSMENT_ROLES, RELEASED_KINDS, Assessments
from schemas.people import ROLE_NAMES, Person
from schemas.policy import Approvals
from support.people import write_people
from support.walked import walk
from support.workspaces import NOW, open_part, put

REVIEWS = ("secrecy_review", "pia", "head_approval")
SPEAK = re.compile("保密审查|影响评估|负责人审核|[Ss]ecrecy|impact assessment|Approval by|head_approval")


PEOPLE = (
    Person(name="平台", roles=("system",)),
    Person(name="王某一", roles=("steward",)),
    Person(name="李某二", roles=("confidentiality",)),
    Person(name="赵某三", roles=("head",)),
)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A release of associations for which nobody was asked."""
    return walked_with(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """The same, approved by a steward and a reviewer."""
    return walked_with(tmp_path_factory.mktemp("home"), "steward", "confidentiality")


@pytest.fixture(scope="module")
def assessed(tmp_path_factory):
    """A release before which everything was assessed and put on record."""
    return walked_with(tmp_path_factory.mktemp("home"), kinds=RELEASED_KINDS)


def walked_with(home, *roles, kinds=()):
    write_people(home, *PEOPLE)
    workspace = open_part(home, "王某一")
    contract = workspace.contracts["association"]
    policy = contract.policy.model_copy(
        update={"approvals": Approvals(roles=roles), "assessments": Assessments(needed=kinds)}
    )
    workspace = replace(
        workspace, contracts={**workspace.contracts, "association": contract.model_copy(update={"policy": policy})}
    )
    names = [field.name for field in contract.fields]
    rows = make_associations(workspace.departments["210100"], 1)
    lines = [",".join("" if row.get(name) is None else str(row[name]) for name in names) for row in rows]
    for kind in kinds:
        person = next(one for one in PEOPLE if ASSESSMENT_ROLES[kind] in one.roles)
        said = Assessed(f"辽体〔2026〕{kinds.index(kind)}号", f"结论{kind}", date(2026, 11, 20), date(2027, 11, 1))
        record_assessment(replace(workspace, actor=person.name), "association", kind, said, NOW)
    put(workspace, "210100", "association_2026.csv", "\n".join([",".join(names), *lines, ""]))
    [receipt] = walk(workspace).values()
    assert receipt.accepted == len(rows)
    return workspace


def release_of(workspace):
    [folder] = [path for path in (workspace.layout.releases / "association").iterdir() if path.name.startswith("2026")]
    return folder


def test_the_descriptor_of_the_release_says_so_with_its_day(walked):
    told = json.loads((release_of(walked) / DESCRIPTOR).read_text(encoding="utf-8"))
    for item in REVIEWS:
        said = told["sportlake"]["catalogue"][item]
        assert said == {"not_done": {"zh": "未办理", "en": "not done", "as_of": "2026-11-25"}}


def test_every_public_file_that_speaks_of_a_review_says_that_it_is_not_done(walked):
    spoke = set()
    for folder in (walked.layout.releases, walked.layout.catalogue):
        for path in folder.rglob("*"):
            if path.suffix not in {".json", ".jsonld", ".html", ".js", ".csv", ".txt"}:
                continue
            text = path.read_text(encoding="utf-8-sig")
            assert "记录随发布保存" not in text
            assert "kept with the release" not in text
            if SPEAK.search(text):
                spoke.add(path.name)
                assert "未办理" in text or "not done" in text, path
                assert "2026-11-25" in text or "2026年11月25日" in text or "25 November 2026" in text, path
    assert {DESCRIPTOR, "index.html"} <= spoke


def test_the_portal_is_told_the_same(walked):
    contract = walked.contracts["association"]
    entry = build_entry(contract, release_of(walked), walked.departments)
    file = entry.distributions[0]
    descriptor = Distribution(
        **file.model_dump() | {"name": DESCRIPTOR, "format": "json", "mediatype": "application/json"}
    )
    payload = dataset_payload(entry, "https://example.org", descriptor)
    for item in REVIEWS:
        assert payload[f"core_{item}"] == {
            "zh_Hans_CN": "未办理（截至2026年11月25日没有办理记录）",
            "en": "not done (there is no record of it as of 25 November 2026)",
            "applies": True,
        }


def test_an_approval_on_record_is_stated_with_role_and_day_and_what_has_none_stays_not_done(reviewed):
    told = json.loads((release_of(reviewed) / DESCRIPTOR).read_text(encoding="utf-8"))["sportlake"]
    assert told["catalogue"]["secrecy_review"] == {
        "done": {"zh": "保密审查员", "en": "confidentiality reviewer", "on": "2026-11-25"}
    }
    for item in ("pia", "head_approval"):
        assert told["catalogue"][item] == {"not_done": {"zh": "未办理", "en": "not done", "as_of": "2026-11-25"}}
    entries = {entry.seq: entry for entry in reviewed.ledger.read_entries("approval")}
    assert [(one["role"], entries[one["entry"]].who) for one in told["release"]["approvals"]] == [
        ("steward", "王某一"),
        ("confidentiality", "李某二"),
    ]


def test_the_pages_and_the_portal_state_the_same_record(reviewed):
    page = (reviewed.layout.catalogue / "dataset" / "association" / "index.html").read_text(encoding="utf-8")
    assert "保密审查员，2026年11月25日" in page
    entry = build_entry(reviewed.contracts["association"], release_of(reviewed), reviewed.departments)
    file = entry.distributions[0]
    descriptor = Distribution(
        **file.model_dump() | {"name": DESCRIPTOR, "format": "json", "mediatype": "application/json"}
    )
    payload = dataset_payload(entry, "https://example.org", descriptor)
    assert payload["core_secrecy_review"] == {
        "zh_Hans_CN": "保密审查员，2026年11月25日",
        "en": "confidentiality reviewer, 25 November 2026",
        "applies": True,
    }
    assert payload["core_head_approval"]["en"].startswith("not done")


def test_no_public_file_names_who_approved(reviewed):
    names = [person.name.encode() for person in PEOPLE[1:]]
    public = (reviewed.layout.releases, reviewed.layout.catalogue)
    files = [path for folder in public for path in folder.rglob("*") if path.is_file()]
    assert {"datapackage.json", "provenance.json", "index.html"} <= {path.name for path in files}
    assert [path for path in files if any(name in path.read_bytes() for name in names)] == []


def test_every_assessment_on_record_is_stated_with_role_day_and_document_wherever_it_is_published(assessed):
    told = json.loads((release_of(assessed) / DESCRIPTOR).read_text(encoding="utf-8"))["sportlake"]
    page = (assessed.layout.catalogue / "dataset" / "association" / "index.html").read_text(encoding="utf-8")
    entry = build_entry(assessed.contracts["association"], release_of(assessed), assessed.departments)
    file = entry.distributions[0]
    descriptor = Distribution(
        **file.model_dump() | {"name": DESCRIPTOR, "format": "json", "mediatype": "application/json"}
    )
    payload = dataset_payload(entry, "https://example.org", descriptor)
    entries = {one.seq: one for one in assessed.ledger.read_entries("assessment")}
    for number, kind in enumerate(RELEASED_KINDS):
        (one,) = [one for one in told["release"]["assessments"] if one["kind"] == kind]
        record = entries[one["entry"]].facts
        assert (record["kind"], record["on"], record["document"]) == (kind, "2026-11-20", f"辽体〔2026〕{number}号")
        role = ROLE_NAMES[ASSESSMENT_ROLES[kind]]
        done = told["catalogue"][kind]["done"]
        assert (done["zh"], done["on"], done["until"], done["document"]) == (
            role.zh, "2026-11-20", "2027-11-01", record["document"],
        )  # fmt: skip
        line = f"{role.zh}，2026年11月20日，{record['document']}"
        assert line in page
        assert payload[f"core_{kind}"]["zh_Hans_CN"].startswith(line)
        assert (record["result"] in page) == (kind == "legal_basis_review"), "only a basis is public"
    assert "未办理" not in page
    for folder in (assessed.layout.releases, assessed.layout.catalogue):
        for path in (one for one in folder.rglob("*") if one.is_file()):
            assert not any(person.name.encode() in path.read_bytes() for person in PEOPLE[1:]), path
