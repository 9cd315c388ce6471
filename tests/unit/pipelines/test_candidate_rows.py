"""Rows of a candidate are read once while nothing changes, and again when something did."""

from dataclasses import replace

import pytest

from pipelines.candidate_rows import KEPT
from pipelines.release import assemble_candidate, freeze_candidate
from schemas.errors import ReleaseError
from schemas.negative_list import NegativeEntry
from schemas.text import Text
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(
    ["id", "note"], policy={"approvals": {"roles": []}, "assessments": {"needed": []}, "coverage": 0}
)
ABOUT = Text(zh="军事设施", en="military sites")
ENTRY = NegativeEntry(id="x", name=ABOUT, circumstance=ABOUT, basis="条例", match="contains", words=("军事禁区",), valid_from=NOW.date())  # fmt: skip


@pytest.fixture
def workspace(tmp_path):
    made = workspace_with(tmp_path, CONTRACT)
    put(made, "210100", "sample_2026.csv", "id,note\na,军事禁区\nb,y\n")
    take_all(made)
    return made


def kept(workspace):
    return sorted(path.name for path in workspace.layout.candidates_folder.glob("*.parquet"))


def candidate_of(workspace):
    return assemble_candidate(workspace, "sample", NOW.date())


def test_an_unchanged_candidate_is_not_read_from_the_lake_again(workspace, monkeypatch):
    first = candidate_of(workspace)
    monkeypatch.setattr("warehouse.lake.lake.Lake.read_sorted", None)
    assert candidate_of(workspace) == first
    assert freeze_candidate(workspace, candidate_of(workspace), NOW).content_hash == first.content_hash


def test_a_kept_file_that_is_damaged_or_lost_is_made_again(workspace):
    first = candidate_of(workspace)
    first.rows.parquet.write_bytes(b"PAR1")
    assert candidate_of(workspace) == first
    first.rows.parquet.unlink()
    assert candidate_of(workspace) == first
    first.rows.parquet.with_suffix(".json").write_text("{}", encoding="utf-8")
    assert candidate_of(workspace) == first


def test_other_rows_another_contract_and_another_negative_list_are_another_candidate(workspace):
    first = candidate_of(workspace)
    assert not first.blocked
    assert candidate_of(replace(workspace, negative_list=(ENTRY,))).blocked
    retitled = contract_with([{"name": "id", "title": "新"}, "note"], policy=dict(CONTRACT.descriptor["sportlake"]))
    assert candidate_of(replace(workspace, contracts={"sample": retitled})).content_hash != first.content_hash
    put(workspace, "210200", "sample_2026.csv", "id,note\nc,z\n")
    take_all(workspace)
    assert candidate_of(workspace).rows.counted.rows == 3
    assert len(kept(workspace)) == KEPT


def test_rows_that_are_not_those_that_were_counted_are_not_released(workspace):
    candidate = candidate_of(workspace)
    other = replace(candidate, rows=candidate.rows._replace(counted=candidate.rows.counted.model_copy(update={"content_hash": "0" * 64})))  # fmt: skip
    with pytest.raises(ReleaseError, match="not those that were reviewed"):
        freeze_candidate(workspace, other, NOW)
    assert freeze_candidate(workspace, candidate, NOW) is not None


def test_who_may_only_read_the_installation_sees_the_candidate_all_the_same(workspace, monkeypatch):
    def refuse(_):
        raise PermissionError

    monkeypatch.setattr("pipelines.candidate_rows.make_folder", refuse)
    candidate = candidate_of(workspace)
    assert candidate.rows.read_columns(["id"]).to_pylist() == [{"id": "a"}, {"id": "b"}]
    assert kept(workspace) == []


def test_what_a_killed_run_left_is_removed(workspace):
    left = workspace.layout.candidates_folder / ".sample-making-x"
    left.mkdir(parents=True)
    (left / "sample.parquet").write_bytes(b"")
    candidate_of(workspace)
    assert not left.exists()
