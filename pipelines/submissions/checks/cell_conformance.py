"""Cells of a dataset's file checked against their fields: frictionless's findings, without those that only follow from another finding.

Not here: the check itself (`quality/conformance`), what cells of the right type may hide (`cell_contents.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from quality.brief_findings import BriefFindings, FindingCounter, Numbers, SkippedRows, collect_findings
from quality.conformance.cell_error import CellOverflow
from quality.findings import Finding, FindingKind, masked_excerpt
from schemas.contract import Contract
from schemas.execution.spilled_table import TableSpill, unmap_pages
from schemas.text import Text
from warehouse.types import arrow_schema

if TYPE_CHECKING:
    from quality.conformance.run import TypedSink
    from quality.conformance.table import ConformedCells


class TypedCells(NamedTuple):
    """The rows in the types of the lake, null where a cell has an error, and what is found in the cells."""

    table: pa.Table
    cells: "ConformedCells"


def check_cells(
    texts: pa.Table,
    rows: pa.Array,
    contract: Contract,
    earlier: BriefFindings,
    read: BriefFindings,
    missing: frozenset[str],
    checked: TypedCells | None = None,
    *,
    most: int | None = None,
) -> tuple[pa.Table, BriefFindings]:
    """Returns the rows in the types of the lake (null where a cell has an error), and the findings on cells.

    `texts`: normalised rows; `rows`: their numbers in the file. `earlier`: all findings so far, `read`: those of the reader;
    `missing`: names of the required fields without a column, which are one finding each already. `checked`: cells that
    were checked in ranges; by default they are checked here. `most`: how many findings of a kind are made; None for all.
    """
    typed, cells = checked or keep_typed_rows(
        contract,
        lambda keep: _conform_here(texts, rows, contract, keep, FindingCounter(most, skip_reported(read, contract))),
        are_views=True,
    )
    found = _drop_missing(BriefFindings(cells.findings, cells.unlisted), missing, contract)
    wrong = (earlier + found).list_error_rows() if cells.overflows else ()
    return typed, found + collect_findings(_overflow_findings(cells.overflows, set(wrong), contract), most)


def skip_reported(read: BriefFindings, contract: Contract) -> SkippedRows | None:
    """Returns which rows have findings on cells that only follow from a row or cell in `read`, which the reader has reported; None if it has none."""
    reported: dict[str | None, list[Numbers]] = defaultdict(list)
    for kind, rows in read.iterate_rows():
        # The cells beside a cell that has swallowed rows are in the wrong columns.
        reported[None if kind.type == "swallowed-rows" else kind.field].append(rows)

    def list_rows(kind: FindingKind) -> Numbers:
        names = (*_list_fields(kind.type, kind.field, contract), None)
        return np.concatenate([np.empty(0, np.int64), *(rows for name in names for rows in reported.get(name, ()))])

    return list_rows if reported else None


def keep_typed_rows(
    contract: Contract, check: "Callable[[TypedSink], ConformedCells]", *, are_views: bool = False
) -> TypedCells:
    """Calls `check` with a function that keeps batches of typed rows; returns the findings, and these batches as one table.

    `are_views`: whether text columns are views of a table that stays in memory, so that they need no copy. Large columns of other types
    are spilled to a file.
    """
    schema = arrow_schema(contract)
    views: dict[str, list[pa.Array]] = {one.name: [] for one in schema if are_views and pa.types.is_string(one.type)}
    typed = TableSpill(pa.schema([one for one in schema if one.name not in views]))

    def keep_batch(batch: pa.RecordBatch) -> None:
        batch = batch.select(schema.names).cast(schema)
        for name, pieces in views.items():
            pieces.append(batch.column(name))
        typed.add_batch(batch.drop_columns([*views]))
        unmap_pages()

    cells = check(keep_batch)
    made = typed.finish_table()
    columns = [
        pa.chunked_array(views[one.name], one.type) if one.name in views else made.column(one.name) for one in schema
    ]
    return TypedCells(pa.table(columns, schema=schema), cells)


def _conform_here(
    texts: pa.Table, rows: pa.Array, contract: Contract, keep: "TypedSink", counter: FindingCounter
) -> "ConformedCells":
    # Frictionless takes 0.1 s to load, and most commands import intake without checking a cell.
    from quality.conformance.table import conform  # noqa: PLC0415

    return conform(texts, rows, contract, keep, counter)


def _overflow_findings(
    overflows: Iterable[CellOverflow], wrong: Container[int], contract: Contract
) -> Iterator[Finding]:
    """Yields findings for numbers and times that Table Schema allows but no column can hold.

    They are reported as frictionless reports a wrong type. Rows in `wrong` already have an error and are skipped.
    """
    for overflow in sorted(overflows):
        if overflow.row in wrong:
            continue
        label, value = contract.get_field(overflow.field).label, masked_excerpt(overflow.value)
        yield Finding(
            judge="cell",
            type="type-error",
            severity="error",
            row=overflow.row,
            field=overflow.field,
            value=value,
            message=Text(
                zh=f"{contract.get_field(overflow.field).title}“{value}”太大，无法保存",
                en=f'{label.en} "{value}" is too large to be kept',
            ),
            mend=Text(zh="请核对数值和单位", en="check the number and its unit"),
        )


def _drop_missing(found: BriefFindings, missing: frozenset[str], contract: Contract) -> BriefFindings:
    """Drops findings that only follow from a missing column."""
    return BriefFindings(
        [one for one in found.findings if not _list_fields(one.type, one.field, contract) & missing],
        tuple(one for one in found.unlisted if not _list_fields(one.kind.type, one.kind.field, contract) & missing),
    )


def _list_fields(type_: str, field: str | None, contract: Contract) -> set[str | None]:
    return {*contract.primary_key} if type_ == "primary-key" else {field}
