"""Fingerprints of standing slices: derived once, found again, derived again where damaged, gone with what they describe."""

import pyarrow as pa
import pyarrow.parquet as pq
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


@pytest.fixture
def large(monkeypatch):
    """Every slice counts as a large one."""
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MOST_ROWS_KEPT", 0)


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


@pytest.mark.usefixtures("large")
def test_keys_alone_are_those_of_all_and_no_other_column_is_read(workspace, monkeypatch):
    asked, iter_batches = [], pq.ParquetFile.iter_batches

    def record(file, columns):
        asked.append(columns)
        return iter_batches(file, columns=columns)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", record)
    keys = standing(workspace).read_keys(KEY)
    assert asked == [["id"]]
    assert list(keys) == list(standing(workspace).read_sets(KEY).keys)


def test_keys_of_a_small_slice_or_one_with_all_fingerprints_need_no_file_of_their_own(workspace, monkeypatch):
    first = list(standing(workspace).read_keys(KEY))
    assert len(files(workspace)) == 1
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MOST_ROWS_KEPT", 0)
    monkeypatch.setattr(SliceFingerprints, "_derive", None)
    assert list(standing(workspace).read_keys(KEY)) == first


@pytest.mark.usefixtures("large")
def test_keys_that_rows_had_before_they_landed_are_kept(workspace, monkeypatch):
    alone = project_contract(CONTRACT).key_alone
    sets = collect_sets(fingerprint_rows(rows(40), alone))
    monkeypatch.setattr(SliceFingerprints, "_derive", None)
    Lake(workspace.layout).open_fingerprints(CONTRACT, alone).keep_sets(KEY, sets)
    assert list(standing(workspace).read_keys(KEY)) == list(sets.keys)


@pytest.mark.parametrize("left", [0, 7, 40, 200])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.usefixtures("large")
def test_a_damaged_file_of_keys_is_derived_again(workspace, left, whole):
    first = list(standing(workspace).read_keys(KEY))
    if whole:
        standing(workspace).read_sets(KEY)
    for path in files(workspace):
        path.write_bytes(path.read_bytes()[:left])
    assert list(standing(workspace).read_keys(KEY)) == first
    assert any(read_file(path) is not None for path in files(workspace))


@pytest.mark.usefixtures("large")
def test_keys_of_what_no_longer_stands_are_neither_looked_at_nor_kept(workspace):
    standing(workspace).read_keys(KEY)
    land(workspace, rows(40, first=100))
    now = standing(workspace)
    assert list(now.read_keys(KEY)) == list(collect_sets(fingerprint_rows(rows(40, first=100), now.projection)).keys)
    assert [path.name.split("-")[0] for path in files(workspace)] == [now.parts[KEY].digest]


@pytest.mark.usefixtures("large")
def test_a_part_of_before_the_key_was_a_field_has_no_keys(workspace):
    other = project_contract(contract_with(["code", *(field.name for field in CONTRACT.fields)]))
    assert list(Lake(workspace.layout).open_fingerprints(CONTRACT, other).read_keys(KEY)) == []
