"""Assessments on record: by whom, of which version of the contract, until when; what is lacking stops the release."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.approvals import list_waiting
from pipelines.review.assessment_decisions import Assessed, record_assessment, undo_assessment
from pipelines.review.assessments import find_lacking, list_assessments
from schemas.errors import UsageError
from schemas.people import Person
from support.contracts import POLICY, contract_with
from support.walked import workspace_with_file
from support.workspaces import NOW, copied_workspace

TODAY = NOW.date()
SAID = Assessed("辽体评〔2026〕1号", "风险可控", date(2026, 11, 20))
NEEDED = {
    "assessments": {"needed": ["pia", "head_approval"], "days": 100},
    "catalogue": {**POLICY["catalogue"], "pia": "not_done", "head_approval": "not_done"},
}
CONTRACT = contract_with(["code", "area:number"], policy=NEEDED)
MORE = Person(name="sample-head", roles=("head",), synthetic=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return workspace_with_file(tmp_path_factory.mktemp("built"), CONTRACT, "code,area\nS1,10\n", MORE)


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def assess(workspace, name, kind, said=SAID, now=NOW):
    return record_assessment(replace(workspace, actor=name), "sample", kind, said, now)


def freeze(workspace, now=NOW):
    return freeze_candidate(workspace, assemble_candidate(workspace, "sample"), now)


def test_no_release_without_the_records_that_the_contract_asks_for(workspace):
    assert freeze(workspace) is None
    (waits,) = list_waiting(workspace, NOW)
    assert (waits.review.missing, waits.review.lacking) == ((), ("pia", "head_approval"))
    assess(workspace, "reviewer", "pia")
    assert freeze(workspace) is None
    assess(workspace, "tester", "head_approval")
    made = freeze(workspace)
    entries = {entry.seq: entry for entry in workspace.ledger.read_entries("assessment")}
    assert [(one["kind"], one["role"], one["on"], one["until"]) for one in made.assessments] == [
        ("pia", "confidentiality", "2026-11-20", "2027-02-28"),
        ("head_approval", "head", "2026-11-20", "2027-02-28"),
    ]
    assert [entries[one["entry"]].who for one in made.assessments] == ["reviewer", "tester"]
    assert "风险可控" not in str(made.assessments), "a result is public only where it is the basis"
    assert workspace.ledger.read_entries("release")[0].facts["assessments"] == list(entries)
    assert list_waiting(workspace, NOW) == []


def test_a_record_ends_with_its_last_day_and_with_the_version_of_the_contract(workspace):
    assess(workspace, "reviewer", "pia")
    assert find_lacking(workspace, CONTRACT, date(2027, 2, 28)) == ("head_approval",)
    assert find_lacking(workspace, CONTRACT, date(2027, 3, 1)) == ("pia", "head_approval")
    newer = CONTRACT.model_copy(update={"version": "1.1.0"})
    assert find_lacking(workspace, newer, TODAY) == ("pia", "head_approval")


def test_the_ledger_keeps_how_long_the_document_is_kept_and_its_hash(workspace):
    file = workspace.layout.evidence / "评估报告.pdf"
    file.parent.mkdir()
    file.write_bytes(b"%PDF-1.7 report")
    assess(workspace, "reviewer", "pia", SAID._replace(file="评估报告.pdf"))
    (entry,) = workspace.ledger.read_entries("assessment")
    assert entry.facts["keep_until"] == "2029-11-20"
    assert entry.facts["file"] == {"name": "评估报告.pdf", "sha256": hashlib.sha256(b"%PDF-1.7 report").hexdigest()}


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("tester", {}, "--as who does: reviewer"),
        ("automat", {}, "--as"),
        ("root", {}, "people.yaml"),
        ("reviewer", {"document": " "}, "empty"),
        ("reviewer", {"result": "联系 13912345678"}, "a person's number"),
        ("reviewer", {"on": date(2026, 11, 26)}, "in the future"),
        ("reviewer", {"until": date(2027, 3, 1)}, "100 days"),
        ("reviewer", {"until": date(2026, 11, 24)}, "a day from 2026-11-25"),
        ("reviewer", {"file": "nowhere.pdf"}, "put it there first"),
        ("reviewer", {"file": "../people.yaml"}, "put it there first"),
    ],
)
def test_a_record_takes_a_role_a_document_a_result_and_a_day(workspace, name, change, told):
    with pytest.raises(UsageError, match=told):
        assess(workspace, name, "pia", SAID._replace(**change))
    assert workspace.ledger.read_entries("assessment") == []


def test_an_invented_person_assesses_invented_data_only(workspace):
    with pytest.raises(UsageError, match="sample data only"):
        assess(workspace, "sample-head", "head_approval")
    assert assess(replace(workspace, synthetic=True), "sample-head", "head_approval").synthetic


def test_the_same_again_changes_nothing_and_a_later_one_replaces_it_until_it_is_taken_back(workspace):
    first = assess(workspace, "reviewer", "pia")
    assert assess(workspace, "reviewer", "pia") == first
    wrong = assess(workspace, "reviewer", "pia", SAID._replace(document="辽体评〔2026〕2号"))
    assert list_assessments(workspace, CONTRACT)["pia"] == wrong
    with pytest.raises(UsageError, match="reason is empty"):
        undo_assessment(replace(workspace, actor="reviewer"), "sample", "pia", " ", NOW)
    with pytest.raises(UsageError, match="--as"):
        undo_assessment(replace(workspace, actor="clerk"), "sample", "pia", "文号有误", NOW)
    assert undo_assessment(replace(workspace, actor="reviewer"), "sample", "pia", "文号有误", NOW) == wrong
    assert list_assessments(workspace, CONTRACT)["pia"] == first
    undo_assessment(replace(workspace, actor="reviewer"), "sample", "pia", "文号有误", NOW)
    with pytest.raises(UsageError, match="no record"):
        undo_assessment(replace(workspace, actor="reviewer"), "sample", "pia", "文号有误", NOW)
    assert [entry.facts["reason"] for entry in workspace.ledger.read_entries("revocation")] == ["文号有误", "文号有误"]
