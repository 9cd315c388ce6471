"""Creation of the annotated workbook of one receipt; it is written completely or not at all.

A file of up to `WHOLE` rows is returned with all rows: an XLSX as the department sent it, any other format as it was
read. An XLSX that cannot be copied within the limits of the separate process (`worker`) is written as it was read too,
and its summary says so. Of a longer file only the rows with findings are returned. Not here: how each kind is written
(`worker`, `rebuilt`).
"""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.annotated_workbook import rebuilt
from pipelines.annotated_workbook.annotations import build_marks, locate_cells
from pipelines.annotated_workbook.job import AnnotationJob
from pipelines.annotated_workbook.proposed_values import place_proposals
from pipelines.annotated_workbook.summary import TITLE, WIDTHS, Origin, build_summary
from pipelines.columns import column_matching
from pipelines.read import Reading
from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workbook_stamp import TemplateStamp
from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.execution.temporary_folders import open_temporary_folder
from warehouse.atomic_files import replace_durably

MEMORY = 2 * 2**30
"""Address space of the process in bytes. 20 000 rows of 44 columns take a fifth of it."""
SECONDS = 60
"""Processor time of the process in seconds."""
_ROOT = Path(__file__).parents[2]


def annotate_in_subprocess(
    original: Path, target: Path, job: AnnotationJob, *, memory: int = MEMORY, seconds: int = SECONDS
) -> bool:
    """Writes the annotated original to `target` in a separate process, with `memory` in bytes and processor `seconds`.

    Returns False, and leaves no file, if the process fails or meets a limit.
    """
    limits = [str(memory), str(seconds)]
    # Runs our own interpreter and module without a shell; paths are absolute, so none can be read as an option.
    command = [
        sys.executable,
        "-P",
        "-S",  # it needs no installed package, and a search of them takes half of its start
        "-m",
        "pipelines.annotated_workbook.worker",
        str(original.absolute()),
        str(target.absolute()),
        *limits,
    ]
    with open_temporary_folder() as folder:
        done = subprocess.run(  # noqa: S603
            command,
            input=job.to_json().encode(),
            capture_output=True,
            cwd=folder,
            env={"PYTHONPATH": str(_ROOT)},
            check=False,
        )
    if done.returncode:
        target.unlink(missing_ok=True)
    return done.returncode == 0


WHOLE = 20_000
"""Maximum number of rows of a workbook; of a longer file only the rows with findings are returned."""
CELLS = 2_000_000
"""Maximum number of cells of a workbook: 20 000 rows of 100 columns."""
SHEET = "数据 Data"


def annotate_workbook(
    original: Path,
    reading: Reading,
    receipt: Receipt,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    target: Path,
    *,
    synthetic: bool,
    limits: tuple[int, int] = (MEMORY, SECONDS),
) -> Origin | None:
    """Writes the annotated workbook to `target` and returns its origin; None, and no file, if there are no findings.

    `reading` is the text that intake read from `original`; `limits` are bytes of memory and processor seconds of the
    separate process. The same receipt always gives the same bytes.
    """
    if not receipt.findings:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    whole = reading.table.num_rows <= _workbook_row_limit(reading)

    def job(made: Origin, part: Reading) -> AnnotationJob:
        return _build_job(part, receipt, contract, codelists, made, synthetic=synthetic)

    if (
        whole
        and reading.format == "xlsx"
        and annotate_in_subprocess(original, temporary, job("original", reading), memory=limits[0], seconds=limits[1])
    ):
        origin: Origin = "original"
    elif whole:
        origin = "read"
        rebuilt.write_rebuilt(temporary, job(origin, reading), reading, None)
    else:
        origin, part = "rows", _keep_rows_with_findings(reading, receipt)
        rebuilt.write_rebuilt(
            temporary,
            job(origin, part),
            part,
            TemplateStamp("excerpt", receipt.number, contract.version, receipt.filename),
        )
    replace_durably(temporary, target)
    return origin


def _build_job(
    reading: Reading,
    receipt: Receipt,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    made: Origin,
    *,
    synthetic: bool,
) -> AnnotationJob:
    matching = column_matching.match_reading(reading, contract, codelists)
    order = {field.name: at for field, at in zip(contract.fields, matching.order, strict=True) if at is not None}
    width = len(reading.labels)
    columns = range(2, width + 2) if made == "rows" else reading.columns
    places = locate_cells(reading, order, columns, reading.rows.to_pylist() if made == "rows" else None)
    last = max(columns[-1], reading.last_column if made == "original" else 0)
    proposed = place_proposals(receipt.findings, reading, matching, places, last + 1)
    sheet = reading.sheet or "" if made == "original" else SHEET
    words = FindingWords(contract, codelists)
    return AnnotationJob(
        sheet=sheet,
        title=TITLE,
        marks=build_marks(receipt.findings, places, contract, codelists, {} if made == "rows" else proposed.beside),
        lines=build_summary(receipt, made, sheet, places, words, synthetic=synthetic, proposed=bool(proposed.texts)),
        widths=WIDTHS,
        texts=proposed.texts,
        cleared=tuple(sorted({at for cells in reading.proposals.values() for at in cells.columns})),
        header=places.header,
    )


def _keep_rows_with_findings(reading: Reading, receipt: Receipt) -> Reading:
    """Returns the reading with only the rows that have findings, up to the row limit of a workbook."""
    wanted = sorted({finding.row for finding in receipt.findings if finding.row is not None})[
        : _workbook_row_limit(reading)
    ]
    keep = pc.is_in(reading.rows, value_set=pa.array(wanted, pa.int64()))
    return replace(reading, table=reading.table.filter(keep), rows=reading.rows.filter(keep))


def _workbook_row_limit(reading: Reading) -> int:
    """Returns the maximum number of rows of a workbook as wide as the reading."""
    return min(WHOLE, CELLS // max(1, len(reading.labels)))
