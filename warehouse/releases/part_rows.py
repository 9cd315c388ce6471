"""The rows of a release written as parts: ranges of the rows of one Parquet file, each a unit of work that an engine does anywhere.

Rows are in the order of their keys, and the gate lets only unique keys through, so no key is in two parts. The same rows and the same
number of rows per part give the same bytes. Which release is in parts is a rule of the installation (`PartRules`). Not here: the file
that is cut (`release_rows.py`), the names of parts (`schemas/table_parts.py`), reading them (`release_table.py`).
"""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import EngineError
from schemas.execution.code_version import read_code_version
from schemas.execution.engine import LocalEngine
from schemas.execution.worker_plan import make_unreachable_error, require_code_version
from schemas.table_parts import PartRules, TablePart, name_table_part
from schemas.text import Text
from warehouse.distributions import ROW_GROUP, open_parquet
from warehouse.releases.hashed_files import FileSum, MeasuredFolder
from warehouse.releases.release_rows import cut_groups


class RowsOfPart(NamedTuple):
    """A unit of work: `rows` rows of the file `source`, from the row `first` on, become the file `target`. Absolute paths; `code_version` is that of the command."""

    source: str
    target: str
    first: int
    rows: int
    code_version: str


def write_parts(parquet: Path, rows: int, folder: Path, dataset: str, rules: PartRules) -> dict[str, FileSum]:
    """Writes the rows of a file into `folder` as parts, and returns size and hash of each part by name; `rows`: number of rows of the file.

    Every part is read again here, to make sure that this machine sees what the worker reported. EngineError if it does not, or as the
    engine raises it; no release exists then, and the same call makes the same parts again.
    """
    measured = MeasuredFolder(folder, {})
    # Its name begins with that of the unfinished release, so that the next release removes what a killed command left, or a lost worker still writes.
    with TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-", ignore_cleanup_errors=True) as aside:
        units = list(_plan_parts(parquet.absolute(), rows, Path(aside).absolute(), dataset, rules.part_rows))
        with rules.open_engine() if rules.open_engine else nullcontext(LocalEngine()) as engine:
            for unit, result in zip(units, engine.map_units(write_part_file, units), strict=True):
                name = Path(unit.target).name
                Path(unit.target).replace(folder / name)
                if measured.measure_file(name) != result or pq.read_metadata(folder / name).num_rows != unit.rows:
                    raise _changed_part_error(name)
    return measured.sums


def write_part_file(unit: RowsOfPart) -> FileSum:
    """Writes one part and returns its length and hash: a unit of work, anywhere. EngineError if the worker has other code, or cannot read or write there.

    The file is renamed to its place when it is complete, because two workers may write the same part at once.
    """
    require_code_version(unit.code_version)
    try:
        return _write_aside(unit, Path(unit.target))
    except OSError as wrong:
        raise make_unreachable_error(f"{unit.source}, {unit.target}", wrong) from wrong


def _plan_parts(parquet: Path, rows: int, folder: Path, dataset: str, part_rows: int) -> Iterator[RowsOfPart]:
    """Yields the units: all parts have `part_rows` rows but the last one."""
    starts = range(0, rows, part_rows)
    for number, first in enumerate(starts, 1):
        target = folder / name_table_part(dataset, TablePart(number, len(starts)))
        yield RowsOfPart(str(parquet), str(target), first, min(part_rows, rows - first), read_code_version())


def _write_aside(unit: RowsOfPart, target: Path) -> FileSum:
    with NamedTemporaryFile(dir=target.parent, delete=False) as file:
        aside = Path(file.name)
    _copy_rows(unit, aside)
    made = MeasuredFolder(aside.parent, {}).measure_file(aside.name)
    aside.replace(target)
    return made


def _copy_rows(unit: RowsOfPart, target: Path) -> None:
    with pq.ParquetFile(unit.source) as source:
        about = {key.decode(): value.decode() for key, value in (source.schema_arrow.metadata or {}).items()}
        with open_parquet(target, source.schema_arrow, about) as writer:
            for group in cut_groups(_read_rows(source, unit.first, unit.rows)):
                writer.write_table(pa.concat_tables(group).combine_chunks(), row_group_size=ROW_GROUP)


def _read_rows(source: pq.ParquetFile, first: int, rows: int) -> Iterator[pa.Table]:
    """Yields `rows` rows from the row `first` on, row group by row group; other row groups are not read."""
    start = 0
    for group in range(source.num_row_groups):
        end = start + source.metadata.row_group(group).num_rows
        if start < first + rows and end > first:
            low = max(first - start, 0)
            yield source.read_row_group(group, use_threads=False).slice(low, min(end, first + rows) - start - low)
        start = end


def _changed_part_error(name: str) -> EngineError:
    return EngineError(
        Text(
            zh=f"{name} 与工作节点写入的不同；请检查各节点是否读写同一文件夹，再运行同一命令",
            en=f"{name} is not what a worker wrote; see that all machines read and write the same folder, and give the same command again",
        )
    )
