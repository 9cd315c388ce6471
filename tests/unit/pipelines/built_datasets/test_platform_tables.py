"""What the platform says of itself: every dataset with what stands and what is public, releases, the negative list."""

from dataclasses import replace

import pytest

from pipelines.built_datasets.platform_tables import read_platform_table
from schemas.negative_list import read_negative_list
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

TODAY = NOW.date()


@pytest.fixture
def workspace(tmp_path):
    venue = contract_with(
        ["id:integer", "name"], name="venue", policy={"submitters": ["city_bureau"], "owner": "lnsports"}
    )
    built = {"platform": ["catalogue"], "query": "SELECT dataset AS name FROM platform_catalogue"}
    listed = contract_with(
        ["name"], name="listed", policy={"submitters": ["lnsports"], "owner": "lnsports", "built": built}
    )
    return workspace_with(tmp_path, venue, listed)


def test_the_catalogue_has_a_row_a_dataset_also_before_anything_came(workspace):
    rows = read_platform_table(workspace, "catalogue", TODAY).to_pylist()
    assert [(row["dataset"], row["is_built"], row["rows"], row["release"]) for row in rows] == [
        ("listed", True, None, None),
        ("venue", False, 0, None),
    ]


def test_the_catalogue_counts_what_stands(workspace):
    put(workspace, "210100", "venue_2026.csv", "id,name\n1,馆\n2,场\n")
    take_all(workspace)
    (venue,) = [
        row for row in read_platform_table(workspace, "catalogue", TODAY).to_pylist() if row["dataset"] == "venue"
    ]
    assert (venue["slices"], venue["rows"], venue["owner_zh"]) == (1, 2, "辽宁省体育局")


def test_there_are_no_releases_before_the_first(workspace):
    assert read_platform_table(workspace, "releases", TODAY).num_rows == 0


def test_the_negative_list_is_there_whole_with_empty_ends(workspace):
    entries = read_negative_list()
    rows = read_platform_table(replace(workspace, negative_list=entries), "negative_list", TODAY).to_pylist()
    assert [row["entry_id"] for row in rows] == sorted(entry.id for entry in entries)
    assert {row["entry_id"]: row["valid_to"] for row in rows} == {entry.id: entry.valid_to for entry in entries}
