"""The history of a table with other rows: every version is read as before without them, also between two steps."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable

from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW
from warehouse.lake import rewriting
from warehouse.lake.lake import Lake
from warehouse.layout import Layout

CONTRACT = contract_with(["id", "note"], name="sample")
KEYS = [SliceKey(dataset="sample", department=code, period="2026") for code in ("210100", "210200")]
STATES = [("x", "王"), ("王", "y"), ("z", "z"), ("x", "王")]


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    for turn, notes in enumerate(STATES):
        rows = pa.table({"id": ["a", "b"], "note": list(notes)})
        Lake(layout).replace_slices(CONTRACT, {KEYS[turn % 2]: rows}, {"turn": str(turn)}, NOW + timedelta(hours=turn))
    return layout


def emptied(rows):
    held = pc.equal(rows.column("note"), "王")
    if not pc.any(held).as_py():
        return None
    return rows.set_column(1, "note", pc.if_else(held, pa.scalar(None, pa.string()), rows.column("note")))


def states(layout):
    return [Lake(layout).read_current(CONTRACT, version).to_pylist() for version in range(1, len(STATES) + 1)]


def without(read):
    return [[{**row, "note": None if row["note"] == "王" else row["note"]} for row in rows] for rows in read]


def test_every_version_is_read_without_it_and_no_file_holds_it(layout):
    before, lake = states(layout), Lake(layout)
    assert lake.rewrite_history("sample", CONTRACT.primary_key, emptied) == 3
    assert states(layout) == without(before) != before
    folder = layout.lake_folder("sample")
    assert not [path for path in folder.rglob("*.parquet") if "王".encode() in path.read_bytes()]
    assert sorted(DeltaTable(folder, version=2).to_pyarrow_table().column("note").to_pylist(), key=str) == [None, None, "x", "y"]  # fmt: skip
    assert lake.rewrite_history("sample", CONTRACT.primary_key, emptied) == 0


def test_the_table_goes_on_and_equal_rows_commit_nothing(layout):
    Lake(layout).rewrite_history("sample", CONTRACT.primary_key, emptied)
    version = Lake(layout).current_version(CONTRACT)
    rows = pa.table({"id": ["a", "b"], "note": pa.array(["x", None])})
    assert Lake(layout).replace_slices(CONTRACT, {KEYS[1]: rows}, {}, NOW) == version
    assert Lake(layout).replace_slices(CONTRACT, {KEYS[1]: rows.slice(1)}, {}, NOW) == version + 1
    assert Lake(layout).read_current(CONTRACT).num_rows == 3


@pytest.mark.parametrize("writes", range(5))
def test_a_kill_after_any_commit_file_leaves_a_table_that_can_be_read(layout, monkeypatch, writes):
    before, real, done = states(layout), rewriting.write_atomically, []

    def die_at(path, text):
        if len(done) == writes:
            raise KeyboardInterrupt
        done.append(path)
        real(path, text)

    monkeypatch.setattr(rewriting, "write_atomically", die_at)
    with pytest.raises(KeyboardInterrupt):
        Lake(layout).rewrite_history("sample", CONTRACT.primary_key, emptied)
    monkeypatch.setattr(rewriting, "write_atomically", real)
    assert without(states(layout)) == without(before)
    Lake(layout).rewrite_history("sample", CONTRACT.primary_key, emptied)
    assert states(layout) == without(before)
