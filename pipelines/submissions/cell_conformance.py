"""Cells of a dataset's file against their field: frictionless's findings, without those that only follow from another.

Not here: the check itself (`quality/conformance`), what cells of the right type may hide (`cell_contents.py`).
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from quality.brief_findings import BriefFindings, collect_findings
from quality.conformance.cell_error import CellOverflow
from quality.findings import Finding, masked_excerpt
from schemas.contract import Contract
from schemas.spilled_table import TableSpill, drop_resident_pages
from schemas.text import Text
from warehouse.types import arrow_schema

if TYPE_CHECKING:
    from pipelines.submissions.ranged_checks import RangedChecks
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
    read: Sequence[Finding],
    missing: frozenset[str],
    ranged: "RangedChecks | None" = None,
    *,
    most: int | None = None,
) -> tuple[pa.Table, BriefFindings]:
    """Returns the rows in the types of the lake (null where a cell has an error), and the findings on cells.

    `texts`: normalised rows; `rows`: their numbers in the file. `earlier`: all findings so far, `read`: those of the reader;
    `missing`: names of the required fields without a column, which are one finding each already. `ranged`: what was found
    in ranges; by default the cells are checked here. `most`: how many findings of a kind are made; None for all.
    """
    typed, cells = (
        ranged.cells
        if ranged
        else keep_typed_rows(
            contract, lambda keep: _conform_here(texts, rows, contract, keep, allow_for_dropped(most, read))
        )
    )
    found = _drop_consequences(BriefFindings(cells.findings, cells.unlisted), read, missing, contract)
    wrong = (earlier + found).list_error_rows() if cells.overflows else ()
    return typed, found + collect_findings(_overflow_findings(cells.overflows, set(wrong), contract), most)


def allow_for_dropped(most: int | None, read: Sequence[Finding]) -> int | None:
    """Returns how many findings of a kind on cells are to be made, for each finding of the reader may drop one of them."""
    return None if most is None else most + len(read)


def keep_typed_rows(contract: Contract, check: "Callable[[TypedSink], ConformedCells]") -> TypedCells:
    """Returns what `check` finds, and the batches that it gives to its argument as one table."""
    typed = TableSpill(schema := arrow_schema(contract))

    def keep_batch(batch: pa.RecordBatch) -> None:
        typed.add_batch(batch.select(schema.names).cast(schema))
        drop_resident_pages()

    cells = check(keep_batch)
    return TypedCells(typed.finish_table(), cells)


def _conform_here(
    texts: pa.Table, rows: pa.Array, contract: Contract, keep: "TypedSink", most: int | None
) -> "ConformedCells":
    # Frictionless takes 0.1 s to load, and most commands import intake without checking a cell.
    from quality.conformance.table import conform_streamed  # noqa: PLC0415

    return conform_streamed(texts, rows, contract, keep, most)


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


def _drop_consequences(
    found: BriefFindings, said: Sequence[Finding], missing: frozenset[str], contract: Contract
) -> BriefFindings:
    """Drops findings that only follow from a missing column, or from a row or cell that the reader has reported.

    `said`: the findings of the reader.
    """
    # The cells beside one that has swallowed rows stand in the wrong columns.
    places = {(one.row, None if one.type == "swallowed-rows" else one.field) for one in said}

    def list_fields(type_: str, field: str | None) -> set[str | None]:
        return {*contract.primary_key} if type_ == "primary-key" else {field}

    news = [
        finding
        for finding in found.findings
        if not (at := list_fields(finding.type, finding.field)) & missing
        and not any((finding.row, name) in places for name in (*at, None))
    ]
    unlisted = []
    for one in found.unlisted:
        at = list_fields(one.kind.type, one.kind.field)
        left = one.drop_rows(row for row, name in places if name is None or name in at)
        if not at & missing and len(left.rows):
            unlisted.append(left)
    return BriefFindings(news, tuple(unlisted))
