"""A trace in words: both languages, every part, sample people named as such, and what disagrees is marked."""

import pytest

from pipelines.audit.trace_target import find_target
from pipelines.audit.trace_view import build_sections
from pipelines.audit.tracing import trace_origin
from pipelines.submissions.inbox.submission import original_file
from schemas.people import Person
from support.contracts import contract_with
from support.people import write_people
from support.walked import publish_all, release_all, take_all
from support.workspaces import copied_workspace, put, workspace_with

PEOPLE = (
    Person(name="平台", roles=("system",)),
    Person(name="tester", roles=("steward",), synthetic=True),
    Person(name="示例审查员", roles=("confidentiality",), synthetic=True),
)
POLICY = {"approvals": {"roles": ["steward", "confidentiality"]}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    write_people(home, *PEOPLE)
    workspace = workspace_with(home, contract_with(["code", "area:number"], policy=POLICY), synthetic=True)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210200", "sample_2026.csv", "code,area\nD1,30\nD2,40\n")
    take_all(workspace)
    release_all(workspace)
    publish_all(workspace)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def sections_of(workspace, asked):
    trace = trace_origin(workspace, find_target(workspace, asked, None, None))
    return trace, {section.heading.en: section.lines for section in build_sections(workspace, trace)}


def test_a_row_is_told_in_six_sections_with_two_sample_people(workspace):
    trace, told = sections_of(workspace, "S1")
    assert list(told) == [
        "What was asked about",
        "Release",
        "Source",
        "Approvals",
        "Where and when it was public",
        "Other decisions about it",
    ]
    assert [line.label.en for line in told["Approvals"]] == ["data steward", "confidentiality reviewer"]
    for line, name in zip(told["Approvals"], ("tester", "示例审查员"), strict=True):
        assert f"{name}（示例人员，虚构），2026-11-25 09:30 同意" in line.value.zh
        assert "(sample person, invented), approved 2026-11-25 09:30, until 2026-12-25" in line.value.en
    number = trace.sources[0].submission.number
    assert [line.receipt for line in told["Source"] if line.receipt] == [number]
    said = {line.label.en: line.value.en for line in told["Source"]}
    assert said["SHA-256 of the original"] == trace.sources[0].submission.sha256
    assert said["The kept original"] == "the same, byte by byte, as received"
    assert "catalogue static" in told["Where and when it was public"][0].value.en


def test_a_release_lists_its_hand_ins_one_a_line(workspace):
    _, told = sections_of(workspace, "sample/2026.11.1")
    assert [line.label.zh for line in told["Source"]] == ["沈阳市体育局 2026", "大连市体育局 2026"]
    assert all(line.receipt.startswith("RCPT-") for line in told["Source"])


def test_what_disagrees_is_a_section_of_its_own_and_marked(workspace):
    trace, _ = sections_of(workspace, "S1")
    original_file(workspace, trace.sources[0].submission).write_bytes(b"other")
    _, told = sections_of(workspace, "S1")
    assert [line.signal for line in told["What does not agree"]] == ["mend"]
    assert [line.signal for line in told["Source"] if line.signal] == ["mend"]


def test_a_dataset_that_asks_for_no_approval_says_so(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"]))
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    take_all(workspace)
    release_all(workspace)
    _, told = sections_of(workspace, "S1")
    assert told["Approvals"][0].value.en == "the contract asks for none"
    assert told["Where and when it was public"][0].value.en == "none"
