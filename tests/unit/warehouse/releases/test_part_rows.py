"""The rows of a release as parts: all of them once, in order; the same bytes from every engine; what was killed ends the same."""

import os
import signal
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import EngineError
from schemas.execution.code_version import read_code_version
from schemas.execution.engine import LocalEngine
from schemas.table_parts import PartRules
from warehouse.distributions import write_parquet
from warehouse.releases.hashed_files import FileSum
from warehouse.releases.part_rows import RowsOfPart, write_part_file, write_parts
from warehouse.releases.release_table import list_table_files, read_table

FIELD = pa.field("id", pa.string(), metadata={"comment": "编码 / Code"})
ROWS = pa.table(
    {"id": [f"r{n:03}" for n in range(200)], "n": pa.array(range(200))}, pa.schema([FIELD, pa.field("n", pa.int64())])
)


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "candidate.parquet"
    write_parquet(ROWS, path, {"title": "示例 / Sample"})
    return path


def cut(whole, folder, part_rows, engine=None):
    folder.mkdir()
    rules = PartRules(0, part_rows, engine and (lambda: nullcontext(engine)))
    return write_parts(whole, ROWS.num_rows, folder, "sample", rules)


@pytest.mark.parametrize(("part_rows", "counts"), [(50, [50] * 4), (70, [70, 70, 60]), (200, [200]), (900, [200])])
def test_every_row_is_in_one_part_in_the_order_of_the_key(whole, tmp_path, part_rows, counts):
    sums = cut(whole, tmp_path / "made", part_rows)
    files = list_table_files(tmp_path / "made", "sample")
    assert [pq.read_metadata(file).num_rows for file in files] == counts
    assert read_table(files).equals(ROWS)
    assert sums == {file.name: FileSum(file.stat().st_size, sums[file.name].sha256) for file in files}
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["made"]


def test_rows_are_cut_within_and_across_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("warehouse.distributions.ROW_GROUP", 30)
    write_parquet(ROWS, tmp_path / "candidate.parquet", {})
    cut(tmp_path / "candidate.parquet", tmp_path / "made", 70)
    assert read_table(list_table_files(tmp_path / "made", "sample")).equals(ROWS)


def test_parts_say_of_themselves_what_the_whole_says(whole, tmp_path):
    cut(whole, tmp_path / "made", 50)
    for file in list_table_files(tmp_path / "made", "sample"):
        assert pq.read_schema(file).equals(pq.read_schema(whole), check_metadata=True)


def test_two_processes_write_the_bytes_of_one(whole, tmp_path):
    assert cut(whole, tmp_path / "here", 70) == cut(whole, tmp_path / "there", 70, LocalEngine(2))


class DeadlyEngine(LocalEngine):
    """Its second worker dies in the middle of a file."""

    def map_units(self, work, units):
        yield work(units[0])
        Path(units[1].target).with_name("half").write_bytes(b"PAR1")
        yield from LocalEngine(2).map_units(die, [0, 1])


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_dies_leaves_nothing_but_the_folder_of_the_unfinished_release(whole, tmp_path):
    with pytest.raises(EngineError, match="was killed"):
        cut(whole, tmp_path / "made", 70, DeadlyEngine())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["made"]
    assert cut(whole, tmp_path / "again", 70) == cut(whole, tmp_path / "first", 70)


class LyingEngine(LocalEngine):
    """Its workers see another folder than the command."""

    def map_units(self, work, units):
        for found in super().map_units(work, units):
            yield found._replace(sha256="0" * 64)


def test_a_part_that_is_not_what_its_worker_wrote_is_refused(whole, tmp_path):
    with pytest.raises(EngineError, match=r"00001-of-00003\.parquet is not what a worker wrote"):
        cut(whole, tmp_path / "made", 70, LyingEngine())


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("source", "version", "told"),
    [("gone.parquet", read_code_version(), "cannot read"), ("candidate.parquet", "0", "other code")],
)
def test_a_worker_with_other_code_or_another_folder_says_so(tmp_path, source, version, told):
    unit = RowsOfPart(str(tmp_path / source), str(tmp_path / "part"), 0, 10, version)
    with pytest.raises(EngineError, match=told):
        write_part_file(unit)
