"""A release comes out of the originals again, byte by byte; where it does not, it is said what differs and why."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.audit import reproduction
from pipelines.audit.reproduction import reproduce_release
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.decisions.rejudging import rejudge_due
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.submission import original_file, read_submission
from schemas.errors import ReleaseError
from support.contracts import contract_with
from support.people import write_people
from support.walked import files_of, release_all, take_all
from support.workspaces import NOW, put, workspace_with
from warehouse.releases.releases import list_releases

POLICY = {"approvals": {"roles": ["steward", "confidentiality"]}, "quarantine": {"share": 0.2}}
CONTRACT = contract_with(["code", "area:number", "name"], policy=POLICY)
HEAD = "department,period,code,field,old,new,reason,who,approved_by,until\n"
CORRECTION = "210100,,S2,area,3,33,误记,张三,李四,2026-12-31\n"


def lines(letter, count, wrong=0):
    rows = [f"{letter}{at},{'x' if at < wrong else at + 1},场馆{letter}{at}\n" for at in range(count)]
    return "code,area,name\n" + "".join(rows)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Three releases: with rows held back, then with a correction and an acceptance, then after a retraction and a late period."""
    home = tmp_path_factory.mktemp("home")
    write_people(home)
    workspace = workspace_with(home, CONTRACT)
    put(workspace, "210100", "sample_2026.csv", lines("S", 30, wrong=2))
    put(workspace, "210200", "sample_2026.csv", lines("D", 100))
    take_all(workspace)
    release_all(workspace)
    file = workspace.layout.corrections_file("sample")
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + CORRECTION, encoding="utf-8")
    later = NOW + timedelta(days=1)
    rejudge_due(workspace, later)
    put(workspace, "210200", "sample_2026.csv", lines("D", 12))
    (waits,) = take_all(workspace, later).values()
    accept_submission(workspace, waits.number, "上次重复报送", later)
    release_all(workspace, later)
    last = later + timedelta(days=1)
    retract_submission(workspace, waits.number, "还是原来的对", last)
    put(workspace, "lnsports", "sample_2026.csv", lines("L", 20))
    take_all(workspace, last)
    release_all(workspace, last)
    return workspace


def test_every_release_comes_out_the_same_and_nothing_changes_in_the_home(workspace):
    before = files_of(workspace.layout.home)
    releases = list_releases(workspace.layout, "sample")
    assert [release.rows for release in releases] == [128, 40, 148]
    for release in releases:
        found = reproduce_release(workspace, release)
        assert [file.name for file in found.files if not file.same] == []
        assert (found.differences, found.causes, found.same) == ((), (), True)
    assert found.slices == 3
    assert files_of(workspace.layout.home) == before


def test_the_day_of_the_time_limits_is_that_of_the_release(workspace):
    for release in list_releases(workspace.layout, "sample"):
        file = workspace.layout.release_folder("sample", release.number) / "datapackage.json"
        told = json.loads(file.read_text(encoding="utf-8"))["sportlake"]["release"]["time_limits"]
        assert told["as_of"] == release.created.date().isoformat()
        assert [limit["id"] for limit in told["limits"]] == ["hand-in"]


def test_other_code_is_named_as_the_cause_and_the_data_are_the_same(workspace, monkeypatch):
    versions = {"contract_hash": CONTRACT.digest, "code_version": "9.9.9+ff", "tools": {"duckdb": "0"}}
    monkeypatch.setattr(reproduction, "list_versions", lambda _: versions)
    monkeypatch.setattr("warehouse.releases.contents.list_versions", lambda _: versions)
    found = reproduce_release(workspace, list_releases(workspace.layout, "sample")[0])
    assert (found.same, found.same_data) == (False, True)
    assert [file.name for file in found.files if not file.same] == ["SHA256SUMS", "provenance.json"]
    assert [cause.en.split(":")[0] for cause in found.causes] == [
        "another version of the code",
        "another version of duckdb",
    ]


def test_another_contract_is_a_cause_and_its_verdicts_differ(workspace):
    small = [{"kind": "compare", "id": "small", "left": "area", "op": "<", "value": 100}]
    newer = contract_with(["code", "area:number", "name"], small, version="1.1.0", policy=POLICY)
    found = reproduce_release(
        replace(workspace, contracts={"sample": newer}), list_releases(workspace.layout, "sample")[0]
    )
    assert (found.same, found.same_data) == (False, False)
    assert "sample/210200/2026: findings small: 0 on the receipt, 1 now" in [one.en for one in found.differences]
    assert any("another contract" in cause.en for cause in found.causes)


def test_a_correction_that_is_gone_and_an_original_that_is_gone_are_said(workspace):
    release = list_releases(workspace.layout, "sample")[1]
    file = workspace.layout.corrections_file("sample")
    text = file.read_text(encoding="utf-8")
    file.write_text(HEAD, encoding="utf-8")
    try:
        found = reproduce_release(workspace, release)
        assert not found.same
        assert any("1 corrections that were on record then are gone" in cause.en for cause in found.causes)
        assert "sample.csv" in [one.name for one in found.files if not one.same]
    finally:
        file.write_text(text, encoding="utf-8")
    number = next(one.facts["number"] for one in workspace.ledger.read_entries("acceptance"))
    original = original_file(workspace, read_submission(workspace, number))
    content = original.read_bytes()
    original.unlink()
    try:
        found = reproduce_release(workspace, release)
        assert [f"the original of {number} is gone" in one.en for one in found.differences] == [True]
        assert (found.same, [file.name for file in found.files if not file.same]) == (False, [])
    finally:
        original.write_bytes(content)


def test_one_flipped_byte_of_an_original_is_found(workspace):
    release = list_releases(workspace.layout, "sample")[0]
    number = workspace.ledger.read_entries("submission")[0].facts["number"]
    original = original_file(workspace, read_submission(workspace, number))
    content = original.read_bytes()
    original.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    found = reproduce_release(workspace, release)
    original.write_bytes(content)
    assert [f"the original of {number} was changed" in one.en for one in found.differences] == [True]


def test_a_release_that_the_ledger_does_not_know_is_refused(workspace, tmp_path):
    release = list_releases(workspace.layout, "sample")[0]
    with pytest.raises(ReleaseError, match="the ledger has no release sample"):
        reproduce_release(workspace_with(tmp_path, CONTRACT), release)
