"""Fingerprints of standing slices: derived once, found again, derived again where damaged, gone with what they describe."""

import pyarrow as pa
import pytest

from pipelines.submissions.comparisons.compared_rows import project_contract
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with
from warehouse.lake.lake import Lake
from warehouse.lake.row_fingerprints import collect_sets, fingerprint_rows
from warehouse.lake.slice_fingerprints import SliceFingerprints, read_file
from warehouse.types import arrow_schema

CONTRACT = contract_with(["id", "name", "place", "opens:time", "size:number"])
KEY = SliceKey(dataset="sample", department="210100", period="2026")


def rows(count, first=0):
    at = range(first, first + count)
    columns = [
        [str(n) for n in at],
        [f"名{n}" for n in at],
        ["地"] * count,
        [n * 10**6 for n in at],
        [n / 2 for n in at],
    ]
    return pa.table([pa.array(c).cast(f.type) for c, f in zip(columns, arrow_schema(CONTRACT), strict=True)],
                    schema=arrow_schema(CONTRACT))  # fmt: skip


@pytest.fixture
def workspace(tmp_path):
    workspace = workspace_with(tmp_path, CONTRACT)
    land(workspace, rows(40))
    return workspace


def land(workspace, table):
    workspace.lake.replace_slices(CONTRACT, {KEY: table}, {"who": "tester"}, NOW)


def standing(workspace):
    """As another process sees them: one lake keeps those of small slices in memory."""
    return Lake(workspace.layout).open_fingerprints(CONTRACT, project_contract(CONTRACT))


def files(workspace):
    return sorted(workspace.layout.fingerprints_folder("sample").glob("*"))


def as_lists(sets):
    return [list(each) for each in sets[:4]] + [sets.rows]


def test_rows_in_the_lake_have_the_fingerprints_that_they_had_before(workspace):
    before = collect_sets(fingerprint_rows(rows(40), project_contract(CONTRACT)))
    assert as_lists(standing(workspace).read_sets(KEY)) == as_lists(before)


def test_they_are_derived_once(workspace, monkeypatch):
    first = as_lists(standing(workspace).read_sets(KEY))
    monkeypatch.setattr(SliceFingerprints, "_derive", None)
    assert as_lists(standing(workspace).read_sets(KEY)) == first


def test_those_that_rows_had_before_they_landed_are_kept_and_the_part_is_not_read(workspace, monkeypatch):
    before = collect_sets(fingerprint_rows(rows(40), project_contract(CONTRACT)))
    monkeypatch.setattr(SliceFingerprints, "_derive", None)
    standing(workspace).keep_sets(KEY, before)
    assert as_lists(standing(workspace).read_sets(KEY)) == as_lists(before)
    assert len(files(workspace)) == 1


@pytest.mark.parametrize("left", [0, 7, 16, 40, 200])
def test_a_damaged_file_is_derived_again(workspace, left):
    first = as_lists(standing(workspace).read_sets(KEY))
    (path,) = files(workspace)
    path.write_bytes(path.read_bytes()[:left])
    assert read_file(path) is None
    assert as_lists(standing(workspace).read_sets(KEY)) == first
    assert read_file(path) is not None


def test_what_no_longer_stands_is_neither_looked_at_nor_kept(workspace):
    standing(workspace).read_sets(KEY)
    land(workspace, rows(40, first=100))
    now = standing(workspace)
    assert list(now.parts) == [KEY]
    now.read_sets(KEY)
    assert [path.name.split("-")[0] for path in files(workspace)] == [now.parts[KEY].digest]


def test_a_slice_that_does_not_stand_has_none(workspace):
    land(workspace, None)
    with pytest.raises(KeyError):
        standing(workspace).read_sets(KEY)


def test_a_large_file_is_mapped_and_reads_the_same(workspace, monkeypatch):
    first = as_lists(standing(workspace).read_sets(KEY))
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MAPPED", 1)
    (path,) = files(workspace)
    assert as_lists(read_file(path)) == first
