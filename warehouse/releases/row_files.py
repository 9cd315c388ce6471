"""CSV and GeoJSON of a release, written together in one pass over its Parquet file, batch by batch, and the digest of the rows.

A thread makes the texts of the next batch while those of the previous one are joined, hashed and written, a few rows at a time. Not here:
what a line or a feature is (`row_lines.py`), which files a release has (`contents.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from schemas.execution.ahead import read_ahead
from schemas.policy import Coordinates
from warehouse.canonical import CellBytes, RowDigest, view_cells
from warehouse.distributions import BOM
from warehouse.parquet_batches import read_batches
from warehouse.releases.cell_texts import group_columns, spell_batch
from warehouse.releases.hashed_files import FileSum, HashedFile, open_hashed
from warehouse.releases.row_lines import (
    FEATURE_GAP,
    RowLines,
    to_json,
    write_csv_header,
    write_csv_lines,
    write_features,
)

DATUM_NOTE = {
    "zh": "坐标为 {datum}；与 WGS84 相差不到 1 米，按 RFC 7946 使用",
    "en": "Coordinates are in {datum}, within one metre of WGS84, and used as RFC 7946 asks",
}
BATCH = 10_240


class WrittenRows(NamedTuple):
    """The sums of the files by name, and the canonical digest of the rows in them."""

    sums: Mapping[str, FileSum]
    digest: str


class _BatchTexts(NamedTuple):
    """What one batch adds to the CSV file, to GeoJSON, and to the digest of each column."""

    lines: RowLines
    features: RowLines | None
    cells: Sequence[CellBytes]


def write_row_files(parquet: Path, schema: Mapping[str, Any], at: Coordinates | None) -> WrittenRows:
    """Writes the rows of a Parquet file beside it as CSV and, with `at` (the names of the coordinate fields), as GeoJSON.

    The rows must be in canonical order; `schema` is their Table Schema.
    """
    digest, files = RowDigest(schema), dict[str, HashedFile]()
    with ExitStack() as opened:
        for suffix in (".csv", *([".geojson"] if at else [])):
            files[suffix] = opened.enter_context(open_hashed(parquet.with_suffix(suffix)))
        files[".csv"].append_bytes(BOM + write_csv_header([field["name"] for field in schema["fields"]]))
        if at:
            files[".geojson"].append_bytes(_geojson_head(at))
        for number, batch in enumerate(read_ahead(_write_batches(parquet, schema, at))):
            for lines in batch.lines.join_rows():
                files[".csv"].append_bytes(lines)
            if batch.features:
                _append_features(files[".geojson"], batch.features, number == 0)
            for place, cells in enumerate(batch.cells):
                digest.add_cells(place, cells)
        if at:
            files[".geojson"].append_bytes(b"\n]}\n")
        sums = {parquet.with_suffix(suffix).name: file.read_sum() for suffix, file in files.items()}
    return WrittenRows(sums, digest.read_digest())


def _write_batches(parquet: Path, schema: Mapping[str, Any], at: Coordinates | None) -> Iterator[_BatchTexts]:
    for batch in read_batches(parquet, BATCH):
        columns, rows = spell_batch(batch, schema), batch.num_rows
        groups = group_columns(columns, rows, [at.lon, at.lat] if at else [])
        features = write_features(groups, rows, schema.get("primaryKey", []), at) if at else None
        cells = [view_cells(one.texts, one.places) for one in columns]
        yield _BatchTexts(write_csv_lines(groups, rows), features, cells)


def _append_features(file: HashedFile, features: RowLines, first: bool) -> None:
    """Appends the features of a batch; the first feature of the file has no separator before it."""
    for part in features.join_rows():
        file.append_bytes(part[len(FEATURE_GAP) :] if first else part)
        first = False


def _geojson_head(at: Coordinates) -> bytes:
    note = {language: sentence.format(datum=at.datum) for language, sentence in DATUM_NOTE.items()}
    head = to_json({"type": "FeatureCollection", "datum": at.datum, "note": note})
    return f'{head[:-1]},"features":[\n'.encode()
