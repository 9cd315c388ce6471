"""The views and macros of `schemas/analyst_views/` and the tables of `schemas/reference/` as parts of the analysts' file.

Not here: their definitions, and writing them (`database_writer.py`).
"""

from collections.abc import Iterable, Mapping

import pyarrow as pa

from schemas.analyst_views import AnalystView
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.reference_tables import AnalystReference
from warehouse.analyst_file.database_writer import DescribedMacro, DescribedView
from warehouse.analyst_file.meta import TEXT, DescribedTable, describe_table
from warehouse.types import column_comment, slice_comment

_TYPES: Mapping[str, pa.DataType] = {"string": TEXT, "integer": pa.int64()}


def build_declared_views(
    declared: Iterable[AnalystView], contracts: Mapping[str, Contract]
) -> list[DescribedView | DescribedMacro]:
    """Returns the views and macros whose datasets all exist here, with every needed field public. A view may have comments for columns that its query lacks."""
    built: list[DescribedView | DescribedMacro] = []
    for view in declared:
        if not all(_has_public(contracts.get(name), fields) for name, fields in view.needs.items()):
            continue
        if view.parameters:
            built.append(DescribedMacro(view.name, view.comment, view.parameters, view.sql))
        else:
            built.append(DescribedView(view.name, view.comment, view.sql, _find_comments(view, contracts)))
    return built


def _has_public(contract: Contract | None, fields: Iterable[str]) -> bool:
    return contract is not None and {field.name for field in contract.public_fields()} >= set(fields)


def build_reference_table(reference: AnalystReference) -> DescribedTable:
    """Builds the table of a reference table; its comment names the source."""
    columns = {c.name: (_TYPES[c.type], f"{c.title.zh} / {c.title.en}") for c in reference.columns}
    about = f"{reference.title.zh}，来源：{reference.source} / {reference.title.en}; source: {reference.source}"
    return describe_table(reference.name, about, columns, reference.rows)


def _find_comments(view: AnalystView, contracts: Mapping[str, Contract]) -> dict[str, str]:
    fields = {f.name: column_comment(f) for name in reversed(list(view.needs)) for f in contracts[name].public_fields()}
    slices = {name: slice_comment(name) for name in SLICE_COLUMNS}
    return fields | slices | {name: f"{comment.zh} / {comment.en}" for name, comment in view.columns.items()}
