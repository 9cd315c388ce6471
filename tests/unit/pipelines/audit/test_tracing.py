"""A trace leads to hand-in, receipt, original, verdict, approvals and publications, and tells where hashes or records disagree."""

from dataclasses import replace

import pytest

from pipelines.audit.trace_target import find_target
from pipelines.audit.tracing import trace_origin
from pipelines.publication.withdrawal import restore_dataset, withdraw_dataset
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.submission import original_file
from schemas.errors import UsageError
from schemas.text import Text
from support.contracts import contract_with
from support.people import write_people
from support.walked import publish_all, release_all, take_all
from support.workspaces import NOW, copied_workspace, put, workspace_with

POLICY = {"approvals": {"roles": ["steward", "confidentiality"]}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    write_people(home)
    workspace = workspace_with(home, contract_with(["code", "area:number"], policy=POLICY))
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210200", "sample_2026.csv", "code,area\nD1,30\nD2,40\n")
    take_all(workspace)
    release_all(workspace)
    publish_all(workspace)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def traced(workspace, asked):
    return trace_origin(workspace, find_target(workspace, asked, None, None))


def test_a_row_leads_to_one_hand_in_two_people_and_a_catalogue(workspace):
    trace = traced(workspace, "D1")
    (source,) = trace.sources
    assert (str(source.submission.slice), source.rows, source.original) == ("sample/210200/2026", 2, "same")
    assert source.receipt.contract_hash == workspace.contracts["sample"].digest == trace.provenance["contract_hash"]
    assert (source.received.kind, source.verdict.facts["outcome"]) == ("submission", "accept")
    assert [(entry.who, entry.facts["role"]) for entry in trace.approvals] == [
        ("tester", "steward"),
        ("reviewer", "confidentiality"),
    ]
    assert [(entry.kind, entry.facts["catalogue"]) for entry in trace.publications] == [("publication", "static")]
    assert (trace.events, trace.faults) == ((), ())


def test_a_release_leads_to_all_hand_ins_and_a_receipt_to_its_release(workspace):
    whole = traced(workspace, "sample/2026.11.1")
    assert [source.submission.slice.department for source in whole.sources] == ["210100", "210200"]
    number = whole.sources[0].submission.number
    own = traced(workspace, number)
    assert (own.release.number, [source.submission.number for source in own.sources]) == ("2026.11.1", [number])
    with pytest.raises(UsageError, match="RCPT-AAAA"):
        traced(workspace, "RCPT-AAAA")


def test_a_refused_hand_in_is_traced_without_a_release(workspace):
    put(workspace, "210100", "nothing.csv", "x\n")
    (receipt,) = take_all(workspace).values()
    trace = traced(workspace, receipt.number)
    assert (trace.release, trace.contract, trace.approvals, trace.faults) == (None, None, (), ())


def test_later_decisions_about_it_are_told(workspace):
    number = traced(workspace, "S1").sources[0].submission.number
    retract_submission(workspace, number, "登记有误", NOW)
    withdraw_dataset(workspace, "sample", Text(zh="核实", en="a check"), None, NOW)
    publish_all(workspace)
    restore_dataset(workspace, "sample", Text(zh="核实完毕", en="checked"), NOW)
    trace = traced(workspace, "S1")
    assert [entry.kind for entry in trace.events] == ["retraction", "withdrawal", "restoration"]
    assert [entry.kind for entry in trace.publications] == ["publication", "retirement"]
    assert [entry.kind for entry in traced(workspace, "D1").events] == ["withdrawal", "restoration"]


def test_one_flipped_byte_of_an_original_or_a_released_file_is_found(workspace):
    source = traced(workspace, "S1").sources[0]
    path = original_file(workspace, source.submission)
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    assert ["was changed" in fault.en for fault in traced(workspace, "S1").faults] == [True]
    path.unlink()
    assert ["is gone" in fault.en for fault in traced(workspace, "S1").faults] == [True]
    path.write_bytes(whole)
    released = workspace.layout.release_folder("sample", "2026.11.1") / "sample.csv"
    released.chmod(0o644)
    released.write_bytes(released.read_bytes().replace(b"S2", b"S3"))
    assert [fault.en for fault in traced(workspace, "S1").faults] == ["sample.csv was changed"]


def test_a_receipt_or_a_ledger_that_says_something_else_is_found(workspace):
    number = traced(workspace, "S1").sources[0].submission.number
    path = workspace.layout.receipt_file(number, "json")
    path.write_text(path.read_text(encoding="utf-8").replace('"accepted": 2', '"accepted": 1'), encoding="utf-8")
    assert "another verdict" in traced(workspace, "S1").faults[0].en
    lines = workspace.layout.ledger.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"kind":"release"' not in line]
    workspace.layout.ledger.write_bytes(b"".join(kept))
    fresh = replace(workspace)
    assert "no entry of this release" in traced(fresh, "S1").faults[0].en
