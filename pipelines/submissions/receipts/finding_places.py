"""The places of all findings of a submission in one file, without texts or values, for submissions with more findings than a receipt lists.

Grain: one finding on a row; type, severity, field (null if it is on no one field) and row (header = 1), by kind. Not here: what a receipt
lists (`receipt.py`).
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.submissions.validation import Validation
from quality.brief_findings import BriefFindings
from warehouse.atomic_files import open_aside

_SCHEMA = pa.schema([("type", pa.string()), ("severity", pa.string()), ("field", pa.string()), ("row", pa.int64())])
_AT_ONCE = 1 << 18


def write_finding_places(path: Path, judged: Validation) -> None:
    """Writes the places as one Parquet file; readers see the old file or the new one."""
    with open_aside(path) as file, pq.ParquetWriter(file, _SCHEMA) as writer:
        for batch in _list_places(BriefFindings(list(judged.findings), judged.unlisted)):
            writer.write_batch(batch)


def _list_places(found: BriefFindings) -> Iterator[pa.RecordBatch]:
    for kind, rows in found.iterate_rows():
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            texts = [
                pa.repeat(pa.scalar(text, pa.string()), len(part)) for text in (kind.type, kind.severity, kind.field)
            ]
            yield pa.record_batch([*texts, pa.array(part)], schema=_SCHEMA)
