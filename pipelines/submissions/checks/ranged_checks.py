"""Checks of single cells of a large hand-in, in ranges of rows that an engine gives to other processes or machines.

A file is read and normalised in this process, because a reader decides about the file as a whole; then personal data, contents and types
of its cells are checked in ranges, and keys in two passes. The findings, their order and the typed rows are the same as from one process.
Not here: which hand-ins are checked this way (`pipelines/submissions/validation.py`), the check of cells
(`quality/conformance/row_ranges.py`), rules and comparisons, which need all rows.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipelines.submissions.checks.cell_conformance import TypedCells, keep_typed_rows, skip_reported
from pipelines.submissions.checks.cell_contents import check_contents
from quality.brief_findings import BriefFindings, FindingCollector, FindingCounter
from quality.conformance.row_ranges import (
    RowRange,
    RowRangeResult,
    check_row_range,
    join_row_ranges,
    read_row_range,
    write_row_ranges,
)
from quality.conformance.run import ROW
from quality.disclosure.personal_data import find_personal_data
from quality.findings import Finding
from schemas.contract import Contract
from schemas.execution.engine import LargeWork
from schemas.execution.worker_plan import WorkerPlan, make_unreachable_error, open_plan, pack_plan
from warehouse.layout import Layout
from warehouse.working_folders import open_working_folder


class RangeFindings(NamedTuple):
    """The findings in one range: on personal data, on contents, and on types of cells."""

    personal: list[Finding]
    contents: list[Finding]
    cells: RowRangeResult


class RangedChecks(NamedTuple):
    """The findings in all ranges, as the checks of one process would return them."""

    personal: BriefFindings
    contents: BriefFindings
    cells: TypedCells


def check_by_ranges(
    large: LargeWork,
    layout: Layout,
    file: Path,
    texts: pa.Table,
    rows: pa.Array,
    contract: Contract,
    read: BriefFindings,
    most: int | None = None,
) -> RangedChecks | None:
    """Checks the normalised rows of a large file in ranges and returns the findings; None if the file is small.

    `texts`, `rows`, `read`, `most`: as in `check_cells`. The ranges lie below the home while they are checked. Raises EngineError as the
    engine does.
    """
    if file.stat().st_size < large.least_bytes:
        return None
    plan = pack_plan(contract)
    personal, contents = FindingCollector(most), FindingCollector(most)
    with open_working_folder(layout.working) as folder:
        ranges = list(write_row_ranges(texts, rows, contract, folder))

        def judge() -> Iterator[tuple[RowRange, RowRangeResult]]:
            with large.open_engine() as engine:
                for part, found in zip(ranges, engine.map_units(partial(check_range, plan), ranges), strict=True):
                    personal.add_findings(found.personal)
                    contents.add_findings(found.contents)
                    yield part, found.cells

        counter = FindingCounter(most, skip_reported(read, contract))
        cells = keep_typed_rows(contract, lambda keep: join_row_ranges(texts, rows, contract, judge(), keep, counter))
    order = {field.name: place for place, field in enumerate(contract.fields)}
    of_contents = contents.finish_findings()
    of_contents.findings.sort(key=lambda one: order[one.field or ""])
    return RangedChecks(personal.finish_findings(), of_contents, cells)


def check_range(plan: WorkerPlan[Contract], part: RowRange) -> RangeFindings:
    """Returns what is found in one range: a unit of work, anywhere. EngineError if the worker has other code, or cannot read or write the range."""
    contract = open_plan(plan)
    try:
        batches = read_row_range(part)
        table = pa.Table.from_batches(batches)
        texts, rows = table.drop_columns([ROW]), table.column(ROW).combine_chunks()
        return RangeFindings(
            list(find_personal_data(texts, rows, contract)),
            check_contents(texts, rows, contract).findings,
            check_row_range(contract, part, batches),
        )
    except OSError as wrong:
        raise make_unreachable_error(part.path, wrong) from wrong
