"""Reader of Parquet: typed columns become the text that a CSV would hold.

Numbers become the shortest text that reads back as the same number, dates and times ISO 8601. Only flat columns of
single values are accepted. Not here: other formats, or what a column means.

Source: Apache Parquet format.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.read.reading import (
    CELL_CHARACTERS,
    COLUMNS,
    FILE_BYTES,
    ROWS,
    TEXT_BYTES,
    Reading,
    refuse_file,
)
from pipelines.read.tables.header import no_rows_error, parse_header, require_header
from pipelines.read.tables.index_columns import describe_index_columns, find_index_columns
from quality.findings import masked_excerpt
from schemas.contract import Contract
from schemas.errors import UnreadableFile

_BATCH = 4_096


def read_parquet(path: Path, contract: Contract | None) -> Reading:
    """Reads the rows of a Parquet file; the first is row 2, as if row 1 were a header.

    The row number of a program (`index_columns`) is left out.

    Raises UnreadableFile: corrupt, too-large, not-a-table (nested or binary columns), no-header, no-rows, long-cell.
    """
    try:
        texts = _find_text_columns(path)
        with pq.ParquetFile(path, memory_map=False, read_dictionary=texts) as file:
            _refuse_unsupported(path, file)
            labels = tuple(file.schema_arrow.names)
            header = require_header(parse_header(labels, contract), path.name, contract)
            table = _read_text_table(path, file)
            _refuse_false_counts(path, file, table.num_rows)
    except (pa.ArrowException, OSError, ValueError) as wrong:
        raise refuse_file(
            "corrupt",
            f"Parquet 文件“{path.name}”已损坏，或其中有无法写成文字的值；请重新导出，或改用 CSV 报送",
            f"the Parquet file “{path.name}” is damaged or holds values that are no text; export it again, or send CSV",
        ) from wrong
    if not table.num_rows:
        raise no_rows_error(path.name, header)
    index = find_index_columns(table, labels, header.fields) if header.known else {}
    kept = [at for at in range(len(labels)) if at not in index]
    return Reading(
        table=table.select(kept),
        rows=pa.array(range(2, table.num_rows + 2), pa.int64()),
        labels=tuple(labels[at] for at in kept),
        columns=tuple(at + 1 for at in kept),
        format="parquet",
        decisions=tuple(describe_index_columns(index, 0)),
    )


def _find_text_columns(path: Path) -> list[str]:
    """Returns the names of the columns of texts: read as dictionaries, they are measured before they unfold into rows."""
    return [one.name for one in pq.read_schema(path, memory_map=False) if _is_text(one.type)]


def _refuse_unsupported(path: Path, file: pq.ParquetFile) -> None:
    about = file.metadata
    text = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
    if about.num_rows > ROWS or about.num_columns > COLUMNS or text > TEXT_BYTES or path.stat().st_size > FILE_BYTES:
        raise refuse_file(
            "too-large",
            f"“{path.name}”有 {about.num_rows} 行 {about.num_columns} 列，展开后 {text >> 20} MB，"
            f"超过上限 {ROWS} 行、{COLUMNS} 列或 {TEXT_BYTES >> 20} MB；请按年或按市拆成几个文件",
            f"“{path.name}” has {about.num_rows} rows of {about.num_columns} columns and unfolds to {text >> 20} MB; the limits are "
            f"{ROWS} rows, {COLUMNS} columns, {TEXT_BYTES >> 20} MB: split it by year or by city",
        )
    for column in file.schema_arrow:
        if pa.types.is_nested(column.type) or _is_binary(column.type):
            raise refuse_file(
                "not-a-table",
                f"“{path.name}”的列“{masked_excerpt(column.name, 40)}”是 {column.type}，一个单元格只能有一个值；请展开后重新报送",
                f"the column “{masked_excerpt(column.name, 40)}” of “{path.name}” is {column.type}; a cell holds one value: flatten it first",
            )


def _refuse_false_counts(path: Path, file: pq.ParquetFile, read: int) -> None:
    """Refuses a file whose footer states another number of rows than its row groups, or than its pages hold."""
    about = file.metadata
    grouped = sum(about.row_group(at).num_rows for at in range(about.num_row_groups))
    if not about.num_rows == grouped == read:
        raise refuse_file(
            "corrupt",
            f"Parquet 文件“{path.name}”声明有 {about.num_rows} 行，各行组共 {grouped} 行，读出 {read} 行，"
            "互不一致，文件已损坏；请重新导出，或改用 CSV 报送",
            f"the Parquet file “{path.name}” states {about.num_rows} rows, its row groups {grouped}; "
            f"{read} were read: it is damaged; export it again, or send CSV",
        )


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _read_text_table(path: Path, file: pq.ParquetFile) -> pa.Table:
    names = _make_unique(file.schema_arrow.names)
    schema = pa.schema([(name, pa.string()) for name in names])
    batches, size = [], 0
    # Batch by batch, so that data that expands without bound reaches the limit before memory is exhausted.
    for batch in file.iter_batches(_BATCH):
        if any(_longest_text(column.dictionary) > CELL_CHARACTERS for column in batch.columns if _has_texts(column)):
            raise _long_cell_error(path)
        texts = pa.RecordBatch.from_arrays([_convert_to_text(column) for column in batch.columns], schema=schema)
        size += texts.nbytes
        unmeasured = (text for column, text in zip(batch.columns, texts.columns, strict=True) if not _has_texts(column))
        if any(_longest_text(text) > CELL_CHARACTERS for text in unmeasured):
            raise _long_cell_error(path)
        if size > TEXT_BYTES:
            raise refuse_file(
                "too-large",
                f"“{path.name}”的文字展开后超过 {TEXT_BYTES >> 20} MB；请按年或按市拆成几个文件",
                f"the text of “{path.name}” unfolds to more than {TEXT_BYTES >> 20} MB; split it by year or by city",
            )
        batches.append(texts)
    return pa.Table.from_batches(batches, schema=schema)


def _has_texts(column: pa.Array) -> bool:
    """Whether the column is a dictionary of texts, whose values are all that its cells can hold."""
    return pa.types.is_dictionary(column.type) and _is_text(column.type.value_type)


def _longest_text(column: pa.Array) -> int:
    return pc.max(pc.utf8_length(column)).as_py() or 0


def _convert_to_text(column: pa.Array) -> pa.Array:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    plain = column.cast(kind)
    if pa.types.is_timestamp(kind):
        plain = pc.strftime(plain.cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%S")
    return pc.fill_null(plain.cast(pa.string()), "")


def _long_cell_error(path: Path) -> UnreadableFile:
    return refuse_file(
        "long-cell",
        f"“{path.name}”有超过 {CELL_CHARACTERS} 个字符的单元格；请缩短内容",
        f"a cell of “{path.name}” has more than {CELL_CHARACTERS} characters; shorten the text",
    )


def _make_unique(labels: list[str]) -> list[str]:
    names: list[str] = []
    for at, label in enumerate(labels, start=1):
        name = label.strip() or f"#{at}"
        names.append(f"{name} #{at}" if name in names else name)
    return names
