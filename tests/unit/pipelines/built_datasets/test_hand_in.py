"""Datasets that the platform builds: built when their sources changed, handed in like any file, refused from anybody else."""

import csv
from datetime import timedelta

import pytest

from pipelines.built_datasets.hand_in import build_datasets, find_foreign_file
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.timeliness import find_owed_slices
from schemas.errors import ContractError
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

QUERY = "SELECT name, count(*) AS venues FROM venue GROUP BY name"
SLICE = SliceKey(dataset="venue_count", department="lnsports", period="2026")


def make_workspace(home, query=QUERY, **built):
    venue = contract_with(["id:integer", "name"], name="venue", policy={"submitters": ["city_bureau"]})
    counted = contract_with(
        ["name", "venues:integer"],
        name="venue_count",
        policy={
            "submitters": ["lnsports"],
            "owner": "lnsports",
            "cadence": "monthly",
            "built": {"datasets": ["venue"], "query": query, **built},
        },
    )
    return workspace_with(home, venue, counted)


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path)


def hand_in(workspace, content, department="210100"):
    put(workspace, department, "venue_2026.csv", content)
    return list(take_all(workspace).values())


def rows_of(workspace):
    table = workspace.lake.read_current(workspace.contracts["venue_count"])
    return table.select(["name", "venues"]).to_pylist()


def test_rows_are_built_from_what_stands_and_land_with_a_receipt(workspace):
    hand_in(workspace, "id,name\n1,馆\n2,场\n3,馆\n")
    (built,) = build_datasets(workspace, NOW)
    assert (built.slice, built.rows) == (SLICE, 2)
    (receipt,) = take_all(workspace).values()
    assert (receipt.outcome, receipt.department, receipt.accepted) == ("accept", "lnsports", 2)
    assert rows_of(workspace) == [{"name": "场", "venues": 1}, {"name": "馆", "venues": 2}]


def test_nothing_is_built_while_the_sources_stay_as_they_are(workspace):
    hand_in(workspace, "id,name\n1,馆\n")
    build_datasets(workspace, NOW)
    take_all(workspace)
    before = workspace.ledger.read_head()
    assert build_datasets(workspace, NOW + timedelta(days=3)) == []
    assert workspace.ledger.read_head() == before


def test_other_sources_with_the_same_rows_are_noted_and_not_handed_in_again(workspace):
    hand_in(workspace, "id,name\n1,馆\n")
    build_datasets(workspace, NOW)
    take_all(workspace)
    hand_in(workspace, "id,name\n7,馆\n")
    (again,) = build_datasets(workspace, NOW)
    assert (again.rows, again.arrival) == (1, None)
    assert len(workspace.ledger.read_entries("build")) == 2
    assert build_datasets(workspace, NOW) == []


def test_fewer_rows_than_before_replace_the_old_ones(workspace):
    hand_in(workspace, "id,name\n" + "".join(f"{n},馆{n}\n" for n in range(9)))
    build_datasets(workspace, NOW)
    take_all(workspace)
    put(workspace, "210100", "venue_2026_完整.csv", "id,name\n1,馆1\n")
    take_all(workspace)
    build_datasets(workspace, NOW)
    (receipt,) = take_all(workspace).values()
    assert receipt.outcome == "accept"
    assert rows_of(workspace) == [{"name": "馆1", "venues": 1}]


def test_a_build_whose_file_was_lost_is_made_again_without_a_second_entry(workspace):
    hand_in(workspace, "id,name\n1,馆\n")
    (first,) = build_datasets(workspace, NOW)
    first.arrival.path.unlink()
    (again,) = build_datasets(workspace, NOW)
    assert again.arrival.sha256 == first.arrival.sha256
    assert len(workspace.ledger.read_entries("build")) == 1


def test_what_was_retracted_is_not_built_again_until_a_source_changes(workspace):
    hand_in(workspace, "id,name\n1,馆\n")
    build_datasets(workspace, NOW)
    (receipt,) = take_all(workspace).values()
    retract_submission(workspace, receipt.number, "生成语句有误", NOW)
    assert build_datasets(workspace, NOW) == []
    assert rows_of(workspace) == []
    hand_in(workspace, "id,name\n1,馆\n2,馆\n")
    build_datasets(workspace, NOW)
    take_all(workspace)
    assert rows_of(workspace) == [{"name": "馆", "venues": 2}]


def test_a_file_that_somebody_else_made_is_refused(workspace):
    put(workspace, "lnsports", "venue_count_2026.csv", "name,venues\n馆,5\n")
    (receipt,) = take_all(workspace).values()
    assert receipt.outcome == "refused"
    assert "由平台从其他数据集生成" in receipt.reason.zh
    assert rows_of(workspace) == []


def test_a_file_of_another_dataset_is_nobodys_concern_here(workspace):
    assert find_foreign_file(workspace, workspace.contracts["venue"], SLICE, "0" * 64) is None


def test_without_rows_nothing_is_handed_in_and_nothing_is_recorded(workspace):
    (built,) = build_datasets(workspace, NOW)
    assert (built.rows, built.arrival) == (0, None)
    assert workspace.ledger.read_entries("build") == []


def test_nobody_owes_what_the_platform_builds(workspace):
    assert find_owed_slices(workspace, workspace.contracts["venue_count"], NOW.date()) == []


@pytest.mark.parametrize("query", ["SELECT nothing", "SELECT name FROM venue", "DROP TABLE venue"])
def test_a_query_that_does_not_run_or_lacks_a_field_is_an_error_of_the_contract(tmp_path, query):
    with pytest.raises(ContractError, match="venue_count"):
        build_datasets(make_workspace(tmp_path, query), NOW)


def test_cells_stay_text_whatever_they_hold(workspace):
    hand_in(workspace, 'id,name\n1,"馆,""一"""\n2,007\n')
    (built,) = build_datasets(workspace, NOW)
    with built.arrival.path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [["007", "1"], ['馆,"一"', "1"]]
