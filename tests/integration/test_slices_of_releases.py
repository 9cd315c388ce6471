"""Rows of a release say which department handed them in and for which period, in every file; before, they did not."""

import csv
import io
import json
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from pipelines.intake import take_arrival
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.submissions.inbox.inbox import list_arrivals
from support.approved import approve_for_test
from support.contracts import contract_with
from support.older_release import drop_slice_columns
from support.workspaces import NOW, copied_workspace, put, workspace_with
from warehouse.releases.releases import list_releases, verify_release

PLACE = contract_with(
    ["id", "name", "size", "kind"], name="place", primary_key=["id"], policy={"approvals": {"roles": ["steward"]}}
)
SLICE = {"department": "210100", "department_name": "沈阳市体育局", "department_name_en": "Shenyang Sports Bureau", "period": "2026"}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    made = workspace_with(home, PLACE)
    hand_in(made, "place_2026.csv", "id,name,size,kind\na,甲,大,馆\nb,乙,小,场\n")
    release(made, 0)
    return made


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def hand_in(workspace, name, content):
    put(workspace, "210100", name, content)
    (arrival,) = list_arrivals(workspace)
    return take_arrival(workspace, arrival, NOW)


def release(workspace, days):
    now = NOW + timedelta(days=days)
    candidate = assemble_candidate(workspace, "place")
    approve_for_test(workspace, candidate, now)
    return freeze_candidate(workspace, candidate, now)


def folder_of(workspace):
    return workspace.layout.release_folder("place", list_releases(workspace.layout, "place")[-1].number)


def test_every_file_of_the_release_has_them(workspace):
    folder = folder_of(workspace)
    (row, _) = csv.DictReader(io.StringIO((folder / "place.csv").read_text(encoding="utf-8-sig")))
    assert row == {"id": "a", "name": "甲", "size": "大", "kind": "馆", **SLICE}
    assert pq.read_table(folder / "place.parquet").to_pylist()[0] == row
    fields = json.loads((folder / "datapackage.json").read_bytes())["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(row)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_release_is_taken_as_a_hand_in(workspace, suffix):
    content = (folder_of(workspace) / f"place.{suffix}").read_bytes()
    number = hand_in(workspace, f"place_2025.{suffix}", content).number
    verdict = workspace.ledger.find_entries("verdict", "number", number)[-1].facts
    assert (verdict["outcome"], verdict["accepted"], verdict["counts"]) == ("accept", 2, {})


def test_the_run_after_a_release_without_them_makes_one_more_in_which_no_row_changed(workspace):
    drop_slice_columns(folder_of(workspace))
    made = release(workspace, 1)
    folder = folder_of(workspace)
    assert (made.number, made.previous) == ("2026.11.2", "2026.11.1")
    assert verify_release(folder) == []
    changes = json.loads((folder / "datapackage.json").read_bytes())["sportlake"]["release"]["changes"]
    assert changes == {"added": 0, "removed": 0, "changed": 0, "columns_added": list(SLICE), "columns_removed": []}
    assert release(workspace, 2) is None
