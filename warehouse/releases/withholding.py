"""What a contract withholds in public fields: parts of texts (masked), and small counts of persons (suppressed).

Pure: a table in, a table out, and how many cells were withheld. Not here: protected fields, which are never published
(`Contract.public_fields`); the check that nothing was forgotten (`quality/disclosure/withheld.py`).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import Contract
from schemas.disclosure_rules import MaskRule, SmallCellRule


class WithheldTable(NamedTuple):
    """The table without what is withheld, and a record of it: protected fields, masked and suppressed cells by field."""

    table: pa.Table
    record: dict[str, Any]


def withhold_values(table: pa.Table, contract: Contract) -> WithheldTable:
    """Returns the table with masked and suppressed cells, and the record; an empty record if the contract withholds nothing.

    Other columns, the order of rows and all types stay as they are; a suppressed count is null.
    """
    rules = contract.policy.disclosure
    masked: dict[str, int] = {}
    suppressed: dict[str, int] = {}
    for mask in (rule for rule in rules.masked if rule.field in table.column_names):
        table, masked[mask.field] = _mask_column(table, mask)
    for small in (rule for rule in rules.small_cells if rule.field in table.column_names):
        table, suppressed[small.field] = _suppress_column(table, small)
    record = {"protected": list(rules.protected), "masked_cells": masked, "suppressed_cells": suppressed}
    return WithheldTable(table, {name: part for name, part in record.items() if part})


def add_records(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Adds the records of two parts of a table with the same contract: the numbers of cells are summed."""
    if not one or not other:
        return dict(one or other)
    return {
        name: {field: count + other[name][field] for field, count in part.items()}
        if isinstance(part, Mapping)
        else part
        for name, part in one.items()
    }


def _mask_column(table: pa.Table, rule: MaskRule) -> tuple[pa.Table, int]:
    texts = table.column(rule.field).combine_chunks().dictionary_encode()
    shown = pa.array([rule.mask_text(text) for text in texts.dictionary.to_pylist()], texts.dictionary.type)
    column = shown.take(texts.indices)
    changed = pc.not_equal(column, texts.dictionary.take(texts.indices))
    return _replace_column(table, rule.field, column), pc.sum(changed).as_py() or 0


def _suppress_column(table: pa.Table, rule: SmallCellRule) -> tuple[pa.Table, int]:
    counts = table.column(rule.field)
    small = pc.fill_null(pc.and_(pc.greater(counts, 0), pc.less(counts, rule.below)), False)
    column = pc.if_else(small, pa.scalar(None, counts.type), counts)
    return _replace_column(table, rule.field, column), pc.sum(small).as_py() or 0


def _replace_column(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at).with_type(column.type), column)
